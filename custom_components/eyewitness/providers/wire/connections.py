"""Connections to a vendor: kept between events, few of them, and given up in time when they die."""

import asyncio
from contextlib import suppress
import socket
from typing import Any, Final

from ...chain import policy
from ...chain.failures import Failure, ProviderError
from .pinning import Reach

IDLE_SECONDS: Final = 240.0
"""How long an idle connection is kept: motion comes back within minutes, and a new connection costs
two round trips and what TLS computes. Servers keep theirs about as long (Google's four minutes,
Cloudflare's, behind which the other vendors are, nearly seven; not verified); one that has hung up
is noticed before the next request."""
IDLE_CONNECTIONS: Final = 4
"""How many idle ones are kept: as many as cameras see the same thing on a usual day. A storm opens
one for each of its runs; to keep those would cost a quarter of a MiB each, here and at the
vendor."""
STALE_SECONDS: Final = 1.0
"""A kept connection that ends this soon after a request was sent had been given up by the server:
that takes one round trip."""
_PROBE_SECONDS: Final = 60
"""A router forgets a silent connection, some of them within minutes; the system's own probes keep
it, and find out while nobody waits that the way has changed."""
_ENDED: Final = frozenset({"ReadError", "RemoteProtocolError"})


def _available(*wanted: tuple[int, str, int]) -> list[tuple[int, int, int]]:
    """Return the socket options of these that the system has."""
    return [
        (level, getattr(socket, name), value)
        for level, name, value in wanted
        if hasattr(socket, name)
    ]


_PROBED: Final = _available(
    (socket.SOL_SOCKET, "SO_KEEPALIVE", 1), (socket.IPPROTO_TCP, "TCP_KEEPIDLE", _PROBE_SECONDS)
)
_GIVEN_UP: Final = _available(
    (socket.IPPROTO_TCP, "TCP_USER_TIMEOUT", round(policy.CONNECT_SECONDS * 1000))
)
"""What is sent and not taken ends a connection as early as one that does not open; without it a
request into the void takes all the patience with its provider. But a small server at home may read
nothing while it is busy with another request."""


class Connections:
    """Those of one client that are open, idle or not."""

    def __init__(self, reach: Reach) -> None:
        """Begin with none."""
        self._options = _PROBED if reach is Reach.LOCAL else _PROBED + _GIVEN_UP
        self._sockets: set[Any] = set()
        self.at_work = 0
        """How many requests are under way over them."""

    def add(self, sock: Any) -> None:
        """Take a new one in."""
        for option in self._options:
            sock.setsockopt(*option)
        self._sockets = {each for each in self._sockets if each.fileno() >= 0} | {sock}

    def doubt(self) -> None:
        """Give up all idle ones, since one of them proved to be dead.

        What ended it, a router or a server that began anew, has mostly ended the others too, and an
        event would spend its tries on them one by one. While others are at work nothing is given
        up: which ones are idle only the pool knows, and then they find it out by themselves.
        """
        if self.at_work > 1:
            return
        for sock in self._sockets:
            with suppress(OSError):  # closed already
                sock.shutdown(socket.SHUT_RDWR)  # the pool sees that, and opens new ones


class Connection:
    """The connection that one request goes over."""

    def __init__(self, among: Connections) -> None:
        """Know nothing of it before it is ``heard``."""
        self._among = among
        self._is_new = False
        self._sent_at = 0.0
        """Loop time in seconds."""

    async def heard(self, event: str, info: Any) -> None:
        """Take a new connection in; raise ``ProviderError`` when a kept one proves to be stale.

        Then nothing was done for the request, so the chain may send it again at once. But where
        it was given up is not known: the picture counts as seen.
        """
        match event:
            case "connection.connect_tcp.complete":
                self._is_new = True
                self._among.add(info["return_value"].get_extra_info("socket"))
            case "http11.send_request_headers.started":
                self._among.at_work += 1
                self._sent_at = asyncio.get_running_loop().time()
            case "http11.receive_response_headers.failed" if self._was_dead(info["exception"]):
                self._among.doubt()
                if asyncio.get_running_loop().time() - self._sent_at < STALE_SECONDS:
                    stale = ProviderError(Failure.NETWORK, sent=False)
                    stale.shown = True
                    raise stale
            case "http11.response_closed.started":
                self._among.at_work -= 1

    def _was_dead(self, err: BaseException) -> bool:
        """Return whether a kept connection has ended without an answer."""
        return not self._is_new and type(err).__name__ in _ENDED
