"""Hedged requests: when one provider takes long, a second one is asked as well."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from . import policy

type Contender[T] = Coroutine[Any, Any, T | None]
"""A request in a race; it returns None when it fails."""


@dataclass(slots=True)
class HedgeBudget:
    """Keeps hedges rare: every event earns a share of one, and each must be paid when it starts."""

    hedges: float = 1.0

    def spend(self) -> bool:
        """Pay for one hedge, if there is enough."""
        if self.hedges < 1:
            return False
        self.hedges -= 1
        return True

    def earn(self) -> None:
        """Add the share of one event."""
        self.hedges = min(policy.HEDGES_SAVED, self.hedges + policy.HEDGE_SHARE)


async def race[T](
    primary: Contender[T], start_hedge: Callable[[], Contender[T] | None], seconds: float
) -> T | None:
    """Return the first answer of one or two requests, None when neither gives one.

    ``start_hedge`` is called when the primary request has not ended after so many seconds, and may
    decline. What still runs when there is an answer, or when the caller is cancelled, is cancelled.
    """
    tasks = {_begun(primary)}
    try:
        running = tasks
        done, running = await asyncio.wait(running, timeout=seconds)
        if not done and (hedge := start_hedge()) is not None:
            running = tasks | {_begun(hedge)}
            tasks = running
        while (answer := _first_answer(done)) is None and running:
            done, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
        return answer
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _begun[T](contender: Contender[T]) -> asyncio.Task[T | None]:
    """Start a request before anybody else chooses: it reserves a probe or a token by starting."""
    return asyncio.get_running_loop().create_task(contender, eager_start=True)


def _first_answer[T](done: set[asyncio.Task[T | None]]) -> T | None:
    return next((answer for task in done if (answer := task.result()) is not None), None)
