"""Many requests are under way when a provider gets into trouble: they fail for one reason, once."""

import asyncio
from collections import Counter
from contextlib import ExitStack

import pytest

from custom_components.eyewitness.chain import policy
from custom_components.eyewitness.chain.failures import Failure

from .fakes import HANGS, OK, Result, Script, Step, World, fail, now, ok, virtual

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
