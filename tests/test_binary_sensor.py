"""Show which providers need somebody to look after them."""

import asyncio
from contextlib import suppress
from typing import Any

from homeassistant.components.binary_sensor.const import BinarySensorDeviceClass
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr, entity_registry as er
import pytest

from custom_components.eyewitness.const import DOMAIN
from tests.kit import FakeCamera, House, until
from tests.simulator import Simulator
from tests.waiting import landed

OPENAI = "binary_sensor.openai_problem"
GROK = "binary_sensor.xai_grok_problem"


def problems(hass: HomeAssistant, *entity_ids: str) -> list[str]:
    """Return the states."""
    states = [hass.states.get(entity_id) for entity_id in entity_ids or (OPENAI, GROK)]
    assert None not in states
    return [state.state for state in states if state is not None]


async def describe(hass: HomeAssistant, house: House, **data: Any) -> None:
    """Describe, whatever comes of it."""
    with suppress(HomeAssistantError):
        await house.describe(**data)
    await hass.async_block_till_done(wait_background_tasks=True)


async def test_one_for_each_provider_on_its_device(hass: HomeAssistant, house: House) -> None:
    """A diagnosis of the class that dashboards and automations know as a problem."""
    await house.set_up("openai", "grok")
    assert sorted(hass.states.async_entity_ids("binary_sensor")) == [OPENAI, GROK]
    for entity_id, kind in ((OPENAI, "openai"), (GROK, "grok")):
        subentry = house.provider(kind)
        entity = er.async_get(hass).async_get(entity_id)
        assert entity is not None
        assert entity.unique_id == f"{subentry.subentry_id}_problem"
        assert entity.config_subentry_id == subentry.subentry_id
        assert entity.entity_category is EntityCategory.DIAGNOSTIC
        assert entity.original_device_class == BinarySensorDeviceClass.PROBLEM
        device = dr.async_get(hass).async_get(entity.device_id or "")
        assert device is not None
        assert device.identifiers == {(DOMAIN, subentry.subentry_id)}


async def test_nobody_has_a_problem_before_the_first_request(
    hass: HomeAssistant, house: House
) -> None:
    """Nothing is known, and nothing is wrong."""
    await house.set_up("openai", "grok")
    assert problems(hass) == ["off", "off"]


@pytest.mark.parametrize(
    "fault", ["auth", "forbidden", "quota", "rate_limit", "server_error", "html", "reset"]
)
async def test_on_after_a_failure_and_off_after_an_answer(
    hass: HomeAssistant,
    house: House,
    sim: Simulator,
    camera: FakeCamera,
    fault: Any,
    quick: None,
) -> None:
    """Only for the provider that it is about."""
    await house.set_up("openai", "grok")
    sim.fail("openai", fault, repeat=True)
    await describe(hass, house)
    assert problems(hass) == ["on", "off"]
    sim.clear_faults()
    await hass.services.async_call(DOMAIN, "test_chain", blocking=True)
    await hass.async_block_till_done()
    assert problems(hass) == ["off", "off"]


async def test_a_refusal_is_no_problem(
    hass: HomeAssistant, house: House, sim: Simulator, camera: FakeCamera
) -> None:
    """A provider that declines a picture works."""
    await house.set_up("openai", "grok")
    sim.fail("openai", "refusal")
    await describe(hass, house)
    assert problems(hass) == ["off", "off"]


async def test_i8_a_stopped_request_is_no_problem(
    hass: HomeAssistant, house: House, sim: Simulator, camera: FakeCamera
) -> None:
    """Nor does it hide one."""
    await house.set_up("openai", "grok")
    for before in ("off", "on"):
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
        if before == "off":
            sim.fail("openai", "server_error", count=2)
            await describe(hass, house)
            assert problems(hass) == ["on", "off"]


async def test_a_key_that_cannot_be_read_is_a_problem(hass: HomeAssistant, house: House) -> None:
    """From the start, without a request."""
    await house.set_up(house.subentry("openai", ciphertext="lost"), "grok")
    assert problems(hass) == ["on", "off"]


async def test_a_problem_outlasts_a_restart(
    hass: HomeAssistant, house: House, sim: Simulator, camera: FakeCamera
) -> None:
    """The ledger knows how the last request ended."""
    entry = await house.set_up("openai", "grok")
    sim.fail("openai", "quota")
    await describe(hass, house)
    assert await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    assert problems(hass) == ["on", "off"]
