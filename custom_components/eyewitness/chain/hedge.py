"""Let a second provider start when the first one takes long; the first valid answer counts."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from . import policy
from .answer import Answer

type Asking = Coroutine[Any, Any, Answer | None]


@dataclass(slots=True)
class Savings:
    """Keep hedges rare: each is paid when it begins, also by an event that is stopped later."""

    hedges: float = 1.0

    def take(self) -> bool:
        """Pay for one hedge, if there is enough."""
        if self.hedges < 1:
            return False
        self.hedges -= 1
        return True

    def earn(self) -> None:
        """Put aside what every event brings."""
        self.hedges = min(policy.HEDGES_SAVED, self.hedges + policy.HEDGE_SHARE)


async def race(first: Asking, second: Callable[[], Asking | None], seconds: float) -> Answer | None:
    """Return the first answer of one or two providers, None when neither gives one.

    ``second`` is called when the first has not ended after so many seconds, and may decline. Who
    is still running when an answer is there, or when the caller is stopped, is cancelled.
    """
    tasks = {asyncio.ensure_future(first)}
    try:
        running = tasks
        done, running = await asyncio.wait(running, timeout=seconds)
        if not done and (other := second()) is not None:
            running = tasks | {asyncio.ensure_future(other)}
            tasks = running
        while not (answer := _answer(done)) and running:
            done, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
        return answer
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _answer(done: set[asyncio.Task[Answer | None]]) -> Answer | None:
    return next((found for task in done if (found := task.result()) is not None), None)
