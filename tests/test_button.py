"""Press the button that tests the chain."""

from typing import Any

from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr, entity_registry as er
import pytest

from custom_components.eyewitness.const import DOMAIN
from tests.kit import ENTRY_ID, House, pick
from tests.simulator import Simulator

BUTTON = "button.eyewitness_test_the_chain"


async def press(hass: HomeAssistant) -> None:
    """Press it as a person does."""
    await hass.services.async_call("button", "press", {"entity_id": BUTTON}, blocking=True)


async def pressed_in_vain(hass: HomeAssistant) -> HomeAssistantError:
    """Press it and return the error."""
    with pytest.raises(HomeAssistantError) as raised:
        await press(hass)
    assert raised.value.translation_domain == DOMAIN
    return raised.value


async def test_it_belongs_to_eyewitness_itself(hass: HomeAssistant, house: House) -> None:
    """One button, on the device of the entry, among the diagnostics."""
    await house.set_up("openai", "grok")
    assert hass.states.async_entity_ids("button") == [BUTTON]
    entity = er.async_get(hass).async_get(BUTTON)
    assert entity is not None
    assert entity.unique_id == f"{ENTRY_ID}_test_chain"
    assert entity.entity_category is EntityCategory.DIAGNOSTIC
    device = dr.async_get(hass).async_get(entity.device_id or "")
    assert device is not None
    assert device.identifiers == {(DOMAIN, ENTRY_ID)}
    state = hass.states.get(BUTTON)
    assert state is not None
    assert state.name == "Eyewitness Test the chain"


async def test_when_all_is_well_it_says_nothing(
    hass: HomeAssistant, house: House, sim: Simulator
) -> None:
    """The sensors show the result, and the button when it was pressed."""
    await house.set_up("openai", "grok")
    await press(hass)
    await hass.async_block_till_done()
    for name in ("openai_status", "xai_grok_status"):
        state = hass.states.get(f"sensor.{name}")
        assert state is not None
        assert state.state == "ok"
    state = hass.states.get(BUTTON)
    assert state is not None
    assert state.state != "unknown"
    assert len(await house.usage()) == 3


async def test_it_names_who_failed(hass: HomeAssistant, house: House, sim: Simulator) -> None:
    """By the name that the user gave, with our word for what happened."""
    await house.set_up(house.subentry("openai", title="Mine"), "grok", "gemini")
    sim.fail("openai", "quota", repeat=True)
    sim.fail("gemini", "forbidden", repeat=True)
    error = await pressed_in_vain(hass)
    assert error.translation_key == "self_test_failed"
    assert error.translation_placeholders == {
        "failed": "Mine: Quota used up, Google Gemini: Access denied"
    }
    text = "The self-test found trouble with Mine: Quota used up, Google Gemini: Access denied"
    assert str(error).rstrip(".") == text
    assert pick(await house.usage(), "outcome")[:3] == [("quota",), ("ok",), ("forbidden",)]


async def test_a_hand_over_that_fails_is_trouble_too(
    hass: HomeAssistant, house: House, sim: Simulator
) -> None:
    """Number two answered a moment ago and does not any more."""
    await house.set_up("openai", "grok")
    original = sim.requests

    async def fail_later() -> None:
        await sim.wait_for_requests(4, seconds=10)
        sim.fail("grok", "quota", repeat=True)

    watch = hass.async_create_background_task(fail_later(), "fail later")
    sim.fail("grok", "latency", latency=0.3)
    error = await pressed_in_vain(hass)
    await watch
    assert original("grok", "describe")
    assert error.translation_key == "self_test_failed"
    assert error.translation_placeholders == {"failed": "-"}


async def test_without_a_usable_key_it_says_so(
    hass: HomeAssistant, house: House, sim: Simulator
) -> None:
    """There is nothing to test."""
    await house.set_up(house.subentry("openai", ciphertext="lost"))
    error = await pressed_in_vain(hass)
    assert error.translation_key == "no_provider"


async def test_it_goes_with_the_entry(
    hass: HomeAssistant, house: House, sim: Simulator, caplog: pytest.LogCaptureFixture
) -> None:
    """Unloaded, it cannot be pressed."""
    entry = await house.set_up("openai")
    await hass.config_entries.async_unload(entry.entry_id)
    state: Any = hass.states.get(BUTTON)
    assert state.state == "unavailable"
    await press(hass)
    assert sim.requests() == []
