"""An event loop in a thread of its own, for what outlives a single test."""

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
import functools
import threading
from typing import Any

_LIMIT_S = 170.0


class LoopThread:
    """A loop for the coroutines of several tests, out of the way of each test's own."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    def run[T](self, work: Coroutine[Any, Any, T], limit_s: float = _LIMIT_S) -> T:
        """Run one coroutine to its end; cancel it when nobody waits for it any more."""
        future = self.submit(work)
        try:
            return future.result(limit_s)
        finally:
            future.cancel()

    def submit[T](self, work: Coroutine[Any, Any, T]) -> Future[T]:
        """Begin one coroutine."""
        if self._loop is None:
            self._loop = asyncio.new_event_loop()
            self._thread = threading.Thread(
                target=self._loop.run_forever, name="harness-loop", daemon=True
            )
            self._thread.start()
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def stop(self) -> None:
        """End the loop and its thread."""
        if self._loop is not None and self._thread is not None:
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(10)
            self._loop.close()
            self._loop = self._thread = None


LOOP = LoopThread()


def on_loop[**P, T](function: Callable[P, Coroutine[Any, Any, T]]) -> Callable[P, T]:
    """Make an async test or fixture run on the shared loop."""

    @functools.wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> T:
        return LOOP.run(function(*args, **kwargs))

    return run
