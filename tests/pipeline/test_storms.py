"""Let many calls come at once, over real sockets: what the gate makes of them."""

import asyncio
from collections import Counter
import time
from typing import Any

from homeassistant.core import Context, Event, HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import (
    async_capture_events,
    setup_test_component_platform,
)

from custom_components.eyewitness.chain import policy
from custom_components.eyewitness.chain.task import Frame
from custom_components.eyewitness.const import DOMAIN, EVENT_DESCRIBED, EVENT_FAILED
from custom_components.eyewitness.pictures import grab
from custom_components.eyewitness.pipeline import describe
from tests.kit import CAMERA, FakeCamera, House, pick, until
from tests.simulator import Simulator
from tests.waiting import landed

type Events = list[Event[dict[str, Any]]]
type Ended = dict[str, Any] | BaseException


@pytest.fixture
def described(hass: HomeAssistant) -> Events:
    """Collect the events that tell what was seen."""
    return async_capture_events(hass, EVENT_DESCRIBED)


@pytest.fixture
def failed(hass: HomeAssistant) -> Events:
    """Collect the events that tell of a failure."""
    return async_capture_events(hass, EVENT_FAILED)


@pytest.fixture
async def cameras(hass: HomeAssistant) -> list[FakeCamera]:
    """Set up a hundred cameras."""
    entities = [FakeCamera(f"Camera {number}") for number in range(100)]
    setup_test_component_platform(hass, "camera", entities)
    assert await async_setup_component(hass, "camera", {"camera": {"platform": "test"}})
    await hass.async_block_till_done()
    return entities


async def all_at_once(house: House, entity_ids: list[str]) -> list[Ended]:
    """Call the action for each of them and return how each call ended."""
    calls = [house.describe(entity_id=entity_id) for entity_id in entity_ids]
    return await asyncio.gather(*calls, return_exceptions=True)


def errors(results: list[Ended]) -> Counter[str | None]:
    """Count the errors by their translation keys."""
    found = [result for result in results if isinstance(result, BaseException)]
    assert all(isinstance(error, HomeAssistantError) for error in found)
    assert all(error.translation_domain == DOMAIN for error in found)  # type: ignore[attr-defined]
    return Counter(error.translation_key for error in found)  # type: ignore[attr-defined]


def is_empty(house: House) -> bool:
    """Say whether nothing is under way or waits."""
    gate = house.runtime.gate
    return (gate.running, gate.waiting) == (0, 0)


async def test_row_81_a_hundred_calls_at_once_on_one_camera(
    house: House, sim: Simulator, camera: FakeCamera, described: Events, failed: Events
) -> None:
    """One picture, one request, one event; a hundred answers, and each says whose it is."""
    await house.set_up("openai")
    sim.fail("openai", "latency", latency=0.3)
    results = await all_at_once(house, [CAMERA] * 100)
    assert errors(results) == {}
    answers = [result for result in results if isinstance(result, dict)]
    assert len(answers) == 100
    assert Counter(answer["coalesced"] for answer in answers) == {True: 99, False: 1}
    assert {answer["event_id"] for answer in answers} == {described[0].data["event_id"]}
    assert (camera.asked, len(sim.requests("openai", "describe"))) == (1, 1)
    assert (len(described), len(failed)) == (1, 0)
    assert len(await house.usage()) == 1
    assert is_empty(house)


async def test_row_81_a_storm_that_lasts_is_two_requests(
    house: House,
    sim: Simulator,
    camera: FakeCamera,
    described: Events,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Those too late for the first picture share one newer picture, the newest caller's."""
    monkeypatch.setattr(policy, "JOIN_SECONDS", 0.1)
    await house.set_up("openai")
    sim.fail("openai", "latency", latency=1.0)
    first = [house.hass.async_create_task(house.describe()) for _ in range(50)]
    await sim.wait_for_requests(2, "openai")
    await asyncio.sleep(0.3)
    contexts = [Context() for _ in range(50)]
    late = [house.hass.async_create_task(house.describe(context)) for context in contexts]
    results = await asyncio.gather(*first, *late)
    assert len(described) == 2
    ids = [event.data["event_id"] for event in described]
    assert [result["event_id"] for result in results] == [ids[0]] * 50 + [ids[1]] * 50
    assert described[1].context is contexts[-1]
    assert len(sim.requests("openai", "describe")) == 2
    assert results[50]["timestamp"] > results[0]["timestamp"]
    assert is_empty(house)


async def test_row_82_a_hundred_cameras_at_once(
    house: House,
    sim: Simulator,
    cameras: list[FakeCamera],
    described: Events,
    failed: Events,
) -> None:
    """Two at a time, eight wait; the rest hears at once that it is busy, and an event says so."""
    await house.set_up("openai")
    sim.fail("openai", "latency", latency=0.1, repeat=True)
    began = time.monotonic()
    calls = [
        house.hass.async_create_task(house.describe(entity_id=camera.entity_id))
        for camera in cameras
    ]
    done, _ = await asyncio.wait(calls, timeout=5, return_when=asyncio.FIRST_COMPLETED)
    assert time.monotonic() - began < 2
    assert len(done) >= 1
    results = await asyncio.gather(*calls, return_exceptions=True)
    assert errors(results) == {"busy": 90}
    answers = [result for result in results if isinstance(result, dict)]
    assert [answer["camera"] for answer in answers] == [c.entity_id for c in cameras[:10]]
    assert not any(answer["coalesced"] for answer in answers)
    assert sum(camera.asked for camera in cameras) == 10
    assert len(sim.requests("openai", "describe")) == 10
    assert (len(described), len(failed)) == (10, 90)
    assert {event.data["status"] for event in failed} == {"dropped"}
    assert {event.data["camera"] for event in failed} == {c.entity_id for c in cameras[10:]}
    assert all(event.data["attempts"] == [] for event in failed)
    assert all("description" not in event.data for event in failed)
    assert len(await house.usage()) == 10
    assert is_empty(house)


async def test_row_82_never_more_than_two_at_once(
    house: House, sim: Simulator, cameras: list[FakeCamera]
) -> None:
    """Seen from the vendor."""
    await house.set_up("openai")
    sim.fail("openai", "latency", latency=0.05, repeat=True)
    await all_at_once(house, [camera.entity_id for camera in cameras[:10]])
    requests = sim.requests("openai", "describe")
    assert len(requests) == 10
    edges = [(r.received_monotonic, 1) for r in requests]
    edges += [(r.answered_monotonic or 0.0, -1) for r in requests]
    flying = most = 0
    for _, step in sorted(edges):
        flying += step
        most = max(most, flying)
    assert most == policy.FLIGHTS


async def test_row_78_the_first_of_two_callers_is_stopped(
    house: House, sim: Simulator, camera: FakeCamera, described: Events
) -> None:
    """Two automations share a run; when the one that began it is stopped, the other gets it."""
    await house.set_up("openai")
    sim.fail("openai", "latency", latency=0.5)
    first, second = (house.hass.async_create_task(house.describe()) for _ in range(2))
    await sim.wait_for_requests(2, "openai")
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    response = await second
    assert (response["provider"], response["coalesced"]) == ("openai", True)
    assert len(described) == 1
    assert not sim.requests("openai", "describe")[0].client_gone
    assert pick(await house.usage(), "outcome") == [("ok",)]
    assert is_empty(house)


async def test_row_78_when_all_are_stopped_so_is_the_request(
    house: House, sim: Simulator, camera: FakeCamera, described: Events, failed: Events
) -> None:
    """The socket is closed, the request booked as cancelled, no event fired."""
    await house.set_up("openai")
    sim.fail("openai", "hang")
    calls = [house.hass.async_create_task(house.describe()) for _ in range(3)]
    await sim.wait_for_requests(2, "openai")
    for call in calls:
        call.cancel()
    ends = await asyncio.gather(*calls, return_exceptions=True)
    assert all(isinstance(end, asyncio.CancelledError) for end in ends)
    await landed(house)
    assert pick(await house.usage(), "outcome") == [("cancelled",)]
    assert (described, failed) == ([], [])
    assert is_empty(house)
    (request,) = sim.requests("openai", "describe")
    await until(lambda: request.client_gone)


async def test_different_wishes_are_different_events(
    house: House, sim: Simulator, camera: FakeCamera, described: Events
) -> None:
    """Who asks something else of the same camera gets an answer of their own."""
    await house.set_up("openai")
    wishes: list[dict[str, Any]] = [{}, {"prompt": "Which company?"}, {"language": "German"}]
    results = await asyncio.gather(*(house.describe(**wish) for wish in wishes))
    assert not any(result["coalesced"] for result in results)
    assert len(described) == 3


async def test_what_happened_is_no_wish(
    house: House, sim: Simulator, camera: FakeCamera, described: Events
) -> None:
    """Two triggers of one event share the answer, though they name it differently."""
    await house.set_up("openai")
    results = await asyncio.gather(
        house.describe(event_context="motion"), house.describe(event_context="doorbell")
    )
    assert [result["coalesced"] for result in results] == [False, True]
    assert len(described) == 1


async def test_a_joiner_whose_time_is_over_leaves_alone(
    house: House,
    sim: Simulator,
    camera: FakeCamera,
    described: Events,
    failed: Events,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It hears so in our words; the event goes on for the other and ends as it would have."""
    monkeypatch.setattr(describe, "_GRACE_SECONDS", -4.5)
    await house.set_up("openai")
    sim.fail("openai", "latency", latency=1.0)
    patient = house.hass.async_create_task(house.describe(timeout=60))
    hurried = house.hass.async_create_task(house.describe(timeout=5))
    with pytest.raises(HomeAssistantError) as raised:
        await hurried
    assert raised.value.translation_key == "too_slow"
    assert (await patient)["provider"] == "openai"
    assert (len(described), len(failed)) == (1, 0)


async def test_i5_an_event_that_nobody_waits_for_any_more_is_told(
    house: House,
    sim: Simulator,
    camera: FakeCamera,
    described: Events,
    failed: Events,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Every call ends in exactly one event, also one whose own time was over."""
    monkeypatch.setattr(describe, "_GRACE_SECONDS", -4.5)
    await house.set_up("openai")
    sim.fail("openai", "hang")
    with pytest.raises(HomeAssistantError) as raised:
        await house.describe(timeout=5)
    assert raised.value.translation_key == "too_slow"
    await landed(house)
    assert [event.data["status"] for event in failed] == ["dropped"]
    assert described == []
    assert pick(await house.usage(), "outcome") == [("cancelled",)]
    assert is_empty(house)


async def test_i5_a_turn_that_comes_too_late_is_not_taken(
    house: House,
    sim: Simulator,
    cameras: list[FakeCamera],
    described: Events,
    failed: Events,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """No picture is taken and nobody asked when there is no time left for an answer."""
    monkeypatch.setattr(policy, "FLIGHTS", 1)
    monkeypatch.setattr(describe, "_LEAST_SECONDS", 4.8)
    await house.set_up("openai")
    sim.fail("openai", "latency", latency=0.5)
    results = await asyncio.gather(
        *(house.describe(entity_id=c.entity_id, timeout=5) for c in cameras[:2]),
        return_exceptions=True,
    )
    assert errors(results) == {"too_slow": 1}
    assert [camera.asked for camera in cameras[:2]] == [1, 0]
    assert [(e.data["status"], e.data["camera"]) for e in failed] == [
        ("dropped", cameras[1].entity_id)
    ]
    assert failed[0].data["total_time_ms"] >= 400
    assert len(described) == 1
    assert len(sim.requests("openai", "describe")) == 1


async def test_a_camera_gets_no_more_than_a_third_of_what_is_left(
    house: House, sim: Simulator, cameras: list[FakeCamera], monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a long wait for its turn, a camera that hangs leaves time for a request."""
    given: list[float] = []
    fetch = grab.async_grab

    async def spy(hass: HomeAssistant, entity_id: str, seconds: float, *more: Any) -> Frame:
        given.append(seconds)
        return await fetch(hass, entity_id, seconds, *more)

    monkeypatch.setattr(grab, "async_grab", spy)
    monkeypatch.setattr(policy, "FLIGHTS", 1)
    await house.set_up("openai", options={"total_seconds": 9.0})
    sim.fail("openai", "latency", latency=0.9)
    results = await all_at_once(house, [camera.entity_id for camera in cameras[:2]])
    assert errors(results) == {}
    assert given[0] == pytest.approx(3.0, abs=0.01)
    assert given[1] < (9.0 - 0.9) / 3 + 0.01


async def test_a_call_in_the_cooldown_gets_the_last_answer(
    house: House, sim: Simulator, camera: FakeCamera, described: Events
) -> None:
    """No picture, no request, no event; the answer says that it is not new."""
    await house.set_up("openai", options={"cooldown_seconds": 60.0})
    first = await house.describe()
    again = await house.describe(event_context="motion")
    assert first["reused"] is False
    assert again == {**first, "reused": True}
    assert (camera.asked, len(sim.requests("openai", "describe"))) == (1, 1)
    assert len(described) == 1
    other = await house.describe(prompt="Which company?")
    assert other["reused"] is False
    assert other["event_id"] != first["event_id"]


async def test_after_the_cooldown_it_is_described_anew(
    house: House, sim: Simulator, camera: FakeCamera, described: Events
) -> None:
    """The time counts from the answer; what is over is not kept."""
    await house.set_up("openai", options={"cooldown_seconds": 0.2})
    first = await house.describe()
    await house.describe(prompt="Which company?")
    await asyncio.sleep(0.25)
    again = await house.describe()
    assert again["reused"] is False
    assert again["event_id"] != first["event_id"]
    assert len(house.runtime._recent) == 1


async def test_a_failure_starts_no_cooldown(
    house: House, sim: Simulator, camera: FakeCamera, described: Events
) -> None:
    """The next motion deserves another try."""
    await house.set_up("openai", options={"cooldown_seconds": 60.0})
    sim.fail("openai", "refusal")
    with pytest.raises(HomeAssistantError):
        await house.describe()
    assert (await house.describe())["reused"] is False


async def test_no_cooldown_by_default(
    house: House, sim: Simulator, camera: FakeCamera, described: Events
) -> None:
    """Every call is described."""
    await house.set_up("openai")
    assert [(await house.describe())["reused"] for _ in range(3)] == [False] * 3
    assert len(described) == 3


async def test_the_cooldown_holds_for_those_who_waited_too(
    house: House,
    sim: Simulator,
    camera: FakeCamera,
    described: Events,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Who waited behind the flight that has just given an answer gets that one."""
    monkeypatch.setattr(policy, "JOIN_SECONDS", 0.05)
    await house.set_up("openai", options={"cooldown_seconds": 60.0})
    sim.fail("openai", "latency", latency=0.6)
    first = house.hass.async_create_task(house.describe())
    await sim.wait_for_requests(2, "openai")
    await asyncio.sleep(0.2)
    late = house.hass.async_create_task(house.describe())
    assert (await first)["reused"] is False
    assert (await late)["reused"] is True
    assert (len(described), len(sim.requests("openai", "describe"))) == (1, 1)
