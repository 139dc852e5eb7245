"""Stop, reload, remove and reorder while calls are under way, and stop Home Assistant itself."""

import asyncio
import time
from typing import Any, Literal

from homeassistant.core import CoreState, Event, HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import async_capture_events

from custom_components.eyewitness.const import (
    CONF_PROVIDER_ORDER,
    DATABASE,
    DOMAIN,
)
from tests.kit import ACTION, CAMERA, FakeCamera, House, pick, until
from tests.results import Fired, error_key
from tests.simulator import RequestRecord
from tests.test_init import open_files
from tests.waiting import landed

pytestmark = pytest.mark.usefixtures("camera")

type Events = list[Event[dict[str, Any]]]
type Call = asyncio.Task[dict[str, Any]]
type Place = Literal["picture", "request", "pause"]
"""Where a call is: it waits for the camera, for a vendor, or to ask the vendor again."""

START, STOP = "turn_on", "turn_off"
MATTERS = 1.0
"""Seconds that an unload or a stop may take."""


def calls(house: House, *prompts: str) -> list[Call]:
    """Begin one call for each prompt; different ones do not share a run."""
    return [house.hass.async_create_task(house.describe(prompt=prompt)) for prompt in prompts]


async def under_way(house: House, count: int = 1) -> None:
    """Wait until so many pictures have arrived."""
    await until(lambda: len(asked(house)) >= count)


def asked(house: House) -> list[RequestRecord]:
    """Return the requests that came with a picture."""
    return house.sim.requests("openai", "describe")


def hold(place: Place, house: House, camera: FakeCamera) -> None:
    """Make the calls to come stay at a place."""
    if place == "picture":
        camera.hangs = True
    else:
        house.sim.fail("openai", "hang" if place == "request" else "server_error", repeat=True)


async def arrival(place: Place, house: House, camera: FakeCamera) -> None:
    """Wait until a call is at a place."""
    if place == "picture":
        await until(lambda: camera.asked > 0)
        return
    await under_way(house)
    if place == "pause":
        await until(lambda: asked(house)[0].answered_monotonic is not None)
        await asyncio.sleep(0.1)


async def interrupted(running: list[Call]) -> None:
    """See that each call says that it was interrupted, in words that are translated."""
    for end in await asyncio.gather(*running, return_exceptions=True):
        assert isinstance(end, HomeAssistantError)
        assert (end.translation_domain, end.translation_key) == (DOMAIN, "interrupted")
        assert "Try again" in str(end)


async def test_row_68_a_provider_is_removed_during_a_call(house: House, fired: Fired) -> None:
    """The call ends cleanly, and the next one goes to who is left."""
    entry = await house.set_up("openai", "grok")
    house.sim.fail("openai", "hang", repeat=True)
    running = calls(house, "a")
    await under_way(house)
    house.hass.config_entries.async_remove_subentry(entry, house.provider("openai").subentry_id)
    await interrupted(running)
    await house.hass.async_block_till_done()
    assert house.order == ["grok"]
    assert (await house.describe())["provider"] == "grok"
    outcomes = pick(await house.usage(), "provider", "outcome")
    assert outcomes == [("openai", "cancelled"), ("grok", "ok")]
    assert (len(fired.described), fired.statuses) == (1, ["interrupted"])


async def test_row_69_a_reload_during_calls(
    house: House, fired: Fired, caplog: pytest.LogCaptureFixture
) -> None:
    """Under way, in the queue or sharing a run: all are told at once, and all is booked."""
    entry = await house.set_up("openai")
    house.sim.fail("openai", "hang", repeat=True)
    running = calls(house, "a", "b", "c", "d", "e", "f", "a")
    await under_way(house, 4)
    runs = house.runtime.runs
    assert (runs.running, runs.waiting) == (4, 2)
    began = time.monotonic()
    assert await house.hass.config_entries.async_unload(entry.entry_id)
    assert time.monotonic() - began < MATTERS
    await interrupted(running)
    assert (runs.running, runs.waiting) == (0, 0)
    assert pick(await house.usage(), "outcome") == [("cancelled",)] * 4
    assert not open_files(house.hass.config.path(DATABASE))
    await until(lambda: all(r.client_gone for r in asked(house)))
    assert fired.counts() == (0, 6), "two calls shared a run"
    assert fired.statuses == ["interrupted"] * 6
    assert sorted(len(event.data["attempts"]) for event in fired.failed) == [0, 0, 1, 1, 1, 1]

    house.sim.clear_faults()
    assert await house.hass.config_entries.async_setup(entry.entry_id)
    assert (await house.describe())["provider"] == "openai"
    assert "Task exception was never retrieved" not in caplog.text
    assert "did not complete" not in caplog.text


@pytest.mark.parametrize(("place", "outcomes"), [("picture", []), ("pause", [("server",)])])
async def test_row_69_a_reload_at_other_places(
    house: House, camera: FakeCamera, fired: Fired, place: Place, outcomes: list[tuple[str]]
) -> None:
    """The call is interrupted, and nothing more is asked."""
    entry = await house.set_up("openai")
    hold(place, house, camera)
    running = calls(house, "a")
    await arrival(place, house, camera)
    assert await house.hass.config_entries.async_reload(entry.entry_id)
    await interrupted(running)
    assert len(asked(house)) == len(outcomes)
    assert (pick(await house.usage(), "outcome"), fired.counts()) == (outcomes, (0, 1))
    assert fired.statuses == ["interrupted"]


async def test_row_69_a_reload_during_a_self_test(house: House) -> None:
    """It ends at once and says why; its request is booked, and nothing is left open."""
    entry = await house.set_up("openai", "grok")
    house.sim.fail("openai", "hang", repeat=True)
    test = house.hass.async_create_task(
        house.hass.services.async_call(DOMAIN, "test_chain", blocking=True, return_response=True)
    )
    await under_way(house)
    began = time.monotonic()
    assert await house.hass.config_entries.async_unload(entry.entry_id)
    assert time.monotonic() - began < MATTERS
    assert await error_key(test) == "interrupted"
    assert pick(await house.usage(), "outcome") == [("cancelled",)]
    assert not open_files(house.hass.config.path(DATABASE))
    assert house.sim.requests("grok") == []


async def test_row_70_the_order_is_changed_during_a_call(house: House, fired: Fired) -> None:
    """The call keeps the order it began with, and the next one has the new order."""
    entry = await house.set_up("openai", "grok", "gemini")
    house.sim.fail("openai", "server_error", latency=0.3, repeat=True)
    running = calls(house, "a")
    await under_way(house)
    order = [house.provider(kind).subentry_id for kind in ("gemini", "grok", "openai")]
    house.hass.config_entries.async_update_entry(entry, options={CONF_PROVIDER_ORDER: order})
    assert pick((await running[0])["attempts"], "provider") == [("openai",), ("grok",)]
    assert pick((await house.describe())["attempts"], "provider") == [("gemini",)]
    assert fired.counts() == (2, 0)


@pytest.fixture
async def announced(hass: HomeAssistant) -> Events:
    """Set up two scripts that tell of the camera, as people's automations do; collect that."""
    sequence = [
        {
            "action": f"{DOMAIN}.{ACTION}",
            "data": {"entity_id": CAMERA},
            "response_variable": "seen",
        },
        {"event": "announced", "event_data": {"description": "{{ seen.description }}"}},
    ]
    config = {name: {"mode": "restart", "sequence": sequence} for name in ("first", "second")}
    assert await async_setup_component(hass, "script", {"script": config})
    return async_capture_events(hass, "announced")


async def turn(house: House, action: str, script: str) -> None:
    """Start a script without waiting for its end, or stop it."""
    data = {"entity_id": f"script.{script}"}
    await house.hass.services.async_call("script", action, data, blocking=action == STOP)


@pytest.mark.parametrize(
    ("place", "outcomes"),
    [
        pytest.param("picture", [], id="row_75"),
        pytest.param("request", [("cancelled",)], id="row_76"),
        pytest.param("pause", [("server",)], id="row_77"),
    ],
)
async def test_rows_75_76_77_a_script_is_stopped(
    house: House,
    camera: FakeCamera,
    fired: Fired,
    announced: Events,
    place: Place,
    outcomes: list[tuple[str]],
) -> None:
    """Nothing more is asked, its connection is closed, and the next call finds its way free."""
    await house.set_up("openai")
    hold(place, house, camera)
    await turn(house, START, "first")
    await arrival(place, house, camera)
    await turn(house, STOP, "first")
    await landed(house)
    requests = asked(house)
    assert len(requests) == len(outcomes)
    assert pick(await house.usage(), "outcome") == outcomes
    assert (fired.counts(), announced) == ((0, 0), [])
    health = house.runtime.chain.health(house.provider("openai").subentry_id)
    assert (health.probing, health.circuit_open) == (False, False)
    assert health._failures == (1 if place == "pause" else 0)
    if place == "request":
        await until(lambda: requests[0].client_gone)
    camera.hangs = False
    house.sim.clear_faults()
    assert (await house.describe())["provider"] == "openai"


@pytest.mark.parametrize("script", ["first", "second"])
async def test_row_78_a_script_that_joins_a_run_tells_what_was_seen(
    house: House, fired: Fired, announced: Events, script: str
) -> None:
    """Once, though who began the run is stopped: by itself, in mode restart, or by hand."""
    await house.set_up("openai")
    house.sim.fail("openai", "latency", latency=0.6)
    await turn(house, START, "first")
    if script == "second":
        await turn(house, START, "second")
    await under_way(house)
    await turn(house, START if script == "first" else STOP, "first")
    await until(lambda: bool(announced))
    await landed(house)
    await house.hass.async_block_till_done()
    assert "1280x720" in announced[0].data["description"]
    assert (len(announced), sum(fired.counts())) == (1, 1)
    outcomes = sorted(row["outcome"] for row in await house.usage())
    assert outcomes == ["ok"] or (script == "first" and outcomes == ["cancelled", "ok"])


async def test_row_79_home_assistant_stops_with_three_calls_under_way(
    house: House, fired: Fired, caplog: pytest.LogCaptureFixture
) -> None:
    """It stops within a second, what was sent is on disk, and nobody complains."""
    await house.set_up("openai")
    house.sim.fail("openai", "hang", repeat=True)
    running = calls(house, "a", "b", "c")
    await under_way(house, 3)
    runs = house.runtime.runs
    caplog.clear()
    began = time.monotonic()
    await house.hass.async_stop()
    assert time.monotonic() - began < MATTERS
    await interrupted(running)
    assert (runs.running, runs.waiting) == (0, 0)
    assert len(asked(house)) == 3
    assert pick(house._usage(), "outcome") == [("cancelled",)] * 3
    assert (fired.described, fired.statuses) == ([], ["interrupted"] * 3)
    for complaint in ("Timed out", "still running", "could not be canceled", "never retrieved"):
        assert complaint not in caplog.text


@pytest.mark.parametrize("action", [ACTION, "test_chain"])
async def test_row_80_nothing_begins_while_home_assistant_stops(
    house: House, camera: FakeCamera, fired: Fired, action: str
) -> None:
    """Neither a description nor a self-test."""
    await house.set_up("openai")
    house.hass.set_state(CoreState.stopping)
    data = {"entity_id": CAMERA} if action == ACTION else {}
    with pytest.raises(ServiceValidationError) as raised:
        await house.hass.services.async_call(
            DOMAIN, action, data, blocking=True, return_response=True
        )
    house.hass.set_state(CoreState.running)
    assert raised.value.translation_key == "stopping"
    assert (camera.asked, house.sim.requests(), fired.counts()) == (0, [], (0, 0))
