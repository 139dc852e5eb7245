"""The history: what cameras were said to show, as it goes in and comes out."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from .words import Search


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRow:
    """One event that the bus was told of; the fields are columns of ``events``."""

    event_id: str
    camera: str
    """The entity id, the present one: it follows a camera that is renamed."""
    camera_name: str
    """As it was called at that time."""
    timestamp: str
    """When the picture was taken, ISO 8601 with the zone of the house."""
    status: str
    """How it ended, a word of the contract."""
    title: str = ""
    description: str = ""
    objects: tuple[str, ...] = ()
    confidence: int | None = None
    importance: str | None = None
    provider: str | None = None
    """The kind of the provider that answered, None when nobody did; so the next two."""
    provider_id: str | None = None
    """The subentry id."""
    model: str | None = None
    reason: str = ""
    """Why it was not described, in plain words."""
    cost: float | None = None
    """USD of all requests whose cost is known."""
    total_time_ms: int = 0
    reused: bool = False
    """Whether the answer to an earlier event was given again."""
    stale: bool = False
    """Whether the picture was an old one."""
    attempts: tuple[dict[str, Any], ...] = ()
    """The public fields of each request."""
    picture_bytes: int = 0
    """Of picture and thumbnail; 0 when none can be shown."""
    masks: frozenset[str] = frozenset()
    """Names of the black areas that the picture has for sure."""

    @property
    def day(self) -> str:
        """Return the day on the wall at that time, like ``2026-11-26``."""
        return self.timestamp[:10]

    @property
    def place(self) -> tuple[str, str]:
        """Return what the order of events goes by: the time in UTC, then the id."""
        return utc(self.timestamp), self.event_id


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureKept:
    """An event's picture is on the disk."""

    event_id: str
    picture_bytes: int
    """Of picture and thumbnail."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventFilter:
    """Which events somebody wants to see; all conditions hold at once."""

    cameras: frozenset[str] | None = None
    """Entity ids; None for all."""
    search: str = ""
    """Words that are all in title, description, reason or the camera's name. The last one may be
    the beginning of a word."""
    objects: frozenset[str] = frozenset()
    """At least one of these was seen; empty for any or none."""
    statuses: frozenset[str] = frozenset()
    """How it ended is one of these; empty for all."""
    first: str | None = None
    """The earliest time, ISO 8601 with zone."""
    last: str | None = None
    """The time before which it was, ISO 8601 with zone."""

    def matches(self, event: EventRow) -> bool:
        """Return whether an event is one of them, as the database would say."""
        time, _ = event.place
        return (
            (self.cameras is None or event.camera in self.cameras)
            and (not self.objects or not self.objects.isdisjoint(event.objects))
            and (not self.statuses or event.status in self.statuses)
            and (self.first is None or utc(self.first) <= time)
            and (self.last is None or time < utc(self.last))
            and (not self.search.strip() or Search.read(self.search).finds(*texts(event)))
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class EventDay:
    """One day of one camera."""

    camera: str
    camera_name: str
    """As it was called last."""
    day: str
    """Like ``2026-11-26``."""
    events: int


def texts(event: EventRow) -> tuple[str, str, str, str]:
    """Return the texts that are searched."""
    return event.title, event.description, event.reason, event.camera_name


def utc(timestamp: str) -> str:
    """Return a time so that the order of texts is that of times; raise ``ValueError``."""
    time = datetime.fromisoformat(timestamp)
    return (
        time.replace(tzinfo=time.tzinfo or UTC).astimezone(UTC).isoformat(timespec="microseconds")
    )


def began(event_id: str) -> tuple[str, str]:
    """Return the place that an event is likely to have had, as its id, a ULID, tells its time."""
    milliseconds = 0
    for letter in event_id[:10].upper():
        milliseconds = milliseconds * 32 + max(0, _LETTERS.find(letter))
    time = datetime.fromtimestamp(min(milliseconds, _MOST) / 1000, UTC)
    return time.isoformat(timespec="microseconds"), event_id


_LETTERS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Of a ULID (Crockford's base 32); the first ten are the milliseconds since 1970."""
_MOST: Final = 253_402_300_799_000
"""The last time that Python knows, in milliseconds."""
