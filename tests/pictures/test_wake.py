"""Wake a camera up before its picture is taken."""

import asyncio
import time
from typing import Any

from homeassistant.core import Context, HomeAssistant, ServiceCall
from homeassistant.exceptions import HomeAssistantError
from homeassistant.setup import async_setup_component
import pytest

from custom_components.eyewitness.pictures.rules import Wake
from custom_components.eyewitness.pictures.wake import async_wake

BUTTON = "button.front_door_take_snapshot"


async def wake(hass: HomeAssistant, entity_id: str, wait: float = 0.0, most: float = 5.0) -> float:
    """Wake a camera up; return how long that took, in seconds."""
    began = time.perf_counter()
    await async_wake(hass, Wake(entity_id=entity_id, seconds=wait), seconds=most, context=Context())
    return time.perf_counter() - began


def answer(hass: HomeAssistant, raises: Exception | None = None, hangs: bool = False) -> list[Any]:
    """Be the button's integration; return who calls."""
    calls: list[ServiceCall] = []

    async def press(call: ServiceCall) -> None:
        calls.append(call)
        if hangs:
            await asyncio.Event().wait()
        if raises is not None:
            raise raises

    hass.services.async_register("button", "press", press)
    hass.states.async_set(BUTTON, "unknown")
    return calls


async def test_a_button_is_pressed_and_given_its_time(hass: HomeAssistant) -> None:
    """Nobody is named as the one who pressed it, but what it belongs to."""
    calls, context = answer(hass), Context(user_id="somebody")
    began = time.perf_counter()
    await async_wake(hass, Wake(entity_id=BUTTON, seconds=0.1), seconds=5, context=context)
    assert 0.1 <= time.perf_counter() - began < 2
    (call,) = calls
    assert call.data == {"entity_id": BUTTON}
    assert (call.context.user_id, call.context.parent_id) == (None, context.id)


@pytest.mark.parametrize(
    ("entity_id", "configuration"),
    [
        ("input_button.bell", {"input_button": {"bell": None}}),
        ("script.wake", {"script": {"wake": {"sequence": [{"delay": 60}]}}}),
    ],
)
async def test_what_else_wakes_cameras(
    hass: HomeAssistant, entity_id: str, configuration: dict[str, Any]
) -> None:
    """A script is started and not waited for."""
    for domain in configuration:
        assert await async_setup_component(hass, domain, configuration)
    before = hass.states.get(entity_id)
    assert await wake(hass, entity_id) < 2
    assert hass.states.get(entity_id) != before
    if entity_id.startswith("script"):
        await hass.services.async_call("script", "turn_off", {"entity_id": entity_id})


@pytest.mark.parametrize("why", ["raises", "is foreign", "hangs", "unavailable", "unknown", "lamp"])
async def test_a_failure_is_told_and_costs_no_picture(
    hass: HomeAssistant, caplog: pytest.LogCaptureFixture, why: str
) -> None:
    """Neither its text, which may be anybody's, nor more time than there is."""
    entity_id = BUTTON
    if why == "lamp":
        entity_id = "light.porch"
        hass.states.async_set(entity_id, "on")
    elif why != "unknown":
        raises = {"raises": HomeAssistantError("a-canary"), "is foreign": KeyError("a-canary")}
        answer(hass, raises.get(why), hangs=why == "hangs")
    if why == "unavailable":
        hass.states.async_set(BUTTON, "unavailable")
    assert await wake(hass, entity_id, wait=60.0, most=0.2) < 2
    (line,) = [line for line in caplog.messages if "wake a camera" in line]
    assert entity_id in line
    assert "a-canary" not in line


async def test_it_waits_no_longer_than_there_is_time(hass: HomeAssistant) -> None:
    """Half a minute for the camera would leave nothing for the providers."""
    answer(hass)
    assert 0.2 <= await wake(hass, BUTTON, wait=30.0, most=0.2) < 2
