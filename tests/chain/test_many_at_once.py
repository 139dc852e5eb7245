"""Many requests are under way when a provider gets into trouble: they fail for one reason, once."""

import asyncio
from collections import Counter
from contextlib import ExitStack
from itertools import repeat
from typing import Any, override

import pytest

from custom_components.eyewitness.chain import policy
from custom_components.eyewitness.chain.failures import Failure
from custom_components.eyewitness.chain.task import Reply, Task

from .fakes import HANGS, OK, FakeProvider, Result, Script, Step, World, fail, now, ok, virtual

MANY = policy.CONCURRENT_RUNS
SLOW_SERVER = fail("server", after=0.1)


async def storm(world: World, count: int = MANY) -> list[Result]:
    """Let so many events happen at the same moment."""
    return await asyncio.gather(*(world.ask() for _ in range(count)))


def in_the_air(step: Step, then: Script = OK) -> list[Step]:
    """Return what happens to the requests of a storm, and to those after them."""
    return [step] * MANY + (then if isinstance(then, list) else [then])


@pytest.mark.parametrize(("named", "seconds"), [(None, 30.0), (1.0, 1.0), (20.0, 20.0)])
@virtual
async def test_row_93_a_rate_limit_costs_the_requests_under_way_and_no_more(
    named: float | None, seconds: float
) -> None:
    """All of them are answered by the next provider, at once; those that come later do not ask."""
    limited = fail("rate_limit", retry_after=named, after=0.1)
    world = World(openai=in_the_air(limited), grok=OK)
    for result in await storm(world):
        assert result.trail == "openai rate_limit, grok ok"
        assert result.seconds == pytest.approx(0.1)
    assert world.health("openai").cooldown_left == pytest.approx(seconds)
    assert {result.trail for result in await storm(world)} == {"grok ok"}
    assert len(world.asked_at("openai")) == MANY
    await asyncio.sleep(seconds)
    assert {result.trail for result in await storm(world)} == {"openai ok"}


@virtual
async def test_row_93_each_new_rate_limit_doubles_once() -> None:
    """However many requests it met."""
    world = World(openai=fail("rate_limit", after=0.1), grok=OK)
    for seconds in (30, 60, 120):
        await storm(world)
        assert world.health("openai").cooldown_left == pytest.approx(seconds)
        await asyncio.sleep(seconds)


@virtual
async def test_row_93_a_moment_of_trouble_opens_no_circuit() -> None:
    """With nobody else to ask, every event asks again after its delay and is answered."""
    cameras = int(policy.BUDGET_TOKENS)
    world = World(openai=[SLOW_SERVER] * cameras + [OK])
    results = await storm(world, cameras)
    assert {result.trail for result in results} == {"openai server, openai ok"}
    assert not world.health("openai").needs_probe


@virtual
async def test_row_93_three_moments_open_it() -> None:
    """Each one counts once: the circuit is for trouble that lasts."""
    world = World(openai=SLOW_SERVER, grok=OK)
    for moment in range(1, 4):
        await storm(world)
        assert world.health("openai").needs_probe is (moment == 3)
    assert world.health("openai").open_left == pytest.approx(30)


@virtual
async def test_row_93_silence_counts_for_each() -> None:
    """Half a minute without a word from any of them is no moment: those who wait must not hang."""
    world = World(openai=HANGS, grok=OK)
    assert {result.trail for result in await storm(world)} == {"openai timeout, grok ok"}
    assert {result.trail for result in await storm(world)} == {"grok ok"}
    assert world.health("openai").open_left == pytest.approx(30)


@virtual
async def test_row_93_a_request_from_before_the_opening_is_no_probe() -> None:
    """It fails when the circuit is half-open, and lengthens nothing."""
    world = World(openai=HANGS, grok=OK)
    early = asyncio.create_task(world.ask())
    await asyncio.sleep(1)
    world.open_circuit("openai")
    world.health("openai")._open_until = now() + 27.5
    await early
    assert world.health("openai").openings == 1
    assert not world.health("openai").circuit_open


@virtual
async def test_row_93_rejections_at_the_same_moment_are_one() -> None:
    """Only five one after the other are a reason to leave a provider alone for an hour."""
    world = World(openai=fail("bad_request", after=0.1), grok=OK)
    for moment in range(1, 6):
        assert world.health("openai").cooldown_left == 0
        await storm(world)
        assert len(world.asked_at("openai")) == MANY * moment
    assert world.health("openai").cooldown_failure is Failure.BAD_REQUEST


@virtual
async def test_row_44_events_that_have_nobody_else_make_their_own_retries() -> None:
    """An empty budget fails no event (row 44), and none asks a provider more often than it may."""
    world = World(openai=SLOW_SERVER)
    for result in await storm(world):
        assert result.trail == "openai server, " * 3 + "openai server"
    assert not world.health("openai").affords_retry(Failure.SERVER)


@virtual
async def test_row_44_a_retry_under_way_holds_its_token() -> None:
    """A budget of ten pays for ten, also when more of them want to start together."""
    health = World(openai=OK).health("openai")
    with ExitStack() as under_way:
        for _ in range(10):
            assert health.affords_retry(Failure.SERVER)
            under_way.enter_context(health.hold_retry(Failure.SERVER))
        assert not health.affords_retry(Failure.SERVER)
    assert health.affords_retry(Failure.SERVER)


@virtual
async def test_row_76_a_stopped_retry_gives_its_token_back() -> None:
    """It was held while the request was under way."""
    world = World(openai=[fail("server"), HANGS, OK])
    event = asyncio.create_task(world.ask())
    await asyncio.sleep(3)
    health = world.health("openai")
    assert health._held == 1
    event.cancel()
    await asyncio.wait([event])
    assert health._held == 0
    assert (await world.ask()).trail == "openai ok"


@pytest.mark.parametrize("hedge_seconds", [0.0, 5.0])
@virtual
async def test_row_38_a_storm_makes_one_probe(hedge_seconds: float) -> None:
    """The others go elsewhere; with hedging on, too, where a request is a task of its own."""
    world = World(openai=ok(after=1), grok=OK)
    world.chain.hedge_seconds = hedge_seconds
    world.open_circuit("openai")
    await asyncio.sleep(world.health("openai").open_left)
    trails = Counter(result.trail for result in await storm(world))
    assert trails == {"openai ok": 1, "grok ok": MANY - 1}


@virtual
async def test_row_44_a_retry_that_was_paid_for_is_no_overdraft() -> None:
    """However many are under way when it ends: ten of these may ask once more than the others."""
    world = World(openai=fail("rate_limit", retry_after=1.0, after=0.1))
    await storm(world, 12)
    assert len(world.asked_at("openai")) == 12 + 12 + 10


class _Few(FakeProvider):
    """A vendor that answers few at a time, each after two seconds, and turns the others away."""

    served = 0

    @override
    async def generate(self, task: Task[Any]) -> Reply:
        full = self.served >= 4
        self.served += not full
        self.script = repeat(
            fail("rate_limit", retry_after=1.0, after=0.1) if full else ok(after=2)
        )
        try:
            return await super().generate(task)
        finally:
            self.served -= not full


@virtual
async def test_row_93_those_turned_away_come_back_as_the_vendor_can_serve_them() -> None:
    """Not all in the moment in which it may be asked again, or most would be turned away for good.

    With nobody else, 4 of 20 were answered; in turns of four it takes ten seconds.
    """
    world = World()
    world.providers.append(_Few("openai", repeat(OK), world, "openai"))
    results = await storm(world, 20)
    assert all(result.verdict.answer for result in results)
    assert max(result.seconds for result in results) < 15
    assert len(world.asked_at("openai")) < 2 * 20
    world.assert_nothing_held()


@virtual
async def test_row_93_nobody_waits_for_its_turn_while_another_one_is_free() -> None:
    """The next one is asked at once, and only who has nobody else comes back in turns."""
    world = World()
    world.providers.append(_Few("openai", repeat(OK), world, "openai"))
    world.add("grok", OK)
    trails = Counter(result.trail for result in await storm(world, 20))
    assert trails == {"openai ok": 4, "openai rate_limit, grok ok": 16}


@virtual
async def test_row_93_a_vendor_that_turned_all_away_tells_nothing_of_how_many_it_serves() -> None:
    """They come back together: its minute is over, and their own time is not to end meanwhile."""
    world = World(openai=in_the_air(fail("rate_limit", retry_after=20.0, after=0.1), ok(after=10)))
    for result in await storm(world):
        assert result.trail == "openai rate_limit, openai ok"
        assert result.seconds == pytest.approx(30.1)


@virtual
async def test_row_93_how_many_it_serves_is_forgotten() -> None:
    """A minute after its limit, what it was does not count any more."""
    world = World(openai=OK)
    health = world.health("openai")
    with health.under_way():
        health.record_failure(Failure.RATE_LIMIT, 1.0, first_in_event=True)
        assert health.at_its_limit
        await asyncio.sleep(1 + policy.LIMIT_REMEMBERED_SECONDS)
        assert not health.at_its_limit


@virtual
async def test_row_93_a_vendor_that_goes_on_answering_gets_more() -> None:
    """The one that it served may have been the last one of its minute, not all that it takes."""
    health = World(openai=OK).health("openai")
    with health.under_way():
        health.record_failure(Failure.RATE_LIMIT, 1.0, first_in_event=True)
        for answers in range(4):
            assert health.at_its_limit is (answers < 3)
            health.record_success(1.0)


@virtual
async def test_row_93_who_was_not_turned_away_does_not_queue() -> None:
    """A new event asks its first provider, since its limit may be over, and hears if not."""
    world = World(openai=ok(after=5), grok=OK)
    early = asyncio.create_task(world.ask())
    await asyncio.sleep(1)
    world.health("openai").record_failure(Failure.RATE_LIMIT, 1.0, first_in_event=True)
    await asyncio.sleep(1)
    assert world.health("openai").at_its_limit
    assert (await world.ask()).trail == "openai ok"
    await early


@virtual
async def test_row_93_a_late_answer_to_a_request_from_before_a_rest_doubles_nothing() -> None:
    """The rest may be over by then; it was the same trouble."""
    health = World(openai=OK).health("openai")
    sent_at = now()
    await asyncio.sleep(1)
    for left in (30, 30):
        health.record_failure(Failure.RATE_LIMIT, None, first_in_event=True, sent_at=sent_at)
        assert health.cooldown_left == pytest.approx(left)
        await asyncio.sleep(31)
