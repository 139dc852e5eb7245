"""Cameras share the places and the queue: none of them takes what the others need."""

import asyncio
from collections import Counter

import pytest

from custom_components.eyewitness.chain import policy
from custom_components.eyewitness.chain.run_queue import QueueFullError, Stop

from .fakes import now, virtual
from .run_queue_kit import RunQueueProbe, settle

PLACES, OF_ONE = policy.CONCURRENT_RUNS, policy.CONCURRENT_RUNS_OF_CAMERA


@virtual
async def test_row_82_busy_is_said_only_when_200_wait() -> None:
    """32 cameras are looked at at once, 200 more wait, and all of them get their answer."""
    probe = RunQueueProbe()
    names = [str(number) for number in range(232)]
    calls = [probe.call(name, lasts=2.0) for name in names]
    await settle()
    assert probe.load == (32, 200)
    with pytest.raises(QueueFullError):
        await probe.call("one more")
    assert await asyncio.gather(*calls) == [(name, False) for name in names]
    assert now() == 1016.0, "eight times two seconds"
    probe.assert_empty()


@virtual
async def test_one_camera_with_many_questions_leaves_places_to_the_others() -> None:
    """The doorbell does not wait for the 300 questions that somebody asks the garden."""
    probe = RunQueueProbe()
    questions = [probe.call(f"garden: {number}", seconds=600.0) for number in range(300)]
    await settle()
    assert probe.load == (OF_ONE, policy.QUEUED_RUNS)
    others = [probe.call(f"camera {number}") for number in range(PLACES - OF_ONE)]
    await settle()
    assert probe.load == (PLACES, policy.QUEUED_RUNS)
    await asyncio.gather(*others)
    assert now() == 1010.0, "at once"
    ends = Counter(type(end) for end in await asyncio.gather(*questions, return_exceptions=True))
    assert ends == {tuple: OF_ONE + policy.QUEUED_RUNS, QueueFullError: 300 - ends[tuple]}
    probe.assert_empty()


@virtual
async def test_a_full_queue_has_room_for_those_who_have_less_in_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whoever has the most in it loses the newest: it hears that it is busy, and why is told."""
    monkeypatch.setattr(policy, "CONCURRENT_RUNS", 1)
    monkeypatch.setattr(policy, "QUEUED_RUNS", 4)
    probe = RunQueueProbe()
    running = probe.call("yard")
    asked = {name: probe.call(name) for name in ("gate", "garden: 1", "garden: 2", "garden: 3")}
    await settle()
    asked |= {name: probe.call(name) for name in ("door", "gate: 2", "attic", "garden: 4")}
    await settle()
    turned_away = ["garden: 3", "gate: 2", "garden: 2", "garden: 4"]
    assert probe.told == [(name, Stop.FULL) for name in turned_away]
    assert probe.load == (1, 4)
    for name in turned_away:
        with pytest.raises(QueueFullError):
            await asked.pop(name)
    await asyncio.gather(running, *asked.values())
    assert probe.started == ["yard", "gate", "garden: 1", "door", "attic"]
    probe.assert_empty()
