"""Events, whether they are written already or still wait in line.

All methods but ``waits`` block, so call them in an executor. Those that read or change the file
raise ``LedgerError``.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from functools import partial

from . import event_rows
from .events import EventDay, EventFilter, EventRow, PictureKept, began
from .line import Line
from .rows import Renamed
from .store import Ledger


class EventStore:
    """The events of a ledger."""

    def __init__(self, ledger: Ledger, line: Line) -> None:
        """Take the ledger, and the line of what waits for it."""
        self._ledger = ledger
        self._line = line

    def events(self, wanted: EventFilter, before: str | None, limit: int) -> list[EventRow]:
        """Return the newest events of a filter, newest first, at most ``limit``.

        ``before`` is the id of the event that they come before; one that is gone has still told
        by its id when it was.
        """
        waiting, kept = self._waiting()  # first, as what is written leaves the line
        place = None
        if before is not None:
            last = waiting.get(before) or self._ledger.read(
                partial(event_rows.read_one, event_id=before)
            )
            place = last.place if last else began(before)
        query = partial(event_rows.read, wanted=wanted, before=place, limit=limit)
        found = {
            event_id: event
            for event_id, event in waiting.items()
            if (place is None or event.place < place) and wanted.matches(event)
        }
        for event in self._ledger.read(query):
            size = kept.get(event.event_id, event.picture_bytes)
            found[event.event_id] = replace(event, picture_bytes=size)
        return sorted(found.values(), key=lambda event: event.place, reverse=True)[:limit]

    def event(self, event_id: str) -> EventRow | None:
        """Return one event, None when there is none."""
        waiting, kept = self._waiting()
        if event_id in waiting:
            return waiting[event_id]
        event = self._ledger.read(partial(event_rows.read_one, event_id=event_id))
        if event is None or event_id not in kept:
            return event
        return replace(event, picture_bytes=kept[event_id])

    def waits(self, event_id: str) -> bool:
        """Return whether an event is not in the file yet; raises nothing."""
        return any(
            isinstance(entry, EventRow) and entry.event_id == event_id
            for entry in self._line.entries()
        )

    def _waiting(self) -> tuple[dict[str, EventRow], dict[str, int]]:
        """Return the events that wait, and the sizes of the pictures that it waits to be noted."""
        events: dict[str, EventRow] = {}
        kept: dict[str, int] = {}
        for entry in self._line.entries():
            match entry:
                case EventRow():
                    events[entry.event_id] = entry
                case PictureKept(event_id=event_id, picture_bytes=size):
                    kept[event_id] = size
                    if event_id in events:
                        events[event_id] = replace(events[event_id], picture_bytes=size)
                case Renamed(camera=camera, name=name):
                    for each in [each for each in events.values() if each.camera == camera]:
                        events[each.event_id] = replace(each, camera=name)
        return events, kept

    def cameras(self) -> set[str]:
        """Return the cameras that have events."""
        waiting, _ = self._waiting()
        return {each.camera for each in waiting.values()} | self._ledger.read(event_rows.cameras)

    def days(self, cameras: Collection[str] | None) -> list[EventDay]:
        """Return the days of each camera that has events in the file, newest first."""
        return self._ledger.read(partial(event_rows.read_days, cameras=cameras))

    def before(self, time: str, limit: int) -> list[EventRow]:
        """Return the oldest events before a time, ISO 8601 in UTC."""
        return self._ledger.read(partial(event_rows.before, time=time, limit=limit))

    def picture_bytes(self) -> int:
        """Return how many bytes all pictures have, with their thumbnails."""
        return self._ledger.read(event_rows.picture_bytes)

    def oldest_pictures(self, now: str, limit: int) -> list[EventRow]:
        """Return the events whose pictures are to go first; ``now`` is ISO 8601 in UTC."""
        return self._ledger.read(partial(event_rows.oldest_pictures, now=now, limit=limit))

    def paintings(self) -> set[tuple[str, frozenset[str]]]:
        """Return each camera that has pictures, with all sets of black areas that they have."""
        return self._ledger.read(event_rows.paintings)

    def painted(self, camera: str, masks: Collection[str], limit: int) -> list[EventRow]:
        """Return a camera's newest events whose picture has exactly these black areas."""
        return self._ledger.read(
            partial(event_rows.painted, camera=camera, masks=masks, limit=limit)
        )

    def picture_days(self) -> set[str]:
        """Return the days that have events with a picture."""
        return self._ledger.read(event_rows.days)

    def pictures(self, day: str) -> dict[str, int]:
        """Return the events of a day, and how many bytes the picture of each has, or 0."""
        return self._ledger.read(partial(event_rows.pictures, day=day))

    def mark(self, kept: Sequence[PictureKept]) -> bool:
        """Note which events have a picture and which have none any more; return True."""
        if kept:
            self._ledger.change(partial(event_rows.mark, kept=kept))
        return True

    def paint(self, event_id: str, masks: Collection[str], size: int) -> bool:
        """Note which black areas an event's picture has now, and its bytes; return True."""
        self._ledger.change(partial(event_rows.paint, event_id=event_id, masks=masks, size=size))
        return True

    def remove(self, event_ids: Collection[str]) -> bool:
        """Delete events; return True."""
        self._ledger.change(partial(event_rows.remove, event_ids=event_ids))
        return True

    def clear(self) -> None:
        """Delete all events."""
        self._ledger.change(event_rows.clear)
