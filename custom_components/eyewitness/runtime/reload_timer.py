"""One reload for a burst of changes."""

import asyncio
from datetime import datetime
from typing import Final

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later

RELOAD_SECONDS: Final = 1.0
"""From the first change to the reload. Whoever adds four providers does not want four reloads, each
of which drops the connections and what the chain has learned."""


class ReloadTimer:
    """Reloads an entry a moment after the first of several changes."""

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        """Take the entry to reload."""
        self._hass = hass
        self._entry_id = entry_id
        self._cancel: CALLBACK_TYPE | None = None
        self._idle = asyncio.Event()
        self._idle.set()

    @callback
    def async_schedule(self) -> None:
        """Reload soon; while a reload is due, another change is taken up by the same one."""
        if self._cancel is None:
            self._idle.clear()
            self._cancel = async_call_later(self._hass, RELOAD_SECONDS, self._reload)

    @callback
    def async_cancel(self) -> None:
        """Forget a reload that is due."""
        if self._cancel is not None:
            self._cancel()
            self._cancel = None
        self._idle.set()

    async def async_wait(self) -> None:
        """Wait until no reload is due; one that was due has begun then."""
        await self._idle.wait()

    @callback
    def _reload(self, _now: datetime) -> None:
        self._cancel = None
        self._hass.config_entries.async_schedule_reload(self._entry_id)
        self._idle.set()
