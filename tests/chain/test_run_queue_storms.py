"""What holds for every storm: random callers, stops, deadlines, failures, a close."""

import asyncio
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.eyewitness.chain import policy
from custom_components.eyewitness.chain.run_queue import QueueClosedError, QueueFullError, Stop

from .fakes import now, run
from .run_queue_kit import Call, RunQueueProbe
from .scenarios import soak

EPS = 1e-6
ERROR = ValueError("vendor")


@dataclass(frozen=True)
class Caller:
    """When a caller comes after the one before, what it wants and when it is stopped."""

    gap: float
    key: str
    work: dict[str, Any]
    seconds: float
    stopped_after: float | None


@dataclass(frozen=True)
class Storm:
    """One scenario."""

    eager: bool
    callers: list[Caller]
    closed_after: float | None


CALLERS = st.builds(
    Caller,
    gap=st.sampled_from([*[0.0] * 20, 0.1, 1.0, 3.0, 5.0, 20.0]),
    key=st.sampled_from(
        ["door", "door", "door", "garden", "garage", *"abcde", *(f"yard: {n}" for n in range(9))]
    ),
    work=st.fixed_dictionaries(
        {
            "picture": st.sampled_from([0.0, 0.5, 4.0]),
            "lasts": st.sampled_from([0.0, 1.0, 10.0, 60.0]),
            "error": st.sampled_from([None, ERROR]),
        }
    ),
    seconds=st.sampled_from([1.0, 10.0, 62.0]),
    stopped_after=st.sampled_from([None, None, None, 0.0, 2.0, 10.0]) | st.floats(0.0, 70.0),
)
STORMS = st.builds(
    Storm,
    eager=st.booleans(),
    # Left alone, the lists are so short that hardly anybody ever has to wait.
    callers=st.lists(CALLERS, min_size=1, max_size=5) | st.lists(CALLERS, min_size=20, max_size=40),
    closed_after=st.sampled_from([None, None, 0.0, 5.0, 30.0]),
)


@patch.multiple(policy, CONCURRENT_RUNS=3, CONCURRENT_RUNS_OF_CAMERA=2, QUEUED_RUNS=3)
async def check_storm(storm: Storm) -> None:
    """Let a storm pass, and look at what every caller got and what is left."""
    probe = RunQueueProbe(eager=storm.eager)
    complaints: list[object] = []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _, context: complaints.append(context))
    calls: list[tuple[Caller, Call, float]] = []

    async def arrive() -> None:
        for number, caller in enumerate(storm.callers):
            await asyncio.sleep(caller.gap)
            call = probe.call(caller.key, f"{number}", seconds=caller.seconds, **caller.work)
            calls.append((caller, call, now()))
            if caller.stopped_after is not None:
                loop.call_later(caller.stopped_after, call.cancel)

    async def close() -> None:
        if storm.closed_after is not None:
            await asyncio.sleep(storm.closed_after)
            await probe.queue.close()
            assert not probe.under_way

    await asyncio.gather(arrive(), close())
    await asyncio.wait([call for _, call, _ in calls])
    await asyncio.sleep(0.01)
    for caller, call, began in calls:
        check_call(probe, storm, caller, call, began)
    check_told(probe, calls)
    probe.assert_empty()
    assert complaints == []
    assert asyncio.all_tasks() == {asyncio.current_task()}


def check_told(probe: RunQueueProbe, calls: list[tuple[Caller, Call, float]]) -> None:
    """See that each run was told of once, and that none was passed over in silence."""
    told = [name for name, _ in probe.told]
    assert len(told) == len(set(told))
    runs = {probe.names[run.start] for run in probe.queue.runs.values()}
    full = {
        str(number): caller.key
        for number, (caller, call, _) in enumerate(calls)
        if not call.cancelled() and isinstance(call.exception(), QueueFullError)
    }
    assert runs <= set(told)
    turned_away = {name for name, stop in probe.told if stop is Stop.FULL}
    assert {full[name] for name in turned_away if name in full} == set(full.values())
    assert all(stop is Stop.CLOSED for name, stop in probe.told if name not in runs | turned_away)


def check_call(
    probe: RunQueueProbe, storm: Storm, caller: Caller, call: Call, began: float
) -> None:
    """See that a caller got exactly one end, and the right one."""
    ended, deadline = probe.ended[call], began + caller.seconds
    assert ended <= deadline + EPS
    if call.cancelled():
        assert caller.stopped_after is not None
        return
    match call.exception():
        case None:
            name, joined = call.result()
            answered = storm.callers[int(name)]
            assert (answered.key, answered.work["error"]) == (caller.key, None)
            age = began - probe.picture_at[name]
            assert age <= policy.JOIN_SECONDS + EPS, "a picture that is too old"
            assert joined or probe.started.count(name) == 1
        case QueueFullError():
            assert ended == began or caller.key.startswith("yard"), "at once, or out of the queue"
        case QueueClosedError():
            assert storm.closed_after is not None
        case TimeoutError():
            assert ended == pytest.approx(deadline)
        case error:
            assert error is ERROR


@settings(max_examples=300, deadline=None, derandomize=True)
@given(STORMS)
def test_row_78_i5_i6_every_caller_gets_one_end_and_nothing_is_left(storm: Storm) -> None:
    """I5 and I6 for the run queue, in three hundred storms."""
    run(check_storm(storm))


@soak
@given(storm=STORMS)
def test_i5_i6_of_the_run_queue_for_long(chunk: int, storm: Storm) -> None:
    """In twenty thousand storms, different ones each time."""
    run(check_storm(storm))
