"""The history of a set-up entry: its events with their pictures, for whoever shows them."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect, async_dispatcher_send
from homeassistant.util import dt as dt_util
from homeassistant.util.signal_type import SignalType

from ..const import DATABASE, DOMAIN, LOGGER
from ..ledger.errors import LedgerError
from ..ledger.event_store import EventStore
from ..ledger.events import EventDay, EventFilter, EventRow
from ..ledger.line import Line
from ..ledger.store import Ledger
from ..pictures.rules import CameraRules
from .accounts import SIGNAL_ACCOUNTS, Accounts
from .event_painter import EventPainter
from .event_pictures import EventPictures
from .history_care import HistoryCare, Limits, Step

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
    """Events and their pictures, also while the disk does not know them yet.

    ``picture_bytes`` of an event is 0 unless its picture may be shown at this moment.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        accounts: Accounts,
        rules_for: Callable[[HomeAssistant, str], CameraRules],
        limits: Callable[[], Limits],
    ) -> None:
        """Take the accounts, how to get a camera's rules, and how much is to stay."""
        self._hass = hass
        self._accounts = accounts
        self._events = accounts.events
        self._pictures = EventPictures(hass, accounts, rules_for, self._kept)
        painter = EventPainter(hass, accounts, self._pictures, rules_for, self._async_unlist)
        self._care = HistoryCare(
            hass, accounts, self._pictures, painter, limits, self._async_unlist
        )
        self._readable = accounts.writer.trouble is None
        self._stop_listening = async_dispatcher_connect(hass, SIGNAL_ACCOUNTS, self._async_look)

    @callback
    def async_add(self, event: EventRow, picture: bytes | None) -> None:
        """List an event, and keep its picture behind that; nothing here waits for the disk."""
        self._accounts.async_list(event)
        if picture is not None:
            self._pictures.async_add(event, picture)
        async_dispatcher_send(
            self._hass, SIGNAL_LISTED, self._pictures.shown(event, self._pictures.in_memory())
        )

    async def async_events(self, wanted: EventFilter, before: str | None, limit: int) -> Page:
        """Return the newest events, of those before the event ``before``; raise ``LedgerError``."""
        run, in_memory = self._hass.async_add_executor_job, self._pictures.in_memory()
        found = await run(self._events.events, wanted, before, limit + 1)
        more = found[limit - 1].event_id if len(found) > limit else None
        shown = tuple(self._pictures.shown(each, in_memory) for each in found[:limit])
        return Page(events=shown, next=more)

    async def async_event(self, event_id: str) -> EventRow | None:
        """Return one event, None when there is none; raise ``LedgerError``."""
        in_memory = self._pictures.in_memory()
        event = await self._hass.async_add_executor_job(self._events.event, event_id)
        return None if event is None else self._pictures.shown(event, in_memory)

    async def async_picture(self, event_id: str, size: PictureSize) -> bytes | None:
        """Return an event's picture as a JPEG, None when there is none that may be shown now.

        Raises ``LedgerError``.
        """
        in_memory = self._pictures.in_memory()
        event = await self._hass.async_add_executor_job(self._events.event, event_id)
        if event is None:
            return None
        return await self._pictures.async_read(
            event, in_memory, small=size is PictureSize.THUMBNAIL
        )

    async def async_cameras(self) -> set[str]:
        """Return the cameras that have events; raise ``LedgerError``."""
        return await self._hass.async_add_executor_job(self._events.cameras)

    async def async_days(self, cameras: frozenset[str] | None) -> list[EventDay]:
        """Return the days on which cameras had events, newest first; raise ``LedgerError``."""
        await self._accounts.writer.async_settle()
        return await self._hass.async_add_executor_job(self._events.days, cameras)

    @callback
    def async_care(self) -> None:
        """Begin to bring everything in line with the disk, the options and the cameras' rules."""
        self._care.async_begin()

    async def async_renamed(self) -> None:
        """Tell that a camera has another name, once the ledger knows it; other rules may hold."""
        await self._accounts.writer.async_settle()
        self._async_unlist(None)
        self._care.async_begin(Step.PAINT)

    async def async_flush(self) -> None:
        """Keep the pictures that wait, if that is possible."""
        await self._pictures.async_flush()

    async def async_close(self) -> None:
        """Keep the pictures that wait if that is possible, and stop."""
        self._stop_listening()
        await self._care.async_close()
        await self._pictures.async_close()

    @callback
    def _kept(self, event: EventRow) -> None:
        """Make room for a new picture, and paint it if the rules have changed meanwhile."""
        more = () if self._pictures.is_allowed(event) else (Step.PAINT,)
        self._care.async_begin(Step.TRIM, *more)

    @callback
    def _async_unlist(self, event_ids: tuple[str, ...] | None) -> None:
        async_dispatcher_send(self._hass, SIGNAL_UNLISTED, event_ids)

    @callback
    def _async_look(self) -> None:
        """Tell that there is another list once the ledger can be read again, or not any more."""
        readable = self._accounts.writer.trouble is None
        if readable != self._readable:
            self._readable = readable
            self._async_unlist(None)
            if readable:
                self._care.async_begin()


async def async_forget(hass: HomeAssistant) -> None:
    """Delete all events from the ledger, which nobody uses any more."""
    path = Path(hass.config.path(DATABASE))
    try:
        await hass.async_add_executor_job(_forget, path)
    except LedgerError as err:
        LOGGER.warning("The history cannot be deleted (%s)", err)


def _forget(path: Path) -> None:
    if not path.exists():
        return
    line = Line()
    ledger = Ledger(path, line, dt_util.now)
    ledger.open()
    try:
        EventStore(ledger, line).clear()
    finally:
        ledger.close()
