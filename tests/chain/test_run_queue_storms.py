"""What holds at the gate for every storm: random callers, stops, deadlines, failures, a close."""

import asyncio
from dataclasses import dataclass
from functools import partial

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.eyewitness.chain import policy
from custom_components.eyewitness.chain.run_queue import (
    BusyError,
    InterruptedFlightError,
    LostFlightError,
)
from tests.chain.fakes import now, run
from tests.chain.tower import Call, Tower

EPS = 1e-6
FAILURE = ValueError("vendor")
ENDS = {BusyError, InterruptedFlightError, LostFlightError, TimeoutError, ValueError}


@dataclass(frozen=True)
class Caller:
    """Say when a caller comes after the one before, what it wants and when it is stopped."""

    gap: float
    key: str
    picture: float
    lasts: float
    fails: bool
    seconds: float
    stopped_after: float | None


@dataclass(frozen=True)
class Storm:
    """Hold one scenario."""

    eager: bool
    callers: list[Caller]
    closed_after: float | None


@dataclass
class Came:
    """Record one caller and how it went."""

    caller: Caller
    at: float
    call: Call
    stopped: bool = False
    left: float = 0.0


GAPS = st.sampled_from([0.0, 0.0, 0.0, 0.1, 1.0, 3.0, 5.0]) | st.floats(0.0, 20.0)
CALLERS = st.builds(
    Caller,
    gap=GAPS,
    key=st.sampled_from(["door", "door", "door", "garden", "garage", *"abcdefghijk"]),
    picture=st.sampled_from([0.0, 0.5, 4.0]),
    lasts=st.sampled_from([0.0, 1.0, 10.0, 60.0]),
    fails=st.booleans(),
    seconds=st.sampled_from([1.0, 10.0, 62.0]),
    stopped_after=st.sampled_from([None, None, None, 0.0, 2.0, 10.0]) | st.floats(0.0, 70.0),
)
STORMS = st.builds(
    Storm,
    eager=st.booleans(),
    callers=st.lists(CALLERS, min_size=1, max_size=30),
    closed_after=st.sampled_from([None, None, 0.0, 5.0, 30.0]),
)


async def live(storm: Storm) -> None:
    """Let a storm pass and see that every promise was kept."""
    tower = Tower(eager=storm.eager)
    complaints: list[object] = []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _, context: complaints.append(context))
    came: list[Came] = []

    def stop(one: Came) -> None:
        one.stopped = one.call.cancel()

    def leave(one: Came, _call: Call) -> None:
        one.left = now()

    async def arrive() -> None:
        for number, caller in enumerate(storm.callers):
            await asyncio.sleep(caller.gap)
            call = tower.call(
                caller.key,
                f"{number}",
                seconds=caller.seconds,
                picture=caller.picture,
                lasts=caller.lasts,
                error=FAILURE if caller.fails else None,
            )
            one = Came(caller, now(), call)
            came.append(one)
            call.add_done_callback(partial(leave, one))
            if caller.stopped_after is not None:
                loop.call_later(caller.stopped_after, stop, one)

    async def close() -> None:
        if storm.closed_after is not None:
            await asyncio.sleep(storm.closed_after)
            await tower.gate.close()
            assert not tower.up

    await asyncio.gather(arrive(), close())
    await asyncio.wait([one.call for one in came])
    await asyncio.sleep(0.01)
    for one in came:
        check(tower, storm, one)
    tower.is_empty()
    assert complaints == []
    assert asyncio.all_tasks() == {asyncio.current_task()}


def check(tower: Tower, storm: Storm, one: Came) -> None:
    """See that a caller got exactly one end, and the right one."""
    caller = one.caller
    assert one.left <= one.at + caller.seconds + EPS
    if one.call.cancelled():
        assert one.stopped
        return
    error = one.call.exception()
    if error is None:
        name, joined = one.call.result()
        flown = storm.callers[int(name)]
        assert flown.key == caller.key
        assert not flown.fails
        assert tower.taken[name] >= one.at - policy.JOIN_SECONDS - EPS, "a picture that is too old"
        assert joined or tower.begun.count(name) == 1
        return
    assert type(error) in ENDS
    if type(error) is BusyError:
        assert one.left == one.at, "at once"
    if isinstance(error, InterruptedFlightError):
        assert storm.closed_after is not None
    if isinstance(error, TimeoutError):
        assert one.left == pytest.approx(one.at + caller.seconds)
    else:
        assert error is FAILURE or not isinstance(error, ValueError)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(STORMS)
def test_row_78_i5_i6_every_caller_gets_one_end_and_nothing_is_left(storm: Storm) -> None:
    """I5 and I6 at the gate, on three hundred storms."""
    run(live(storm))


@pytest.mark.soak
@pytest.mark.timeout(600)
@pytest.mark.parametrize("chunk", range(20))  # hypothesis remembers every example of one run
@settings(max_examples=1000, deadline=None)
@given(STORMS)
def test_i5_i6_at_the_gate_for_long(chunk: int, storm: Storm) -> None:
    """The same on twenty thousand storms, different ones each time."""
    run(live(storm))
