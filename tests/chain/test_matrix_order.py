"""Rows 1 to 15 of the fault matrix: who is asked, when, and how long it takes."""

import asyncio

import pytest

from custom_components.eyewitness.chain.failures import Kind

from .fakes import HANG, VENDORS, Step, World, fail, now, ok, virtual

SERVER = fail(Kind.SERVER, status=500)


@virtual
async def test_row_01_the_first_answers(world: World) -> None:
    """One request, no sleep, nobody else is asked."""
    world.add("openai")
    world.add("grok")
    ended = await world.ask()
    assert ended.trail == [("openai", "ok")]
    assert ended.seconds == 0.0
    assert world.sleeps == []


@virtual
async def test_row_02_grok_recovers_at_its_first_retry(world: World) -> None:
    """Grok is waited for in place: 500 ms, then the answer."""
    world.add("grok", SERVER, ok())
    world.add("gemini")
    ended = await world.ask()
    assert ended.trail == [("grok", "server"), ("grok", "ok")]
    assert ended.seconds == pytest.approx(0.5)


@virtual
async def test_row_02_grok_gets_two_retries_500_ms_apart(world: World) -> None:
    """AC6: three attempts, then the hand-over without another wait."""
    world.add("grok", SERVER)
    world.add("gemini")
    ended = await world.ask()
    assert ended.trail == [("grok", "server")] * 3 + [("gemini", "ok")]
    assert [at - 1000 for at in world.asked("grok")] == pytest.approx([0.0, 0.5, 1.0])
    assert world.asked("gemini") == pytest.approx([1001.0])


@pytest.mark.parametrize("vendor", ["openai", "gemini", "anthropic", "openai_compatible"])
@virtual
async def test_row_03_hand_over_at_once(world: World, vendor: str) -> None:
    """AC5: whoever retries after 2 s is left instead of waited for."""
    world.add(vendor, SERVER)
    world.add("grok")
    ended = await world.ask()
    assert ended.trail == [(vendor, "server"), ("grok", "ok")]
    assert ended.seconds <= 0.05


@virtual
async def test_row_04_the_last_of_four_answers_without_a_sleep(world: World) -> None:
    """Three that fail at once cost no time at all."""
    for vendor in ("openai", "gemini", "anthropic"):
        world.add(vendor, SERVER)
    world.add("openai_compatible")
    ended = await world.ask()
    assert ended.answered_by == "openai_compatible"
    assert world.sleeps == []


@virtual
async def test_row_04_grok_among_them_costs_its_second(world: World) -> None:
    """Grok's two waits are all that is ever spent on the way."""
    for vendor in ("openai", "grok", "gemini"):
        world.add(vendor, SERVER)
    world.add("anthropic")
    ended = await world.ask()
    assert ended.answered_by == "anthropic"
    assert ended.seconds == pytest.approx(1.0)


@virtual
async def test_row_05_all_four_fail(world: World) -> None:
    """Six attempts in the first second, two revisits at their time, then the truth."""
    for vendor in VENDORS:
        world.add(vendor, SERVER)
    ended = await world.ask()
    assert [request.provider for request in world.requests] == [
        *("openai", "grok", "grok", "grok", "gemini", "anthropic"),
        *("openai", "gemini"),
    ]
    assert [request.started - 1000 for request in world.requests] == pytest.approx(
        [0, 0, 0.5, 1, 1, 1, 2, 3]
    )
    assert ended.verdict.answer is None
    assert ended.seconds == pytest.approx(3.0)


@virtual
async def test_row_06_the_only_provider_gets_the_seeds_delays(world: World) -> None:
    """2, 4 and 8 s, then the failure."""
    world.add("openai", SERVER)
    ended = await world.ask()
    assert [at - 1000 for at in world.asked("openai")] == pytest.approx([0, 2, 6, 14])
    assert ended.verdict.answer is None


@pytest.mark.parametrize(("luck", "waited"), [(0.0, 1.6), (0.999_999, 2.4)])
@virtual
async def test_row_06_delays_are_spread_by_a_fifth(luck: float, waited: float) -> None:
    """Two houses with the same outage do not knock in step."""
    world = World(luck=lambda: luck)
    world.add("openai", SERVER, ok())
    assert (await world.ask()).seconds == pytest.approx(waited, abs=1e-4)


@virtual
async def test_row_07_a_hanging_provider_is_cut_at_30_s(world: World) -> None:
    """The next one answers; the cut is booked as a timeout of 30 s."""
    world.add("openai", Step(HANG))
    world.add("grok")
    ended = await world.ask()
    assert ended.trail == [("openai", "timeout"), ("grok", "ok")]
    assert ended.seconds == pytest.approx(30.0)
    assert ended.attempts[0].response_time_ms == 30_000


@virtual
async def test_row_08_all_hang(world: World) -> None:
    """Everybody is tried before the deadline, which is kept."""
    for vendor in VENDORS:
        world.add(vendor, Step(HANG))
    ended = await world.ask()
    assert [provider for provider, _ in ended.trail] == list(VENDORS)
    assert [a.response_time_ms for a in ended.attempts] == [30_000, 14_000, 8_000, 8_000]
    assert ended.seconds == pytest.approx(60.0, abs=0.1)


@virtual
async def test_row_09_a_slow_drip_is_cut_like_a_hang(world: World) -> None:
    """The body is read inside the attempt's time."""
    world.add("openai", ok(after=31))
    world.add("grok")
    ended = await world.ask()
    assert ended.trail == [("openai", "timeout"), ("grok", "ok")]
    assert ended.seconds == pytest.approx(30.0)


@virtual
async def test_row_10_a_short_retry_after_is_waited_for(world: World) -> None:
    """One second costs less than another company's look at the picture."""
    world.add("openai", fail(Kind.RATE_LIMIT, status=429, retry_after=1.0), ok())
    world.add("grok")
    ended = await world.ask()
    assert ended.trail == [("openai", "rate_limit"), ("openai", "ok")]
    assert ended.seconds == pytest.approx(1.0)


@pytest.mark.parametrize("kind", [Kind.RATE_LIMIT, Kind.SERVER])
@virtual
async def test_row_11_a_long_retry_after_is_kept_over_events(world: World, kind: Kind) -> None:
    """Whoever names a time is left alone for it, be it with a 429 or a 503."""
    world.add("openai", fail(kind, retry_after=30.0), ok())
    world.add("grok")
    assert (await world.ask()).trail == [("openai", kind.value), ("grok", "ok")]
    await asyncio.sleep(29.9)
    assert (await world.ask()).trail == [("grok", "ok")]
    await asyncio.sleep(0.2)
    assert (await world.ask()).trail == [("openai", "ok")]


@virtual
async def test_row_12_a_time_that_has_passed_is_no_wait(world: World) -> None:
    """Asked again at once, and never with a sleep below zero."""
    world.add("openai", fail(Kind.RATE_LIMIT, retry_after=0.0), ok())
    ended = await world.ask()
    assert ended.trail == [("openai", "rate_limit"), ("openai", "ok")]
    assert ended.seconds == 0.0
    assert world.sleeps == []


@pytest.mark.parametrize(
    ("retry_after", "benched"), [(None, 30.0), (0.0, 0.0), (5.0, 5.0), (1e9, 3600.0)]
)
@virtual
async def test_row_13_strange_retry_after(
    world: World, retry_after: float | None, benched: float
) -> None:
    """No time means our own, a very long one is capped; an unreadable one arrives here as None."""
    world.add("openai", fail(Kind.RATE_LIMIT, retry_after=retry_after), Step(HANG))
    world.add("grok")
    began = now()
    await world.ask()
    until = max(began, world.standing("openai").benched_until)
    assert until - began == pytest.approx(benched)


@virtual
async def test_row_14_a_second_429_never_shortens_the_first(world: World) -> None:
    """60 s stay 60 s, whatever a request that was already under way brings back."""
    world.add(
        "openai",
        fail(Kind.RATE_LIMIT, retry_after=60.0, after=1),
        fail(Kind.RATE_LIMIT, retry_after=1.0, after=2),
        ok(after=3),
    )
    world.add("grok")
    began = now()
    await asyncio.gather(world.ask(), world.ask(), world.ask())
    assert world.standing("openai").benched_until == pytest.approx(began + 61)
    await asyncio.sleep(50)
    assert (await world.ask()).trail == [("grok", "ok")]


@pytest.mark.parametrize(
    ("reset", "benched"), [(None, 3600.0), (80_000.0, 80_000.0), (1e9, 86_400.0)]
)
@virtual
async def test_row_15_a_quota_gets_no_retry(
    world: World, reset: float | None, benched: float
) -> None:
    """An empty account is left for an hour, or for the time that the vendor states, up to a day."""
    world.add("openai", fail(Kind.QUOTA, status=429, retry_after=reset))
    world.add("grok")
    assert (await world.ask()).trail == [("openai", "quota"), ("grok", "ok")]
    await asyncio.sleep(benched - 1)
    assert (await world.ask()).trail == [("grok", "ok")]
    await asyncio.sleep(2)
    assert (await world.ask()).trail == [("openai", "quota"), ("grok", "ok")]
