"""Run the code of another integration, which may fail in any way and for any length of time."""

import asyncio
from collections.abc import Coroutine
from typing import Any


class ForeignError(Exception):
    """Another integration failed; the argument is the kind of exception, never its words."""


async def async_bounded[T](work: Coroutine[Any, Any, T], seconds: float) -> T:
    """Return what another integration returns within ``seconds``; raise ``ForeignError`` if not.

    It runs in a task of its own, because the camera component swallows cancellation: in our task a
    stopped automation would look like a broken camera.
    """
    task = asyncio.ensure_future(work)
    task.add_done_callback(lambda done: done.cancelled() or done.exception())
    try:
        await asyncio.wait({task}, timeout=seconds)
    finally:
        task.cancel()
    if not task.done() or task.cancelled():
        raise ForeignError(TimeoutError.__name__)
    if (err := task.exception()) is not None:
        raise ForeignError(type(err).__name__)
    return task.result()
