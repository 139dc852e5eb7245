"""Look at a run queue from outside: what runs, what waits, what is left."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, override

from custom_components.eyewitness.chain import policy
from custom_components.eyewitness.chain.run_queue import Run, RunQueue, Stop

from .fakes import now

type Start = Callable[[Run[str]], Awaitable[str]]
type Call = asyncio.Task[tuple[str, bool]]


def camera(key: str) -> str:
    """Return the group of a key such as ``door: a question``."""
    return key.partition(":")[0]


class _Recorded(RunQueue[str]):
    """A run queue that remembers all its runs."""

    def __init__(
        self, spawn: Callable[[Coroutine[Any, Any, None], str], asyncio.Task[None]]
    ) -> None:
        super().__init__(spawn)
        self.runs: dict[int, Run[str]] = {}

    @override
    def _join_or_add(self, *asked: Any) -> tuple[Run[str], bool]:
        run, joined = super()._join_or_add(*asked)
        self.runs[id(run)] = run
        return run, joined


class RunQueueProbe:
    """A run queue, and a record of its runs."""

    def __init__(self, *, eager: bool = True) -> None:
        """Start tasks at once, as Home Assistant does, or in the loop's next round."""
        self.eager = eager
        self.queue = _Recorded(self._spawn)
        self.started: list[str] = []
        """The names of all runs that have started."""
        self.under_way: dict[str, str] = {}
        """The names of those that have not ended, by key."""
        self.picture_at: dict[str, float] = {}
        """When each run had its picture, by name."""
        self.ended: dict[Call, float] = {}
        """When each caller got an answer or went."""
        self.tasks: list[asyncio.Task[None]] = []
        self.names: dict[Start, str] = {}
        """The names of the callers' work."""
        self.told: list[tuple[str, Stop | None]] = []
        """Who said how a run ended, by name: its work, or ``lost`` in its place."""

    def _spawn(self, work: Coroutine[Any, Any, None], name: str) -> asyncio.Task[None]:
        task = asyncio.create_task(work, name=name, eager_start=self.eager)
        self.tasks.append(task)
        return task

    def describe(
        self,
        name: str,
        *,
        picture: float = 0.0,
        lasts: float = 10.0,
        error: Exception | None = None,
    ) -> Start:
        """Return a run's work: the picture after some seconds, the result some seconds later."""

        async def start(run: Run[str]) -> str:
            key = str(run.key)
            assert key not in self.under_way, "one run for each key"
            self.under_way[key] = name
            self.started.append(name)
            assert len(self.under_way) <= self.queue.running <= policy.CONCURRENT_RUNS
            of_camera = [each for each in self.under_way if camera(each) == camera(key)]
            assert len(of_camera) <= policy.CONCURRENT_RUNS_OF_CAMERA
            assert self.queue.waiting <= policy.QUEUED_RUNS
            try:
                await asyncio.sleep(picture)
                run.picture_at = self.picture_at[name] = now()
                await asyncio.sleep(lasts)
            finally:
                self.told.append((name, run.stopped))
                del self.under_way[key]
            if error is not None:
                raise error
            return name

        return start

    def call(self, key: str, name: str = "", *, seconds: float = 60.0, **work: Any) -> Call:
        """Let a caller come."""
        return self.submit(key, self.describe(name or key, **work), seconds, name or key)

    def submit(self, key: str, start: Start, seconds: float = 60.0, name: str = "") -> Call:
        """Let a caller come with this work."""

        def lost(stop: Stop) -> None:
            self.told.append((name, stop))

        self.names[start] = name
        work = self.queue.submit(key, start, seconds, group=camera(key), lost=lost)
        call = asyncio.create_task(work)
        call.add_done_callback(lambda call: self.ended.update({call: now()}))
        return call

    @property
    def load(self) -> tuple[int, int]:
        """Return how many run and how many wait."""
        return self.queue.running, self.queue.waiting

    def assert_empty(self) -> None:
        """See that nothing is left."""
        assert self.load == (0, 0)
        assert (self.queue._runs, self.queue._queue, self.under_way) == ({}, [], {})
        assert not self.queue._running
        for task in self.tasks:
            assert task.done()
            assert task.cancelled() or task.exception() is None


async def settle() -> None:
    """Let everybody who can do something do it."""
    for _ in range(5):
        await asyncio.sleep(0)
