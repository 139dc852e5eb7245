"""The HTTP client of every SDK: what it sends, where to, and how much of a reply it reads.

An SDK sits on httpx or on its fork httpx2, whose classes are unrelated. Both know event hooks, and
these need nothing but what the two have in common, hence the ``Any``.
"""

import asyncio
from collections.abc import Generator, Mapping
from contextlib import aclosing, contextmanager
from contextvars import ContextVar
from ssl import SSLContext
from typing import Any, Final
import zlib

from ...chain.failures import Failure, ProviderError
from . import attachments, connections, preconnect
from .pinning import AddressPin, Reach
from .trace import listen

MAX_BYTES: Final = 1024 * 1024
"""Most of a decoded reply that is read; a real one has a few thousand bytes."""

_ALLOWED_HEADERS: Final = frozenset(
    {
        "accept",
        "connection",
        "content-length",
        "content-type",
        "host",
        "user-agent",
    }
)
"""The headers that are sent besides the key: none that an environment variable of the SDK adds, and
none that tell the vendor about this machine."""


def client_options(
    ssl_context: SSLContext, headers: Mapping[str, str], reach: Reach, *, limits: type[Any]
) -> dict[str, Any]:
    """Return the arguments for an SDK's HTTP client; ``headers`` are sent with every request.

    The exception is the one that only opens a connection (``preconnect``). ``limits`` is the class
    ``Limits`` of the SDK's own HTTP library. No redirects, since the key would travel along, and no
    proxy from the environment. The hooks raise ``ProviderError``, which the SDKs wrap into errors
    of their own.
    """
    pin, kept = AddressPin(reach), connections.Connections(reach)

    async def prepare(request: Any) -> None:
        if not _SENT.get():
            raise ProviderError(Failure.CANCELLED, sent=False)
        for name in set(request.headers) - _ALLOWED_HEADERS:
            del request.headers[name]
        # What is not compressed cannot swell; a description is too short to be worth it.
        request.headers["accept-encoding"] = "identity"
        if request.method != preconnect.METHOD:
            request.headers.update(headers)
        await attachments.insert(request)
        connect_seconds = await pin.apply(request)
        timeouts = request.extensions.get("timeout", {})
        request.extensions["timeout"] = {**timeouts, "connect": connect_seconds}
        listen(request, connections.Connection(kept).heard)

    return {
        "verify": ssl_context,
        "limits": limits(
            max_connections=None,  # as many as there are runs
            max_keepalive_connections=connections.IDLE_CONNECTIONS,
            keepalive_expiry=connections.IDLE_SECONDS,
        ),
        "follow_redirects": False,
        "trust_env": False,
        # Anthropic's class asks the environment for proxies by itself; these go before its own.
        "mounts": {"http://": None, "https://": None, "all://": None},
        "event_hooks": {"request": [prepare], "response": [_read_body]},
    }


_SENT: Final = ContextVar("eyewitness_sent", default=True)
"""Whether requests leave."""


@contextmanager
def nothing_sent() -> Generator[None]:
    """Let every request of this context fail when it is ready, before it leaves."""
    before = _SENT.set(False)
    try:
        yield
    finally:
        _SENT.reset(before)


async def _read_body(response: Any) -> None:
    """Read a reply before the SDK does; raise ``ProviderError`` when it is longer than allowed."""
    length = response.headers.get("content-length", "")
    has_body = response.request.method != preconnect.METHOD
    if has_body and length.isdecimal() and int(length) > MAX_BYTES:
        raise _oversize(response)
    raw = bytearray()
    async with aclosing(aiter(response.stream)) as chunks:
        async for chunk in chunks:
            raw += chunk
            if len(raw) > MAX_BYTES:
                raise _oversize(response)
    await response.stream.aclose()
    # A byte that is no UTF-8 in an error page must not hide the error's status from the SDK.
    body = _decompress(response, bytes(raw)).decode("utf-8", "replace").encode()
    response.headers.pop("content-encoding", None)
    response.stream = type(response.request.stream)(body)  # bytes as well
    # Others have their turn between the reply and all that is made of it at once.
    await asyncio.sleep(0)


def _decompress(response: Any, raw: bytes) -> bytes:
    """Decompress what was compressed against our wish, no further than allowed."""
    match response.headers.get("content-encoding", "identity").strip().lower():
        case "identity" | "":
            return raw
        case "gzip" | "x-gzip" | "deflate":
            decompressor = zlib.decompressobj(wbits=zlib.MAX_WBITS | 32)
            try:
                body = decompressor.decompress(raw, MAX_BYTES + 1)
            except zlib.error:
                raise ProviderError(Failure.MALFORMED, status=response.status_code) from None
            if len(body) > MAX_BYTES:
                raise _oversize(response)
            return body
        case _:
            raise ProviderError(Failure.MALFORMED, status=response.status_code)


def _oversize(response: Any) -> ProviderError:
    return ProviderError(Failure.MALFORMED, status=response.status_code, oversize=True)
