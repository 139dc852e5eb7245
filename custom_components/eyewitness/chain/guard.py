"""Call what the chain cannot vouch for: whatever goes wrong there becomes one of our kinds.

A bug in a provider or a picture that defies us must not keep the next provider from answering, so
here, and only here, every exception is caught. Only its type is logged, since its text may quote a
request with its key.
"""

import asyncio
from collections.abc import Awaitable, Callable
import logging

from .failures import Kind, ProviderError
from .task import Frame, Provider, Question, Reply

_LOGGER = logging.getLogger(__name__)

type Shrink = Callable[[Frame], Awaitable[Frame]]
"""Make a picture smaller for a vendor that called it too large."""


async def describe(provider: Provider, question: Question, seconds: float) -> Reply:
    """Ask once within the time; raise nothing but ``ProviderError``."""
    try:
        async with asyncio.timeout(seconds):
            return await provider.describe(question)
    except ProviderError:
        raise
    except TimeoutError as err:
        raise ProviderError(Kind.TIMEOUT) from err
    except Exception as err:  # noqa: BLE001
        _LOGGER.error("Provider %s raised %s", provider.kind, type(err).__name__)  # noqa: TRY400
        raise ProviderError(Kind.UNKNOWN) from None


async def smaller(shrink: Shrink, frame: Frame, seconds: float) -> Frame | None:
    """Return the picture made smaller within the time, None when that does not work."""
    try:
        async with asyncio.timeout(seconds):
            return await shrink(frame)
    except Exception as err:  # noqa: BLE001
        _LOGGER.error("Making the picture smaller raised %s", type(err).__name__)  # noqa: TRY400
        return None
