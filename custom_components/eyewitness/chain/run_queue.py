"""Keep a storm of motion events from becoming a storm of requests.

One flight for each camera and wish: whoever asks for the same meanwhile shares it. Two flights run
at once, a few wait, and beyond that the answer is a clear "busy".
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Hashable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from . import policy


class BusyError(Exception):
    """Report that as many flights are waiting as may wait."""


class InterruptedFlightError(Exception):
    """Report that the gate was closed under a flight."""


class LostFlightError(TimeoutError):
    """Report that the last caller's time is over, and so the flight is stopped: nobody landed."""


@dataclass(slots=True, eq=False)
class Flight[T]:
    """Hold one run that several callers may wait for."""

    key: Hashable
    start: Callable[[Flight[T]], Awaitable[T]]
    created: float
    """Loop time of the caller whose wish it is: what the flight may take counts from here, its wait
    in the queue included."""
    result: asyncio.Future[T]
    taken: float | None = None
    """Loop time of the picture; the run says when it has it."""
    waiters: int = 0
    abandoned: bool = False
    """Its last caller has gone; it is being stopped and nobody may board."""
    task: asyncio.Task[None] | None = None
    next: Flight[T] | None = None
    """Who starts when this one has landed: for those who came too late for its picture."""


@dataclass(slots=True)
class Gate[T]:
    """Admit flights; ``spawn`` makes the task that a flight runs in."""

    spawn: Callable[[Coroutine[Any, Any, None], str], asyncio.Task[None]]
    _flights: dict[Hashable, Flight[T]] = field(default_factory=dict)
    _queue: list[Flight[T]] = field(default_factory=list)
    _running: int = 0
    _closed: bool = False

    @property
    def running(self) -> int:
        """Return how many flights are under way."""
        return self._running

    @property
    def waiting(self) -> int:
        """Return how many flights have not started."""
        return len(self._queue) + sum(1 for f in self._flights.values() if f.next is not None)

    async def run(
        self, key: Hashable, start: Callable[[Flight[T]], Awaitable[T]], seconds: float
    ) -> tuple[T, bool]:
        """Return a flight's result and whether it was somebody else's flight.

        Raises what the flight raises, ``BusyError`` when too many wait, ``TimeoutError`` when
        this caller's own seconds are over first (``LostFlightError`` when nobody else waits) and
        ``InterruptedFlightError`` when the gate closes. The flight is cancelled only when its last
        caller goes.
        """
        if self._closed:
            raise InterruptedFlightError
        flight, joined = self._board(key, start)
        flight.waiters += 1
        try:
            # Not awaited itself: a caller that is stopped must not stop it for the others.
            await asyncio.wait([flight.result], timeout=seconds)
            if not flight.result.done():
                raise TimeoutError if flight.waiters > 1 else LostFlightError
            return flight.result.result(), joined
        finally:
            flight.waiters -= 1
            if not flight.waiters and not flight.result.done():
                self._abandon(flight)

    def _board(
        self, key: Hashable, start: Callable[[Flight[T]], Awaitable[T]]
    ) -> tuple[Flight[T], bool]:
        loop = asyncio.get_running_loop()
        flight = self._flights.get(key)
        if flight is not None:
            fresh = flight.taken is None or loop.time() - flight.taken <= policy.JOIN_SECONDS
            if fresh and not flight.abandoned:
                return flight, True
            if flight.next is not None:
                # The newest caller knows best what is going on now, and has not waited yet.
                flight.next.start, flight.next.created = start, loop.time()
                return flight.next, True
        if self._running >= policy.FLIGHTS and self.waiting >= policy.QUEUE:
            raise BusyError
        new = Flight(key=key, start=start, created=loop.time(), result=loop.create_future())
        # Nobody may be left to hear of a failure; asyncio would complain about it.
        new.result.add_done_callback(lambda done: done.cancelled() or done.exception())
        if flight is not None:
            flight.next = new
        else:
            self._flights[key] = new
            self._queue.append(new)
            self._advance()
        return new, False

    def _advance(self) -> None:
        """Start who may start."""
        while self._queue and self._running < policy.FLIGHTS:
            flight = self._queue.pop(0)
            self._running += 1
            flight.task = self.spawn(self._fly(flight), "eyewitness flight")
            flight.task.add_done_callback(partial(self._ended, flight))

    async def _fly(self, flight: Flight[T]) -> None:
        try:
            result = await flight.start(flight)
        except Exception as err:  # noqa: BLE001 - it is not handled here but handed to the callers
            self._fail(flight, err)
        else:
            if not flight.result.done():
                flight.result.set_result(result)

    @staticmethod
    def _fail(flight: Flight[T], err: Exception) -> None:
        if not flight.result.done():
            flight.result.set_exception(err)

    def _ended(self, flight: Flight[T], _task: asyncio.Task[None]) -> None:
        """Clean up; a callback, because a task cancelled before its first step runs no finally."""
        self._fail(flight, InterruptedFlightError())
        self._running -= 1
        self._land(flight)

    def _land(self, flight: Flight[T]) -> None:
        """Take a flight off the board and let others start, its own successor last."""
        del self._flights[flight.key]
        if (after := flight.next) is not None:
            self._flights[after.key] = after
            self._queue.append(after)
        self._advance()

    def _abandon(self, flight: Flight[T]) -> None:
        """Stop a flight that nobody waits for."""
        current = self._flights.get(flight.key)
        flight.abandoned = True
        if flight.task is not None:
            flight.task.cancel()
        elif flight in self._queue:
            self._queue.remove(flight)
            self._land(flight)
        elif current is not None and current.next is flight:
            current.next = None

    async def close(self) -> None:
        """Stop all flights and admit no more; their callers get ``InterruptedFlightError``."""
        self._closed = True
        waiting = [*self._queue, *(f.next for f in self._flights.values() if f.next is not None)]
        for flight in self._flights.values():
            flight.next = None
        for flight in waiting:
            self._fail(flight, InterruptedFlightError())
        for flight in self._queue:
            del self._flights[flight.key]
        self._queue.clear()
        tasks = [f.task for f in self._flights.values() if f.task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
