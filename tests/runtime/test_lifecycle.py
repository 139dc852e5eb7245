"""Stop, reload, remove and reorder while calls are under way, and stop Home Assistant itself."""

import asyncio
import time
from typing import Any

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import CoreState, Event, HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import async_capture_events

from custom_components.eyewitness.const import (
    CONF_PROVIDER_ORDER,
    DATABASE,
    DOMAIN,
    EVENT_DESCRIBED,
    EVENT_FAILED,
)
from tests.kit import ACTION, CAMERA, FakeCamera, House, pick, until
from tests.simulator import Simulator, Vendor
from tests.test_init import open_files
from tests.waiting import landed

type Events = list[Event[dict[str, Any]]]
type Call = asyncio.Task[dict[str, Any]]

MATTERS = 1.0
"""Seconds that an unload or a stop may take."""


@pytest.fixture
def fired(hass: HomeAssistant) -> Events:
    """Collect both of our events."""
    events = async_capture_events(hass, EVENT_DESCRIBED)
    hass.bus.async_listen(EVENT_FAILED, events.append)
    return events


def calls(house: House, *wishes: str) -> list[Call]:
    """Begin one call for each wish; each is a flight of its own."""
    return [house.hass.async_create_task(house.describe(prompt=wish)) for wish in wishes]


async def under_way(sim: Simulator, count: int = 1, vendor: Vendor = "openai") -> None:
    """Wait until so many pictures have arrived."""
    await until(lambda: len(sim.requests(vendor, "describe")) >= count)


async def interrupted(running: list[Call]) -> None:
    """See that each call says that it was interrupted, in words that are translated."""
    for end in await asyncio.gather(*running, return_exceptions=True):
        assert isinstance(end, HomeAssistantError)
        assert (end.translation_domain, end.translation_key) == (DOMAIN, "interrupted")
        assert "Try again" in str(end)


async def test_row_68_a_provider_is_removed_during_a_call(
    hass: HomeAssistant, house: House, sim: Simulator, camera: FakeCamera, fired: Events
) -> None:
    """The call ends cleanly, and the next one goes to who is left."""
    entry = await house.set_up("openai", "grok")
    sim.fail("openai", "hang")
    running = calls(house, "a")
    await under_way(sim)
    hass.config_entries.async_remove_subentry(entry, house.provider("openai").subentry_id)
    await interrupted(running)
    await hass.async_block_till_done()
    assert house.order == ["grok"]
    assert (await house.describe())["provider"] == "grok"
    assert pick(await house.usage(), "provider", "outcome") == [
        ("openai", "cancelled"),
        ("grok", "ok"),
    ]
    assert len(fired) == 1


async def test_row_69_a_reload_during_calls(
    hass: HomeAssistant,
    house: House,
    sim: Simulator,
    camera: FakeCamera,
    fired: Events,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """In the air, in the queue or in a slot: all are told at once, and all is booked."""
    entry = await house.set_up("openai")
    sim.fail("openai", "hang", repeat=True)
    running = calls(house, "a", "b", "c", "d", "a")
    await under_way(sim, 2)
    gate = house.runtime.gate
    assert (gate.running, gate.waiting) == (2, 2)
    began = time.monotonic()
    assert await hass.config_entries.async_unload(entry.entry_id)
    assert time.monotonic() - began < MATTERS
    await interrupted(running)
    assert (gate.running, gate.waiting) == (0, 0)
    assert pick(await house.usage(), "outcome") == [("cancelled",)] * 2
    assert not open_files(hass.config.path(DATABASE))
    await until(lambda: all(r.client_gone for r in sim.requests("openai", "describe")))
    assert fired == []

    sim.clear_faults()
    assert await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is ConfigEntryState.LOADED
    assert (await house.describe())["provider"] == "openai"
    assert "Task exception was never retrieved" not in caplog.text
    assert "did not complete" not in caplog.text


async def test_row_69_a_reload_during_a_picture_and_between_attempts(
    hass: HomeAssistant, house: House, sim: Simulator, camera: FakeCamera, fired: Events
) -> None:
    """The other places at which a call can be."""
    entry = await house.set_up("openai")
    camera.hangs = True
    running = calls(house, "a")
    await until(lambda: camera.asked > 0)
    assert await hass.config_entries.async_reload(entry.entry_id)
    await interrupted(running)
    camera.hangs = False

    sim.fail("openai")
    running = calls(house, "a")
    await under_way(sim)
    await until(lambda: sim.requests("openai", "describe")[0].answered_monotonic is not None)
    await asyncio.sleep(0.1)
    assert await hass.config_entries.async_reload(entry.entry_id)
    await interrupted(running)
    assert len(sim.requests("openai", "describe")) == 1
    assert pick(await house.usage(), "outcome") == [("server",)]
    assert fired == []


async def test_row_70_the_order_is_changed_during_a_call(
    hass: HomeAssistant, house: House, sim: Simulator, camera: FakeCamera, fired: Events
) -> None:
    """The running call is told to try again, and then the new order holds."""
    entry = await house.set_up("openai", "grok")
    sim.fail("openai", "latency", latency=1.0)
    running = calls(house, "a")
    await under_way(sim)
    order = [house.provider(kind).subentry_id for kind in ("grok", "openai")]
    hass.config_entries.async_update_entry(entry, options={CONF_PROVIDER_ORDER: order})
    await interrupted(running)
    await hass.async_block_till_done()
    assert sim.requests("grok") == []
    assert (await house.describe())["provider"] == "grok"
    assert len(fired) == 1


async def test_row_70_a_call_keeps_the_order_it_began_with(
    hass: HomeAssistant, house: House, sim: Simulator, camera: FakeCamera
) -> None:
    """Whatever happens to the runtime's own list meanwhile."""
    await house.set_up("openai", "grok", "gemini")
    sim.fail("openai", "server_error", latency=0.3, repeat=True)
    running = calls(house, "a")
    await under_way(sim)
    providers = house.runtime.providers
    house.runtime.providers = dict(reversed(list(providers.items())))
    response = await running[0]
    house.runtime.providers = providers
    assert pick(response["attempts"], "provider") == [("openai",), ("grok",)]


@pytest.fixture
async def scripts(hass: HomeAssistant) -> None:
    """Set up two scripts that describe the camera, as people's automations do."""
    sequence = [
        {
            "action": f"{DOMAIN}.{ACTION}",
            "data": {"entity_id": CAMERA},
            "response_variable": "seen",
        },
        {"event": "told", "event_data": {"description": "{{ seen.description }}"}},
    ]
    config = {name: {"mode": "restart", "sequence": sequence} for name in ("first", "second")}
    assert await async_setup_component(hass, "script", {"script": config})


async def start(hass: HomeAssistant, script: str) -> None:
    """Start a script without waiting for its end."""
    await hass.services.async_call("script", "turn_on", {"entity_id": f"script.{script}"})


async def stop(hass: HomeAssistant, script: str) -> None:
    """Stop a script."""
    await hass.services.async_call(
        "script", "turn_off", {"entity_id": f"script.{script}"}, blocking=True
    )


async def test_row_75_a_script_is_stopped_during_the_picture(
    hass: HomeAssistant,
    house: House,
    sim: Simulator,
    camera: FakeCamera,
    fired: Events,
    scripts: None,
) -> None:
    """Nothing is asked, counted or fired."""
    await house.set_up("openai")
    camera.hangs = True
    await start(hass, "first")
    await until(lambda: camera.asked > 0)
    await stop(hass, "first")
    await landed(house)
    assert (sim.requests(), fired, await house.usage()) == ([], [], [])


async def test_row_76_a_script_is_stopped_during_a_request(
    hass: HomeAssistant,
    house: House,
    sim: Simulator,
    camera: FakeCamera,
    fired: Events,
    scripts: None,
) -> None:
    """The socket is closed, and the next call finds nothing in its way."""
    await house.set_up("openai")
    told = async_capture_events(hass, "told")
    sim.fail("openai", "hang")
    await start(hass, "first")
    await under_way(sim)
    await stop(hass, "first")
    await landed(house)
    (request,) = sim.requests("openai", "describe")
    await until(lambda: request.client_gone)
    assert pick(await house.usage(), "outcome") == [("cancelled",)]
    assert (fired, told) == ([], [])
    standing = house.runtime.chain.standing(house.provider("openai").subentry_id)
    assert (standing.leased, standing.open, standing._failures) == (False, False, 0)
    assert (await house.describe())["provider"] == "openai"


async def test_row_77_a_script_is_stopped_between_two_attempts(
    hass: HomeAssistant,
    house: House,
    sim: Simulator,
    camera: FakeCamera,
    fired: Events,
    scripts: None,
) -> None:
    """No second request is made."""
    await house.set_up("openai")
    sim.fail("openai", repeat=True)
    await start(hass, "first")
    await under_way(sim)
    await until(lambda: sim.requests("openai", "describe")[0].answered_monotonic is not None)
    await asyncio.sleep(0.1)
    await stop(hass, "first")
    await landed(house)
    assert pick(await house.usage(), "outcome") == [("server",)]
    assert len(sim.requests("openai", "describe")) == 1
    assert fired == []


async def test_row_78_of_two_scripts_that_share_a_run_one_is_stopped(
    hass: HomeAssistant,
    house: House,
    sim: Simulator,
    camera: FakeCamera,
    fired: Events,
    scripts: None,
) -> None:
    """The second still tells what was seen, though the first one began it."""
    await house.set_up("openai")
    told = async_capture_events(hass, "told")
    sim.fail("openai", "latency", latency=0.6)
    await start(hass, "first")
    await start(hass, "second")
    await under_way(sim)
    await stop(hass, "first")
    await until(lambda: bool(told))
    assert "1280x720" in told[0].data["description"]
    assert (len(told), len(fired)) == (1, 1)
    assert len(sim.requests("openai", "describe")) == 1


async def test_row_78_a_script_in_mode_restart_joins_its_own_run(
    hass: HomeAssistant,
    house: House,
    sim: Simulator,
    camera: FakeCamera,
    fired: Events,
    scripts: None,
) -> None:
    """Motion again during the request: the script begins anew and tells once."""
    await house.set_up("openai")
    told = async_capture_events(hass, "told")
    sim.fail("openai", "latency", latency=0.6)
    await start(hass, "first")
    await under_way(sim)
    await start(hass, "first")
    await until(lambda: bool(told))
    await landed(house)
    await hass.async_block_till_done()
    assert (len(told), len(fired)) == (1, 1)
    outcomes = sorted(row["outcome"] for row in await house.usage())
    assert outcomes in (["ok"], ["cancelled", "ok"])


async def test_row_79_home_assistant_stops_with_three_calls_under_way(
    hass: HomeAssistant,
    house: House,
    sim: Simulator,
    camera: FakeCamera,
    fired: Events,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """It stops within a second, what was sent is on disk, and nobody complains."""
    await house.set_up("openai")
    sim.fail("openai", "hang", repeat=True)
    running = calls(house, "a", "b", "c")
    await under_way(sim, 2)
    gate = house.runtime.gate
    caplog.clear()
    began = time.monotonic()
    await hass.async_stop()
    assert time.monotonic() - began < MATTERS
    await interrupted(running)
    assert (gate.running, gate.waiting) == (0, 0)
    connections = [r.client_gone for r in sim.requests("openai", "describe")]
    assert len(connections) == 2
    rows = house._usage()
    assert pick(rows, "outcome") == [("cancelled",)] * 2
    assert fired == []
    for complaint in ("Timed out", "still running", "could not be canceled", "never retrieved"):
        assert complaint not in caplog.text


async def test_row_80_nothing_begins_while_home_assistant_stops(
    hass: HomeAssistant, house: House, sim: Simulator, camera: FakeCamera, fired: Events
) -> None:
    """Neither a description nor a self-test."""
    await house.set_up("openai")
    hass.set_state(CoreState.stopping)
    try:
        for action, data in ((ACTION, {"entity_id": CAMERA}), ("test_chain", {})):
            with pytest.raises(ServiceValidationError) as raised:
                await hass.services.async_call(
                    DOMAIN, action, data, blocking=True, return_response=True
                )
            assert raised.value.translation_key == "stopping"
    finally:
        hass.set_state(CoreState.running)
    assert (camera.asked, sim.requests(), fired) == (0, [], [])


async def test_row_69_a_reload_during_a_self_test(
    hass: HomeAssistant, house: House, sim: Simulator, camera: FakeCamera
) -> None:
    """It ends at once and says why; its request is booked, and nothing is left open."""
    entry = await house.set_up("openai", "grok")
    sim.fail("openai", "hang")
    test = hass.async_create_task(
        hass.services.async_call(DOMAIN, "test_chain", blocking=True, return_response=True)
    )
    await under_way(sim)
    began = time.monotonic()
    assert await hass.config_entries.async_unload(entry.entry_id)
    assert time.monotonic() - began < MATTERS
    with pytest.raises(HomeAssistantError) as raised:
        await test
    assert raised.value.translation_key == "interrupted"
    assert pick(await house.usage(), "outcome") == [("cancelled",)]
    assert not open_files(hass.config.path(DATABASE))
    assert sim.requests("grok") == []
