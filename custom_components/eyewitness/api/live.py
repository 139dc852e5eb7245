"""Tell a card of events as they come and go, whatever becomes of the entry and of its rights."""

from typing import Any

from homeassistant.components.websocket_api.connection import ActiveConnection
from homeassistant.config_entries import (
    SIGNAL_CONFIG_ENTRY_CHANGED,
    ConfigEntry,
    ConfigEntryChange,
    ConfigEntryState,
)
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect

from ..const import DOMAIN
from ..ledger.events import EventRow
from ..runtime.history import SIGNAL_LISTED, SIGNAL_UNLISTED
from .access import may_see, may_see_all
from .commands import loaded_entry
from .event_fields import async_fields


class LiveEvents:
    """One subscription."""

    def __init__(self, hass: HomeAssistant, connection: ActiveConnection, msg_id: int) -> None:
        """Belong to a connection."""
        self._hass = hass
        self._connection = connection
        self._msg_id = msg_id
        self._was_loaded = True

    @callback
    def async_begin(self) -> CALLBACK_TYPE:
        """Listen from now on; return what ends it."""
        stops = (
            async_dispatcher_connect(self._hass, SIGNAL_LISTED, self._async_listed),
            async_dispatcher_connect(self._hass, SIGNAL_UNLISTED, self._async_unlisted),
            async_dispatcher_connect(
                self._hass, SIGNAL_CONFIG_ENTRY_CHANGED, self._async_entry_changed
            ),
        )

        @callback
        def stop() -> None:
            for each in stops:
                each()

        return stop

    @callback
    def _async_listed(self, event: EventRow) -> None:
        """Show an event, with an address that is signed for this user and not for who caused it."""
        entry = loaded_entry(self._hass)
        if entry is None or not may_see(self._connection.user, event.camera):
            return
        fields = async_fields(self._hass, entry, event, self._connection.refresh_token_id)
        self._async_send({"type": "added", "event": fields})

    @callback
    def _async_unlisted(self, event_ids: tuple[str, ...] | None) -> None:
        """Name the events that are gone only to those who could see all: an id says when it was."""
        if event_ids is None or not may_see_all(self._connection.user):
            self._async_send({"type": "reload"})
        else:
            self._async_send({"type": "removed", "event_ids": event_ids})

    @callback
    def _async_entry_changed(self, _change: ConfigEntryChange, entry: ConfigEntry) -> None:
        """Have everything read anew when the entry was set up again."""
        if entry.domain != DOMAIN:
            return
        was_loaded, self._was_loaded = self._was_loaded, entry.state is ConfigEntryState.LOADED
        if self._was_loaded and not was_loaded:
            self._async_send({"type": "reload"})

    @callback
    def _async_send(self, message: dict[str, Any]) -> None:
        self._connection.send_event(self._msg_id, message)
