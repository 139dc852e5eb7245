"""Random days of a chain: providers with fault scripts, events at random times, some stopped."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle, product

from hypothesis import strategies as st

from custom_components.eyewitness.chain.attempt import Attempt, Verdict
from custom_components.eyewitness.chain.failures import Kind, ProviderError
from custom_components.eyewitness.chain.policy import RULES

from .fakes import HANG, Outcome, Seen, Step, World, fail, now, ok


@dataclass(frozen=True)
class Event:
    """Say when an event begins after the one before, its time, and when it is stopped."""

    gap: float
    seconds: float
    stopped_after: float | None = None


@dataclass(frozen=True)
class Day:
    """Hold one scenario."""

    providers: list[tuple[str, list[Step]]]
    events: list[Event]
    luck: list[float]
    shrink_seconds: float
    shrink_fault: bool

    def world(self) -> World:
        """Return its world before the first event."""
        world = World(luck=cycle(self.luck).__next__)
        for number, (kind, steps) in enumerate(self.providers):
            world.add(kind, *steps, name=f"{number} {kind}")
        world.shrink_seconds = self.shrink_seconds
        world.shrink_fault = OSError() if self.shrink_fault else None
        return world


@dataclass
class Lived:
    """Record how one event went."""

    name: str
    began: float
    seconds: float
    attempts: list[Attempt]
    verdict: Verdict | None = None
    """None when it was stopped."""
    ended: float = 0.0
    seen: dict[str, Seen] | None = None
    """How everybody stood when the verdict came."""


async def live(world: World, name: str, event: Event) -> Lived:
    """Let one event happen."""
    lived = Lived(name, now(), event.seconds, [])

    async def walk() -> None:
        ended = await world.ask(seconds=event.seconds, name=name, attempts=lived.attempts)
        lived.verdict, lived.seen = ended.verdict, world.seen()

    task = asyncio.create_task(walk(), name=name)
    if event.stopped_after is not None:
        asyncio.get_running_loop().call_later(event.stopped_after, task.cancel)
    await asyncio.wait([task])
    lived.ended = now()
    assert task.cancelled() or task.exception() is None, task.exception()
    assert task.cancelled() is (lived.verdict is None)
    return lived


async def live_all(world: World, events: list[Event]) -> list[Lived]:
    """Let all events happen, each at its time, whether or not the one before has ended."""
    tasks = []
    for number, event in enumerate(events):
        await asyncio.sleep(event.gap)
        tasks.append(asyncio.create_task(live(world, f"event {number}", event)))
    return await asyncio.gather(*tasks)


def failures() -> Iterator[ProviderError]:
    """Make every failure with all the facts that its kind can have."""
    for kind, named in product(RULES, [None, None, 0.0, 0.5, 1.0, 3.0, 30.0, 1e9]):
        yield ProviderError(kind, retry_after=named)
    yield from [ProviderError(Kind.NETWORK, sent=False)] * 6
    yield from [ProviderError(Kind.SERVER), ProviderError(Kind.MALFORMED)] * 6
    yield from [ProviderError(Kind.BAD_REQUEST, adapted=True)] * 2
    yield from [ProviderError(Kind.MODEL_MISSING, adapted=True)] * 2
    yield ProviderError(Kind.MODEL_MISSING, adapted=True, retry_after=1.0)
    yield ProviderError(Kind.MALFORMED, oversize=True)


ANSWERS: list[Outcome] = [ok().outcome] * 30
OTHERS: list[Outcome] = [ok("").outcome, HANG, HANG, HANG, HANG, KeyError("bug"), TimeoutError()]
OUTCOMES = [*ANSWERS, *OTHERS, *failures()]
DELAYS = [0.0, 0.0, 0.1, 1.0, 3.0, 8.0, 20.0]
STEPS = st.sampled_from([Step(outcome, after) for outcome, after in product(OUTCOMES, DELAYS)])
MOODS = [
    fail(Kind.SERVER),
    fail(Kind.SERVER, after=1.0),
    fail(Kind.REDIRECT),
    fail(Kind.MALFORMED),
    fail(Kind.NETWORK),
    fail(Kind.RATE_LIMIT, retry_after=0.5),
    fail(Kind.TIMEOUT, after=8.0),
    Step(HANG),
]
UNPLUGGED = fail(Kind.NETWORK, sent=False)
MIXED = st.lists(STEPS, min_size=1, max_size=6)
STEADY = st.builds(
    lambda step, times: [step] * times + [ok(after=3.0)],
    *(st.sampled_from([*MOODS, UNPLUGGED]), st.integers(3, 30)),
)
NAMED = st.builds(
    lambda long, short: [
        fail(Kind.RATE_LIMIT, retry_after=long, after=0.3),
        fail(Kind.RATE_LIMIT, retry_after=short, after=1.0),
        ok(),
    ],
    *(st.sampled_from([20.0, 60.0]), st.sampled_from([0.5, 1.0, 3.0])),
)
"""Two requests at once hear two times, and the shorter one comes last."""
KINDS = st.sampled_from(["openai", "grok", "grok", "gemini", "anthropic"])
PROVIDERS = st.lists(st.tuples(KINDS, MIXED | STEADY | NAMED), min_size=1, max_size=5)
OUTAGE = st.lists(st.tuples(KINDS, st.just([UNPLUGGED] * 6 + [ok()])), min_size=2, max_size=5)
GAPS = st.sampled_from([0.0, 0.05, 0.3, 1.0, 5.0, 20.0, 31.0, 100.0])
SECONDS = st.sampled_from([60.0, 60.0, 60.0, 60.0, 5.0, 12.0, 180.0]) | st.floats(0.5, 180.0)
STOPS = st.sampled_from([None] * 8 + [0.0, 0.5, 2.0, 30.0]) | st.none() | st.floats(0.0, 60.0)
DAYS = st.builds(
    Day,
    PROVIDERS | PROVIDERS | PROVIDERS | PROVIDERS | PROVIDERS | OUTAGE,
    st.lists(st.builds(Event, GAPS, SECONDS, STOPS), min_size=2, max_size=10),
    st.lists(st.sampled_from([0.0, 0.5, 0.999]), min_size=1, max_size=3),
    st.sampled_from([0.0, 2.0, 300.0]),
    st.booleans(),
)
