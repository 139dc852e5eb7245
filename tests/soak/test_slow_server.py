"""A slow server at home over a day: every event that has the time for its answer is answered."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from math import inf
import random
from typing import Any, Final

import pytest

from custom_components.eyewitness.chain.failures import Failure, ProviderError
from custom_components.eyewitness.chain.task import Cost, Reply, Task, Usage
from tests.chain.fakes import OK, Step, World, fail, now, run
from tests.soak.report import write_report

DAY: Final = 24 * 3600.0
LOAD_SECONDS: Final = 60.0
TOTAL_SECONDS: Final = 60.0


@dataclass
class SlowServer:
    """A server that answers one after the other, and loads its model with the first request."""

    answer_seconds: float
    dice: random.Random
    kind: str = "openai_compatible"
    id: str = "home"
    model: str = "llava"
    in_flight: int = 0
    requests: int = 0
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    _loaded_at: float = inf
    _down: list[tuple[float, float]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Restart about every two hours, for seconds or for long."""
        at = now()
        while at < now() + DAY:
            at += self.dice.expovariate(1 / 7200)
            minutes = self.dice.choice([0.2, 1, 5, 40])
            self._down.append((at, at := at + minutes * 60))

    def needs(self) -> float:
        """Return the seconds that an answer to a request of now would take, if it may."""
        until = now() + TOTAL_SECONDS
        if self.in_flight or any(start < until and now() < end for start, end in self._down):
            return inf
        return self._load_left() + self.answer_seconds

    def _load_left(self) -> float:
        restarted = max((end for _, end in self._down if end <= now()), default=-inf)
        if self._loaded_at - LOAD_SECONDS < restarted or self._loaded_at == inf:
            return LOAD_SECONDS
        return max(0.0, self._loaded_at - now())

    async def generate(self, task: Task[Any]) -> Reply:
        """Answer when it is loaded and has answered those before, unless it goes down."""
        self.requests += 1
        if any(start <= now() < end for start, end in self._down):
            raise ProviderError(Failure.NETWORK, sent=False)
        if (left := self._load_left()) == LOAD_SECONDS:
            self._loaded_at = now() + LOAD_SECONDS  # goes on, whoever still waits for it
        goes_down = min((start for start, _ in self._down if start > now()), default=inf)
        self.in_flight += 1
        try:
            async with asyncio.timeout_at(goes_down):
                await asyncio.sleep(left)
                async with self._lock:
                    await asyncio.sleep(self.answer_seconds)
        except TimeoutError:
            raise ProviderError(Failure.NETWORK) from None
        finally:
            self.in_flight -= 1
        assert isinstance(OK.outcome, Reply)
        return OK.outcome

    def cost(self, model: str, usage: Usage | None) -> Cost:
        """Return nothing."""
        return Cost(0.0)


def _moody(dice: random.Random) -> Iterator[Step]:
    """Be a vendor that hardly ever answers."""
    bad = [fail("server"), fail("rate_limit"), fail("quota"), fail("network", sent=False)]
    while True:
        yield OK if dice.random() < 0.05 else dice.choice(bad)


async def _day(answer_seconds: float, patience: float, *, alone: bool, seed: int) -> dict[str, Any]:
    dice = random.Random(seed)
    world = World() if alone else World(openai=OK)
    for provider in world.providers:
        provider.script = _moody(dice)
    server = SlowServer(answer_seconds, dice)
    world.providers.append(server)  # type: ignore[arg-type]
    world.chain.attempt_seconds = patience
    counted: Counter[str] = Counter()
    lost: list[str] = []

    async def event() -> None:
        had_time = server.needs() <= patience
        result = await world.ask()
        answered = result.verdict.answer is not None
        counted["answered"] += answered
        counted["had the time"] += had_time
        if had_time and not answered:
            lost.append(f"{now():.0f} {result.trail}")

    end = now() + DAY
    tasks = []
    while now() < end:
        tasks.append(asyncio.create_task(event()))
        if dice.random() < 0.1:  # two cameras at once
            await asyncio.sleep(dice.uniform(0, 5))
            tasks.append(asyncio.create_task(event()))
        await asyncio.sleep(TOTAL_SECONDS + dice.expovariate(1 / 120))
    await asyncio.gather(*tasks)
    return {"events": len(tasks), **counted, "requests": server.requests, "lost": lost}


@pytest.mark.parametrize("alone", [True, False], ids=["alone", "second"])
@pytest.mark.parametrize(("answer_seconds", "patience"), [(15, 30), (29, 30), (45, 60)])
def test_a_slow_server_is_waited_for(answer_seconds: float, patience: float, alone: bool) -> None:
    """It restarts, and then needs a minute to load; three days of each kind."""
    for seed in (1, 2, 3):
        figures = run(_day(answer_seconds, patience, alone=alone, seed=seed))
        place = "alone" if alone else "second"
        write_report(f"slow-server-{answer_seconds}-{place}-{seed}", figures)
        assert not figures["lost"]
        assert figures["had the time"] > 0.5 * figures["events"]
