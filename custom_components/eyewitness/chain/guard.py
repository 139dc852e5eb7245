"""Call the code of providers and tasks, and turn whatever it raises into a ``ProviderError``.

A bug there must not keep the next provider from answering, so the chain catches every exception
here, and nowhere else. Its type and place are logged, never its text, which may quote a request
with its key.
"""

import asyncio
from collections.abc import Awaitable
import logging
from typing import Any

from .crash import where
from .failures import Failure, ProviderError
from .task import Picture, Provider, Reply, Task, Usage

_LOGGER = logging.getLogger(__name__)


async def generate(provider: Provider, task: Task[Any], seconds: float) -> Reply:
    """Send one request and wait so many seconds at most; raise nothing but ``ProviderError``."""
    return await ask(provider.kind, provider.generate(task), seconds)


async def ask[T](kind: str, request: Awaitable[T], seconds: float) -> T:
    """Wait so many seconds at most for a provider; raise nothing but ``ProviderError``."""
    try:
        async with asyncio.timeout(seconds):
            return await request
    except ProviderError:
        raise
    except TimeoutError as err:
        raise ProviderError(Failure.TIMEOUT) from err
    except Exception as err:  # noqa: BLE001
        _LOGGER.error("Provider %s raised %s", kind, where(err))  # noqa: TRY400
        raise ProviderError(Failure.UNKNOWN) from None


def read[T](task: Task[T], reply: Reply) -> T:
    """Return the answer in a reply; raise nothing but ``ProviderError``."""
    try:
        return task.read(reply)
    except ProviderError:
        raise
    except Exception as err:  # noqa: BLE001
        _LOGGER.error("Reading a reply raised %s", where(err))  # noqa: TRY400
        raise ProviderError(Failure.UNKNOWN) from None


def cost(provider: Provider, model: str, usage: Usage) -> float | None:
    """Return the USD of a request, None when its price is not known or finding it fails."""
    try:
        return provider.cost(model, usage)
    except Exception as err:  # noqa: BLE001
        _LOGGER.error("Pricing a request raised %s", where(err))  # noqa: TRY400
        return None


async def shrink(pictures: tuple[Picture, ...], seconds: float) -> tuple[Picture, ...] | None:
    """Return smaller pictures, None when there are none or making them fails or takes too long."""
    try:
        async with asyncio.timeout(seconds):
            if all(picture.shrink is None for picture in pictures):
                return None
            return tuple([await each.shrink() if each.shrink else each for each in pictures])
    except Exception as err:  # noqa: BLE001
        _LOGGER.error("Making a picture smaller raised %s", where(err))  # noqa: TRY400
        return None
