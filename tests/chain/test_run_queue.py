"""Let callers come, join, wait, leave and be turned away at the gate."""

import asyncio
from typing import Any

import pytest

from custom_components.eyewitness.chain.run_queue import (
    BusyError,
    Flight,
    InterruptedFlightError,
    LostFlightError,
)
from tests.chain.fakes import cancel, now, virtual
from tests.chain.tower import Tower, settle


@pytest.fixture(params=[True, False], ids=["eager", "lazy"])
def tower(request: pytest.FixtureRequest) -> Tower:
    """Return a tower over an empty gate."""
    return Tower(eager=request.param)


async def at(second: float) -> None:
    """Wait until so many seconds after the world began."""
    await asyncio.sleep(1000 + second - now())


@virtual
async def test_alone(tower: Tower) -> None:
    """One caller gets its own flight's result."""
    assert await tower.call("door") == ("door", False)
    tower.is_empty()


@virtual
async def test_a_failure_reaches_every_caller(tower: Tower) -> None:
    """All hear of it, and the next caller gets a new flight."""
    error = ValueError("vendor")
    calls = [tower.call("door", error=error) for _ in range(3)]
    assert await asyncio.gather(*calls, return_exceptions=True) == [error] * 3
    tower.is_empty()
    assert await tower.call("door") == ("door", False)


@virtual
async def test_a_run_without_a_wait(tower: Tower) -> None:
    """It may end before anybody has begun to wait for it."""

    async def at_once(flight: Flight[str]) -> str:
        return "now"

    async def bad(flight: Flight[str]) -> str:
        raise ValueError

    assert await tower.gate.run("door", at_once, 60) == ("now", False)
    with pytest.raises(ValueError):
        await tower.gate.run("door", bad, 60)
    await settle()
    tower.is_empty()


@pytest.mark.parametrize(
    ("second", "joins"), [(0.0, True), (2.0, True), (5.0, True), (5.1, False), (9.0, False)]
)
@virtual
async def test_row_81_a_caller_joins_within_three_seconds_of_the_picture(
    tower: Tower, second: float, joins: bool
) -> None:
    """The picture comes after two seconds; later than five, a caller wants a newer one."""
    first = tower.call("door", "first", picture=2.0)
    await at(second)
    second_call = tower.call("door", "second")
    assert await first == ("first", False)
    assert await second_call == (("first", True) if joins else ("second", False))
    assert tower.begun == (["first"] if joins else ["first", "second"])
    tower.is_empty()


@virtual
async def test_different_wishes_do_not_join(tower: Tower) -> None:
    """Each key has its own flight."""
    calls = [tower.call("door"), tower.call("garden")]
    assert await asyncio.gather(*calls) == [("door", False), ("garden", False)]


@virtual
async def test_row_81_the_newest_wins_the_slot(tower: Tower) -> None:
    """Whoever was displaced in the slot gets the newest one's result."""
    first = tower.call("door", "first")
    await at(4)
    displaced = tower.call("door", "displaced")
    await at(5)
    between = tower.call("door", "between")
    await at(6)
    newest = tower.call("door", "newest")
    await settle()
    assert (tower.gate.running, tower.gate.waiting) == (1, 1)
    assert await first == ("first", False)
    assert await displaced == ("newest", False)
    assert await between == ("newest", True)
    assert await newest == ("newest", True)
    assert tower.begun == ["first", "newest"]
    assert now() == 1020.0
    tower.is_empty()


@virtual
async def test_the_newest_in_the_slot_has_all_its_time(tower: Tower) -> None:
    """A flight's time counts from its newest caller: not from somebody who waits for long."""
    first = tower.call("door", "first", lasts=50.0)
    await at(4)
    displaced = tower.call("door", "displaced")
    await at(45)
    began: list[float] = []

    async def run(flight: Flight[str]) -> str:
        began.append(flight.created)
        return "newest"

    newest = asyncio.create_task(tower.gate.run("door", run, 60))
    await asyncio.gather(first, displaced, newest)
    assert began == [1045.0]


@virtual
async def test_row_81_a_hundred_at_once_are_one_flight(tower: Tower) -> None:
    """They all get the same result, and only one is told that the flight was its own."""
    results = await asyncio.gather(*(tower.call("door", str(n)) for n in range(100)))
    assert {result for result, _ in results} == {"0"}
    assert [joined for _, joined in results].count(False) == 1
    assert tower.begun == ["0"]
    tower.is_empty()


@virtual
async def test_row_81_a_storm_of_six_seconds_is_two_flights(tower: Tower) -> None:
    """Sixteen callers a second: the first flight and one for those too late for its picture."""
    calls = []
    for n in range(100):
        calls.append(tower.call("door", str(n)))
        await asyncio.sleep(1 / 16)
    results = await asyncio.gather(*calls)
    assert tower.begun == ["0", "99"]
    assert [result for result, _ in results] == ["0"] * 49 + ["99"] * 51
    tower.is_empty()


@virtual
async def test_row_82_two_fly_eight_wait_the_rest_is_turned_away(tower: Tower) -> None:
    """A hundred cameras at once: ten are described in turn, ninety hear at once that it is busy."""
    calls = [tower.call(str(n)) for n in range(100)]
    await settle()
    assert (tower.gate.running, tower.gate.waiting) == (2, 8)
    busy = [call for call in calls if call.done()]
    assert [type(call.exception()) for call in busy] == [BusyError] * 90
    assert now() == 1000.0, "at once"
    flown = await asyncio.gather(*calls[:10])
    assert [result for result, _ in flown] == [str(n) for n in range(10)]
    assert tower.begun == [str(n) for n in range(10)], "first come, first served"
    assert now() == 1050.0
    tower.is_empty()


@virtual
async def test_row_82_who_joins_is_never_turned_away(tower: Tower) -> None:
    """However full it is: a joiner costs nothing."""
    calls = [tower.call(str(n)) for n in range(10)]
    await settle()
    joiners = [tower.call(str(n)) for n in range(10)]
    await settle()
    assert not any(call.done() for call in joiners)
    await asyncio.gather(*calls)
    assert [await call for call in joiners] == [(str(n), True) for n in range(10)]


@virtual
async def test_row_82_a_place_in_the_slot_counts_as_waiting(tower: Tower) -> None:
    """The queue is for all who wait, behind a flight of their own camera or behind others."""
    calls = [tower.call(str(n)) for n in range(9)]
    await at(4)
    late = tower.call("0", "late")
    await settle()
    assert tower.gate.waiting == 8
    with pytest.raises(BusyError):
        await tower.call("1", "too much")
    with pytest.raises(BusyError):
        await tower.call("another")
    await asyncio.gather(*calls)
    assert await late == ("late", False)
    assert tower.begun.index("late") == 9, "behind those who came before"
    tower.is_empty()


@virtual
async def test_the_last_caller_takes_the_flight_along(tower: Tower) -> None:
    """Nobody waits for it, so it is stopped at once; the next one starts."""
    first, second, third = (tower.call(key) for key in "abc")
    await at(1)
    await cancel(first)
    await settle()
    assert sorted(tower.up) == ["b", "c"]
    assert now() == 1001.0
    assert await second == ("b", False)
    assert await third == ("c", False)
    tower.is_empty()


@pytest.mark.parametrize("leaves", [0, 1])
@virtual
async def test_row_78_one_of_two_callers_is_stopped(tower: Tower, leaves: int) -> None:
    """The other still gets its answer, whoever of them came first."""
    calls = [tower.call("door", str(n)) for n in range(2)]
    await at(5)
    await cancel(calls.pop(leaves))
    assert await calls[0] == ("0", leaves == 0)
    assert tower.begun == ["0"]
    tower.is_empty()


@virtual
async def test_row_78_one_of_two_in_the_slot_is_stopped(tower: Tower) -> None:
    """The same for a flight that has not begun; when both go, it never begins."""
    first = tower.call("door", "first")
    await at(4)
    calls = [tower.call("door", str(n)) for n in range(2)]
    await at(5)
    await cancel(calls[1])
    await settle()
    assert tower.gate.waiting == 1
    await cancel(calls[0])
    assert tower.gate.waiting == 0
    assert await first == ("first", False)
    await asyncio.sleep(100)
    assert tower.begun == ["first"]
    tower.is_empty()


@virtual
async def test_who_leaves_the_queue_makes_room(tower: Tower) -> None:
    """A flight in the queue that nobody waits for any more goes, and so does its slot."""
    calls = [tower.call(str(n)) for n in range(10)]
    await settle()
    await cancel(calls[5])
    assert tower.gate.waiting == 7
    another = tower.call("another")
    await asyncio.gather(*calls[:5], *calls[6:], another)
    assert tower.begun == ["0", "1", "2", "3", "4", "6", "7", "8", "9", "another"]
    tower.is_empty()


@virtual
async def test_a_flight_that_is_being_stopped_takes_nobody_on_board() -> None:
    """A caller who comes while it cleans up gets a flight of its own, after it."""
    tower = Tower()

    async def stubborn(flight: Flight[str]) -> str:
        try:
            await asyncio.sleep(10)
        finally:
            await asyncio.sleep(5)
        return "never"

    first = asyncio.create_task(tower.gate.run("door", stubborn, 60))
    await at(1)
    await cancel(first)
    second = tower.call("door", "second")
    await settle()
    assert (tower.gate.running, tower.gate.waiting, tower.begun) == (1, 1, [])
    third = tower.call("door", "third")
    assert await second == ("third", False)
    assert await third == ("third", True)
    assert now() == 1016.0
    tower.is_empty()


@pytest.mark.parametrize("closes", [False, True], ids=["cancelled", "closed"])
@virtual
async def test_row_76_stopped_before_the_first_step(closes: bool) -> None:
    """A task that is cancelled before it began runs no ``finally``; its place is given back."""
    tower = Tower(eager=False)
    calls = [tower.call("door"), tower.call("garden")]
    await asyncio.sleep(0)
    assert (tower.gate.running, tower.begun) == (2, [])
    if closes:
        await tower.gate.close()
    else:
        for task in tower.tasks:
            task.cancel()
    results = await asyncio.gather(*calls, return_exceptions=True)
    assert [type(result) for result in results] == [InterruptedFlightError] * 2
    assert tower.begun == []
    tower.is_empty()
    if not closes:
        assert await tower.call("door") == ("door", False)


@virtual
async def test_a_joiner_has_its_own_deadline(tower: Tower) -> None:
    """It hears when its own time is over; the flight goes on for the others."""
    first = tower.call("door", "first", seconds=60)
    await at(1)
    joiner = tower.call("door", seconds=5)
    with pytest.raises(TimeoutError) as raised:
        await joiner
    assert not isinstance(raised.value, LostFlightError)
    assert now() == 1006.0
    assert await first == ("first", False)
    tower.is_empty()


@virtual
async def test_the_last_deadline_stops_the_flight(tower: Tower) -> None:
    """The caller hears that with its own time the flight has gone as well."""
    first = tower.call("door", seconds=3)
    second = tower.call("door", seconds=5)
    with pytest.raises(TimeoutError) as raised:
        await first
    assert not isinstance(raised.value, LostFlightError)
    with pytest.raises(LostFlightError):
        await second
    await settle()
    assert now() == 1005.0
    tower.is_empty()


@virtual
async def test_a_deadline_in_the_queue(tower: Tower) -> None:
    """It counts while a flight waits for its turn."""
    long = [tower.call(key, lasts=100.0, seconds=200) for key in "ab"]
    with pytest.raises(LostFlightError):
        await tower.call("c", seconds=30)
    assert now() == 1030.0
    await asyncio.gather(*long)
    assert tower.begun == ["a", "b"]
    tower.is_empty()


@virtual
async def test_rows_69_and_79_closing_ends_everything_at_once(tower: Tower) -> None:
    """Whether in the air, in the queue or in a slot: every caller hears of it, nobody gets in."""
    calls = [tower.call(key) for key in "abcd"]
    await at(4)
    calls += [tower.call("a", "slot"), tower.call("b", "slot"), tower.call("d", "joins")]
    await settle()
    assert (tower.gate.running, tower.gate.waiting) == (2, 4)
    await tower.gate.close()
    results = await asyncio.gather(*calls, return_exceptions=True)
    assert [type(result) for result in results] == [InterruptedFlightError] * 7
    assert now() == 1004.0
    assert tower.begun == ["a", "b"]
    tower.is_empty()
    with pytest.raises(InterruptedFlightError):
        await tower.call("e")
    await tower.gate.close()
    tower.is_empty()


@virtual
async def test_row_69_closing_waits_for_what_cleans_up() -> None:
    """When it returns, nothing runs any more that could use what is closed next."""
    tower = Tower()
    cleaned: list[float] = []

    async def run(flight: Flight[str]) -> str:
        try:
            await asyncio.sleep(10)
        finally:
            await asyncio.sleep(0.5)
            cleaned.append(now())
        return "never"

    call = asyncio.create_task(tower.gate.run("door", run, 60))
    await at(1)
    await tower.gate.close()
    assert cleaned == [1001.5]
    with pytest.raises(InterruptedFlightError):
        await call
    tower.is_empty()


@virtual
async def test_row_79_a_flight_that_is_stopped_from_outside(tower: Tower) -> None:
    """Home Assistant cancels background tasks when it stops: the callers are told."""
    call = tower.call("door")
    await at(1)
    tower.tasks[0].cancel()
    with pytest.raises(InterruptedFlightError):
        await call
    tower.is_empty()


@virtual
async def test_nobody_left_to_hear_of_a_failure(tower: Tower) -> None:
    """A failure in the moment in which the last caller goes is nobody's complaint."""
    complaints: list[Any] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: complaints.append(context))
    error = ValueError("too late")

    async def run(flight: Flight[str]) -> str:
        try:
            await asyncio.sleep(10)
        except asyncio.CancelledError:
            raise error from None
        return "never"

    call = asyncio.create_task(tower.gate.run("door", run, 60))
    await at(1)
    await cancel(call)
    await settle()
    tower.is_empty()
    assert complaints == []
