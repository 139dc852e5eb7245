"""Tell the chain the time and its luck, so that a test can decide both."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from random import random
from time import time

from .policy import JITTER


def _loop_time() -> float:
    return asyncio.get_running_loop().time()


@dataclass(frozen=True, slots=True)
class Clock:
    """Measure durations with the event loop's clock, which no time server can move."""

    now: Callable[[], float] = _loop_time
    """Seconds, monotonic; only differences mean anything."""
    wall: Callable[[], float] = time
    """Unix seconds, only for what is shown or stored."""
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    luck: Callable[[], float] = random
    """A number in [0, 1)."""

    def jittered(self, seconds: float) -> float:
        """Spread a delay by a fifth, so that two cameras do not knock in step."""
        return seconds * (1 + JITTER * (2 * self.luck() - 1))
