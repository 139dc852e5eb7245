"""A slow provider gets the time that it needs, and a provider that is well again comes back."""

import asyncio
from collections.abc import Iterator
from itertools import chain
from math import inf

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.eyewitness.chain.policy import POLICIES

from .fakes import HANGS, OK, Script, Step, World, fail, now, ok, run, virtual

UNSENT = fail("network", sent=False)


@pytest.mark.parametrize(
    ("patience", "needs", "others", "milliseconds"),
    [
        (30, 0, True, 10_000),  # it has never answered
        (30, 2, True, 10_000),
        (30, 8, True, 16_000),
        (30, 29, True, 30_000),
        (60, 29, True, 58_000),
        (8, 2, True, 8_000),  # never more than the user's patience
        (30, 2, False, 30_000),  # the last one left
    ],
)
@virtual
async def test_row_38_a_probe_follows_what_was_needed_last(
    patience: float, needs: float, others: bool, milliseconds: int
) -> None:
    """Twice that and ten seconds at least; the last one left gets all the patience."""
    world = World(openai=[ok(after=needs), HANGS] if needs else HANGS)
    if others:
        world.add("grok", OK)
    world.chain.attempt_seconds = patience
    if needs:
        world.health("openai").record_success(needs)
    world.open_circuit("openai")
    await asyncio.sleep(31)
    world.providers[0].script = iter([HANGS] * 9)
    result = await world.ask(seconds=100)
    assert result.attempts[0].outcome == "timeout"
    assert result.attempts[0].response_time_ms == milliseconds


@virtual
async def test_row_41_a_probe_that_was_cut_short_is_made_up_for() -> None:
    """It tells nothing: the opening is not doubled, and the next probe gets all the patience."""
    world = World(openai=ok(after=29), grok=OK)
    for _ in range(5):
        await asyncio.sleep(max(0.0, world.health("openai").open_until - now()))
        world.open_circuit("openai")
    openings = world.health("openai").openings
    await asyncio.sleep(world.health("openai").open_left)
    assert (await world.ask()).trail == "openai timeout, grok ok"
    assert world.health("openai").openings == openings
    assert world.health("openai").open_left == pytest.approx(30)
    await asyncio.sleep(31)
    assert (await world.ask()).trail == "openai ok"


@virtual
async def test_a_provider_that_was_cut_short_gets_the_time_that_is_left() -> None:
    """When those for whose sake it was cut off have failed too."""
    world = World(openai=ok(after=29), grok=fail("redirect"))
    world.open_circuit("openai")
    await asyncio.sleep(31)
    result = await world.ask()
    assert result.trail == "openai timeout, grok redirect, openai ok"
    assert result.seconds == pytest.approx(10 + 2 + 29)


@pytest.mark.parametrize(
    ("needs", "first_ms"), [(5, 30_000), (20, 30_000), (25, 30_000), (45, 10_000)]
)
@virtual
async def test_a_provider_that_hangs_leaves_a_slow_one_its_time(
    needs: float, first_ms: int
) -> None:
    """As far as that is known, and no further than the first one needs itself."""
    world = World(openai=ok(after=3), gemini=ok(after=needs))
    world.chain.attempt_seconds = 30 if needs < 30 else 60
    await world.ask()
    world.providers[0].script = iter([fail("refused"), *[HANGS] * 5])
    await world.ask()
    result = await world.ask()
    assert result.trail == "openai timeout, gemini ok"
    assert result.attempts[0].response_time_ms == first_ms


ANY_FAILURE = st.sampled_from(
    [
        *(fail(failure) for failure in POLICIES),
        *(fail("rate_limit", retry_after=seconds) for seconds in (0.5, 20.0, 300.0)),
        *(HANGS, UNSENT, fail("malformed", after=20.0), Step(KeyError())),
    ]
)
"""Nobody names a time that outlasts the ten minutes."""
COUNTED = [
    *(fail(failure) for failure, row in POLICIES.items() if row.circuit_weight),
    *(HANGS, UNSENT, fail("rate_limit"), fail("malformed", after=20.0)),
]


async def comes_back(
    faults: list[Step],
    gaps: list[float],
    latency: float,
    patience: float,
    other: list[Step] | None,
) -> None:
    """Let a provider be ill in this way, and ask it ten minutes after it is well again."""
    ill_until = inf

    def script() -> Iterator[Step]:
        number = 0
        while True:
            yield faults[number % len(faults)] if now() < ill_until else ok(after=latency)
            number += 1

    world = World(openai=OK)
    world.chain.attempt_seconds = patience
    world.providers[0].script = chain([OK], script())
    if other is not None:
        world.add("gemini", other)
    await world.ask()
    ill_until = now() + sum(gaps)
    for gap in gaps:
        await asyncio.sleep(max(0.0, gap - (await world.ask()).seconds))
    await asyncio.sleep(max(0.0, ill_until - now()))
    well = now()
    while now() < well + 600:
        await world.ask()
        await asyncio.sleep(20)
    result = await world.ask(seconds=max(60.0, patience))
    assert result.trail == "openai ok"


@settings(max_examples=300, deadline=None, derandomize=True)
@given(
    st.lists(ANY_FAILURE, min_size=1, max_size=4),
    st.lists(st.sampled_from([1.0, 31.0, 100.0, 700.0]), min_size=1, max_size=12),
    st.floats(0.0, 59.9),
    st.floats(5.0, 60.0),
)
def test_iii_whatever_the_only_provider_did(
    faults: list[Step], gaps: list[float], latency: float, patience: float
) -> None:
    """Ten minutes after it is well it is asked and answers, at any latency up to the patience."""
    run(comes_back(faults, gaps, min(latency, patience - 0.1), patience, None))


@settings(max_examples=300, deadline=None, derandomize=True)
@given(
    st.lists(st.sampled_from(COUNTED), min_size=1, max_size=4),
    st.lists(st.sampled_from([1.0, 31.0, 100.0, 700.0]), min_size=1, max_size=12),
    st.floats(0.0, 29.9),
    st.sampled_from([[OK], [ok(after=5.0)]]),
)
def test_iii_whatever_made_its_circuit_open(
    faults: list[Step], gaps: list[float], latency: float, other: list[Step]
) -> None:
    """Also when another provider answers all the time."""
    run(comes_back(faults, gaps, latency, 30.0, other))


@pytest.mark.parametrize(
    ("scripts", "seconds"),
    [
        # The wait for its time leaves less than a retry would need.
        ({"openai": [fail("rate_limit", retry_after=17.0), OK]}, 20.0),
        ({"openai": [fail("server", retry_after=17.0), OK], "gemini": fail("refused")}, 20.0),
    ],
)
@virtual
async def test_vi_whoever_was_not_asked_is_asked_while_a_second_is_left(
    scripts: dict[str, Script], seconds: float
) -> None:
    """A first request needs one second, whenever it becomes possible."""
    world = World(**scripts)
    await world.ask(seconds=2)
    result = await world.ask(seconds=seconds)
    assert result.trail.endswith("openai ok")
