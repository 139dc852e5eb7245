"""Time and randomness, passed in so that tests control both."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
import random
from time import time

from .policy import JITTER


def _loop_time() -> float:
    return asyncio.get_running_loop().time()


@dataclass(frozen=True, slots=True)
class Clock:
    """The event loop's clock, which no time server can move, and a source of random numbers."""

    now: Callable[[], float] = _loop_time
    """Seconds, monotonic; only differences mean anything."""
    wall: Callable[[], float] = time
    """Unix seconds, only for what is shown or stored."""
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    random: Callable[[], float] = random.random
    """A number in [0, 1)."""

    def jittered(self, seconds: float) -> float:
        """Spread a delay by a fifth, so that two events do not retry in lockstep."""
        return seconds * (1 + JITTER * (2 * self.random() - 1))
