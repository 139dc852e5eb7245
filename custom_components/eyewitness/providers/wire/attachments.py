"""Pictures go around the SDKs: these handle a token, and the request gets the picture as it leaves.

An SDK would encode a picture anew for each attempt, walk through the text and make JSON of it, all
on the event loop. So it is given a random token, and what it makes of that is replaced in the bytes
of the finished request.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
import logging
import secrets
from typing import Any, Final

from ...chain.failures import Failure, ProviderError
from ...chain.task import Picture

_LOGGER = logging.getLogger(__name__)
_TOKEN_BYTES: Final = 16
"""Nobody guesses one. Its digits are also the base64 of some bytes, for an SDK that wants bytes."""

_ATTACHED: Final[ContextVar[dict[bytes, bytes] | None]] = ContextVar("attached", default=None)
"""The base64 of each picture by its token, of the request that this task is about to make."""


@contextmanager
def attached(pictures: Iterable[Picture]) -> Iterator[list[str]]:
    """Yield a token for each picture, to stand for its base64 in the one request made meanwhile."""
    base64 = {secrets.token_hex(_TOKEN_BYTES).encode(): picture.base64 for picture in pictures}
    before = _ATTACHED.set(base64)
    try:
        yield [token.decode() for token in base64]
    finally:
        _ATTACHED.reset(before)
        # Timers and connections that outlast the request hold on to its context.
        base64.clear()


async def insert(request: Any) -> None:
    """Put the pictures into the body of a request, each where its token is.

    Raises ``ProviderError`` for a body in which a token is not exactly once, and for one that was
    made outside of ``attached``: it may hold a token instead of a picture.
    """
    if not (body := await request.aread()):
        return
    base64 = _ATTACHED.get()
    if base64 is None or any(body.count(token) != 1 for token in base64):
        _LOGGER.error("The library for %s does not send pictures as it used to", request.url.host)
        raise ProviderError(Failure.UNKNOWN, sent=False)
    for token, text in base64.items():
        body = body.replace(token, text)
    request.headers["content-length"] = str(len(body))
    # What ``request.content`` shows to logs and errors stays as small as it is.
    request.stream = type(request.stream)(body)
