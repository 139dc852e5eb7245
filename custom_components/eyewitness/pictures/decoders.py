"""Let a few pictures be decoded at a time, and none of a camera whose last one goes on alone."""

import asyncio
from collections.abc import Callable
from typing import Any, Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.singleton import singleton
from homeassistant.util.hass_dict import HassKey

from ..const import DOMAIN
from .limits import AT_A_TIME, DECODE_SECONDS, PLACE_SECONDS


class Decoders:
    """The decodes that are under way, those that nobody waits for any more included."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Begin with none."""
        self._hass = hass
        self._free = asyncio.Semaphore(AT_A_TIME)
        self._left_behind: dict[asyncio.Future[Any], str] = {}

    async def async_run[T](self, entity_id: str, decode: Callable[[], T], seconds: float) -> T:
        """Return what ``decode`` makes of a camera's picture within ``seconds``, in a thread.

        They count from when there is a place for it: that other cameras have sent pictures at the
        same moment is no fault of this one. A thread cannot be stopped: it keeps its place when its
        call is cancelled or out of time, and its camera gets no other. Raises ``TimeoutError``, and
        what ``decode`` raises.
        """
        if entity_id in self._left_behind.values():
            raise TimeoutError("the camera's last picture is still being decoded")
        async with asyncio.timeout(PLACE_SECONDS):
            await self._free.acquire()
        thread = self._hass.async_add_executor_job(decode)
        thread.add_done_callback(self._ended)
        try:
            await asyncio.wait({thread}, timeout=min(seconds, DECODE_SECONDS))
        finally:
            if not thread.done():
                self._left_behind[thread] = entity_id
        if not thread.done():
            raise TimeoutError("a picture that takes too long to decode")
        return thread.result()

    @callback
    def _ended(self, thread: asyncio.Future[Any]) -> None:
        self._free.release()
        if self._left_behind.pop(thread, None) and not thread.cancelled():
            thread.exception()  # or asyncio logs it, as nobody has seen it


_DECODERS: Final[HassKey[Decoders]] = HassKey(f"{DOMAIN}_decoders")


@singleton(_DECODERS)
@callback
def async_get_decoders(hass: HomeAssistant) -> Decoders:
    """Return the decoders, which outlast a reload as their threads do."""
    return Decoders(hass)
