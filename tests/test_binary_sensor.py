"""Show which providers need somebody to look after them."""

import asyncio
from contextlib import suppress
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import pytest

from custom_components.eyewitness.const import DOMAIN
from tests.kit import House, until
from tests.results import state_of
from tests.simulator import Simulator
from tests.waiting import landed

pytestmark = pytest.mark.usefixtures("camera")

OPENAI = "binary_sensor.openai_problem"
GROK = "binary_sensor.xai_grok_problem"


def problems(hass: HomeAssistant) -> list[str]:
    """Return the states."""
    return [state_of(hass, entity_id).state for entity_id in (OPENAI, GROK)]


async def describe(hass: HomeAssistant, house: House) -> None:
    """Describe, whatever comes of it."""
    with suppress(HomeAssistantError):
        await house.describe()
    await hass.async_block_till_done(wait_background_tasks=True)


async def test_one_for_each_provider(hass: HomeAssistant, house: House) -> None:
    """Nobody has a problem before the first request."""
    await house.set_up("openai", "grok")
    assert sorted(hass.states.async_entity_ids("binary_sensor")) == [OPENAI, GROK]
    assert problems(hass) == ["off", "off"]


@pytest.mark.parametrize(
    ("fault", "state"),
    [
        *((fault, "on") for fault in ("auth", "forbidden", "quota", "rate_limit")),
        *((fault, "on") for fault in ("server_error", "html", "reset")),
        ("refusal", "off"),
    ],
)
async def test_on_after_a_failure_and_off_after_an_answer(
    hass: HomeAssistant, house: House, sim: Simulator, quick: None, fault: Any, state: str
) -> None:
    """Only for the provider that it is about; one that declines a picture works."""
    await house.set_up("openai", "grok")
    sim.fail("openai", fault, repeat=True)
    await describe(hass, house)
    assert problems(hass) == [state, "off"]
    sim.clear_faults()
    await hass.services.async_call(DOMAIN, "test_chain", blocking=True)
    await hass.async_block_till_done()
    assert problems(hass) == ["off", "off"]


async def test_i8_a_stopped_request_is_no_problem(
    hass: HomeAssistant, house: House, sim: Simulator
) -> None:
    """Nor does it hide one."""
    await house.set_up("openai", "grok")
    for before in ("off", "on"):
        if before == "on":
            sim.fail("openai", "server_error", count=2)
            await describe(hass, house)
        assert problems(hass) == [before, "off"]
        sim.clear_faults()
        sim.fail("openai", "hang")
        sim.clear_requests()
        call = hass.async_create_task(house.describe(providers="openai"))
        await until(lambda: len(sim.requests("openai", "describe")) > 0)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        await landed(house)
        assert problems(hass) == [before, "off"]


async def test_a_key_that_cannot_be_read_is_a_problem(hass: HomeAssistant, house: House) -> None:
    """From the start, without a request."""
    await house.set_up(house.subentry("openai", ciphertext="lost"), "grok")
    assert problems(hass) == ["on", "off"]


async def test_a_problem_outlasts_a_restart(
    hass: HomeAssistant, house: House, sim: Simulator
) -> None:
    """The ledger knows how the last request ended."""
    entry = await house.set_up("openai", "grok")
    sim.fail("openai", "quota")
    await describe(hass, house)
    assert await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    assert problems(hass) == ["on", "off"]
