"""Guard the wire: what leaves for a vendor, and how much of a reply is read.

An SDK sits on httpx or on its fork httpx2, whose classes are unrelated. Both know event hooks, and
these need nothing but what the two have in common, hence the ``Any``.
"""

from collections.abc import Mapping
from contextlib import aclosing
from ssl import SSLContext
from typing import Any, Final
import zlib

from ...chain.failures import Kind, ProviderError
from .pinning import Gate, Reach

MAX_BYTES: Final = 1024 * 1024
"""Most of a decoded reply that is read (notes 4); a true one has a few thousand bytes."""

_OURS: Final = frozenset(
    {
        "accept",
        "connection",
        "content-length",
        "content-type",
        "host",
        "transfer-encoding",
        "user-agent",
        "x-server-timeout",
        "x-stainless-raw-response",
    }
)
"""The headers that leave the house besides the key: none that an environment variable of the SDK
adds, and none that tell the vendor about this machine. By the last one two SDKs recognise, when
the reply is there, in what form they were asked for it."""


def client_options(ssl_context: SSLContext, own: Mapping[str, str], reach: Reach) -> dict[str, Any]:
    """Return what every SDK's HTTP client is built with; ``own`` are the headers that we set.

    No redirects, since the key would travel along, and no proxy from the environment.
    """
    gate = Gate(reach)

    async def send(request: Any) -> None:
        for name in set(request.headers) - _OURS:
            del request.headers[name]
        # What is not compressed cannot swell; a description is too short to be worth it.
        request.headers.update({**own, "accept-encoding": "identity"})
        seconds = await gate.pin(request)
        timeouts = request.extensions.get("timeout", {})
        request.extensions["timeout"] = {**timeouts, "connect": seconds}

    return {
        "verify": ssl_context,
        "follow_redirects": False,
        "trust_env": False,
        # Anthropic's class asks the environment for proxies by itself; these go before its own.
        "mounts": {"http://": None, "https://": None, "all://": None},
        "event_hooks": {"request": [send], "response": [_read]},
    }


async def _read(response: Any) -> None:
    """Read a reply before the SDK does; raise ``ProviderError`` when it is longer than allowed."""
    length = response.headers.get("content-length", "")
    if length.isdecimal() and int(length) > MAX_BYTES:
        raise _oversize(response)
    raw = bytearray()
    async with aclosing(aiter(response.stream)) as chunks:
        async for chunk in chunks:
            raw += chunk
            if len(raw) > MAX_BYTES:
                raise _oversize(response)
    await response.stream.aclose()
    # A letter that is no UTF-8 in an error page must not hide the error's status from the SDK.
    body = _inflate(response, bytes(raw)).decode("utf-8", "replace").encode()
    response.headers.pop("content-encoding", None)
    response.stream = type(response)(response.status_code, content=body).stream


def _inflate(response: Any, raw: bytes) -> bytes:
    """Unpack what was sent packed against our wish, no further than allowed."""
    match response.headers.get("content-encoding", "identity").strip().lower():
        case "identity" | "":
            return raw
        case "gzip" | "x-gzip" | "deflate":
            unpacker = zlib.decompressobj(wbits=zlib.MAX_WBITS | 32)
            try:
                body = unpacker.decompress(raw, MAX_BYTES + 1)
            except zlib.error:
                raise ProviderError(Kind.MALFORMED, status=response.status_code) from None
            if len(body) > MAX_BYTES:
                raise _oversize(response)
            return body
        case _:
            raise ProviderError(Kind.MALFORMED, status=response.status_code)


def _oversize(response: Any) -> ProviderError:
    return ProviderError(Kind.MALFORMED, status=response.status_code, oversize=True)
