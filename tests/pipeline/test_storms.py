"""Let many calls come at once, over real sockets: what the queue makes of them."""

import asyncio
from collections import Counter
from typing import Any

from homeassistant.core import Context, HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import setup_test_component_platform

from custom_components.eyewitness.chain import policy
from custom_components.eyewitness.pictures import capture
from custom_components.eyewitness.pictures.capture import Capture
from custom_components.eyewitness.pipeline import admission, describe
from custom_components.eyewitness.pipeline.self_test import async_test, async_try
from tests.kit import FakeCamera, House, pick, until
from tests.results import Fired, error_key, most_at_once
from tests.simulator import Simulator
from tests.waiting import landed

type Call = asyncio.Task[dict[str, Any]]


@pytest.fixture
async def cameras(hass: HomeAssistant) -> list[FakeCamera]:
    """Set up a hundred cameras."""
    entities = [FakeCamera(f"Camera {number}") for number in range(100)]
    setup_test_component_platform(hass, "camera", entities)
    assert await async_setup_component(hass, "camera", {"camera": {"platform": "test"}})
    await hass.async_block_till_done()
    return entities


def begin(house: House, count: int = 1, **data: Any) -> list[Call]:
    """Begin so many equal calls."""
    return [house.hass.async_create_task(house.describe(**data)) for _ in range(count)]


def begin_each(house: House, cameras: list[FakeCamera], **data: Any) -> list[Call]:
    """Begin a call for each camera."""
    return [call for each in cameras for call in begin(house, entity_id=each.entity_id, **data)]


def is_empty(house: House) -> bool:
    """Say whether nothing is under way or waits."""
    return (house.runtime.runs.running, house.runtime.runs.waiting) == (0, 0)


async def test_row_81_a_hundred_calls_at_once_on_one_camera(
    house: House, sim: Simulator, camera: FakeCamera, fired: Fired
) -> None:
    """One picture, one request, one event; a hundred answers, and each says whose it is."""
    await house.set_up("openai")
    sim.fail("openai", "latency", latency=0.3)
    answers = await asyncio.gather(*begin(house, 100))
    assert Counter(answer["coalesced"] for answer in answers) == {True: 99, False: 1}
    assert {answer["event_id"] for answer in answers} == {fired.described[0].data["event_id"]}
    assert (camera.asked, len(sim.requests("openai", "describe"))) == (1, 1)
    assert (fired.counts(), len(await house.usage())) == ((1, 0), 1)
    assert is_empty(house)


async def test_row_81_a_storm_that_lasts_is_two_requests(
    house: House, sim: Simulator, camera: FakeCamera, fired: Fired, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those too late for the first picture share one newer picture, the newest caller's."""
    monkeypatch.setattr(policy, "JOIN_SECONDS", 0.1)
    await house.set_up("openai")
    sim.fail("openai", "latency", latency=1.0)
    first = begin(house, 50)
    await sim.wait_for_requests(2, "openai")
    await asyncio.sleep(0.3)
    newest = Context()
    late = [*begin(house, 49), *begin(house, context=newest)]
    results = await asyncio.gather(*first, *late)
    ids = [event.data["event_id"] for event in fired.described]
    assert [result["event_id"] for result in results] == [ids[0]] * 50 + [ids[1]] * 50
    assert (len(ids), len(sim.requests("openai", "describe"))) == (2, 2)
    assert fired.described[1].context is newest
    assert results[50]["timestamp"] > results[0]["timestamp"]
    assert is_empty(house)


async def test_row_82_a_hundred_cameras_at_once(
    house: House, sim: Simulator, cameras: list[FakeCamera], fired: Fired
) -> None:
    """Each gets its description: as many at a time as the places allow, the others after them."""
    await house.set_up("openai")
    sim.fail("openai", "latency", latency=1.0, repeat=True)
    calls = begin_each(house, cameras)
    runs = house.runtime.runs
    assert (runs.running, runs.waiting) == (policy.CONCURRENT_RUNS, 100 - policy.CONCURRENT_RUNS)
    answers = await asyncio.gather(*calls)
    assert pick(answers, "camera", "coalesced") == [(c.entity_id, False) for c in cameras]
    requests = sim.requests("openai", "describe")
    assert (
        most_at_once(
            (request.received_monotonic, request.answered_monotonic) for request in requests
        )
        <= policy.CONCURRENT_RUNS
    )
    assert (
        sum(camera.asked for camera in cameras) == len(requests) == len(await house.usage()) == 100
    )
    assert fired.counts() == (100, 0)
    assert is_empty(house)


async def test_row_82_busy_is_told_at_once(
    house: House, cameras: list[FakeCamera], fired: Fired, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who finds no room hears so, an event says so, and the camera is not asked."""
    monkeypatch.setattr(policy, "CONCURRENT_RUNS", 2)
    monkeypatch.setattr(policy, "QUEUED_RUNS", 8)
    await house.set_up("openai")
    calls = begin_each(house, cameras)
    assert {await error_key(call) for call in calls[10:]} == {"busy"}
    assert not any(call.done() for call in calls[:10])
    await asyncio.gather(*calls[:10])
    assert [camera.asked for camera in cameras] == [1] * 10 + [0] * 90
    assert fired.counts() == (10, 90)
    assert {event.data["camera"] for event in fired.failed} == {c.entity_id for c in cameras[10:]}
    assert all((e.data["status"], e.data["attempts"]) == ("dropped", []) for e in fired.failed)
    assert not any("description" in event.data for event in fired.failed)
    assert is_empty(house)


async def test_the_doorbell_does_not_wait_for_many_questions_to_one_camera(
    house: House, sim: Simulator, cameras: list[FakeCamera]
) -> None:
    """Nor does the one camera have to serve more than a few pictures at a time."""
    await house.set_up("openai")
    sim.fail("openai", "latency", latency=0.3, repeat=True)
    garden, door = (camera.entity_id for camera in cameras[:2])
    questions = [call for n in range(30) for call in begin(house, entity_id=garden, prompt=f"{n}")]
    assert house.runtime.runs.running == policy.CONCURRENT_RUNS_OF_CAMERA
    assert (await house.describe(entity_id=door))["camera"] == door
    assert sum(call.done() for call in questions) <= policy.CONCURRENT_RUNS_OF_CAMERA
    await asyncio.gather(*questions)


async def crowd(house: House, cameras: list[FakeCamera]) -> list[Call]:
    """Begin so many calls that 32 are under way and 150 wait."""
    calls = [
        call
        for prompt in ("Who is it?", "What is it?")
        for call in begin_each(house, cameras[:91], prompt=prompt)
    ]
    await until(lambda: len(house.sim.requests("openai", "describe")) >= policy.CONCURRENT_RUNS)
    runs = house.runtime.runs
    assert runs.running == policy.CONCURRENT_RUNS
    assert len(calls) == 182
    return calls


async def test_a_test_in_a_storm(
    house: House, sim: Simulator, cameras: list[FakeCamera], fired: Fired
) -> None:
    """The test of the chain and a trial get their answers, and so does every call."""
    await house.set_up("openai")
    (provider,) = house.runtime.providers.values()
    sim.fail("openai", "latency", latency=1.0, repeat=True)
    calls = await crowd(house, cameras)
    tested, tried = await asyncio.gather(
        async_test(house.hass, house.entry), async_try(house.hass, house.entry, provider)
    )
    assert not all(call.done() for call in calls)
    assert (tested["ok"], tried.success) == (True, True)
    answers = await asyncio.gather(*calls)
    assert len({answer["event_id"] for answer in answers}) == fired.counts()[0] == 182
    assert Counter(row["purpose"] for row in await house.usage()) == {"event": 182, "test": 2}
    assert is_empty(house)


@pytest.mark.parametrize("ends", ["reload", "unload"])
async def test_row_69_a_reload_in_a_storm(
    house: House, sim: Simulator, cameras: list[FakeCamera], fired: Fired, ends: str
) -> None:
    """Under way or waiting: each call ends in one event, and what was sent is booked."""
    entry = await house.set_up("openai")
    sim.fail("openai", "hang", repeat=True)
    calls = await crowd(house, cameras)
    test = house.hass.async_create_task(async_test(house.hass, entry))
    entries = house.hass.config_entries
    began = house.hass.loop.time()
    await (entries.async_reload if ends == "reload" else entries.async_unload)(entry.entry_id)
    assert house.hass.loop.time() - began < 5
    assert {await error_key(call) for call in [*calls, test]} == {"interrupted"}
    assert fired.statuses == ["interrupted"] * 182
    assert len({event.data["event_id"] for event in fired.failed}) == 182
    rows = [row for row in await house.usage() if row["purpose"] == "event"]
    assert [row["outcome"] for row in rows] == ["cancelled"] * policy.CONCURRENT_RUNS
    if ends == "reload":
        sim.clear_faults()
        assert (await house.describe(entity_id=cameras[99].entity_id))["provider"] == "openai"


async def test_row_78_the_first_of_two_callers_is_stopped(
    house: House, sim: Simulator, camera: FakeCamera, fired: Fired
) -> None:
    """Two automations share a run; when the one that began it is stopped, the other gets it."""
    await house.set_up("openai")
    sim.fail("openai", "latency", latency=0.5)
    first, second = begin(house, 2)
    await sim.wait_for_requests(2, "openai")
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    response = await second
    assert (response["provider"], response["coalesced"]) == ("openai", True)
    assert fired.counts() == (1, 0)
    assert not sim.requests("openai", "describe")[0].client_gone
    assert pick(await house.usage(), "outcome") == [("ok",)]
    assert is_empty(house)


async def test_row_78_when_all_are_stopped_so_is_the_request(
    house: House, sim: Simulator, camera: FakeCamera, fired: Fired
) -> None:
    """The socket is closed, the request booked as cancelled, no event fired."""
    await house.set_up("openai")
    sim.fail("openai", "hang")
    calls = begin(house, 3)
    await sim.wait_for_requests(2, "openai")
    for call in calls:
        call.cancel()
    ends = await asyncio.gather(*calls, return_exceptions=True)
    assert all(isinstance(end, asyncio.CancelledError) for end in ends)
    await landed(house)
    assert pick(await house.usage(), "outcome") == [("cancelled",)]
    assert fired.counts() == (0, 0)
    (request,) = sim.requests("openai", "describe")
    await until(lambda: request.client_gone)


async def test_only_what_is_asked_makes_an_event_of_its_own(
    house: House, camera: FakeCamera, fired: Fired
) -> None:
    """Another prompt or language does; two triggers of one event share the answer."""
    await house.set_up("openai")
    wishes: list[dict[str, Any]] = [
        *({"event_context": "motion"}, {"event_context": "doorbell"}),
        *({"prompt": "Which company?"}, {"language": "German"}),
    ]
    results = await asyncio.gather(*(house.describe(**wish) for wish in wishes))
    assert [result["coalesced"] for result in results] == [False, True, False, False]
    assert fired.counts() == (3, 0)


async def test_a_joiner_whose_time_is_over_leaves_alone(
    house: House, sim: Simulator, camera: FakeCamera, fired: Fired, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It hears so in our words; the event goes on for the other and ends as it would have."""
    monkeypatch.setattr(describe, "_GRACE_SECONDS", -4.5)
    await house.set_up("openai")
    sim.fail("openai", "latency", latency=1.0)
    (patient,) = begin(house, timeout=60)
    assert await error_key(*begin(house, timeout=5)) == "too_slow"
    assert (await patient)["provider"] == "openai"
    assert fired.counts() == (1, 0)


async def test_i5_an_event_that_nobody_waits_for_any_more_is_told(
    house: House, sim: Simulator, camera: FakeCamera, fired: Fired, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every call ends in exactly one event, also one whose own time was over."""
    monkeypatch.setattr(describe, "_GRACE_SECONDS", -4.5)
    await house.set_up("openai")
    sim.fail("openai", "hang")
    context = Context()
    assert await error_key(house.describe(context, timeout=5)) == "too_slow"
    await landed(house)
    assert (fired.statuses, fired.described) == (["dropped"], [])
    assert fired.failed[0].context is context
    assert pick(await house.usage(), "outcome") == [("cancelled",)]


async def test_i5_a_turn_that_comes_too_late_is_not_taken(
    house: House,
    sim: Simulator,
    cameras: list[FakeCamera],
    fired: Fired,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """No picture is taken and nobody asked when there is no time left for an answer."""
    monkeypatch.setattr(policy, "CONCURRENT_RUNS", 1)
    monkeypatch.setattr(admission, "LEAST_SECONDS", 4.8)
    await house.set_up("openai")
    sim.fail("openai", "latency", latency=0.5)
    in_time, late = begin_each(house, cameras[:2], timeout=5)
    assert await error_key(late) == "too_slow"
    assert (await in_time)["provider"] == "openai"
    assert [camera.asked for camera in cameras[:2]] == [1, 0]
    (event,) = fired.failed
    assert (event.data["status"], event.data["camera"]) == ("dropped", cameras[1].entity_id)
    assert event.data["total_time_ms"] >= 400
    assert (len(fired.described), len(sim.requests("openai", "describe"))) == (1, 1)


async def test_a_camera_gets_no_more_than_a_third_of_what_is_left(
    house: House, sim: Simulator, cameras: list[FakeCamera], monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a long wait for its turn, a camera that hangs leaves time for a request."""
    given: list[float] = []

    async def spy(hass: HomeAssistant, entity_id: str, *, seconds: float, **how: Any) -> Capture:
        given.append(seconds)
        return await capture.async_capture(hass, entity_id, seconds=seconds, **how)

    monkeypatch.setattr(describe, "async_capture", spy)
    monkeypatch.setattr(policy, "CONCURRENT_RUNS", 1)
    await house.set_up("openai", options={"total_seconds": 9.0})
    sim.fail("openai", "latency", latency=0.9)
    await asyncio.gather(*begin_each(house, cameras[:2]))
    assert given[0] == pytest.approx(3.0, abs=0.01)
    assert given[1] < (9.0 - 0.9) / 3 + 0.01


async def test_a_call_in_the_cooldown_gets_the_last_answer(
    house: House, sim: Simulator, camera: FakeCamera, fired: Fired
) -> None:
    """No picture, no request, no event; the answer says that it is not new."""
    await house.set_up("openai", options={"cooldown_seconds": 60.0})
    first = await house.describe()
    again = await house.describe(event_context="motion")
    assert first["reused"] is False
    assert again == {**first, "reused": True}
    assert (camera.asked, len(sim.requests(endpoint="describe")), fired.counts()) == (1, 1, (1, 0))
    other = await house.describe(prompt="Which company?")
    assert other["reused"] is False
    assert other["event_id"] != first["event_id"]


async def test_after_the_cooldown_it_is_described_anew(house: House, camera: FakeCamera) -> None:
    """The time counts from the answer; what is over is not kept."""
    await house.set_up("openai", options={"cooldown_seconds": 0.2})
    first = await house.describe()
    await house.describe(prompt="Which company?")
    await asyncio.sleep(0.25)
    again = await house.describe()
    assert again["reused"] is False
    assert again["event_id"] != first["event_id"]
    assert len(house.runtime.recent._answers) == 1


async def test_a_failure_starts_no_cooldown(
    house: House, sim: Simulator, camera: FakeCamera
) -> None:
    """The next motion deserves another try."""
    await house.set_up("openai", options={"cooldown_seconds": 60.0})
    sim.fail("openai", "refusal")
    assert await error_key(house.describe()) == "all_failed"
    assert (await house.describe())["reused"] is False


async def test_there_is_no_cooldown_by_default(house: House, camera: FakeCamera) -> None:
    """Every call is described."""
    await house.set_up("openai")
    assert [(await house.describe())["reused"] for _ in range(3)] == [False] * 3


async def test_the_cooldown_holds_for_those_who_waited_too(
    house: House, sim: Simulator, camera: FakeCamera, fired: Fired, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who waited behind the run that has just given an answer gets that one."""
    monkeypatch.setattr(policy, "JOIN_SECONDS", 0.05)
    await house.set_up("openai", options={"cooldown_seconds": 60.0})
    sim.fail("openai", "latency", latency=0.6)
    (first,) = begin(house)
    await sim.wait_for_requests(2, "openai")
    await asyncio.sleep(0.2)
    (late,) = begin(house)
    assert (await first)["reused"] is False
    assert (await late)["reused"] is True
    assert (fired.counts(), len(sim.requests("openai", "describe"))) == ((1, 0), 1)
