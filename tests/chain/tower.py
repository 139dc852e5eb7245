"""Watch a gate from outside: who flies, who waits, what is left."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from custom_components.eyewitness.chain import policy
from custom_components.eyewitness.chain.run_queue import Flight, Gate

from .fakes import now

type Start = Callable[[Flight[str]], Awaitable[str]]
type Call = asyncio.Task[tuple[str, bool]]


class Tower:
    """Hold a gate and see what flies."""

    def __init__(self, *, eager: bool = True) -> None:
        """Start tasks at once, as Home Assistant does, or in the loop's next round."""
        self.eager = eager
        self.gate = Gate[str](self._spawn)
        self.begun: list[str] = []
        self.up: dict[str, str] = {}
        """What is in the air, by key."""
        self.taken: dict[str, float] = {}
        """When each run had its picture."""
        self.tasks: list[asyncio.Task[None]] = []

    def _spawn(self, flight: Coroutine[Any, Any, None], name: str) -> asyncio.Task[None]:
        loop = asyncio.get_running_loop()
        task = asyncio.Task(flight, loop=loop, name=name, eager_start=self.eager)
        self.tasks.append(task)
        return task

    def start(
        self,
        name: str,
        *,
        picture: float = 0.0,
        lasts: float = 10.0,
        error: Exception | None = None,
    ) -> Start:
        """Return a run: the picture after some seconds, the result some seconds later."""

        async def run(flight: Flight[str]) -> str:
            key = str(flight.key)
            assert key not in self.up, "one flight for each key"
            self.up[key] = name
            self.begun.append(name)
            assert len(self.up) <= self.gate.running <= policy.FLIGHTS
            assert self.gate.waiting <= policy.QUEUE
            try:
                await asyncio.sleep(picture)
                flight.taken = self.taken[name] = now()
                await asyncio.sleep(lasts)
            finally:
                del self.up[key]
            if error is not None:
                raise error
            return name

        return run

    def call(self, key: str, name: str = "", *, seconds: float = 60.0, **flight: Any) -> Call:
        """Let a caller come."""
        start = self.start(name or key, **flight)
        return asyncio.create_task(self.gate.run(key, start, seconds))

    def is_empty(self) -> None:
        """See that nothing is left."""
        assert (self.gate.running, self.gate.waiting) == (0, 0)
        assert (self.gate._flights, self.gate._queue, self.up) == ({}, [], {})
        assert all(task.done() for task in self.tasks)
        for task in self.tasks:
            assert task.cancelled() or task.exception() is None


async def settle() -> None:
    """Let everybody who can do something do it."""
    for _ in range(5):
        await asyncio.sleep(0)
