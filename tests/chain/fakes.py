"""A chain with scripted providers in virtual time, so that every test of it is exact and quick."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Iterator
from contextlib import suppress
from copy import copy
from dataclasses import dataclass, field, replace
import functools
from itertools import chain, repeat
import json
import selectors
from typing import Any, override

from custom_components.eyewitness.chain.attempt import Attempt, Verdict
from custom_components.eyewitness.chain.clock import Clock
from custom_components.eyewitness.chain.failures import Failure, ProviderError
from custom_components.eyewitness.chain.health import Health
from custom_components.eyewitness.chain.task import Cost, Picture, Reply, Task, Usage
from custom_components.eyewitness.chain.walk import Chain
from custom_components.eyewitness.pipeline.answer import Answer
from custom_components.eyewitness.pipeline.prompt import camera_task

GOOD = json.dumps(
    {
        "title": "Person at the door",
        "description": "A person in a red coat stands at the door.",
        "objects": ["person"],
        "confidence": 90,
        "importance": "normal",
    }
)
PICTURE = Picture.encode(jpeg=b"x" * 1000, width=1280, height=720)
SMALL = Picture.encode(jpeg=b"x" * 100, width=768, height=432)
VENDORS = ("openai", "grok", "gemini", "anthropic")
STANDSTILL = 10_000
"""Rounds of the event loop without a wait: far more than any test needs."""
TICK = 1e-6
"""The shortest sleep. The loop ends one of less than its clock's resolution without waiting, so two
events that each lack the last digit of a float would keep virtual time from passing for ever."""
HANG = None
"""The outcome of a request that is never answered."""

type Outcome = Reply | Exception | None
type Script = Step | list[Step]
"""One step for each request; the last one repeats."""


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
    """An event loop whose time passes only while everybody waits.

    Good for half a year: then a float no longer holds the loop's clock resolution.
    """

    def __init__(self) -> None:
        self._idle = _Selector()
        super().__init__(self._idle)

    @override
    def time(self) -> float:
        return self._idle.now


def run[T](story: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine in virtual time, which begins at 1000 s."""
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
    """How one request goes: its outcome, after so many seconds."""

    outcome: Outcome
    after: float = 0.0


def ok(text: str = GOOD, *, after: float = 0.0, truncated: bool = False) -> Step:
    """Answer with this text."""
    reply = Reply(text=text, model="billed", usage=Usage(1000, 100), truncated=truncated)
    return Step(reply, after)


OK = ok()
HANGS = Step(HANG)


def fail(failure: str, *, after: float = 0.0, **facts: Any) -> Step:
    """Fail in this way."""
    return Step(ProviderError(Failure(failure), **facts), after)


@dataclass
class Request:
    """What a provider saw of one request, and everybody's health when it came."""

    event: str
    provider: str
    started: float
    pictures: tuple[Picture, ...]
    outcome: Outcome
    health: dict[str, Health]
    ended: float | None = None
    """None for a request that was cut off."""
    requests_before_end: int = 0
    """How many requests had begun when it ended."""


@dataclass
class Sleep:
    """A sleep of the chain, and everybody's health when it began."""

    event: str
    started: float
    seconds: float
    health: dict[str, Health]


@dataclass
class FakeProvider:
    """A provider that follows a script."""

    kind: str
    script: Iterator[Step]
    world: World = field(repr=False)
    id: str = ""
    model: str = "asked"
    in_flight: int = 0

    async def generate(self, task: Task[Any]) -> Reply:
        """Do what the script says next."""
        step = next(self.script)
        request = Request(
            event=task.user,
            provider=self.id,
            started=now(),
            pictures=task.pictures,
            outcome=step.outcome,
            health=self.world.snapshots(),
        )
        self.world.requests.append(request)
        self.in_flight += 1
        try:
            await asyncio.sleep(10_000 if step.outcome is HANG else step.after)
        finally:
            self.in_flight -= 1
        request.ended, request.requests_before_end = now(), len(self.world.requests)
        if isinstance(step.outcome, Reply):
            return step.outcome
        assert step.outcome is not HANG
        raise step.outcome

    def cost(self, model: str, usage: Usage | None) -> Cost | None:
        """Take a millionth of a dollar per token."""
        if model == "free":
            return Cost(0.0)
        return None if model == "unpriced" or usage is None else Cost(usage.total / 1e6)


def trail(attempts: Iterable[Attempt]) -> str:
    """Return provider and outcome of each attempt, such as ``grok timeout, openai ok``."""
    return ", ".join(f"{attempt.provider} {attempt.outcome}" for attempt in attempts)


@dataclass(frozen=True)
class Result:
    """How one event ended."""

    verdict: Verdict[Answer]
    attempts: list[Attempt]
    seconds: float

    @property
    def trail(self) -> str:
        """Return provider and outcome of each attempt."""
        return trail(self.attempts)


class World:
    """One chain with its scripted providers, and a record of all that happens."""

    def __init__(self, **scripts: Script) -> None:
        """Add a provider of each kind, in the order of the scripts."""
        self.requests: list[Request] = []
        self.providers: list[FakeProvider] = []
        self.sleeps: list[Sleep] = []
        self.random: Iterator[float] = repeat(0.5)  # leaves every delay as it is
        self.shrinks = 0
        self.shrink_error: Exception | None = None
        self.shrink_seconds = 0.0
        clock = Clock(
            wall=lambda: 1.8e9 + now(), random=lambda: next(self.random), sleep=self._sleep
        )
        self.chain = Chain(clock)
        for kind, script in scripts.items():
            self.add(kind, script)

    def add(self, kind: str, script: Script, *, provider_id: str = "") -> None:
        """Add the next provider of the order."""
        steps = script if isinstance(script, list) else [script]
        endless = chain(steps, repeat(steps[-1]))
        self.providers.append(FakeProvider(kind, endless, self, provider_id or kind))

    def health(self, provider_id: str) -> Health:
        """Return what the chain has learned about a provider."""
        return self.chain.health(provider_id)

    def open_circuit(self, provider_id: str) -> None:
        """Let a provider fail as often as it takes."""
        for _ in range(3):
            self.health(provider_id).record_failure(Failure.REDIRECT, None, first_in_event=True)

    async def ask(
        self, *, seconds: float = 60.0, name: str = "camera", attempts: list[Attempt] | None = None
    ) -> Result:
        """Let one event run along the chain."""
        attempts = [] if attempts is None else attempts
        began = now()
        task = camera_task(replace(PICTURE, shrink=self.shrink), camera_name=name)
        verdict = await self.chain.run(
            replace(task, user=name), self.providers, seconds=seconds, on_attempt=attempts.append
        )
        assert list(verdict.attempts) == attempts
        return Result(verdict, attempts, now() - began)

    def snapshots(self) -> dict[str, Health]:
        """Return everybody's health, frozen at this moment, by provider id."""
        moment = now()
        snapshots = {provider.id: copy(self.health(provider.id)) for provider in self.providers}
        for health in snapshots.values():
            health._clock = Clock(now=lambda: moment)
        return snapshots

    def remembered(self) -> dict[str, dict[str, Any]]:
        """Return all that the chain remembers of everybody."""
        return {provider.id: dict(vars(self.health(provider.id))) for provider in self.providers}

    def asked_at(self, provider_id: str) -> list[float]:
        """Return when a provider was asked, in seconds since the world began."""
        return [r.started - 1000 for r in self.requests if r.provider == provider_id]

    def assert_nothing_held(self) -> None:
        """See that no request, no probe, no token and no task is left."""
        assert all(provider.in_flight == 0 for provider in self.providers)
        assert not any(self.health(provider.id).probing for provider in self.providers)
        assert not any(self.health(provider.id)._held for provider in self.providers)
        assert not any(self.health(provider.id)._under_way for provider in self.providers)
        assert asyncio.all_tasks() == {asyncio.current_task()}

    async def _sleep(self, seconds: float) -> None:
        task = asyncio.current_task()
        assert task is not None
        self.sleeps.append(Sleep(task.get_name(), now(), seconds, self.snapshots()))
        await asyncio.sleep(max(seconds, TICK))

    async def shrink(self) -> Picture:
        """Return a smaller picture, if all goes well."""
        self.shrinks += 1
        await asyncio.sleep(self.shrink_seconds)
        if self.shrink_error is not None:
            raise self.shrink_error
        return replace(SMALL, shrink=self.shrink)


async def cancel(task: asyncio.Task[Any]) -> None:
    """Stop a task as an automation does and see that it says so."""
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    assert task.cancelled()
