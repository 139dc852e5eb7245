"""Stand in for time, luck and vendors, so that every test of the chain is exact and quick."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
import functools
from itertools import chain, repeat
import json
import selectors
from typing import Any, override

from custom_components.eyewitness.chain.attempt import Attempt, Verdict
from custom_components.eyewitness.chain.circuit import Standing
from custom_components.eyewitness.chain.clock import Clock
from custom_components.eyewitness.chain.failures import Kind, ProviderError
from custom_components.eyewitness.chain.task import Frame, Provider, Question, Reply, Usage
from custom_components.eyewitness.chain.walk import Chain

GOOD = json.dumps(
    {
        "title": "Person at the door",
        "description": "A person in a red coat stands at the door.",
        "objects": ["person"],
        "confidence": 90,
        "importance": "normal",
    }
)
FRAME = Frame(jpeg=b"x" * 1000, width=1280, height=720)
SMALL = Frame(jpeg=b"x" * 100, width=768, height=432)
VENDORS = ("openai", "grok", "gemini", "anthropic")
STANDSTILL = 10_000
"""Rounds of the event loop without a wait: far more than any test needs."""
TICK = 1e-6
"""The shortest sleep. The loop ends one of less than its clock's resolution without waiting, so two
events that each lack the last digit of a float would keep virtual time from passing for ever."""
HANG = None
"""The outcome of a request that is never answered."""

type Outcome = Reply | Exception | None


class _Selector(selectors.SelectSelector):
    """Skip the time in which nothing happens."""

    now = 1000.0
    standstill = 0

    @override
    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            raise AssertionError("everybody waits and no timer runs")
        self.now += timeout
        self.standstill = 0 if timeout else self.standstill + 1
        assert self.standstill < STANDSTILL, "time stands still"
        return super().select(0)


class VirtualLoop(asyncio.SelectorEventLoop):
    """Be an event loop whose time passes only while everybody waits.

    Good for half a year: then a float no longer holds the loop's clock resolution.
    """

    def __init__(self) -> None:
        self._idle = _Selector()
        super().__init__(self._idle)

    @override
    def time(self) -> float:
        return self._idle.now


def run[T](story: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine in virtual time."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(story)


def virtual[**P](story: Callable[P, Coroutine[Any, Any, None]]) -> Callable[P, None]:
    """Make an async test run in virtual time."""

    @functools.wraps(story)
    def test(*args: P.args, **kwargs: P.kwargs) -> None:
        run(story(*args, **kwargs))

    return test


def now() -> float:
    """Return the virtual time."""
    return asyncio.get_running_loop().time()


@dataclass(frozen=True)
class Step:
    """Say how one request goes: the outcome, after so many seconds."""

    outcome: Outcome
    after: float = 0.0


def ok(text: str = GOOD, *, after: float = 0.0, truncated: bool = False) -> Step:
    """Answer with this text."""
    reply = Reply(text=text, model="billed", usage=Usage(1000, 100), truncated=truncated)
    return Step(reply, after)


def fail(kind: Kind, *, after: float = 0.0, **facts: Any) -> Step:
    """Fail in this way."""
    return Step(ProviderError(kind, **facts), after)


@dataclass(frozen=True, slots=True)
class Seen:
    """Record how a provider stood at some moment."""

    open: bool
    open_until: float
    leased: bool
    benched_until: float
    saved: float
    """Tokens of the retry budget."""

    def shut(self, at: float) -> bool:
        """Return whether it could not be asked in the normal way."""
        return self.open or self.leased or self.benched_until > at


@dataclass
class Request:
    """Record what a vendor saw of one request, and how everybody stood when it came."""

    event: str
    provider: str
    started: float
    frame: Frame
    outcome: Outcome
    seen: dict[str, Seen]
    ended: float | None = None
    """None for a request that was cut off."""
    before: int = 0
    """How many requests had begun when it ended."""


@dataclass
class Nap:
    """Record that an event slept, and how everybody stood then."""

    event: str
    started: float
    seconds: float
    seen: dict[str, Seen]


@dataclass
class FakeProvider:
    """Follow a script, one step per request; the last step repeats."""

    kind: str
    script: Iterator[Step]
    world: World = field(repr=False)
    id: str = ""
    model: str = "asked"
    in_flight: int = 0

    async def describe(self, question: Question) -> Reply:
        """Do what the script says next."""
        step = next(self.script)
        request = Request(
            event=question.camera_name,
            provider=self.id,
            started=now(),
            frame=question.frame,
            outcome=step.outcome,
            seen=self.world.seen(),
        )
        self.world.requests.append(request)
        self.in_flight += 1
        try:
            await asyncio.sleep(10_000 if step.outcome is HANG else step.after)
        finally:
            self.in_flight -= 1
        request.ended, request.before = now(), len(self.world.requests)
        if isinstance(step.outcome, Reply):
            return step.outcome
        assert step.outcome is not HANG
        raise step.outcome

    def cost(self, model: str, usage: Usage) -> float | None:
        """Take a millionth of a dollar per token."""
        return None if model == "unpriced" else usage.total / 1e6


@dataclass(frozen=True)
class Ended:
    """Hold how one event ended."""

    verdict: Verdict
    attempts: list[Attempt]
    seconds: float

    @property
    def trail(self) -> list[tuple[str, str]]:
        """Return provider and outcome of each attempt."""
        return [(attempt.provider, attempt.outcome) for attempt in self.attempts]

    @property
    def answered_by(self) -> str | None:
        """Return the provider of the answer."""
        return self.attempts[-1].provider if self.verdict.answer is not None else None


class World:
    """Hold one chain with its scripted vendors, and record all that happens."""

    def __init__(self, luck: Callable[[], float] = lambda: 0.5) -> None:
        self.requests: list[Request] = []
        self.providers: list[FakeProvider] = []
        self.naps: list[Nap] = []
        self.shrinks = 0
        self.shrink_fault: Exception | None = None
        self.shrink_seconds = 0.0
        self.chain = Chain(
            self._shrink, Clock(wall=lambda: 1.8e9 + now(), luck=luck, sleep=self._sleep)
        )

    def add(self, kind: str, *steps: Step, name: str = "") -> FakeProvider:
        """Add the next provider of the order; without steps it always answers."""
        script = steps or (ok(),)
        provider = FakeProvider(kind, chain(script, repeat(script[-1])), self, name or kind)
        self.providers.append(provider)
        return provider

    def standing(self, name: str) -> Standing:
        """Return what the chain has learned about a provider."""
        return self.chain.standing(name)

    def standings(self) -> dict[str, Standing]:
        """Return what the chain has learned about everybody."""
        return {provider.id: self.standing(provider.id) for provider in self.providers}

    async def ask(
        self, *, seconds: float = 60.0, name: str = "camera", attempts: list[Attempt] | None = None
    ) -> Ended:
        """Let one event walk along the chain."""
        attempts = [] if attempts is None else attempts
        began = now()
        providers: Sequence[Provider] = self.providers
        verdict = await self.chain.ask(
            providers,
            Question(frame=FRAME, camera_name=name),
            seconds=seconds,
            attempts=attempts,
        )
        assert list(verdict.attempts) == attempts
        return Ended(verdict, attempts, now() - began)

    def seen(self) -> dict[str, Seen]:
        """Return how everybody stands now."""
        return {
            name: Seen(s.open, s.open_until, s.leased, s.benched_until, s._saved())
            for name, s in self.standings().items()
        }

    @property
    def sleeps(self) -> list[float]:
        """Return how long the chain slept, each time."""
        return [nap.seconds for nap in self.naps]

    def asked(self, name: str) -> list[float]:
        """Return when a provider was asked."""
        return [request.started for request in self.requests if request.provider == name]

    async def _sleep(self, seconds: float) -> None:
        task = asyncio.current_task()
        assert task is not None
        self.naps.append(Nap(task.get_name(), now(), seconds, self.seen()))
        await asyncio.sleep(max(seconds, TICK))

    async def _shrink(self, frame: Frame) -> Frame:
        self.shrinks += 1
        await asyncio.sleep(self.shrink_seconds)
        if self.shrink_fault is not None:
            raise self.shrink_fault
        return replace(SMALL, width=frame.width // 2)


async def cancel(task: asyncio.Task[Any]) -> None:
    """Stop a task as an automation does and see that it says so."""
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    assert task.cancelled()
