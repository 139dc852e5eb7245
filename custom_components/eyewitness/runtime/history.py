"""The history of a set-up entry: its events with their pictures, for whoever shows them."""

from dataclasses import dataclass
from enum import StrEnum

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_send
from homeassistant.util.signal_type import SignalType

from ..const import DOMAIN
from ..ledger.events import EventDay, EventFilter, EventRow

SIGNAL_LISTED: SignalType[EventRow] = SignalType(f"{DOMAIN}_event_listed")
"""Sent with each event as soon as it is listed, before the disk knows it."""
SIGNAL_UNLISTED: SignalType[tuple[str, ...] | None] = SignalType(f"{DOMAIN}_events_unlisted")
"""Sent with the ids of events that are gone, or with None when anything may be different."""


class PictureSize(StrEnum):
    """How large a picture is to be."""

    THUMBNAIL = "thumbnail"
    """At most 320 pixels wide."""
    FULL = "picture"
    """As it was sent to the providers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Some events, newest first."""

    events: tuple[EventRow, ...]
    next: str | None
    """The id to go on with (``before``), None when there are no more."""


class History:
    """Events and their pictures, also while the disk does not know them yet."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Begin without events."""
        self._hass = hass
        self._events: dict[str, EventRow] = {}
        self._pictures: dict[str, bytes] = {}

    @callback
    def async_add(self, event: EventRow, picture: bytes | None) -> None:
        """List an event, and keep its picture behind that."""
        if picture is not None:
            self._pictures[event.event_id] = picture
        self._events[event.event_id] = event
        async_dispatcher_send(self._hass, SIGNAL_LISTED, event)

    async def async_events(self, wanted: EventFilter, before: str | None, limit: int) -> Page:
        """Return the newest events, of those before the event ``before``; raise ``LedgerError``."""
        found = sorted(self._events.values(), key=lambda event: event.place, reverse=True)
        if before is not None and (cut := self._events.get(before)) is not None:
            found = [event for event in found if event.place < cut.place]
        found = [event for event in found if wanted.matches(event)]
        more = found[limit - 1].event_id if len(found) > limit else None
        return Page(events=tuple(found[:limit]), next=more)

    async def async_event(self, event_id: str) -> EventRow | None:
        """Return one event, None when there is none; raise ``LedgerError``."""
        return self._events.get(event_id)

    async def async_picture(self, event_id: str, size: PictureSize) -> bytes | None:
        """Return an event's picture as a JPEG, None when there is none that may be shown now."""
        return self._pictures.get(event_id)

    async def async_days(self, cameras: frozenset[str] | None) -> list[EventDay]:
        """Return the days on which cameras had events, newest first; raise ``LedgerError``."""
        counts: dict[tuple[str, str, str], int] = {}
        for event in self._events.values():
            key = event.camera, event.camera_name, event.day
            if cameras is None or event.camera in cameras:
                counts[key] = counts.get(key, 0) + 1
        return [
            EventDay(camera=camera, camera_name=name, day=day, events=events)
            for (camera, name, day), events in sorted(counts.items(), key=lambda each: each[0][2])
        ]
