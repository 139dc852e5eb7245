"""Tell how old a picture is, and whether it is too old to show what is going on now."""

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from math import inf
from typing import Final

from homeassistant.core import HomeAssistant, State, split_entity_id
from homeassistant.util import dt as dt_util

from ..chain import policy
from ..chain.task import Picture

STALE_SECONDS: Final = 60.0
"""A picture whose time is known is stale when it is older. What brings pictures by itself does so
every 30 s (ring-mqtt for wired cameras, Home Assistant's ``ezviz`` for alarms): one that belongs to
the event is younger, and the automation has half a minute left to call us."""
_REPEATED_SECONDS: Final = policy.JOIN_SECONDS
"""One whose time nobody tells is stale when an event had it longer ago than this; until then that
event's answer would be shared as well, and cameras may send what they have just taken."""
_IN_VAIN: Final = 3
"""After so many events in a row for which a camera had nothing better, it is not asked again."""
_EARLIEST: Final = 946_684_800
"""The year 2000. What is earlier says never, as 0 does, or is of a clock that was never set."""
_CAMERAS: Final = 1_000
"""Of so many the last picture is known: helpers and templates come and go while this runs."""
_TIMES: Final = ("timestamp", "last_trip")
"""Attributes of cameras that say when the picture was taken: of ring-mqtt, in seconds since 1970,
and of Home Assistant's own ``push``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Freshness:
    """How old a picture is."""

    age_seconds: float | None = None
    """At least; None when nothing tells."""
    stale: bool = False


UNKNOWN: Final = Freshness()
"""Of a picture that may be new, or that there is not yet."""


@dataclass(frozen=True, slots=True)
class _Seen:
    pixels: int
    since: float
    """Loop time at which an event had the picture for the first time."""


@dataclass(slots=True)
class SeenPictures:
    """The last picture of each camera, as a hash: some send the previous one again and again.

    What is compared is the prepared picture. Two frames of noise were only ever alike in it where
    they were alike as they came, or blank.
    """

    _last: dict[str, _Seen] = field(default_factory=dict)
    _in_vain: dict[str, int] = field(default_factory=dict)
    """Events in a row for which a camera had nothing but an old or a blank picture."""

    def judge(
        self, hass: HomeAssistant, state: State | None, entity_id: str, picture: Picture
    ) -> Freshness:
        """Return how old a picture is that was fetched under this state."""
        told, repeated = _told_age(state), self._repeated(hass, entity_id, picture)
        ages = [age for age in (told, repeated) if age is not None]
        if not ages:
            return UNKNOWN
        limit = _REPEATED_SECONDS if told is None else STALE_SECONDS
        return Freshness(age_seconds=round(max(ages), 1), stale=max(ages) > limit)

    def worth_asking(self, entity_id: str) -> bool:
        """Return whether a camera may have something better in a moment."""
        return self._in_vain.get(entity_id, 0) < _IN_VAIN

    def note(
        self, hass: HomeAssistant, entity_id: str, picture: Picture, freshness: Freshness
    ) -> None:
        """Remember what an event got in the end."""
        good = not (picture.blank or freshness.stale)
        _put(self._in_vain, entity_id, 0 if good else self._in_vain.get(entity_id, 0) + 1)
        if picture.blank:
            return  # the picture before it may come again
        pixels, last = hash(picture.jpeg), self._last.get(entity_id)
        if last is None or last.pixels != pixels:
            _put(self._last, entity_id, _Seen(pixels, hass.loop.time()))

    def _repeated(self, hass: HomeAssistant, entity_id: str, picture: Picture) -> float | None:
        """Return how long ago an event had the same picture, if it is long enough to matter."""
        last = self._last.get(entity_id)
        if last is None or last.pixels != hash(picture.jpeg):
            return None
        age = hass.loop.time() - last.since
        return age if age > _REPEATED_SECONDS else None


def _put[T](known: dict[str, T], entity_id: str, value: T) -> None:
    """Remember something of a camera, and forget the one that had nothing new for the longest."""
    known.pop(entity_id, None)
    known[entity_id] = value
    if len(known) > _CAMERAS:
        del known[next(iter(known))]


def _told_age(state: State | None) -> float | None:
    """Return what an entity says of its picture's age in seconds, None when it says nothing."""
    if state is None:
        return None
    if split_entity_id(state.entity_id)[0] == "image":
        taken = _timestamp(state.state)
    else:
        times = (_timestamp(state.attributes.get(name)) for name in _TIMES)
        taken = next((time for time in times if time is not None), None)
    if taken is None:
        return None
    age = dt_util.utcnow().timestamp() - taken
    return age if age >= 0 else None  # a clock is wrong: that is no age


def _timestamp(value: object) -> float | None:
    """Return a time in seconds since 1970; it may come as such, as a text or as a datetime."""
    seconds = 0.0
    with suppress(ValueError, OverflowError):
        if isinstance(value, str):
            value = dt_util.parse_datetime(value) if "-" in value else float(value)
        if isinstance(value, datetime):
            value = dt_util.as_utc(value).timestamp()
        if isinstance(value, int | float):
            seconds = float(value)
    return seconds if _EARLIEST < seconds < inf else None
