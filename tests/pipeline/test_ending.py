"""Every event ends in exactly one way, and exactly one event on the bus says so."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from types import SimpleNamespace
from typing import Any, cast

from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import pytest

from custom_components.eyewitness.chain import policy
from custom_components.eyewitness.chain.run_queue import Run, Stop
from custom_components.eyewitness.pictures.keep import KeptPictures
from custom_components.eyewitness.pipeline import describe
from custom_components.eyewitness.pipeline.ending import Ending
from custom_components.eyewitness.pipeline.record import Event, Status
from custom_components.eyewitness.runtime import Response, Runtime
from custom_components.eyewitness.runtime.recent_answers import RecentAnswers
from tests.kit import CAMERA, FakeCamera, House, pick
from tests.pictures.scenes import add_rules
from tests.results import Fired, error_key
from tests.simulator import Simulator
from tests.waiting import landed

pytestmark = pytest.mark.usefixtures("camera")

WORDS = "canary: the exception's own words"


async def test_row_67_nobody_can_be_asked(house: House, camera: FakeCamera, fired: Fired) -> None:
    """The worst failure of all must not be the one that no automation hears of."""
    await house.set_up(house.subentry("openai", ciphertext="lost"))
    context = Context()
    assert await error_key(house.describe(context)) == "no_provider"
    assert (fired.described, fired.statuses) == ([], ["no_provider"])
    (event,) = fired.failed
    assert event.context is context
    assert (event.data["camera"], event.data["camera_name"]) == (CAMERA, "Front door")
    assert (event.data["attempts"], "snapshot" in event.data) == ([], False)
    assert (camera.asked, await house.usage()) == (0, [])


async def test_nobody_may_see_the_camera(
    house: House, sim: Simulator, camera: FakeCamera, fired: Fired
) -> None:
    """No picture is taken."""
    await house.set_up("openai", "grok")
    await add_rules(house, "grok")
    assert await error_key(house.describe(providers=["openai"])) == "provider_not_allowed"
    assert (fired.described, fired.statuses) == ([], ["not_allowed"])
    assert (camera.asked, sim.requests()) == (0, [])


async def test_a_right_that_is_lost_while_the_call_waits(
    hass: HomeAssistant, house: House, fired: Fired, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is asked again when its turn comes."""
    monkeypatch.setattr(policy, "CONCURRENT_RUNS", 1)
    await house.set_up("openai", "grok")
    house.sim.fail("openai", "latency", latency=0.5)
    first, waiting = (
        hass.async_create_task(house.describe(prompt=prompt, providers=["openai"]))
        for prompt in ("a", "b")
    )
    await house.sim.wait_for_requests(2, "openai")
    await add_rules(house, "grok")
    await first
    assert await error_key(waiting) == "provider_not_allowed"
    assert (len(fired.described), fired.statuses) == (1, ["not_allowed"])


@pytest.mark.parametrize("error", [TypeError(WORDS), KeyError(WORDS), AssertionError(WORDS)])
async def test_a_camera_integration_with_a_bug(
    house: House, camera: FakeCamera, fired: Fired, error: Exception
) -> None:
    """It is a camera that gives no picture."""
    await house.set_up("openai")
    camera.sends = error
    assert await error_key(house.describe()) == "camera_unavailable"
    assert (fired.described, fired.statuses) == ([], ["failed:camera"])


async def broken(*args: Any, **how: Any) -> Any:
    """Be a bug."""
    raise TypeError(WORDS)


def broken_at_once(*args: Any, **how: Any) -> Any:
    """Be a bug, too."""
    raise KeyError(WORDS)


@pytest.mark.parametrize(
    ("place", "bug", "outcomes"),
    [
        ((Runtime, "rules_for"), broken_at_once, []),
        ((describe, "async_capture"), broken, []),
        ((describe, "camera_task"), broken_at_once, []),
        ((KeptPictures, "async_keep"), broken, ["quota"]),
    ],
    ids=["admission", "picture", "question", "keeping"],
)
async def test_a_bug_of_ours(
    house: House,
    fired: Fired,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    place: tuple[Any, str],
    bug: Callable[..., Any],
    outcomes: list[str],
) -> None:
    """The caller gets our words, an automation its event, the log the place and no values."""
    await house.set_up("openai")
    house.sim.fail("openai", "quota")
    monkeypatch.setattr(*place, bug)
    with pytest.raises(HomeAssistantError) as raised:
        await house.describe()
    assert raised.value.translation_key == "unexpected"
    assert WORDS not in str(raised.value)
    await landed(house)
    assert (fired.described, fired.statuses) == ([], ["failed"])
    assert pick(fired.failed[0].data["attempts"], "outcome") == [(name,) for name in outcomes]
    assert pick(await house.usage(), "outcome") == [(name,) for name in outcomes]
    (line,) = [each for each in caplog.messages if each.startswith("Unexpected ")]
    assert "tests/pipeline/test_ending.py:" in line
    assert "eyewitness/pipeline/describe.py:" in line
    assert WORDS not in caplog.text


async def test_a_bug_after_the_end_adds_no_other(
    house: House, fired: Fired, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was described stays described."""
    await house.set_up("openai")
    monkeypatch.setattr(RecentAnswers, "put", broken_at_once)
    assert await error_key(house.describe()) == "unexpected"
    assert fired.counts() == (1, 0)


async def test_a_callers_mistake_is_no_event(house: House, fired: Fired) -> None:
    """It is told before an event begins."""
    await house.set_up("openai")
    assert await error_key(house.describe(entity_id="camera.nobody")) == "camera_not_found"
    assert await error_key(house.describe(providers=["grok"])) == "provider_not_found"
    assert fired.counts() == (0, 0)


async def test_the_camera_is_no_longer_asked_when_all_time_is_over(
    hass: HomeAssistant,
    house: House,
    camera: FakeCamera,
    fired: Fired,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One caller's time is over and the other is stopped: the first was promised an event."""
    monkeypatch.setattr(describe, "_GRACE_SECONDS", -4.5)
    await house.set_up("openai")
    camera.hangs = True
    stopped = hass.async_create_task(house.describe(timeout=60))
    late = hass.async_create_task(house.describe(timeout=5))
    assert await error_key(late) == "too_slow"
    assert fired.counts() == (0, 0), "somebody still waits"
    stopped.cancel()
    await asyncio.wait([stopped])
    await landed(house)
    assert (fired.described, fired.statuses) == ([], ["dropped"])


ENDS = (HomeAssistantError, asyncio.CancelledError, KeyboardInterrupt)
"""All that an event raises, whatever was raised in it."""


@pytest.mark.parametrize(
    ("told", "raised", "stopped", "expected"),
    [
        ([Status.REFUSED], None, None, ["refused"]),
        ([Status.REFUSED, Status.FAILED], HomeAssistantError(), None, ["refused"]),
        ([Status.REFUSED], asyncio.CancelledError(), Stop.LATE, ["refused"]),
        ([Status.REFUSED], RuntimeError(WORDS), None, ["refused"]),
        ([Stop.CLOSED, Stop.LEFT], None, None, ["interrupted"]),
        ([Stop.LEFT, Stop.CLOSED], None, None, []),
        ([Stop.FULL], None, None, ["dropped"]),
        ([], HomeAssistantError(), None, ["failed"]),
        ([], RuntimeError(WORDS), None, ["failed"]),
        ([], BaseExceptionGroup(WORDS, [asyncio.CancelledError()]), None, ["failed"]),
        ([], BaseException(WORDS), None, ["failed"]),  # how a library in Rust says that it panics
        ([], KeyboardInterrupt(), None, []),
        ([], asyncio.CancelledError(), Stop.LATE, ["dropped"]),
        ([], asyncio.CancelledError(), Stop.LEFT, []),
        ([], asyncio.CancelledError(), Stop.CLOSED, ["interrupted"]),
        ([], asyncio.CancelledError(), None, ["interrupted"]),
    ],
)
async def test_the_first_end_counts(
    hass: HomeAssistant,
    house: House,
    fired: Fired,
    told: list[Status | Stop],
    raised: BaseException | None,
    stopped: Stop | None,
    expected: list[str],
) -> None:
    """Whatever is told after it, and whatever is raised."""
    await house.set_up("openai")
    event = Event.begin(hass, CAMERA, hass.loop.time(), is_automatic=True)
    ending = Ending(hass, house.runtime, Context(), event)
    run = cast("Run[Response]", SimpleNamespace(stopped=stopped))
    with suppress(*ENDS), ending.sure(run):
        for each in told:
            if isinstance(each, Stop):
                ending.stop(each)
            else:
                ending.tell(each)
        if raised is not None:
            raise raised
    await hass.async_block_till_done()
    assert (fired.described, fired.statuses) == ([], expected)
