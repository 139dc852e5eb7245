"""Let a second provider start when the first one takes long."""

import asyncio
from collections.abc import Generator
import logging
from typing import Any, override

from hypothesis import given, settings
import pytest

from custom_components.eyewitness.chain import guard, policy
from custom_components.eyewitness.chain.attempt import Attempt
from custom_components.eyewitness.chain.failures import Kind
from custom_components.eyewitness.chain.hedge import Savings
from custom_components.eyewitness.chain.walk import Chain

from .fakes import HANG, Step, World, cancel, fail, now, ok, run, virtual
from .reading import fields
from .scenarios import DAYS, Day, Lived, live_all

HEDGE = 8.0


def switch_on(world: World, seconds: float = HEDGE) -> World:
    """Give a world a chain that hedges."""
    world.chain = Chain(world._shrink, world.chain._clock, hedge_seconds=seconds)
    return world


@pytest.fixture
def hedging() -> World:
    """Return a world whose chain hedges."""
    return switch_on(World())


def learned(world: World) -> dict[str, dict[str, Any]]:
    """Return all that the chain remembers."""
    return {name: dict(vars(standing)) for name, standing in world.standings().items()}


@virtual
async def test_off_by_default(world: World) -> None:
    """However long the first one takes: exactly one request."""
    world.add("openai", ok(after=29))
    world.add("grok")
    ended = await world.ask()
    assert ended.trail == [("openai", "ok")]
    assert len(world.requests) == 1
    assert ended.seconds == 29


@virtual
async def test_row_47_the_second_one_is_faster(hedging: World) -> None:
    """The loser is cancelled and booked with an unknown bill; nothing is held against it."""
    slow = hedging.add("openai", ok(after=20))
    hedging.add("grok", ok(after=2))
    hedging.add("gemini")
    before = learned(hedging)["openai"]
    ended = await hedging.ask()
    assert ended.seconds == 10
    assert ended.trail == [("grok", "ok"), ("openai", "cancelled")]
    assert [(a.number, a.cost) for a in ended.attempts] == [(1, 0.0011), (2, None)]
    assert [a.response_time_ms for a in ended.attempts] == [2000, 10_000]
    assert hedging.asked("openai") == [1000.0]
    assert hedging.asked("grok") == [1008.0]
    assert hedging.asked("gemini") == []
    assert slow.in_flight == 0
    assert learned(hedging)["openai"] == before
    winner = ended.verdict.winner
    assert winner is not None
    assert winner.provider == "grok"
    assert ended.verdict.cost == 0.0011


@virtual
async def test_row_47_the_first_one_is_faster_after_all(hedging: World) -> None:
    """Then the hedge is the loser."""
    hedging.add("openai", ok(after=9))
    slow = hedging.add("grok", ok(after=5))
    before = learned(hedging)["grok"]
    ended = await hedging.ask()
    assert ended.trail == [("openai", "ok"), ("grok", "cancelled")]
    assert ended.seconds == 9
    assert slow.in_flight == 0
    assert learned(hedging)["grok"] == before


@virtual
async def test_row_47_a_loser_that_was_cancelled_three_times_has_no_open_circuit(
    hedging: World,
) -> None:
    """A cancelled request is no failure, however often it happens; a lost probe gives its place."""
    hedging.add("openai", *[Step(HANG)] * 5)
    hedging.add("grok")
    for _ in range(5):
        hedging.chain._savings.hedges = 3
        assert (await hedging.ask()).trail == [("grok", "ok"), ("openai", "cancelled")]
    standing = hedging.standing("openai")
    assert not standing.on_probation
    assert standing._failures == 0
    for _ in range(3):
        standing._count(1)
    await asyncio.sleep(40)
    probe = asyncio.create_task(hedging.ask())
    await asyncio.sleep(1)
    assert standing.leased
    assert (await probe).trail == [("grok", "ok"), ("openai", "cancelled")]
    assert not standing.leased


@virtual
async def test_row_47_only_a_valid_answer_wins(hedging: World) -> None:
    """A faster reply without a text does not stop the slower one."""
    hedging.add("openai", ok(after=12))
    hedging.add("grok", ok("", after=1))
    ended = await hedging.ask()
    assert ended.trail == [("grok", "malformed"), ("openai", "ok")]
    assert ended.seconds == 12


@virtual
async def test_when_both_fail_the_third_is_asked_at_once(hedging: World) -> None:
    """The walk goes on where it was."""
    hedging.add("openai", fail(Kind.SERVER, after=10))
    hedging.add("grok", fail(Kind.REFUSED, after=3))
    hedging.add("gemini")
    ended = await hedging.ask()
    assert ended.trail == [("openai", "server"), ("grok", "refused"), ("gemini", "ok")]
    assert hedging.asked("gemini") == [1011.0]


@virtual
async def test_one_hedge_for_each_event(hedging: World) -> None:
    """Four that hang: the second is the hedge, the third and the fourth come one by one."""
    hedging.chain._savings.hedges = 3
    for kind in ("openai", "grok", "gemini", "anthropic"):
        hedging.add(kind, Step(HANG))
    ended = await hedging.ask(seconds=180)
    starts = {r.provider: r.started - 1000 for r in hedging.requests[:4]}
    assert starts == {"openai": 0, "grok": 8, "gemini": 38, "anthropic": 68}
    assert hedging.chain._savings.hedges == pytest.approx(2.05)
    assert ended.verdict.answer is None


@virtual
async def test_a_failure_before_the_time_is_no_hedge(hedging: World) -> None:
    """The next one is asked because the first one failed, which costs none of the savings."""
    hedging.add("openai", fail(Kind.REFUSED, after=7.9))
    hedging.add("grok", ok(after=3))
    ended = await hedging.ask()
    assert ended.trail == [("openai", "refused"), ("grok", "ok")]
    assert hedging.chain._savings.hedges > 1


@virtual
async def test_the_share_of_hedged_events(hedging: World) -> None:
    """When every event is slow, one in twenty is hedged, besides those that were saved."""
    hedging.add("openai", ok(after=10))
    hedging.add("grok", ok(after=1))
    hedged = [len((await hedging.ask()).attempts) - 1 for _ in range(400)]
    assert hedged[0] == 1
    assert sum(hedged) == 1 + int(399 * policy.HEDGE_SHARE)
    assert max(sum(hedged[n : n + 20]) for n in range(1, 380)) == 1


@virtual
async def test_quiet_days_save_up_three_hedges(hedging: World) -> None:
    """And no more than that."""
    hedging.add("openai", *[ok()] * 1000, ok(after=10))
    hedging.add("grok", ok(after=1))
    for _ in range(1000):
        await hedging.ask()
    assert [len((await hedging.ask()).attempts) for _ in range(6)] == [2, 2, 2, 1, 1, 1]


@virtual
async def test_two_events_at_once_share_the_savings(hedging: World) -> None:
    """What one of them has spent, the other has not."""
    hedging.add("openai", ok(after=10))
    hedging.add("grok", ok(after=1))
    ended = await asyncio.gather(*(hedging.ask() for _ in range(5)))
    assert sum(len(one.attempts) - 1 for one in ended) == 1
    assert hedging.chain._savings.hedges == pytest.approx(5 * policy.HEDGE_SHARE)


@virtual
async def test_a_stopped_event_has_paid_for_its_hedge(hedging: World) -> None:
    """The second request was sent; a script that is restarted all day must not send many."""
    hedging.add("openai", Step(HANG))
    hedging.add("grok", Step(HANG))
    for _ in range(5):
        task = asyncio.create_task(hedging.ask())
        await asyncio.sleep(9)
        await cancel(task)
    assert len(hedging.asked("grok")) == 1


@pytest.mark.parametrize("state", ["benched", "open", "leased"])
@virtual
async def test_row_38_nobody_who_is_out_is_a_hedge(hedging: World, state: str) -> None:
    """Least of all somebody whose one probe is under way already."""
    hedging.add("openai", ok(after=10))
    hedging.add("grok", ok(after=1))
    standing = hedging.standing("grok")
    if state == "benched":
        standing.bench(Kind.QUOTA, 100)
    else:
        for _ in range(3):
            standing._count(1)
        if state == "leased":
            await asyncio.sleep(40)
            assert not standing.open
            with standing.lease(100):
                assert (await hedging.ask()).trail == [("openai", "ok")]
            return
    assert (await hedging.ask()).trail == [("openai", "ok")]
    assert hedging.asked("grok") == []


@virtual
async def test_i2_a_hedge_is_one_of_the_eight(hedging: World) -> None:
    """Somebody who becomes ready late is not the ninth request of an event."""
    hedging.add("grok", fail(Kind.SERVER))
    hedging.add("openai", *[fail(Kind.SERVER)] * 2, Step(HANG))
    hedging.add("anthropic", fail(Kind.SERVER))
    hedging.add("gemini")
    hedging.standing("gemini").bench(Kind.RATE_LIMIT, 10)
    ended = await hedging.ask(seconds=100)
    assert hedging.asked("openai")[-1] == 1007.0
    assert len(ended.attempts) == policy.MAX_ATTEMPTS
    assert hedging.asked("gemini") == []


@virtual
async def test_i1_no_hedge_in_the_last_second(hedging: World) -> None:
    """It could not be answered in time, only be paid for."""
    hedging.add("openai", Step(HANG))
    hedging.add("grok", ok(after=0.1))
    hedging.standing("grok").bench(Kind.RATE_LIMIT, 1)  # no reserve is kept for it
    ended = await hedging.ask(seconds=8.5)
    assert ended.trail == [("openai", "timeout")]
    assert ended.seconds == 8.5


@virtual
async def test_i5_two_answers_in_the_same_moment(hedging: World) -> None:
    """Both are booked; the description is that of the one who is named."""
    hedging.add("openai", ok(fields(title="openai"), after=10))
    hedging.add("grok", ok(fields(title="grok"), after=2))
    for _ in range(50):
        hedging.chain._savings.hedges = 3
        ended = await hedging.ask()
        assert [a.outcome for a in ended.attempts] == ["ok", "ok"]
        assert ended.verdict.answer is not None
        assert ended.verdict.winner is not None
        assert ended.verdict.answer.title == ended.verdict.winner.provider


@virtual
async def test_row_76_both_requests_end_with_the_event(hedging: World) -> None:
    """Both are booked as cancelled, and nobody is blamed."""
    providers = [hedging.add("openai", Step(HANG)), hedging.add("grok", Step(HANG))]
    before = learned(hedging)
    attempts: list[Attempt] = []
    task = asyncio.create_task(hedging.ask(attempts=attempts))
    await asyncio.sleep(9)
    assert [provider.in_flight for provider in providers] == [1, 1]
    await cancel(task)
    assert [provider.in_flight for provider in providers] == [0, 0]
    assert sorted((a.provider, a.outcome) for a in attempts) == [
        ("grok", "cancelled"),
        ("openai", "cancelled"),
    ]
    assert learned(hedging) == before
    assert asyncio.all_tasks() == {asyncio.current_task()}


@virtual
async def test_row_76_stopped_before_the_first_step(hedging: World) -> None:
    """A request that has not begun is none."""
    provider = hedging.add("openai", Step(HANG))
    attempts: list[Attempt] = []
    task = asyncio.create_task(hedging.ask(attempts=attempts))
    await asyncio.sleep(0)
    await cancel(task)
    assert provider.in_flight == 0
    assert len(attempts) == len(hedging.requests)
    assert asyncio.all_tasks() == {asyncio.current_task()}


@pytest.fixture(autouse=True, scope="module")
def quiet() -> Generator[None]:
    """Leave out the log of many planted faults."""
    logger = logging.getLogger(guard.__name__)
    logger.disabled = True
    yield
    logger.disabled = False


class Purse(Savings):
    """Note which event paid for a hedge."""

    def __init__(self) -> None:
        """Start as the chain does."""
        super().__init__()
        self.paid: list[str] = []

    @override
    def take(self) -> bool:
        task = asyncio.current_task()
        assert task is not None
        taken = super().take()
        self.paid += [task.get_name()] * taken
        return taken


async def keep_every_promise(day: Day) -> None:
    """Live a day with hedging on and look at it from outside."""
    world = switch_on(day.world(), 1.0)
    world.chain._savings = purse = Purse()
    events = await live_all(world, day.events)
    for event in events:
        check(world, event, purse.paid.count(event.name))
    assert len(purse.paid) <= 1 + policy.HEDGE_SHARE * len(events)
    assert all(provider.in_flight == 0 for provider in world.providers)
    assert not any(standing.leased for standing in world.standings().values())
    assert asyncio.all_tasks() == {asyncio.current_task()}


def check(world: World, event: Lived, hedged: int) -> None:
    """See I1, I2 and I5 for one event, and that there was at most one hedge."""
    assert event.ended <= event.began + event.seconds + 0.1
    sent = sorted(r.provider for r in world.requests if r.event == event.name)
    assert sent == sorted(attempt.provider_id for attempt in event.attempts)
    assert len(sent) <= policy.MAX_ATTEMPTS
    assert hedged <= 1
    kinds = [attempt.kind for attempt in event.attempts]
    if event.verdict is None:
        assert kinds.count(Kind.CANCELLED) <= 1 + hedged
        return
    assert (event.verdict.answer is not None) == (None in kinds)
    assert kinds.count(None) + kinds.count(Kind.CANCELLED) <= 1 + hedged
    assert Kind.CANCELLED not in kinds or None in kinds


@settings(max_examples=300, deadline=None, derandomize=True)
@given(DAYS)
def test_i1_i2_i5_i6_hold_with_hedging(day: Day) -> None:
    """On three hundred random days."""
    run(keep_every_promise(day))


@pytest.mark.soak
@pytest.mark.timeout(600)
@pytest.mark.parametrize("chunk", range(20))  # hypothesis remembers every example of one run
@settings(max_examples=1000, deadline=None)
@given(DAYS)
def test_i1_i2_i5_i6_hold_with_hedging_for_long(chunk: int, day: Day) -> None:
    """The same on twenty thousand days, different ones each time."""
    run(keep_every_promise(day))


@virtual
async def test_i4_a_hand_over_takes_no_longer_with_hedging(hedging: World) -> None:
    """Failures that are answers: nobody waits, hedge or not."""
    for kind in ("openai", "gemini", "anthropic"):
        hedging.add(kind, fail(Kind.SERVER, after=9))
    ended = await hedging.ask()
    assert [hedging.asked(kind)[0] - 1000 for kind in ("openai", "gemini", "anthropic")] == [
        0,
        8,
        17,
    ]
    assert ended.seconds <= 60
    assert now() <= 1060
