"""Give Eyewitness a new key for one that is lost or refused."""

import os
from pathlib import Path
from typing import Any

from homeassistant.config_entries import SOURCE_REAUTH
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest

from custom_components.eyewitness import vault
from custom_components.eyewitness.const import DOMAIN
from tests.kit import FakeCamera, House
from tests.simulator import Simulator


async def send(hass: HomeAssistant, form: Any, user_input: dict[str, Any]) -> Any:
    """Send a form."""
    result = await hass.config_entries.flow.async_configure(form["flow_id"], user_input)
    await hass.async_block_till_done()
    return result


def decrypted(hass: HomeAssistant, ciphertext: str) -> str:
    """Open a stored key as the integration would."""
    return vault.load(Path(hass.config.config_dir), os.environ).decrypt(ciphertext)


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
