"""Callers of the run queue: they come, join, wait, leave and are turned away."""

import asyncio
from collections.abc import Callable, Coroutine
import functools
from typing import Any
from unittest.mock import AsyncMock

import pytest

from custom_components.eyewitness.chain import policy
from custom_components.eyewitness.chain.run_queue import (
    QueueClosedError,
    QueueFullError,
    Run,
    Stop,
)

from .fakes import cancel, now, virtual
from .run_queue_kit import Call, RunQueueProbe, settle


@pytest.fixture(autouse=True)
def _few_places(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let two run and eight wait: so few are easy to follow."""
    monkeypatch.setattr(policy, "CONCURRENT_RUNS", 2)
    monkeypatch.setattr(policy, "QUEUED_RUNS", 8)


@pytest.fixture(params=[True, False], ids=["eager", "lazy"])
def probe(request: pytest.FixtureRequest) -> RunQueueProbe:
    """Return a probe of an empty queue."""
    return RunQueueProbe(eager=request.param)


def leaves_nothing[**P](test: Callable[P, Coroutine[Any, Any, None]]) -> Callable[P, None]:
    """Make an async test run in virtual time and see that its queue is empty in the end."""

    @virtual
    @functools.wraps(test)
    async def wrapped(*args: P.args, **kwargs: P.kwargs) -> None:
        await test(*args, **kwargs)
        probe = kwargs["probe"]
        assert isinstance(probe, RunQueueProbe)
        probe.assert_empty()

    return wrapped


async def at(second: float) -> None:
    """Wait until so many seconds after the world began."""
    await asyncio.sleep(1000 + second - now())


async def ends(calls: list[Call]) -> list[type]:
    """Return the type of what each caller gets."""
    return [type(end) for end in await asyncio.gather(*calls, return_exceptions=True)]


@leaves_nothing
async def test_a_failure_reaches_every_caller(probe: RunQueueProbe) -> None:
    """All hear of it, and the next caller gets a new run."""
    error = ValueError("vendor")
    calls = [probe.call("door", error=error) for _ in range(3)]
    assert await asyncio.gather(*calls, return_exceptions=True) == [error] * 3
    probe.assert_empty()
    assert await probe.call("door") == ("door", False)


@leaves_nothing
async def test_a_run_without_a_wait(probe: RunQueueProbe) -> None:
    """It may end before anybody has begun to wait for it."""
    work = AsyncMock(side_effect=["at once", ValueError])
    assert await probe.submit("door", work) == ("at once", False)
    with pytest.raises(ValueError):
        await probe.submit("door", work)
    await settle()


@pytest.mark.parametrize(
    ("second", "joins"), [(0.0, True), (2.0, True), (5.0, True), (5.1, False), (9.0, False)]
)
@leaves_nothing
async def test_row_81_a_caller_joins_within_three_seconds_of_the_picture(
    probe: RunQueueProbe, second: float, joins: bool
) -> None:
    """The picture comes after two seconds; later than five, a caller wants a newer one."""
    first = probe.call("door", "first", picture=2.0)
    await at(second)
    second_call = probe.call("door", "second")
    assert await first == ("first", False)
    assert await second_call == (("first", True) if joins else ("second", False))
    assert probe.started == (["first"] if joins else ["first", "second"])


@leaves_nothing
async def test_row_81_the_newest_caller_defines_the_successor(probe: RunQueueProbe) -> None:
    """Whoever came before in its place gets the newest one's result."""
    calls = [probe.call("door", "first")]
    for second, name in ((4, "replaced"), (5, "between"), (6, "newest")):
        await at(second)
        calls.append(probe.call("door", name))
    await settle()
    assert probe.load == (1, 1)
    results = await asyncio.gather(*calls)
    assert results == [("first", False), ("newest", False), ("newest", True), ("newest", True)]
    assert probe.started == ["first", "newest"]
    assert now() == 1020.0


@leaves_nothing
async def test_the_newest_caller_has_all_its_time(probe: RunQueueProbe) -> None:
    """A successor's time counts from its newest caller, not from one who waits for long."""
    calls = [probe.call("door", "first", lasts=50.0)]
    await at(4)
    calls.append(probe.call("door", "replaced"))
    await at(45)
    work = AsyncMock(return_value="newest")
    await asyncio.gather(*calls, probe.submit("door", work))
    assert work.call_args.args[0].requested_at == 1045.0


@leaves_nothing
async def test_who_joins_in_the_queue_has_all_its_time(probe: RunQueueProbe) -> None:
    """The doorbell rings again after its first call has waited for long, and is not cut short."""
    long = [probe.call(key, lasts=58.0) for key in "ab"]
    first = probe.call("door", "first")
    await at(50)
    second = probe.call("door", "second")
    await at(51)
    hasty = probe.call("door", "hasty", seconds=5.0)
    assert await ends([hasty]) == [TimeoutError]
    assert await ends([first]) == [TimeoutError]
    assert await second == ("second", True)
    assert probe.started == ["a", "b", "second"]
    await asyncio.gather(*long)


@leaves_nothing
async def test_a_hasty_caller_takes_no_time_from_a_successors_others(probe: RunQueueProbe) -> None:
    """What the run may take is what the caller has who can wait the longest."""
    calls = [probe.call("door", "first", lasts=30.0)]
    await at(4)
    calls.append(probe.call("door", "patient"))
    await at(5)
    hasty = probe.call("door", "hasty", seconds=5.0)
    await asyncio.gather(*calls)
    assert probe.started == ["first", "patient"]
    assert await ends([hasty]) == [TimeoutError]


@leaves_nothing
async def test_who_hears_that_it_lost_its_turn_may_call_again(probe: RunQueueProbe) -> None:
    """An automation hears of the failed event in the same moment, and asks for what comes in."""
    calls = [probe.call(key) for key in ("a", "b", *(f"yard: {n}" for n in range(8)))]
    again: list[Call] = []

    def lost(_stop: Stop) -> None:
        work = probe.queue.submit("door", probe.describe("again"), 60.0, group="door")
        again.append(asyncio.create_task(work, eager_start=True))

    await settle()
    await cancel(calls.pop())
    work = probe.queue.submit("yard: 8", probe.describe("yard"), 60.0, group="yard", lost=lost)
    calls.append(asyncio.create_task(work))
    await settle()
    door = probe.call("door")
    ended = await asyncio.gather(door, *calls, return_exceptions=True)
    assert probe.load == (0, 0)
    assert isinstance(ended.pop(), QueueFullError)
    assert {type(end) for end in ended} == {tuple}
    assert (await again[0])[1], "one run for each key"


@pytest.mark.parametrize(
    ("gap", "started", "in_time"), [(0.0, ["0"], 100), (1 / 16, ["0", "99"], 49)]
)
@leaves_nothing
async def test_row_81_a_hundred_callers(
    probe: RunQueueProbe, gap: float, started: list[str], in_time: int
) -> None:
    """At once they are one run; within six seconds two, the second with a newer picture."""
    calls = []
    for n in range(100):
        calls.append(probe.call("door", str(n)))
        await asyncio.sleep(gap)
    results = await asyncio.gather(*calls)
    assert probe.started == started
    names = [started[0]] * in_time + [started[-1]] * (100 - in_time)
    assert results == [(name, n not in {0, in_time}) for n, name in enumerate(names)]


@leaves_nothing
async def test_row_82_those_beyond_the_places_and_the_queue_are_turned_away(
    probe: RunQueueProbe,
) -> None:
    """Of a hundred cameras ninety hear at once that it is busy; a caller who joins never does."""
    names = [str(n) for n in range(100)]
    calls = [probe.call(name) for name in names]
    await settle()
    assert probe.load == (2, 8)
    assert await ends([call for call in calls if call.done()]) == [QueueFullError] * 90
    assert now() == 1000.0, "at once"
    joiners = [probe.call(name) for name in names[:10]]
    assert await asyncio.gather(*calls[:10]) == [(name, False) for name in names[:10]]
    assert await asyncio.gather(*joiners) == [(name, True) for name in names[:10]]
    assert probe.started == names[:10], "first come, first served"
    assert now() == 1050.0


@leaves_nothing
async def test_row_82_a_successor_counts_as_waiting(probe: RunQueueProbe) -> None:
    """The queue is for all who wait, behind a run of their own key or behind others."""
    calls = [probe.call(str(n)) for n in range(9)]
    await at(4)
    late = probe.call("0", "late")
    await settle()
    assert probe.queue.waiting == 8
    for key in ("1", "another"):
        with pytest.raises(QueueFullError):
            await probe.call(key, "too much")
    await asyncio.gather(*calls)
    assert await late == ("late", False)
    assert probe.started.index("late") == 9, "behind those who came before"


@pytest.mark.parametrize("leaves", [0, 1])
@leaves_nothing
async def test_row_78_one_of_two_callers_is_stopped(probe: RunQueueProbe, leaves: int) -> None:
    """The other still gets its answer, whoever of them came first."""
    calls = [probe.call("door", str(n)) for n in range(2)]
    await at(5)
    await cancel(calls.pop(leaves))
    assert await calls[0] == ("0", leaves == 0)
    assert probe.started == ["0"]


@leaves_nothing
async def test_row_78_one_of_two_callers_of_a_successor_is_stopped(probe: RunQueueProbe) -> None:
    """The same for a run that has not begun; when both go, it never begins."""
    first = probe.call("door", "first")
    await at(4)
    calls = [probe.call("door", str(n)) for n in range(2)]
    await at(5)
    await cancel(calls[1])
    await settle()
    assert probe.queue.waiting == 1
    await cancel(calls[0])
    assert probe.queue.waiting == 0
    assert await first == ("first", False)
    await asyncio.sleep(100)
    assert probe.started == ["first"]


@leaves_nothing
async def test_who_leaves_makes_room(probe: RunQueueProbe) -> None:
    """A run that nobody waits for any more goes at once, whether it is queued or under way."""
    calls = [probe.call(str(n)) for n in range(10)]
    await settle()
    await cancel(calls.pop(5))
    assert probe.queue.waiting == 7
    another = probe.call("another")
    await cancel(calls.pop(0))
    await settle()
    assert (sorted(probe.under_way), now()) == (["1", "2"], 1000.0)
    await asyncio.gather(*calls, another)
    assert probe.started == ["0", "1", "2", "3", "4", "6", "7", "8", "9", "another"]


async def slow_to_stop(run: Run[str]) -> str:
    """Take five seconds to clean up when it is stopped."""
    try:
        await asyncio.sleep(10)
    finally:
        await asyncio.sleep(5)
    return "never"


@leaves_nothing
async def test_nobody_joins_a_run_that_is_being_stopped(probe: RunQueueProbe) -> None:
    """A caller who comes while it cleans up gets a run of its own, after it."""
    first = probe.submit("door", slow_to_stop)
    await at(1)
    await cancel(first)
    second = probe.call("door", "second")
    await settle()
    assert (probe.load, probe.started) == ((1, 1), [])
    third = probe.call("door", "third")
    assert await second == ("third", False)
    assert await third == ("third", True)
    assert now() == 1016.0


@pytest.mark.parametrize("closes", [False, True], ids=["cancelled", "closed"])
@pytest.mark.parametrize("second", [0.0, 1.0])
@leaves_nothing
async def test_rows_76_and_79_stopped_from_outside(
    probe: RunQueueProbe, second: float, closes: bool
) -> None:
    """Even before the first step, where a task runs no ``finally``: its place is given back."""
    calls = [probe.call("door"), probe.call("garden")]
    await asyncio.sleep(second)
    assert probe.load == (2, 0)
    assert probe.started == (["door", "garden"] if probe.eager or second else [])
    if closes:
        await probe.queue.close()
    else:
        for task in probe.tasks:
            task.cancel()
    assert await ends(calls) == [QueueClosedError] * 2
    probe.assert_empty()
    if not closes:
        assert await probe.call("door") == ("door", False)


@leaves_nothing
async def test_each_caller_has_its_own_deadline(probe: RunQueueProbe) -> None:
    """The run goes on for the others, and is stopped at the last caller's deadline."""
    calls = [probe.call("door", seconds=seconds) for seconds in (3, 5, 4)]
    assert await ends(calls) == [TimeoutError] * 3
    await settle()
    assert now() == 1005.0
    probe.assert_empty()
    first = probe.call("door", "first")
    await at(6)
    assert await ends([probe.call("door", seconds=5)]) == [TimeoutError]
    assert now() == 1011.0
    assert await first == ("first", False)


@leaves_nothing
async def test_a_deadline_in_the_queue(probe: RunQueueProbe) -> None:
    """It counts while a run waits for its turn."""
    long = [probe.call(key, lasts=100.0, seconds=200) for key in "ab"]
    assert await ends([probe.call("c", seconds=30)]) == [TimeoutError]
    assert now() == 1030.0
    await asyncio.gather(*long)
    assert probe.started == ["a", "b"]


@leaves_nothing
async def test_rows_69_and_79_closing_ends_everything_at_once(probe: RunQueueProbe) -> None:
    """Under way, queued or a successor: every caller hears of it, and nobody gets in any more."""
    calls = [probe.call(key) for key in "abcd"]
    await at(4)
    calls += [probe.call("a", "next"), probe.call("b", "next"), probe.call("d", "joins")]
    await settle()
    assert probe.load == (2, 4)
    await probe.queue.close()
    assert await ends(calls) == [QueueClosedError] * 7
    assert now() == 1004.0
    assert probe.started == ["a", "b"]
    probe.assert_empty()
    assert await ends([probe.call("e")]) == [QueueClosedError]
    await probe.queue.close()


@leaves_nothing
async def test_row_69_closing_waits_for_what_cleans_up(probe: RunQueueProbe) -> None:
    """When it returns, nothing runs any more that could use what is closed next."""
    call = probe.submit("door", slow_to_stop)
    await at(1)
    await probe.queue.close()
    assert now() == 1006.0
    assert await ends([call]) == [QueueClosedError]


@leaves_nothing
async def test_the_first_reason_to_stop_counts(probe: RunQueueProbe) -> None:
    """Home Assistant stops: the queue is closed, and a moment later the automations are."""
    found: list[Stop | None] = []

    async def start(run: Run[str]) -> str:
        try:
            return await slow_to_stop(run)
        finally:
            found.append(run.stopped)

    call = probe.submit("door", start)
    await at(1)
    closing = asyncio.create_task(probe.queue.close())
    await settle()
    await cancel(call)
    await closing
    assert found == [Stop.CLOSED]
    assert now() == 1006.0, "and it had its time to clean up"


@leaves_nothing
async def test_a_task_says_nothing_of_what_waits(probe: RunQueueProbe) -> None:
    """What asyncio logs of a task names its callbacks, and so the queue with all that is in it."""
    calls = [probe.call(f"door: {secret}") for secret in ("words", "more words")]
    await settle()
    assert "words" not in repr(probe.tasks)
    await asyncio.gather(*calls)


@leaves_nothing
async def test_nobody_left_to_hear_of_a_failure(probe: RunQueueProbe) -> None:
    """A failure in the moment in which the last caller goes is nobody's complaint."""
    complaints: list[Any] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: complaints.append(context))

    async def fail_late(run: Run[str]) -> str:
        try:
            await asyncio.sleep(10)
        except asyncio.CancelledError:
            raise ValueError("too late") from None
        return "never"

    call = probe.submit("door", fail_late)
    await at(1)
    await cancel(call)
    await settle()
    probe.assert_empty()
    assert complaints == []


@pytest.mark.parametrize("runs", [True, False], ids=["under way", "waiting"])
@pytest.mark.parametrize(
    ("first", "second", "stop"),
    [
        ("stopped", "stopped", Stop.LEFT),
        ("late", "late", Stop.LATE),
        ("late", "stopped", Stop.LATE),
        ("stopped", "late", Stop.LATE),
        ("waits", "waits", Stop.CLOSED),
        ("late", "waits", Stop.CLOSED),
        ("stopped", "waits", Stop.CLOSED),
    ],
)
@leaves_nothing
async def test_a_run_that_is_stopped_knows_why(
    probe: RunQueueProbe, first: str, second: str, stop: Stop, runs: bool
) -> None:
    """Somebody has to hear of it, unless everybody who waited was stopped."""
    if not runs:
        for key in "ab":
            probe.call(key, lasts=100.0, seconds=200.0)
    calls = {
        probe.call("door", seconds=5.0 + number if how == "late" else 60.0): how
        for number, how in enumerate((first, second))
    }
    await at(5.5)  # between the two that may be late
    for call, how in calls.items():
        if how == "stopped":
            await cancel(call)
    await at(7)
    await settle()
    await probe.queue.close()
    await settle()
    assert [each for each in probe.told if each[0] == "door"] == [("door", stop)]


@leaves_nothing
async def test_a_successor_that_is_lost_is_told_to_its_newest_caller(probe: RunQueueProbe) -> None:
    """Its work would have been the newest one's, so its end is, too."""
    calls = [probe.call("door", "first")]
    await at(4)
    calls += [probe.call("door", name) for name in ("replaced", "newest")]
    await settle()
    await probe.queue.close()
    await ends(calls)
    assert probe.told == [("newest", Stop.CLOSED), ("first", Stop.CLOSED)]


@leaves_nothing
async def test_who_is_turned_away_hears_why(probe: RunQueueProbe) -> None:
    """Its work never begins, so nobody else could tell."""
    for key in "abcdefghij":
        probe.call(key)
    await settle()
    probe.call("late")
    await settle()
    assert probe.told == [("late", Stop.FULL)]
    await probe.queue.close()
    await ends([probe.call("later")])
    assert probe.told[-1] == ("later", Stop.CLOSED)
    assert sorted(name for name, _ in probe.told) == sorted([*"abcdefghij", "late", "later"])
