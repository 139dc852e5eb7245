"""Open a connection to a vendor ahead of the request that will need it.

What HTTP libraries let others see has no way to connect without a request, so one is sent that asks
for nothing: a HEAD without a key (``client`` leaves it out). Its answer does not matter.
"""

import asyncio
import logging
from math import inf
from typing import Any, Final
from urllib.parse import urljoin

from ...chain import policy
from . import connections
from .trace import listen

_LOGGER = logging.getLogger(__name__)

METHOD: Final = "HEAD"
"""No SDK makes such a request, so it can be told by this."""


class Preconnect:
    """What one HTTP client has of connections that live, and how it gets one."""

    def __init__(self, client: Any, url: str) -> None:
        """Listen to all requests of a client to the host of this URL."""
        self._client = client
        self._url = urljoin(url, "/")
        self._answered_at = -inf
        """Loop time in seconds: when a connection was last seen to live."""
        self._opening = False
        client.event_hooks["request"].append(self._listen)

    async def open(self) -> None:
        """Open a connection unless one is kept, or being opened; raise nothing.

        Takes no longer than a connection may take to open. What is wrong, the request will tell.
        """
        now = asyncio.get_running_loop().time()
        if self._opening or now - self._answered_at < connections.IDLE_SECONDS:
            return
        self._opening = True
        try:
            async with asyncio.timeout(policy.CONNECT_SECONDS):
                await self._client.request(METHOD, self._url)
        except Exception as err:  # noqa: BLE001 - each of two libraries has errors of its own
            _LOGGER.debug("No connection was opened ahead: %s", type(err).__name__)
        finally:
            self._opening = False

    async def _listen(self, request: Any) -> None:
        """Hear how a request ends."""

        async def heard(event: str, _info: Any) -> None:
            if event == "http11.receive_response_body.complete":
                self._answered_at = asyncio.get_running_loop().time()
            elif event.endswith(".failed") and request.method != METHOD:
                # A HEAD that fails tells nothing: another one would take the connection that a
                # request has left.
                self._answered_at = -inf

        listen(request, heard)
