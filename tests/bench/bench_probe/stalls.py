"""How late the event loop wakes up, and what Python's full collections have to do with it."""

import asyncio
from dataclasses import dataclass, field
import gc
from time import perf_counter
from typing import Final, Literal, Self

_STEP_SECONDS: Final = 0.001
_FULL: Final = 2
"""The generation whose collection walks through all objects of the process."""

type Span = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Watched:
    """What a watch saw, in milliseconds."""

    stall_ms: float
    """The longest time in which the loop did nothing for others, without full collections."""
    collections_ms: list[float]
    """Each full collection, whichever thread began it: all threads wait for it."""


@dataclass(slots=True)
class Watch:
    """Wake up every millisecond; the time beyond that is somebody's stall.

    The kernel's timers and the waits for Python's lock make up to about 1 ms of it: see the row of
    the action that does nothing.
    """

    late: list[Span] = field(default_factory=list)
    full: list[Span] = field(default_factory=list)
    _began: float = 0.0
    _task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        gc.callbacks.append(self._collected)
        self._task = asyncio.create_task(self._watch())
        await asyncio.sleep(5 * _STEP_SECONDS)
        self.take()
        return self

    async def __aexit__(self, *_: object) -> None:
        gc.callbacks.remove(self._collected)
        if self._task is not None:
            self._task.cancel()

    def take(self) -> Watched:
        """Return what was seen since the last time.

        Only now is known what was a collection: the thread that made it may have to let the loop
        go first before it can say that it has ended.
        """
        longest = max((without(span, self.full) for span in self.late), default=0.0)
        seen = Watched(
            stall_ms=longest * 1000,
            collections_ms=[(end - begin) * 1000 for begin, end in self.full],
        )
        self.late.clear()
        self.full.clear()
        return seen

    async def _watch(self) -> None:
        while True:
            began = perf_counter()
            await asyncio.sleep(_STEP_SECONDS)
            self.late.append((began + _STEP_SECONDS, perf_counter()))

    def _collected(self, phase: Literal["start", "stop"], info: dict[str, int]) -> None:
        if info["generation"] == _FULL:
            if phase == "start":
                self._began = perf_counter()
            else:
                self.full.append((self._began, perf_counter()))


def without(span: Span, others: list[Span]) -> float:
    """Return how much of a span lies in none of the others, which do not overlap; in seconds."""
    begin, end = span
    covered = sum(max(0.0, min(end, b) - max(begin, a)) for a, b in others)
    return end - begin - covered
