"""An event loop whose time runs faster than the clock on the wall."""

import asyncio
from collections.abc import Coroutine
import selectors
import time
from typing import Any, override

_STALL_SECONDS = 0.5
"""Loop time that may pass beyond what was waited for, in one turn of the loop."""


class _Selector(selectors.DefaultSelector):
    """The keeper of the loop's time; it is the one place where a loop waits."""

    def __init__(self, factor: float) -> None:
        super().__init__()
        self._factor = factor
        self._seconds = 1000.0
        self._mark = time.monotonic()

    @property
    def now(self) -> float:
        return self._seconds + min(self._passed(), _STALL_SECONDS)

    def skip(self, seconds: float) -> None:
        self._settle(_STALL_SECONDS)
        self._seconds += seconds

    @override
    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        self._settle(_STALL_SECONDS)
        events: list[tuple[selectors.SelectorKey, int]]
        if timeout is None:
            events = super().select(None)
            self._settle(self._passed())
        else:
            events = super().select(timeout / self._factor)
            self._settle(timeout + _STALL_SECONDS)
        return events

    def _passed(self) -> float:
        return (time.monotonic() - self._mark) * self._factor

    def _settle(self, most: float) -> None:
        """Add what has passed since the last look, but no more than could be meant to.

        When the machine lets this process wait, a small wait on the wall would be many seconds of
        loop time, and requests would time out that were answered long ago.
        """
        self._seconds += min(self._passed(), most)
        self._mark = time.monotonic()


class FastLoop(asyncio.SelectorEventLoop):
    """A loop in which every timeout, sleep and stamp shrinks by one factor."""

    def __init__(self, factor: float) -> None:
        """Run so many times faster than the wall's clock, but with the same sockets."""
        self._fast = _Selector(factor)
        super().__init__(self._fast)

    @override
    def time(self) -> float:
        return self._fast.now

    def skip(self, seconds: float) -> None:
        """Let time in which nothing happens pass at once; timers that are due go off late."""
        self._fast.skip(seconds)


def run[T](story: Coroutine[Any, Any, T], factor: float) -> T:
    """Run a coroutine in fast time."""
    with asyncio.Runner(loop_factory=lambda: FastLoop(factor)) as runner:
        return runner.run(story)


def fast_loop() -> FastLoop:
    """Return the running loop."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, FastLoop)
    return loop
