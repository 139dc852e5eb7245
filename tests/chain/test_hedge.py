"""Hedged requests: a second provider starts when the first one takes long."""

import asyncio
from contextlib import nullcontext

import pytest

from custom_components.eyewitness.chain import policy
from custom_components.eyewitness.chain.attempt import Attempt, total_cost
from custom_components.eyewitness.chain.failures import Failure
from tests.pipeline.reading import fields

from .fakes import HANGS, OK, VENDORS, Script, World, cancel, fail, ok, virtual

SERVER = fail("server")


def hedging(**scripts: Script) -> World:
    """Return a world whose chain hedges after 8 s."""
    world = World(**scripts)
    world.chain.hedge_seconds = 8.0
    return world


@pytest.mark.parametrize(
    ("scripts", "trail", "seconds", "hedged"),
    [
        ({"openai": ok(after=20), "grok": ok(after=2)}, "grok ok, openai cancelled", 10, True),
        ({"openai": ok(after=9), "grok": ok(after=5)}, "openai ok, grok cancelled", 9, True),
        # An answer without words does not win.
        ({"openai": ok(after=12), "grok": ok("", after=1)}, "grok malformed, openai ok", 12, True),
        # When both fail, the third is asked at once (I4).
        (
            {"openai": fail("server", after=10), "grok": fail("refused", after=3), "gemini": OK},
            "openai server, grok refused, gemini ok",
            11,
            True,
        ),
        (
            {"openai": fail("server", after=9), "gemini": fail("server", after=9), "grok": OK},
            "openai server, gemini server, grok ok",
            17,
            True,
        ),
        # After a failure the next one is asked anyhow, which is no hedge.
        (
            {"openai": fail("refused", after=7.5), "grok": ok(after=3)},
            "openai refused, grok ok",
            10.5,
            False,
        ),
    ],
)
@virtual
async def test_row_47_the_first_valid_answer_counts(
    scripts: dict[str, Script], trail: str, seconds: float, hedged: bool
) -> None:
    """The loser is cancelled, and nothing is held against it."""
    world = hedging(**scripts)
    before = world.remembered()
    result = await world.ask()
    assert (result.trail, result.seconds) == (trail, seconds)
    world.assert_nothing_held()
    for attempt in result.attempts:
        if attempt.failure is Failure.CANCELLED:
            assert world.remembered()[attempt.provider] == before[attempt.provider]
    assert world.chain._hedge_budget.hedges == pytest.approx(1 - hedged + policy.HEDGE_SHARE)


@virtual
async def test_row_47_what_is_recorded() -> None:
    """The loser with an unknown bill."""
    world = hedging(openai=ok(after=20), grok=ok(after=2), gemini=OK)
    result = await world.ask()
    assert [(a.number, a.cost, a.response_time_ms) for a in result.attempts] == [
        (1, 0.0011, 2000),
        (2, None, 10_000),
    ]
    assert total_cost(result.attempts) == 0.0011
    assert result.verdict.winner is result.attempts[0]
    assert [world.asked_at(kind) for kind in ("openai", "grok", "gemini")] == [[0], [8], []]


@virtual
async def test_row_47_a_cancelled_loser_is_no_failure() -> None:
    """However often it happens; a lost probe gives its place back."""
    world = hedging(openai=HANGS, grok=OK)
    before = world.remembered()["openai"]
    for _ in range(5):
        assert (await world.ask()).trail == "grok ok, openai cancelled"
        world.chain._hedge_budget.hedges = 1
    assert world.remembered()["openai"] == before
    world.open_circuit("openai")
    await asyncio.sleep(40)
    probe = asyncio.create_task(world.ask())
    await asyncio.sleep(1)
    assert world.health("openai").probing
    assert (await probe).trail == "grok ok, openai cancelled"
    assert not world.health("openai").probing


@virtual
async def test_one_hedge_for_each_event() -> None:
    """Four that hang: the second is the hedge, the third and the fourth come one by one."""
    world = hedging(**dict.fromkeys(VENDORS, HANGS))
    world.chain._hedge_budget.hedges = 3
    assert (await world.ask(seconds=180)).verdict.answer is None
    assert [world.asked_at(vendor)[0] for vendor in VENDORS] == [0, 8, 38, 68]
    assert world.chain._hedge_budget.hedges == pytest.approx(2.05)


@virtual
async def test_the_share_of_hedged_events() -> None:
    """When every event is slow, one in twenty is hedged, besides those that were saved."""
    world = hedging(openai=ok(after=10), grok=ok(after=1))
    hedged = [len((await world.ask()).attempts) - 1 for _ in range(400)]
    assert hedged[0] == 1
    assert sum(hedged) == 1 + int(399 * policy.HEDGE_SHARE)
    assert max(sum(hedged[n : n + 20]) for n in range(1, 380)) == 1


@virtual
async def test_quiet_days_save_up_three_hedges() -> None:
    """And no more than that."""
    world = hedging(openai=[OK] * 1000 + [ok(after=10)], grok=ok(after=1))
    for _ in range(1000):
        await world.ask()
    assert [len((await world.ask()).attempts) for _ in range(6)] == [2, 2, 2, 1, 1, 1]


@virtual
async def test_a_stopped_event_has_paid_for_its_hedge() -> None:
    """The second request was sent; a script that is restarted all day must not send many."""
    world = hedging(openai=HANGS, grok=HANGS)
    for _ in range(5):
        task = asyncio.create_task(world.ask())
        await asyncio.sleep(9)
        await cancel(task)
    assert len(world.asked_at("grok")) == 1


@pytest.mark.parametrize("state", ["cooldown", "open", "probing"])
@virtual
async def test_row_38_nobody_who_is_left_alone_is_a_hedge(state: str) -> None:
    """Least of all a provider whose one probe is under way already."""
    world = hedging(openai=ok(after=10), grok=ok(after=1))
    health = world.health("grok")
    if state == "cooldown":
        health.cool_down(Failure.QUOTA, 100)
    else:
        world.open_circuit("grok")
    await asyncio.sleep(40 if state == "probing" else 0)
    assert health.circuit_open is (state == "open")
    with health.lease_probe(100) if state == "probing" else nullcontext():
        assert (await world.ask()).trail == "openai ok"


@virtual
async def test_i2_a_hedge_is_one_of_the_eight() -> None:
    """A provider that becomes ready late is not the ninth request of an event."""
    world = hedging(grok=SERVER, openai=[SERVER, SERVER, HANGS], anthropic=SERVER, gemini=OK)
    gemini = world.health("gemini")
    gemini.cool_down(Failure.RATE_LIMIT, 1000)
    asyncio.get_running_loop().call_later(10, gemini.reset)
    result = await world.ask(seconds=100)
    assert world.asked_at("openai")[-1] == 7
    assert len(result.attempts) == policy.MAX_ATTEMPTS
    assert world.asked_at("gemini") == []


@virtual
async def test_i1_no_hedge_in_the_last_second() -> None:
    """It could not be answered in time, only be paid for."""
    world = hedging(openai=HANGS, grok=ok(after=0.1))
    world.health("grok").cool_down(Failure.RATE_LIMIT, 1)  # no reserve is kept for it
    result = await world.ask(seconds=8.5)
    assert (result.trail, result.seconds) == ("openai timeout", 8.5)


@virtual
async def test_i5_two_answers_in_the_same_moment() -> None:
    """Both are recorded; the description is that of the winner."""
    world = hedging(
        openai=ok(fields(title="openai"), after=10), grok=ok(fields(title="grok"), after=2)
    )
    for _ in range(50):
        world.chain._hedge_budget.hedges = 3
        result = await world.ask()
        assert [attempt.outcome for attempt in result.attempts] == ["ok", "ok"]
        assert result.verdict.answer is not None
        assert result.verdict.winner is not None
        assert result.verdict.answer.title == result.verdict.winner.provider


@pytest.mark.parametrize(("after", "requests"), [(9, 2), (0, 1)], ids=["both", "at once"])
@virtual
async def test_row_76_all_requests_end_with_the_event(after: float, requests: int) -> None:
    """They are recorded as cancelled, and nobody is blamed."""
    world = hedging(openai=HANGS, grok=HANGS)
    before = world.remembered()
    attempts: list[Attempt] = []
    task = asyncio.create_task(world.ask(attempts=attempts))
    await asyncio.sleep(after)
    await cancel(task)
    world.assert_nothing_held()
    assert len(attempts) == len(world.requests) == requests
    assert {attempt.outcome for attempt in attempts} <= {"cancelled"}
    assert len({attempt.provider for attempt in attempts}) == requests
    assert world.remembered() == before
