"""Random scenarios of a chain: scripted providers, events at random times, some stopped."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import cycle, product

from hypothesis import settings, strategies as st
import pytest

from custom_components.eyewitness.chain.attempt import Attempt, Verdict
from custom_components.eyewitness.chain.failures import Failure, ProviderError
from custom_components.eyewitness.chain.health import Health
from custom_components.eyewitness.chain.policy import POLICIES
from custom_components.eyewitness.pipeline.answer import Answer

from .fakes import HANG, HANGS, Outcome, Step, World, fail, now, ok


def soak[T: Callable[..., None]](test: T) -> T:
    """Run a property for long: a thousand examples in each of twenty chunks.

    One run of twenty thousand would not give its memory back.
    """
    test = settings(max_examples=1000, deadline=None, database=None)(test)
    test = pytest.mark.parametrize("chunk", range(20))(test)
    marked: T = pytest.mark.timeout(900)(pytest.mark.soak(test))
    return marked


@dataclass(frozen=True)
class Event:
    """When an event begins after the one before, its time, and when it is stopped."""

    gap: float
    seconds: float
    stopped_after: float | None = None


@dataclass(frozen=True)
class Scenario:
    """Providers, and the events that ask them."""

    providers: list[tuple[str, list[Step]]]
    events: list[Event]
    random: list[float]
    shrink_seconds: float
    shrink_fails: bool
    last_stopped_after: float
    """When one more event, after all others, is stopped."""

    def world(self) -> World:
        """Return its world before the first event."""
        world = World()
        world.random = cycle(self.random)
        for number, (kind, steps) in enumerate(self.providers):
            world.add(kind, steps, provider_id=f"{number} {kind}")
        world.shrink_seconds = self.shrink_seconds
        world.shrink_error = OSError() if self.shrink_fails else None
        return world


@dataclass
class EventRecord:
    """How one event went."""

    name: str
    began: float
    seconds: float
    attempts: list[Attempt]
    verdict: Verdict[Answer] | None = None
    """None when it was stopped."""
    ended: float = 0.0
    health: dict[str, Health] | None = None
    """Everybody's health when the verdict came."""


async def live(world: World, name: str, event: Event) -> EventRecord:
    """Let one event happen."""
    record = EventRecord(name, now(), event.seconds, [])

    async def ask() -> None:
        result = await world.ask(seconds=event.seconds, name=name, attempts=record.attempts)
        record.verdict, record.health = result.verdict, world.snapshots()

    task = asyncio.create_task(ask(), name=name)
    if event.stopped_after is not None:
        asyncio.get_running_loop().call_later(event.stopped_after, task.cancel)
    await asyncio.wait([task])
    record.ended = now()
    assert task.cancelled() or task.exception() is None, task.exception()
    assert task.cancelled() is (record.verdict is None)
    return record


async def live_all(world: World, events: list[Event]) -> list[EventRecord]:
    """Let all events happen, each at its time, whether or not the one before has ended."""
    tasks = []
    for number, event in enumerate(events):
        await asyncio.sleep(event.gap)
        tasks.append(asyncio.create_task(live(world, f"event {number}", event)))
    return await asyncio.gather(*tasks)


def errors() -> Iterator[ProviderError]:
    """Make every failure with all the facts that it can have."""
    for failure, named in product(POLICIES, [None, None, 0.0, 0.5, 1.0, 3.0, 30.0, 1e9]):
        yield ProviderError(failure, retry_after=named)
    yield from [ProviderError(Failure.NETWORK, sent=False)] * 6
    yield from [ProviderError(Failure.SERVER), ProviderError(Failure.MALFORMED)] * 6
    yield from [ProviderError(Failure.BAD_REQUEST, adapted=True)] * 2
    yield from [ProviderError(Failure.MODEL_MISSING, adapted=True)] * 2
    yield ProviderError(Failure.MODEL_MISSING, adapted=True, retry_after=1.0)
    yield ProviderError(Failure.MALFORMED, oversize=True)


ANSWERS: list[Outcome] = [ok().outcome] * 30
OTHERS: list[Outcome] = [ok("").outcome, HANG, HANG, HANG, HANG, KeyError("bug"), TimeoutError()]
OUTCOMES = [*ANSWERS, *OTHERS, *errors()]
DELAYS = [0.0, 0.0, 0.1, 1.0, 3.0, 8.0, 20.0]
STEPS = st.sampled_from([Step(outcome, after) for outcome, after in product(OUTCOMES, DELAYS)])
UNSENT = fail("network", sent=False)
LASTING = [
    fail("server"),
    fail("server", after=1.0),
    fail("redirect"),
    fail("malformed"),
    fail("network"),
    fail("rate_limit", retry_after=0.5),
    fail("timeout", after=8.0),
    HANGS,
    UNSENT,
]
MIXED = st.lists(STEPS, min_size=1, max_size=6)
STEADY = st.builds(
    lambda step, times: [step] * times + [ok(after=3.0)],
    st.sampled_from(LASTING),
    st.integers(3, 30),
)
SHORTER_RETRY_AFTER_LAST = st.builds(
    lambda long, short: [
        fail("rate_limit", retry_after=long, after=0.3),
        fail("rate_limit", retry_after=short, after=1.0),
        ok(),
    ],
    st.sampled_from([20.0, 60.0]),
    st.sampled_from([0.5, 1.0, 3.0]),
)
KINDS = st.sampled_from(["openai", "grok", "grok", "gemini", "anthropic"])
PROVIDERS = st.lists(
    st.tuples(KINDS, MIXED | STEADY | SHORTER_RETRY_AFTER_LAST), min_size=1, max_size=5
)
OUTAGE = st.lists(st.tuples(KINDS, st.just([UNSENT] * 6 + [ok()])), min_size=2, max_size=5)
GAPS = st.sampled_from([0.0, 0.05, 0.3, 1.0, 5.0, 20.0, 31.0, 100.0])
SECONDS = st.sampled_from([60.0, 60.0, 60.0, 60.0, 5.0, 12.0, 180.0]) | st.floats(0.5, 180.0)
STOPS = st.sampled_from([None] * 8 + [0.0, 0.5, 2.0, 30.0]) | st.none() | st.floats(0.0, 60.0)
SCENARIOS = st.builds(
    Scenario,
    PROVIDERS | PROVIDERS | PROVIDERS | PROVIDERS | PROVIDERS | OUTAGE,
    st.lists(st.builds(Event, GAPS, SECONDS, STOPS), min_size=2, max_size=10),
    st.lists(st.sampled_from([0.0, 0.5, 0.999]), min_size=1, max_size=3),
    st.sampled_from([0.0, 2.0, 300.0]),
    st.booleans(),
    st.sampled_from([0.0, 0.3, 1.0, 9.9]) | st.floats(0.0, 60.0),
)
