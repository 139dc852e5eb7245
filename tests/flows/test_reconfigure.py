"""Change keys and addresses of several providers at once, as a person would."""

from typing import Any

from homeassistant.config_entries import ConfigEntryState
import pytest

from custom_components.eyewitness.keys import master_key
from custom_components.eyewitness.runtime.settings import provider_order
from tests.flows.forms import NOBODY, check_shown, key_of, send, suggested
from tests.flows.test_setup import pulled_out, typed
from tests.kit import House
from tests.simulator import VENDORS, Simulator

pytestmark = pytest.mark.usefixtures("camera")


async def open_form(house: House) -> Any:
    """Open the form that changes the entry."""
    form = await house.entry_for_tests.start_reconfigure_flow(house.hass)
    assert (form["type"], form["step_id"]) == ("form", "reconfigure")
    return form


def changed(form: Any, **changes: str) -> dict[str, Any]:
    """Return the form as it is shown, with changes; the key fields are empty."""
    fields = form["data_schema"].schema["endpoints"].schema.schema
    endpoints = {str(name): suggested(form, "endpoints", name) or "" for name in fields}
    endpoints |= {name: text for name, text in changes.items() if name.endswith("base_url")}
    keys = {name: text for name, text in changes.items() if name.endswith("api_key")}
    return {**keys, "endpoints": endpoints}


async def test_the_form_shows_addresses_and_never_a_key(house: House, sim: Simulator) -> None:
    """Those of the first account of each vendor; a server of one's own is changed elsewhere."""
    second = house.subentry("openai", title="Second", base_url=NOBODY)
    await house.set_up("openai", second, "grok", "openai_compatible")
    accounts = [house.entry.subentries[key].data for key in provider_order(house.entry)]
    first = next(data["base_url"] for data in accounts if data["kind"] == "openai")
    urls = {"openai": first, "grok": sim.urls.grok, "gemini": None, "anthropic": None}
    form = await open_form(house)
    check_shown(form, {f"{kind}_api_key": None for kind in VENDORS})
    check_shown(form, {"endpoints": {f"{kind}_base_url": url for kind, url in urls.items()}})


async def test_what_is_left_as_it_was_stays_and_asks_nobody(house: House, sim: Simulator) -> None:
    """Nothing is stored, checked or reloaded."""
    await house.set_up("openai", "grok")
    runtime, before = house.runtime, house.entry.as_dict()["subentries"]
    form = await open_form(house)
    result = await send(house, form, **changed(form))
    assert result["reason"] == "reconfigure_successful"
    assert house.entry.as_dict()["subentries"] == before
    assert house.runtime is runtime
    assert sim.requests() == []


async def test_only_what_changed_is_checked(house: House, sim: Simulator) -> None:
    """A new key for one vendor leaves the model and the others alone, and works at once."""
    await house.set_up(house.subentry("openai", model="gpt-4.1-mini"), "grok")
    grok = dict(house.provider("grok").data)
    sim.set_key("openai", "second-key")
    form = await open_form(house)
    result = await send(house, form, **changed(form, openai_api_key=" second-key "))
    assert result["reason"] == "reconfigure_successful"
    assert [(r.vendor, r.endpoint) for r in sim.requests()] == [("openai", "models")]
    assert key_of(house, "openai") == "second-key"
    assert house.provider("openai").data["model"] == "gpt-4.1-mini"
    assert house.provider("grok").data == grok
    assert "second-key" not in str(house.entry.as_dict())
    assert (await house.describe())["model"] == "gpt-4.1-mini"


async def test_vendors_that_are_not_there_yet_are_added(house: House, sim: Simulator) -> None:
    """All at once, in their places in the order, with titles that nobody has."""
    await house.set_up(house.subentry("anthropic", title="xAI Grok"), "gemini")
    sim.set_key("gemini", "second-key")
    user_input = typed(sim, "openai", "grok", "gemini")
    result = await send(house, await open_form(house), **user_input)
    assert result["reason"] == "reconfigure_successful"
    assert house.order == list(VENDORS)
    assert house.provider("grok").title == "xAI Grok 2"
    assert {request.vendor for request in sim.requests()} == {"openai", "grok", "gemini"}
    for kind in VENDORS:
        assert key_of(house, kind) == sim.keys[kind]
        assert sim.keys[kind] not in str(house.entry.as_dict())


async def test_an_entry_that_is_not_loaded_is_started_with_it(house: House, sim: Simulator) -> None:
    """Nobody else would: an entry listens to its changes only while it is loaded."""
    entry = await house.set_up("openai")
    sim.set_key("openai", "another-key")
    await house.hass.config_entries.async_unload(entry.entry_id)
    form = await open_form(house)
    await send(house, form, **changed(form, openai_api_key="another-key"))
    assert house.state() is ConfigEntryState.LOADED
    assert (await house.describe())["provider"] == "openai"


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"openai_base_url": NOBODY}, {"openai_api_key": "key_again"}),
        (
            {"openai_base_url": NOBODY, "openai_api_key": "any-key"},
            {"openai_api_key": "cannot_connect"},
        ),
        ({"openai_base_url": "file:///etc/passwd"}, {"openai_base_url": "url_scheme"}),
        ({"openai_base_url": "https://[::1"}, {"openai_base_url": "url_invalid"}),
        ({"openai_base_url": "https://999.1.1.1/"}, {"openai_base_url": "url_invalid"}),
        pytest.param(
            {"openai_api_key": "two words"}, {"openai_api_key": "key_malformed"}, id="row_72"
        ),
        pytest.param(
            {"openai_api_key": "other-key"}, {"openai_api_key": "already_configured"}, id="row_71"
        ),
        ({"gemini_base_url": NOBODY}, {"gemini_api_key": "key_lost"}),
        (
            {"openai_api_key": "wrong-key", "grok_api_key": "sim-grok-key"},
            {"openai_api_key": "openai_invalid_auth"},
        ),
    ],
)
async def test_what_cannot_be_right_is_not_sent(
    house: House, sim: Simulator, changes: dict[str, str], errors: dict[str, str]
) -> None:
    """It is shown again and nothing is stored, not even what was right beside it."""
    other = house.subentry("openai", title="Other", api_key="other-key")
    await house.set_up("openai", other, house.subentry("gemini", ciphertext="lost"))
    order = [house.provider(title).subentry_id for title in ("OpenAI", "Other")]
    house.hass.config_entries.async_update_entry(house.entry, options={"provider_order": order})
    before = house.entry.as_dict()["subentries"]
    form = await open_form(house)
    user_input = changed(form, grok_base_url=house.sim.urls.grok, **changes)
    form = await send(house, form, **user_input)
    assert form["errors"] == {"base": "see_below", **errors}
    check_shown(form, pulled_out(user_input, errors))
    assert "openai_invalid_auth" in errors.values() or sim.requests() == []
    assert house.entry.as_dict()["subentries"] == before


async def test_an_address_is_changed_together_with_its_key(house: House, sim: Simulator) -> None:
    """Whether the key before was lost or not."""
    await house.set_up("openai", house.subentry("gemini", ciphertext="lost", base_url=NOBODY))
    async with Simulator() as other:
        user_input = typed(other, "openai", "gemini", openai_base_url=f"{other.urls.openai}/")
        result = await send(house, await open_form(house), **user_input)
        assert [request.key for request in other.requests()] == ["ok", "ok"]
    assert result["reason"] == "reconfigure_successful"
    assert house.order == ["openai", "gemini"]
    assert house.provider("openai").data["base_url"] == other.urls.openai
    assert key_of(house, "openai") == sim.keys["openai"]


async def test_a_bad_master_key_is_shown(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is stored with it, and the form can be sent again."""
    await house.set_up("openai")
    before = house.entry.as_dict()["subentries"]
    form = await open_form(house)
    monkeypatch.setenv(master_key.ENV_KEY, "not a key")
    form = await send(house, form, **changed(form, openai_api_key="k"))
    assert form["errors"] == {"base": "master_key_unusable"}
    assert (house.sim.requests(), house.entry.as_dict()["subentries"]) == ([], before)
    monkeypatch.delenv(master_key.ENV_KEY)
    result = await send(house, form, **changed(form, openai_api_key=house.sim.keys["openai"]))
    assert result["reason"] == "reconfigure_successful"
