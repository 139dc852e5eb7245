"""Progress on standard error: nobody waits in front of a silent terminal."""

import asyncio
from collections.abc import AsyncGenerator
import contextlib
import sys
import time
from typing import TextIO

_TICK_S = 4.0


def show(text: str, stream: TextIO) -> None:
    """Print one line at once, also into a pipe."""
    stream.write(f"{text}\n")
    stream.flush()


class Progress:
    """What is being done and how long it takes, line by line."""

    def __init__(self) -> None:
        self._start = time.monotonic()

    def say(self, text: str) -> None:
        """Print one line with the seconds since the start."""
        show(f"[{time.monotonic() - self._start:5.1f} s] {text}", sys.stderr)

    @contextlib.asynccontextmanager
    async def step(self, text: str) -> AsyncGenerator[None]:
        """Print what is being done, and that it still is, from time to time."""
        self.say(f"{text} …")
        ticking = asyncio.create_task(self._tick(text))
        try:
            yield
        finally:
            ticking.cancel()

    async def _tick(self, text: str) -> None:
        while True:
            await asyncio.sleep(_TICK_S)
            self.say(f"{text}: still at it")
