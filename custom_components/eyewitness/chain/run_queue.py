"""Keep a storm of motion events from becoming a storm of requests.

There is one run for each key (camera and request), and callers who ask for the same meanwhile join
it. Many runs are under way at once, but only a few of one group (camera), so that one camera takes
neither the others' places nor their turn. More wait, first come, first served. When too many do,
the group with the most of them is turned away.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine, Hashable
from dataclasses import dataclass, field
from enum import Enum, auto
from functools import partial
from typing import Any

from . import policy


class QueueFullError(Exception):
    """No further run may wait."""


class QueueClosedError(Exception):
    """The queue was closed while the run was under way or waiting."""


class Stop(Enum):
    """Why a run was stopped, or did not even begin."""

    FULL = auto()
    """Too many wait already."""
    CLOSED = auto()
    """The queue was closed."""
    LATE = auto()
    """Nobody waits any more, and the time of at least one caller was over."""
    LEFT = auto()
    """Every caller was stopped."""


@dataclass(slots=True, eq=False, repr=False)
class Run[T]:
    """One piece of work that several callers may wait for."""

    key: Hashable
    group: Hashable
    """What it competes for places with."""
    start: Callable[[Run[T]], Awaitable[T]]
    requested_at: float
    """Loop time of the call; the time that the run may take counts from here, so it includes the
    wait in the queue."""
    until: float
    """Loop time until which that caller waits."""
    result: asyncio.Future[T]
    lost: Callable[[Stop], None]
    picture_at: float | None = None
    """Loop time of the picture; set by ``start`` when it has it."""
    callers: int = 0
    has_late_caller: bool = False
    """The time of one of its callers was over."""
    began: bool = False
    """``start`` was called."""
    stopped: Stop | None = None
    """Why it is being stopped; nobody may join any more."""
    task: asyncio.Task[None] | None = None
    successor: Run[T] | None = None
    """Starts when this run has ended, for callers who came too late for its picture."""


@dataclass(slots=True, repr=False)
class RunQueue[T]:
    """Starts runs while there is a place; ``spawn`` creates the task of a run.

    It is part of what asyncio says of a task: short, without the callers' words.
    """

    spawn: Callable[[Coroutine[Any, Any, None], str], asyncio.Task[None]]
    _runs: dict[Hashable, Run[T]] = field(default_factory=dict)
    _queue: list[Run[T]] = field(default_factory=list)
    _running: Counter[Hashable] = field(default_factory=Counter)
    """How many runs of each group are under way."""
    _closed: bool = False

    @property
    def running(self) -> int:
        """Return how many runs are under way."""
        return self._running.total()

    @property
    def waiting(self) -> int:
        """Return how many runs have not started."""
        return len(self._queue) + sum(1 for run in self._runs.values() if run.successor is not None)

    async def submit(
        self,
        key: Hashable,
        start: Callable[[Run[T]], Awaitable[T]],
        seconds: float,
        *,
        group: Hashable,
        lost: Callable[[Stop], None] = lambda _: None,
    ) -> tuple[T, bool]:
        """Return the result of a run, and whether it was somebody else's run.

        All runs of a key belong to the same ``group``.

        Raises what ``start`` raises, ``QueueFullError`` when too many wait and no group has more of
        them, ``TimeoutError`` when this caller's own seconds are over first and
        ``QueueClosedError`` when the queue is closed.
        The run is cancelled only when its last caller goes.

        For each run either ``start`` is called or ``lost``, which must not raise, and so is one
        of them for a caller who is turned away. A ``start`` that is cancelled finds the reason in
        ``Run.stopped``.
        """
        if self._closed:
            lost(Stop.CLOSED)
            raise QueueClosedError
        until = asyncio.get_running_loop().time() + seconds
        run, joined = self._join_or_add(key, group, start, lost, until)
        run.callers += 1
        try:
            # Not awaited directly: a caller that is cancelled must not cancel it for the others.
            await asyncio.wait([run.result], timeout=seconds)
            if not run.result.done():
                run.has_late_caller = True
                raise TimeoutError
            return run.result.result(), joined
        finally:
            run.callers -= 1
            if not run.callers and not run.result.done():
                self._abandon(run)

    def _join_or_add(
        self,
        key: Hashable,
        group: Hashable,
        start: Callable[[Run[T]], Awaitable[T]],
        lost: Callable[[Stop], None],
        until: float,
    ) -> tuple[Run[T], bool]:
        loop = asyncio.get_running_loop()
        current = self._runs.get(key)
        if current is not None:
            age = 0.0 if current.picture_at is None else loop.time() - current.picture_at
            is_joined = age <= policy.JOIN_SECONDS and current.stopped is None
            if (run := current if is_joined else current.successor) is not None:
                if run.task is None and until >= run.until:
                    # The newest caller knows best what is going on now, and has all its time left.
                    run.start, run.lost = start, lost
                    run.requested_at, run.until = loop.time(), until
                return run, True
        waits = current is not None or not self._has_place(group)
        is_full = waits and self.waiting >= policy.QUEUED_RUNS
        displaced = self._displace(group) if is_full else None
        if is_full and displaced is None:
            lost(Stop.FULL)
            raise QueueFullError
        new = Run(
            key=key,
            group=group,
            start=start,
            requested_at=loop.time(),
            until=until,
            result=loop.create_future(),
            lost=lost,
        )
        # Retrieve the exception: asyncio complains when all callers have gone and nobody does.
        new.result.add_done_callback(lambda done: done.cancelled() or done.exception())
        if current is not None:
            current.successor = new
        else:
            self._runs[key] = new
            self._queue.append(new)
            self._start_next()
        if displaced is not None:
            displaced.lost(Stop.FULL)  # last, since whoever hears of it may call again at once
        return new, False

    def _has_place(self, group: Hashable) -> bool:
        return (
            self.running < policy.CONCURRENT_RUNS
            and self._running[group] < policy.CONCURRENT_RUNS_OF_CAMERA
        )

    def _displace(self, group: Hashable) -> Run[T] | None:
        """Take the newest waiting run of the group that has the most out, if this one has less."""
        waiting = Counter(run.group for run in self._queue)
        most = max(waiting, key=waiting.__getitem__, default=group)
        if waiting[most] <= waiting[group] + 1:
            return None
        newest = next(run for run in reversed(self._queue) if run.group == most)
        self._fail(newest, QueueFullError())
        self._queue.remove(newest)
        del self._runs[newest.key]
        return newest

    def _start_next(self) -> None:
        """Start queued runs while there are places, oldest first."""
        while run := next((each for each in self._queue if self._has_place(each.group)), None):
            self._queue.remove(run)
            self._running[run.group] += 1
            run.task = self.spawn(self._execute(run), "eyewitness run")
            run.task.add_done_callback(partial(self._on_task_done, run))

    async def _execute(self, run: Run[T]) -> None:
        run.began = True
        try:
            result = await run.start(run)
        except Exception as err:  # noqa: BLE001 - the callers get it
            self._fail(run, err)
        else:
            if not run.result.done():
                run.result.set_result(result)

    @staticmethod
    def _fail(run: Run[T], err: Exception) -> None:
        if not run.result.done():
            run.result.set_exception(err)

    def _on_task_done(self, run: Run[T], _task: asyncio.Task[None]) -> None:
        """Clean up: not in a ``finally``, which a task cancelled before its first step skips."""
        self._fail(run, QueueClosedError())
        if not run.began:
            run.lost(run.stopped or Stop.CLOSED)
        self._running[run.group] -= 1
        if not self._running[run.group]:
            del self._running[run.group]
        self._remove(run)

    def _remove(self, run: Run[T]) -> None:
        """Forget a run and let others start, its own successor last."""
        del self._runs[run.key]
        if (successor := run.successor) is not None:
            self._runs[successor.key] = successor
            self._queue.append(successor)
        self._start_next()

    def _abandon(self, run: Run[T]) -> None:
        """Stop a run that nobody waits for any more, unless it is being stopped already."""
        if run.stopped is not None:
            return
        current = self._runs.get(run.key)
        run.stopped = Stop.LATE if run.has_late_caller else Stop.LEFT
        if run.task is not None:
            run.task.cancel()
        elif run in self._queue:
            self._queue.remove(run)
            del self._runs[run.key]
            run.lost(run.stopped)
        elif current is not None and current.successor is run:
            current.successor = None
            run.lost(run.stopped)

    async def close(self) -> None:
        """Stop all runs and accept no more; their callers get ``QueueClosedError``."""
        self._closed = True
        successors = [run.successor for run in self._runs.values() if run.successor is not None]
        for run in self._runs.values():
            run.successor = None
            run.stopped = run.stopped or Stop.CLOSED
        for run in [*self._queue, *successors]:
            self._fail(run, QueueClosedError())
            run.lost(Stop.CLOSED)
        for run in self._queue:
            del self._runs[run.key]
        self._queue.clear()
        tasks = [run.task for run in self._runs.values() if run.task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
