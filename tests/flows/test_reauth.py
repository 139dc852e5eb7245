"""Give Eyewitness a new key for one that is lost or refused."""

from pathlib import Path
from typing import Any

from homeassistant.config_entries import SOURCE_REAUTH, ConfigEntryState
import pytest

from custom_components.eyewitness.const import DOMAIN
from custom_components.eyewitness.keys import master_key
from tests.flows.forms import key_of, send
from tests.kit import House
from tests.simulator import Simulator

pytestmark = pytest.mark.usefixtures("camera")


def reauth_flows(house: House) -> list[Any]:
    """Return the flows that ask for a key."""
    flows = house.hass.config_entries.flow.async_progress_by_handler(DOMAIN)
    return [flow for flow in flows if flow["context"]["source"] == SOURCE_REAUTH]


async def open_reauth(house: House) -> Any:
    """Open the form of the one flow that asks for a key."""
    (flow,) = reauth_flows(house)
    return await house.hass.config_entries.flow.async_configure(flow["flow_id"])


def asks_for(form: Any) -> tuple[str, dict[str, str]]:
    """Return whose key a form asks for, and its errors."""
    assert form["step_id"] == "reauth_confirm"
    return form["description_placeholders"]["provider"], form["errors"]


async def test_lost_keys_are_asked_for_one_after_the_other(house: House, sim: Simulator) -> None:
    """Each form names its provider; a wrong key is refused; the entry works again in the end."""
    lost = [house.subentry(kind, ciphertext="lost") for kind in ("openai", "gemini")]
    await house.set_up(*lost, "grok")
    assert house.order == ["grok"]
    form = await open_reauth(house)
    assert asks_for(form) == ("OpenAI", {})
    form = await send(house, form, api_key="wrong-key")
    assert asks_for(form) == ("OpenAI", {"api_key": "openai_invalid_auth"})
    form = await send(house, form, api_key=f"{sim.keys['openai']} ")
    assert asks_for(form) == ("Google Gemini", {})
    assert house.order == ["grok"]
    result = await send(house, form, api_key=sim.keys["gemini"])
    assert result["reason"] == "reauth_successful"
    assert house.order == ["openai", "grok", "gemini"]
    for kind in ("openai", "gemini"):
        assert key_of(house, kind) == sim.keys[kind]
    assert reauth_flows(house) == []
    assert sim.requests(endpoint="describe") == []


async def test_a_key_refused_twice_is_asked_for(house: House, sim: Simulator) -> None:
    """T2: after a 401 the free call is the second witness; then one flow asks for one new key."""
    await house.set_up("openai", "grok")
    sim.set_key("openai", "renewed-key")
    for _ in range(2):
        assert (await house.describe())["provider"] == "grok"
        await house.hass.async_block_till_done(wait_background_tasks=True)
    form = await open_reauth(house)
    assert asks_for(form) == ("OpenAI", {})
    result = await send(house, form, api_key="renewed-key")
    assert result["reason"] == "reauth_successful"
    assert (await house.describe())["provider"] == "openai"
    await house.hass.async_block_till_done(wait_background_tasks=True)
    assert reauth_flows(house) == []


async def test_a_key_never_goes_to_another_vendor(house: House, sim: Simulator) -> None:
    """When the list of lost keys changes behind an open form, the form asks anew."""
    await house.set_up("openai", house.subentry("grok", ciphertext="lost"))
    form = await open_reauth(house)
    assert asks_for(form) == ("xAI Grok", {})
    house.runtime.refused.add(house.provider("openai").subentry_id)
    form = await send(house, form, api_key=sim.keys["grok"])
    assert asks_for(form) == ("OpenAI", {})
    assert sim.requests() == []
    form = await send(house, form, api_key=sim.keys["openai"])
    assert asks_for(form) == ("xAI Grok", {})
    result = await send(house, form, api_key=sim.keys["grok"])
    assert result["reason"] == "reauth_successful"
    assert house.order == ["openai", "grok"]


async def test_a_key_that_was_renewed_elsewhere_is_not_asked_for_again(house: House) -> None:
    """A key may be renewed, or its provider removed, on the page of the integration meanwhile."""
    await house.set_up(*(house.subentry(kind, ciphertext="lost") for kind in ("openai", "grok")))
    entries = house.hass.config_entries
    renewed = house.subentry("openai")["data"]
    entries.async_update_subentry(house.entry, house.provider("openai"), data=renewed)
    await house.hass.async_block_till_done()
    assert asks_for(await open_reauth(house)) == ("xAI Grok", {})
    entries.async_remove_subentry(house.entry, house.provider("grok").subentry_id)
    await house.hass.async_block_till_done()
    assert reauth_flows(house) == []
    assert house.sim.requests() == []


async def test_reauth_of_an_entry_that_is_not_loaded(house: House) -> None:
    """A lost key can be entered even so; when nothing is lost or refused, it ends at once."""
    house.add_entry(house.subentry("gemini", ciphertext="lost"))
    form = await house.entry_for_tests.start_reauth_flow(house.hass)
    assert asks_for(form) == ("Google Gemini", {})
    result = await send(house, form, api_key=house.sim.keys["gemini"])
    assert result["reason"] == "reauth_successful"
    assert key_of(house, "gemini") == house.sim.keys["gemini"]
    result = await house.entry_for_tests.start_reauth_flow(house.hass)
    assert result["reason"] == "reauth_successful"


async def test_a_bad_master_key_ends_it(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before and behind a form, with nothing stored: a key from outside is not ours to replace."""
    await house.set_up(house.subentry("openai", ciphertext="lost"))
    form = await open_reauth(house)
    monkeypatch.setenv(master_key.ENV_KEY, "not a key")
    for result in (
        await send(house, form, api_key=house.sim.keys["openai"]),
        await house.entry_for_tests.start_reauth_flow(house.hass),
    ):
        assert result["reason"] == "master_key_unusable"
    assert house.provider("openai").data["api_key"] == "lost"
    assert house.sim.requests() == []


async def test_a_vendor_needs_a_key_and_a_server_of_ones_own_need_not(house: House) -> None:
    """What cannot be a key is not sent; an empty one is tried out where it may be right."""
    await house.set_up(
        house.subentry("openai", ciphertext="lost"),
        house.subentry("openai_compatible", ciphertext="lost", title="Mine"),
    )
    form = await open_reauth(house)
    for key, error in ((" ", "key_missing"), ("two words", "key_malformed")):
        form = await send(house, form, api_key=key)
        assert asks_for(form) == ("OpenAI", {"api_key": error})
    assert house.sim.requests() == []
    form = await send(house, form, api_key=house.sim.keys["openai"])
    assert asks_for(form) == ("Mine", {})
    form = await send(house, form)
    assert asks_for(form) == ("Mine", {"api_key": "openai_compatible_invalid_auth"})
    result = await send(house, form, api_key=house.sim.keys["openai"])
    assert result["reason"] == "reauth_successful"
    assert house.order == ["openai", "openai_compatible"]
    assert house.sim.keys["openai"] not in str(house.entry.as_dict())


@pytest.fixture
async def master_key_before(house: House) -> str:
    """Start with two providers and a damaged master key file; return what it was."""
    house.add_entry("openai", "grok")
    before = house.put_master_key("damaged")
    await house.hass.config_entries.async_setup(house.entry.entry_id)
    await house.hass.async_block_till_done()
    assert house.state() is ConfigEntryState.SETUP_ERROR
    return before


def lines(house: House, suffix: str = "") -> list[str] | None:
    """Return what is in the master key file, or in the one beside it; None when there is none."""
    file = Path(house.hass.config.path(master_key.KEY_FILE + suffix))
    return file.read_text("ascii").splitlines() if file.exists() else None


async def test_a_damaged_master_key_is_replaced_when_that_is_wished(
    house: House, sim: Simulator, master_key_before: str
) -> None:
    """The entry is in error until every key was typed again; then it works, with a new file."""
    assert sim.requests() == []
    form = await open_reauth(house)
    assert form["step_id"] == "new_master_key"
    assert lines(house) == ["damaged"]
    form = await send(house, form)
    assert asks_for(form) == ("OpenAI", {})
    assert lines(house, ".damaged") == ["damaged"]
    (new,) = lines(house) or []
    assert new != master_key_before
    form = await send(house, form, api_key=sim.keys["openai"])
    assert asks_for(form) == ("xAI Grok", {})
    assert house.state() is ConfigEntryState.SETUP_ERROR
    result = await send(house, form, api_key=sim.keys["grok"])
    assert result["reason"] == "reauth_successful"
    assert house.state() is ConfigEntryState.LOADED
    assert reauth_flows(house) == []
    for kind in ("openai", "grok"):
        assert key_of(house, kind) == sim.keys[kind]
        assert sim.keys[kind] not in str(house.entry.as_dict())
    assert (await house.describe())["provider"] == "openai"


async def test_a_mended_master_key_is_kept(house: House, master_key_before: str) -> None:
    """Whoever puts the good copy back and goes on all the same has to type nothing."""
    form = await open_reauth(house)
    house.put_master_key(master_key_before)
    assert (await send(house, form))["reason"] == "reauth_successful"
    assert house.state() is ConfigEntryState.LOADED
    assert house.order == ["openai", "grok"]
    assert master_key_before in (lines(house) or [])
    assert lines(house, ".damaged") is None


async def test_a_master_key_file_that_cannot_be_replaced(
    house: House, master_key_before: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The flow says so and ends, and the damaged file stays."""
    form = await open_reauth(house)

    def fail(_path: Path) -> None:
        raise master_key.MasterKeyError(master_key.KEY_FILE)

    monkeypatch.setattr(master_key, "_set_aside", fail)
    assert (await send(house, form))["reason"] == "master_key_unusable"
    assert lines(house) == ["damaged"]
    assert house.state() is ConfigEntryState.SETUP_ERROR


async def test_a_provider_may_be_removed_while_the_keys_are_typed(
    house: House, sim: Simulator, master_key_before: str
) -> None:
    """An entry that is not loaded does not end the flow then."""
    form = await send(house, await open_reauth(house))
    form = await send(house, form, api_key=sim.keys["openai"])
    provider_id = house.provider("openai").subentry_id
    house.hass.config_entries.async_remove_subentry(house.entry, provider_id)
    await house.hass.async_block_till_done()
    result = await send(house, form, api_key=sim.keys["grok"])
    assert result["reason"] == "reauth_successful"
    assert house.state() is ConfigEntryState.LOADED
    assert house.order == ["grok"]
