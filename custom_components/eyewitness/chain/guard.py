"""Call the code of providers and tasks, and turn whatever it raises into a ``ProviderError``.

A bug there must not keep the next provider from answering, so the chain catches every exception
here, and nowhere else: also those that are no ``Exception``, such as a cancellation that a library
made up itself. Only what ends the process passes, and what ends this task. The type and place of
an exception are logged, never its text, which may quote a request with its key.
"""

import asyncio
from collections.abc import Awaitable
import logging
from typing import Any

from .crash import where
from .failures import Failure, ProviderError
from .task import Cost, Picture, Provider, Reply, Task, Usage

_LOGGER = logging.getLogger(__name__)


async def generate(provider: Provider, task: Task[Any], seconds: float) -> Reply:
    """Send one request and wait so many seconds at most; raise nothing but ``ProviderError``."""
    return await ask(provider.kind, provider.generate(task), seconds)


async def ask[T](kind: str, request: Awaitable[T], seconds: float) -> T:
    """Wait so many seconds at most for a provider; raise nothing but ``ProviderError``."""
    running = asyncio.current_task()
    try:
        async with asyncio.timeout(seconds):
            answer = await request
    except BaseException as err:
        if _ends_us(err, running):
            raise
        if _was_stopped(running):
            # The library has made an error of its own of our cancellation.
            raise asyncio.CancelledError from None
        if isinstance(err, ProviderError):
            raise
        if isinstance(err, TimeoutError):
            raise ProviderError(Failure.TIMEOUT) from err
        _LOGGER.error("Provider %s raised %s", kind, where(err))  # noqa: TRY400
        raise ProviderError(Failure.UNKNOWN) from None
    if _was_stopped(running):
        # An SDK may swallow a cancellation (openai's first list of models does), and what was
        # stopped would go on: an unload waited 30 s for it.
        raise asyncio.CancelledError
    return answer


def read[T](task: Task[T], reply: Reply) -> T:
    """Return the answer in a reply; raise nothing but ``ProviderError``."""
    try:
        return task.read(reply)
    except ProviderError:
        raise
    except BaseException as err:
        if _ends_the_process(err):
            raise
        _LOGGER.error("Reading a reply raised %s", where(err))  # noqa: TRY400
        raise ProviderError(Failure.UNKNOWN) from None


def cost(provider: Provider, model: str, usage: Usage | None) -> Cost | None:
    """Return the cost of a request, None when it is not known or finding it fails."""
    try:
        return provider.cost(model, usage)
    except BaseException as err:
        if _ends_the_process(err):
            raise
        _LOGGER.error("Pricing a request raised %s", where(err))  # noqa: TRY400
        return None


async def shrink(pictures: tuple[Picture, ...], seconds: float) -> tuple[Picture, ...] | None:
    """Return smaller pictures, None when there are none or making them fails or takes too long."""
    running = asyncio.current_task()
    try:
        async with asyncio.timeout(seconds):
            if all(picture.shrink is None for picture in pictures):
                return None
            return tuple([await each.shrink() if each.shrink else each for each in pictures])
    except TimeoutError:
        return None
    except BaseException as err:
        if _ends_us(err, running):
            raise
        _LOGGER.error("Making a picture smaller raised %s", where(err))  # noqa: TRY400
        return None


def _ends_the_process(err: BaseException) -> bool:
    if isinstance(err, BaseExceptionGroup):
        return any(_ends_the_process(each) for each in err.exceptions)
    return isinstance(err, KeyboardInterrupt | SystemExit)


def _ends_us(err: BaseException, running: asyncio.Task[Any] | None) -> bool:
    """Return whether this exception is meant for our task, and not just a library's own."""
    if _ends_the_process(err):
        return True
    if isinstance(err, GeneratorExit):
        # A coroutine that is thrown away is closed from outside its task.
        return _current_task() is not running
    return not isinstance(err, Exception) and _was_stopped(running)


def _was_stopped(running: asyncio.Task[Any] | None) -> bool:
    return running is not None and running.cancelling() > 0


def _current_task() -> asyncio.Task[Any] | None:
    try:
        return asyncio.current_task()
    except RuntimeError:
        return None  # no loop runs any more
