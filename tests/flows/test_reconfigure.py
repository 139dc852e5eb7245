"""Change keys and addresses of several providers at once, as a person would."""

from typing import Any

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest

from custom_components.eyewitness.keys import vault
from custom_components.eyewitness.runtime.settings import provider_order
from tests.flows.test_setup import NOBODY, decrypted, filled_in, send, suggested
from tests.kit import FakeCamera, House
from tests.simulator import VENDORS, Simulator


async def open_form(hass: HomeAssistant, house: House) -> Any:
    """Open the form that changes the entry."""
    form = await house.entry_for_tests.start_reconfigure_flow(hass)
    assert form["type"] is FlowResultType.FORM
    assert form["step_id"] == "reconfigure"
    return form


def as_it_is(house: House, **changes: str) -> dict[str, Any]:
    """Return the form as it is shown, with changes; the key fields are empty."""
    urls = {f"{s.data['kind']}_base_url": s.data["base_url"] for s in reversed_providers(house)}
    endpoints = urls | {n: text for n, text in changes.items() if n.endswith("base_url")}
    keys = {n: text for n, text in changes.items() if n.endswith("api_key")}
    return {**keys, "endpoints": endpoints}


def reversed_providers(house: House) -> list[Any]:
    """Return the providers so that the first of each kind comes last."""
    return list(reversed(list(house.entry.get_subentries_of_type("provider"))))


def key_of(hass: HomeAssistant, house: House, title: str) -> str:
    """Return a provider's key."""
    return decrypted(hass, house.provider(title).data["api_key"])


async def test_the_form_shows_addresses_and_never_a_key(
    hass: HomeAssistant, house: House, sim: Simulator
) -> None:
    """Those of the first account of each vendor; a server of one's own is changed elsewhere."""
    second = house.subentry("openai", title="Second", base_url=NOBODY)
    await house.set_up("openai", second, "grok", "openai_compatible")
    accounts = (house.entry.subentries[key].data for key in provider_order(house.entry))
    first = next(data for data in accounts if data["kind"] == "openai")
    form = await open_form(hass, house)
    assert suggested(form) == {
        "openai_base_url": first["base_url"],
        "grok_base_url": sim.urls.grok,
    }


async def test_what_is_left_as_it_was_stays_and_asks_nobody(
    hass: HomeAssistant, house: House, sim: Simulator
) -> None:
    """Nothing is stored, checked or reloaded."""
    await house.set_up("openai", "grok")
    runtime, before = house.runtime, house.entry.as_dict()["subentries"]
    result = await send(hass, await open_form(hass, house), as_it_is(house))
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "reconfigure_successful")
    assert house.entry.as_dict()["subentries"] == before
    assert house.runtime is runtime
    assert sim.requests() == []


async def test_only_what_changed_is_checked(
    hass: HomeAssistant, house: House, sim: Simulator, camera: FakeCamera
) -> None:
    """A new key for one vendor leaves the model and the others alone, and works at once."""
    await house.set_up(house.subentry("openai", model="gpt-4.1-mini"), "grok")
    grok = dict(house.provider("grok").data)
    sim.set_key("openai", "second-key")
    form = await open_form(hass, house)
    result = await send(hass, form, as_it_is(house, openai_api_key=" second-key "))
    assert result["reason"] == "reconfigure_successful"
    assert [(request.vendor, request.endpoint) for request in sim.requests()] == [
        ("openai", "models")
    ]
    assert key_of(hass, house, "openai") == "second-key"
    assert house.provider("openai").data["model"] == "gpt-4.1-mini"
    assert house.provider("grok").data == grok
    assert "second-key" not in str(house.entry.as_dict())
    assert (await house.describe())["model"] == "gpt-4.1-mini"


async def test_a_new_address_needs_its_key(
    hass: HomeAssistant, house: House, sim: Simulator
) -> None:
    """A stored key is sent to no other server; a wrong address is refused and shown again."""
    await house.set_up("openai", "grok")
    before = dict(house.provider("openai").data)
    form = await open_form(hass, house)
    for url, key, errors in (
        (NOBODY, "", {"openai_api_key": "key_again"}),
        (NOBODY, "any-key", {"openai_api_key": "cannot_connect"}),
        ("file:///etc/passwd", "", {"endpoints": "url_invalid"}),
        ("https://[::1", "", {"endpoints": "url_invalid"}),
    ):
        typed = as_it_is(house, openai_base_url=url, openai_api_key=key)
        form = await send(hass, form, typed)
        assert form["errors"] == errors
        assert suggested(form)["openai_base_url"] == url
    assert sim.requests() == []
    assert house.provider("openai").data == before

    async with Simulator() as other:
        typed = as_it_is(
            house, openai_base_url=f"{other.urls.openai}/", openai_api_key=sim.keys["openai"]
        )
        form = await send(hass, form, typed)
        assert [request.key for request in other.requests()] == ["ok"]
    assert form["reason"] == "reconfigure_successful"
    assert house.provider("openai").data["base_url"] == other.urls.openai
    assert key_of(hass, house, "openai") == sim.keys["openai"]


async def test_a_vendor_that_is_not_there_yet_is_added(
    hass: HomeAssistant, house: House, sim: Simulator, camera: FakeCamera
) -> None:
    """In its place in the order, with a title that nobody has."""
    await house.set_up(house.subentry("anthropic", title="xAI Grok"), "gemini")
    typed = filled_in(sim, "grok")
    result = await send(hass, await open_form(hass, house), typed)
    assert result["reason"] == "reconfigure_successful"
    assert house.order == ["grok", "gemini", "anthropic"]
    assert house.provider("grok").title == "xAI Grok 2"
    assert key_of(hass, house, "grok") == sim.keys["grok"]
    assert {r.vendor for r in sim.requests()} == {"grok"}
    assert (await house.describe())["provider"] == "grok"


async def test_an_entry_that_is_not_loaded_is_started_with_it(
    hass: HomeAssistant, house: House, sim: Simulator, camera: FakeCamera
) -> None:
    """Nobody else would: an entry listens to its changes only while it is loaded."""
    entry = await house.set_up("openai")
    sim.set_key("openai", "another-key")
    await hass.config_entries.async_unload(entry.entry_id)
    await send(hass, await open_form(hass, house), as_it_is(house, openai_api_key="another-key"))
    await hass.async_block_till_done()
    assert house.state() is ConfigEntryState.LOADED
    assert (await house.describe())["provider"] == "openai"


async def test_a_wrong_key_stores_nothing_at_all(
    hass: HomeAssistant, house: House, sim: Simulator
) -> None:
    """Not even what was right beside it."""
    await house.set_up("openai")
    before = house.entry.as_dict()["subentries"]
    typed = as_it_is(house, openai_api_key="wrong-key", grok_api_key=sim.keys["grok"])
    typed["endpoints"]["grok_base_url"] = sim.urls.grok
    form = await send(hass, await open_form(hass, house), typed)
    assert form["errors"] == {"openai_api_key": "openai_invalid_auth"}
    assert suggested(form)["grok_api_key"] == sim.keys["grok"]
    assert house.entry.as_dict()["subentries"] == before


async def test_row_71_another_providers_account_is_refused(
    hass: HomeAssistant, house: House, sim: Simulator
) -> None:
    """The error stands at the key; the provider itself is no duplicate of itself."""
    second = house.subentry("openai", title="Second", api_key="second-key")
    await house.set_up("openai", second)
    first = house.entry.runtime_data.providers
    first_title = house.entry.subentries[next(iter(first))].title
    other_key = "second-key" if first_title == "OpenAI" else sim.keys["openai"]
    form = await send(hass, await open_form(hass, house), as_it_is(house, openai_api_key=other_key))
    assert form["errors"] == {"openai_api_key": "already_configured"}
    assert sim.requests() == []


async def test_row_72_what_cannot_be_a_key_is_refused(
    hass: HomeAssistant, house: House, sim: Simulator
) -> None:
    """As at set-up."""
    await house.set_up("openai")
    form = await send(
        hass, await open_form(hass, house), as_it_is(house, openai_api_key="two words")
    )
    assert form["errors"] == {"openai_api_key": "key_malformed"}
    assert sim.requests() == []


async def test_a_lost_key_cannot_be_taken_to_another_address(
    hass: HomeAssistant, house: House, sim: Simulator
) -> None:
    """It has to be typed; with it, the entry is whole again."""
    await house.set_up(house.subentry("openai", ciphertext="lost", base_url=NOBODY), "grok")
    form = await open_form(hass, house)
    form = await send(hass, form, as_it_is(house, openai_base_url=sim.urls.openai))
    assert form["errors"] == {"openai_api_key": "key_lost"}
    typed = as_it_is(house, openai_base_url=sim.urls.openai, openai_api_key=sim.keys["openai"])
    assert (await send(hass, form, typed))["reason"] == "reconfigure_successful"
    assert house.order == ["openai", "grok"]


async def test_an_unusable_master_key_is_told(
    hass: HomeAssistant, house: House, sim: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is stored with it, and the form can be sent again."""
    await house.set_up("openai")
    before = house.entry.as_dict()["subentries"]
    form = await open_form(hass, house)
    monkeypatch.setenv(vault.ENV_KEY, "not a key")
    form = await send(hass, form, as_it_is(house, openai_api_key="k"))
    assert form["errors"] == {"base": "master_key_unusable"}
    assert (sim.requests(), house.entry.as_dict()["subentries"]) == ([], before)
    monkeypatch.delenv(vault.ENV_KEY)
    result = await send(hass, form, as_it_is(house, openai_api_key=sim.keys["openai"]))
    assert result["reason"] == "reconfigure_successful"


async def test_all_at_once(hass: HomeAssistant, house: House, sim: Simulator) -> None:
    """One known vendor gets a new key, three are added, and the entry is reloaded with all."""
    await house.set_up("gemini")
    sim.set_key("gemini", "second-key")
    result = await send(hass, await open_form(hass, house), filled_in(sim, *VENDORS))
    assert result["reason"] == "reconfigure_successful"
    assert house.order == list(VENDORS)
    for kind in VENDORS:
        assert key_of(hass, house, kind) == sim.keys[kind]
        assert sim.keys[kind] not in str(house.entry.as_dict())
