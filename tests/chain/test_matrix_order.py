"""Rows 1 to 14 of the fault matrix: who is asked, when, and how long it takes."""

import asyncio
from itertools import repeat

import pytest

from custom_components.eyewitness.chain.failures import Failure

from .fakes import HANGS, OK, VENDORS, Script, Step, World, fail, ok, virtual

SERVER = fail("server")
BROKEN = fail("malformed")


def rate_limit(retry_after: float, *, after: float = 0.0) -> Step:
    """Fail with a 429 that names a time."""
    return fail("rate_limit", retry_after=retry_after, after=after)


@pytest.mark.parametrize(
    ("scripts", "trail", "sleeps"),
    [
        ({"openai": OK, "grok": OK}, "openai ok", []),
        # Grok is waited for, and costs a second at most; three others that fail cost nothing.
        ({"grok": [SERVER, OK], "gemini": OK}, "grok server, grok ok", [0.5]),
        (
            {"openai": SERVER, "gemini": SERVER, "anthropic": SERVER, "openai_compatible": OK},
            "openai server, gemini server, anthropic server, openai_compatible ok",
            [],
        ),
        (
            {"openai": SERVER, "grok": SERVER, "gemini": SERVER, "anthropic": OK},
            "openai server, grok server, grok server, grok server, gemini server, anthropic ok",
            [0.5, 0.5],
        ),
        # A short Retry-After is waited for when nobody else is free; one that has passed already is
        # a second as well.
        ({"openai": rate_limit(1.0), "grok": OK}, "openai rate_limit, grok ok", []),
        ({"grok": rate_limit(0.25), "gemini": OK}, "grok rate_limit, gemini ok", []),
        ({"openai": [rate_limit(1.0), OK]}, "openai rate_limit, openai ok", [1.0]),
        ({"openai": [rate_limit(0.0), OK]}, "openai rate_limit, openai ok", [1.0]),
        ({"grok": [rate_limit(0.0), OK]}, "grok rate_limit, grok ok", [0.5]),
        # The last try has no immediate retry.
        ({"grok": [SERVER, SERVER, BROKEN]}, "grok server, " * 2 + "grok malformed", [0.5, 0.5]),
    ],
)
@virtual
async def test_rows_01_02_04_10_12_waits_in_place_are_short(
    scripts: dict[str, Script], trail: str, sleeps: list[float]
) -> None:
    """Whoever would have to be waited for longer is left for the next provider at once."""
    world = World(**scripts)
    result = await world.ask()
    assert result.trail == trail
    assert [sleep.seconds for sleep in world.sleeps] == pytest.approx(sleeps)
    assert result.seconds == pytest.approx(sum(sleeps))


@virtual
async def test_row_02_grok_gets_two_retries_500_ms_apart() -> None:
    """AC6: three attempts, then the hand-over without another wait."""
    world = World(grok=SERVER, gemini=OK)
    assert (await world.ask()).trail == "grok server, grok server, grok server, gemini ok"
    assert world.asked_at("grok") == pytest.approx([0.0, 0.5, 1.0])
    assert world.asked_at("gemini") == pytest.approx([1.0])


@pytest.mark.parametrize("kind", ["openai", "gemini", "anthropic", "openai_compatible"])
@virtual
async def test_row_03_hand_over_at_once(kind: str) -> None:
    """AC5: a provider that retries after 2 s is left instead of waited for."""
    result = await World(**{kind: SERVER, "grok": OK}).ask()
    assert result.trail == f"{kind} server, grok ok"
    assert result.seconds <= 0.05


@virtual
async def test_row_05_all_four_fail() -> None:
    """Six attempts in the first second, two revisits at their time, then the failure."""
    world = World(**dict.fromkeys(VENDORS, SERVER))
    result = await world.ask()
    assert world.asked_at("openai") == pytest.approx([0, 2])
    assert world.asked_at("grok") == pytest.approx([0, 0.5, 1])
    assert world.asked_at("gemini") == pytest.approx([1, 3])
    assert world.asked_at("anthropic") == pytest.approx([1])
    assert result.verdict.answer is None
    assert result.seconds == pytest.approx(3.0)


@pytest.mark.parametrize(
    ("random", "times"),
    [(0.5, [0, 2, 6, 14]), (0.0, [0, 1.6, 4.8, 11.2]), (0.999_999, [0, 2.4, 7.2, 16.8])],
)
@virtual
async def test_row_06_the_only_provider_gets_its_delays(random: float, times: list[float]) -> None:
    """2, 4 and 8 s, each spread by a fifth, then the failure."""
    world = World(openai=SERVER)
    world.random = repeat(random)
    assert (await world.ask()).verdict.answer is None
    assert world.asked_at("openai") == pytest.approx(times, abs=1e-4)


@pytest.mark.parametrize("slow", [HANGS, ok(after=31)], ids=["row_07_a_hang", "row_09_a_slow_drip"])
@virtual
async def test_a_slow_request_is_cut_at_30_s(slow: Step) -> None:
    """The body is read inside the attempt's time; nobody is asked before it is over."""
    result = await World(openai=slow, grok=OK).ask()
    assert result.trail == "openai timeout, grok ok"
    assert result.seconds == pytest.approx(30.0)
    assert result.attempts[0].response_time_ms == 30_000


@pytest.mark.parametrize(
    ("seconds", "milliseconds"), [(60, [30_000, 14_000, 8_000, 8_000]), (12, [5_000, 5_000, 2_000])]
)
@virtual
async def test_row_08_all_hang(seconds: float, milliseconds: list[int]) -> None:
    """Everybody keeps 8 s while there is time, but nobody gets less than 5 to answer in."""
    result = await World(**dict.fromkeys(VENDORS, HANGS)).ask(seconds=seconds)
    hanging = VENDORS[: len(milliseconds)]
    assert result.trail == ", ".join(f"{vendor} timeout" for vendor in hanging)
    assert [a.response_time_ms for a in result.attempts] == milliseconds
    assert result.seconds == pytest.approx(seconds)


@virtual
async def test_row_14_a_second_429_never_shortens_the_first() -> None:
    """60 s stay 60 s, whatever requests that were already under way bring back."""
    limits = [rate_limit(60.0, after=1), rate_limit(1.0, after=2)]
    world = World(openai=[*limits, ok(after=3)], grok=OK)
    await asyncio.gather(world.ask(), world.ask(), world.ask())
    assert world.health("openai").cooldown_until == pytest.approx(1061)
    assert world.health("openai").cooldown_failure is Failure.RATE_LIMIT
    await asyncio.sleep(50)
    assert (await world.ask()).trail == "grok ok"
