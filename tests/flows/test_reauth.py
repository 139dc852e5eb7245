"""Give Eyewitness a new key for one that is lost or refused."""

import os
from pathlib import Path
from typing import Any

from homeassistant.config_entries import SOURCE_REAUTH, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest

from custom_components.eyewitness.const import DOMAIN
from custom_components.eyewitness.keys import master_key, vault
from tests.kit import FakeCamera, House, Kind
from tests.simulator import Simulator


async def send(hass: HomeAssistant, form: Any, user_input: dict[str, Any]) -> Any:
    """Send a form."""
    result = await hass.config_entries.flow.async_configure(form["flow_id"], user_input)
    await hass.async_block_till_done()
    return result


def decrypted(hass: HomeAssistant, ciphertext: str) -> str:
    """Open a stored key as the integration would."""
    return master_key.load(Path(hass.config.config_dir), os.environ).decrypt(ciphertext)


def reauth_flows(hass: HomeAssistant) -> list[Any]:
    """Return the flows that ask for a key."""
    return [
        flow
        for flow in hass.config_entries.flow.async_progress_by_handler(DOMAIN)
        if flow["context"]["source"] == SOURCE_REAUTH
    ]


async def reauth_form(hass: HomeAssistant) -> Any:
    """Open the form of the one flow that asks for a key."""
    (flow,) = reauth_flows(hass)
    return await hass.config_entries.flow.async_configure(flow["flow_id"])


async def test_lost_keys_are_asked_for_one_after_the_other(
    hass: HomeAssistant, house: House, sim: Simulator
) -> None:
    """Each form names its provider; a wrong key is refused; the entry works again in the end."""
    await house.set_up(
        house.subentry("openai", ciphertext="lost"),
        "grok",
        house.subentry("gemini", ciphertext="lost"),
        options={},
    )
    assert house.order == ["grok"]

    form = await reauth_form(hass)
    assert form["step_id"] == "reauth_confirm"
    assert form["description_placeholders"]["provider"] == "OpenAI"
    form = await send(hass, form, {"api_key": "wrong-key"})
    assert form["errors"] == {"api_key": "openai_invalid_auth"}
    assert form["description_placeholders"]["provider"] == "OpenAI"
    form = await send(hass, form, {"api_key": f"{sim.keys['openai']} "})
    assert form["errors"] == {}
    assert form["description_placeholders"]["provider"] == "Google Gemini"
    assert house.order == ["grok"]
    result = await send(hass, form, {"api_key": sim.keys["gemini"]})

    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "reauth_successful"
    assert house.order == ["openai", "grok", "gemini"]
    for kind in ("openai", "gemini"):
        ciphertext = house.provider(kind).data["api_key"]
        assert decrypted(hass, ciphertext) == sim.keys[kind]
    assert reauth_flows(hass) == []
    assert sim.requests(endpoint="describe") == []


async def test_a_key_refused_twice_is_asked_for(
    hass: HomeAssistant, house: House, sim: Simulator, camera: FakeCamera
) -> None:
    """T2: after a 401 the free call is the second witness; then one flow asks for one new key."""
    await house.set_up("openai", "grok")
    sim.set_key("openai", "renewed-key")
    for _ in range(2):
        assert (await house.describe())["provider"] == "grok"
        await hass.async_block_till_done(wait_background_tasks=True)

    form = await reauth_form(hass)
    assert form["description_placeholders"]["provider"] == "OpenAI"
    result = await send(hass, form, {"api_key": "renewed-key"})
    assert result["reason"] == "reauth_successful"
    assert (await house.describe())["provider"] == "openai"
    await hass.async_block_till_done(wait_background_tasks=True)
    assert reauth_flows(hass) == []


async def test_a_key_never_goes_to_another_vendor(
    hass: HomeAssistant, house: House, sim: Simulator
) -> None:
    """When the list of lost keys changes behind an open form, the form asks anew."""
    await house.set_up("openai", house.subentry("grok", ciphertext="lost"))
    form = await reauth_form(hass)
    assert form["description_placeholders"]["provider"] == "xAI Grok"
    house.runtime.refused.add(house.provider("openai").subentry_id)

    form = await send(hass, form, {"api_key": sim.keys["grok"]})
    assert form["description_placeholders"]["provider"] == "OpenAI"
    assert form["errors"] == {}
    assert sim.requests() == []
    form = await send(hass, form, {"api_key": sim.keys["openai"]})
    assert form["description_placeholders"]["provider"] == "xAI Grok"
    result = await send(hass, form, {"api_key": sim.keys["grok"]})
    assert result["reason"] == "reauth_successful"
    assert house.order == ["openai", "grok"]


async def test_a_key_that_was_renewed_elsewhere_is_not_asked_for_again(
    hass: HomeAssistant, house: House, sim: Simulator
) -> None:
    """A key may be renewed, or its provider removed, on the page of the integration meanwhile."""
    await house.set_up(
        house.subentry("openai", ciphertext="lost"), house.subentry("grok", ciphertext="lost")
    )
    renewed = house.subentry("openai")["data"]
    hass.config_entries.async_update_subentry(house.entry, house.provider("openai"), data=renewed)
    await hass.async_block_till_done()
    form = await reauth_form(hass)
    assert form["description_placeholders"]["provider"] == "xAI Grok"
    hass.config_entries.async_remove_subentry(house.entry, house.provider("grok").subentry_id)
    await hass.async_block_till_done()
    assert reauth_flows(hass) == []
    assert sim.requests() == []


async def test_reauth_without_a_reason_ends_at_once(hass: HomeAssistant, house: House) -> None:
    """It asks for nothing when every key can be read and none was refused."""
    await house.set_up("openai")
    result = await house.entry_for_tests.start_reauth_flow(hass)
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "reauth_successful"


async def test_reauth_of_an_entry_that_is_not_loaded(
    hass: HomeAssistant, house: House, sim: Simulator
) -> None:
    """A lost key can be entered even so."""
    house.add_entry(house.subentry("gemini", ciphertext="lost"))
    form = await house.entry_for_tests.start_reauth_flow(hass)
    assert (form["description_placeholders"] or {})["provider"] == "Google Gemini"
    result = await send(hass, form, {"api_key": sim.keys["gemini"]})
    assert result["reason"] == "reauth_successful"
    assert decrypted(hass, house.provider("gemini").data["api_key"]) == sim.keys["gemini"]


async def test_reauth_tells_of_an_unusable_master_key(
    hass: HomeAssistant, house: House, sim: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It ends with a text, and nothing is stored."""
    await house.set_up(house.subentry("openai", ciphertext="lost"))
    form = await reauth_form(hass)
    monkeypatch.setenv(vault.ENV_KEY, "not a key")
    result = await send(hass, form, {"api_key": sim.keys["openai"]})
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "master_key_unusable"
    assert house.provider("openai").data["api_key"] == "lost"
    assert sim.requests() == []


async def test_reauth_ends_at_once_when_the_master_key_is_unusable(
    hass: HomeAssistant, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A key from outside that is none cannot be replaced by us."""
    await house.set_up("openai")
    monkeypatch.setenv(vault.ENV_KEY, "not a key")
    result = await house.entry_for_tests.start_reauth_flow(hass)
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "master_key_unusable"


async def test_a_vendor_needs_a_key_and_a_server_of_ones_own_need_not(
    hass: HomeAssistant, house: House, sim: Simulator
) -> None:
    """Each is told what its answer means; an empty key is asked about like any other."""
    await house.set_up(
        house.subentry("openai", ciphertext="lost"),
        house.subentry("openai_compatible", ciphertext="lost", title="Mine"),
    )
    form = await reauth_form(hass)
    form = await send(hass, form, {"api_key": " "})
    assert form["errors"] == {"api_key": "key_missing"}
    form = await send(hass, form, {"api_key": "two words"})
    assert form["errors"] == {"api_key": "key_malformed"}
    assert sim.requests() == []
    form = await send(hass, form, {"api_key": sim.keys["openai"]})
    assert form["description_placeholders"]["provider"] == "Mine"
    form = await send(hass, form, {})
    assert form["errors"] == {"api_key": "openai_compatible_invalid_auth"}
    result = await send(hass, form, {"api_key": sim.keys["openai"]})
    assert result["reason"] == "reauth_successful"
    assert house.order == ["openai", "openai_compatible"]
    assert sim.keys["openai"] not in str(house.entry.as_dict())


async def damaged(hass: HomeAssistant, house: House, *kinds: Kind) -> str:
    """Start with a damaged master key file; return what it was."""
    house.add_entry(*kinds)
    before = house.put_master_key("damaged")
    await hass.config_entries.async_setup(house.entry.entry_id)
    await hass.async_block_till_done()
    assert house.state() is ConfigEntryState.SETUP_ERROR
    return before


def lines(hass: HomeAssistant, name: str) -> list[str]:
    """Return what is in a file of the config folder."""
    return Path(hass.config.path(name)).read_text("ascii").splitlines()


async def test_a_damaged_master_key_is_replaced_when_that_is_wished(
    hass: HomeAssistant, house: House, sim: Simulator, camera: FakeCamera
) -> None:
    """The entry is in error until every key was typed again; then it works, with a new file."""
    before = await damaged(hass, house, "openai", "grok")
    assert sim.requests() == []
    form = await reauth_form(hass)
    assert form["step_id"] == "new_master_key"
    assert lines(hass, vault.KEY_FILE) == ["damaged"]

    form = await send(hass, form, {})
    assert form["step_id"] == "reauth_confirm"
    assert form["description_placeholders"]["provider"] == "OpenAI"
    assert lines(hass, f"{vault.KEY_FILE}.damaged") == ["damaged"]
    (new,) = lines(hass, vault.KEY_FILE)
    assert new != before
    form = await send(hass, form, {"api_key": "wrong-key"})
    assert form["errors"] == {"api_key": "openai_invalid_auth"}
    assert house.state() is ConfigEntryState.SETUP_ERROR
    form = await send(hass, form, {"api_key": sim.keys["openai"]})
    assert form["description_placeholders"]["provider"] == "xAI Grok"
    assert house.state() is ConfigEntryState.SETUP_ERROR
    result = await send(hass, form, {"api_key": sim.keys["grok"]})

    assert result["reason"] == "reauth_successful"
    assert house.state() is ConfigEntryState.LOADED
    assert reauth_flows(hass) == []
    for kind in ("openai", "grok"):
        assert decrypted(hass, house.provider(kind).data["api_key"]) == sim.keys[kind]
        assert sim.keys[kind] not in str(house.entry.as_dict())
    assert (await house.describe())["provider"] == "openai"


async def test_a_mended_master_key_is_kept(
    hass: HomeAssistant, house: House, sim: Simulator
) -> None:
    """Whoever puts the good copy back and goes on all the same has to type nothing."""
    before = await damaged(hass, house, "openai")
    form = await reauth_form(hass)
    house.put_master_key(before)
    result = await send(hass, form, {})
    assert result["reason"] == "reauth_successful"
    assert house.state() is ConfigEntryState.LOADED
    assert house.order == ["openai"]
    assert before in lines(hass, vault.KEY_FILE)
    with pytest.raises(FileNotFoundError):
        lines(hass, f"{vault.KEY_FILE}.damaged")


async def test_a_master_key_file_that_cannot_be_replaced(
    hass: HomeAssistant, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is told, and the damaged file stays."""
    await damaged(hass, house, "openai")
    form = await reauth_form(hass)

    def fail(_path: Path) -> None:
        raise master_key.MasterKeyError(vault.KEY_FILE)

    monkeypatch.setattr(master_key, "_set_aside", fail)
    result = await send(hass, form, {})
    assert result["reason"] == "master_key_unusable"
    assert lines(hass, vault.KEY_FILE) == ["damaged"]
    assert house.state() is ConfigEntryState.SETUP_ERROR


async def test_a_provider_may_be_removed_while_the_keys_are_typed(
    hass: HomeAssistant, house: House, sim: Simulator
) -> None:
    """An entry that is not loaded does not end the flow then."""
    await damaged(hass, house, "openai", "grok")
    form = await send(hass, await reauth_form(hass), {})
    form = await send(hass, form, {"api_key": sim.keys["openai"]})
    hass.config_entries.async_remove_subentry(house.entry, house.provider("openai").subentry_id)
    await hass.async_block_till_done()
    result = await send(hass, form, {"api_key": sim.keys["grok"]})
    assert result["reason"] == "reauth_successful"
    assert house.state() is ConfigEntryState.LOADED
    assert house.order == ["grok"]
