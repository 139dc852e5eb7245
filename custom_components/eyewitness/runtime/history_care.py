"""Look after the history: bring rows and files together, let old ones go, paint the rest.

All of that runs behind, in portions with pauses. What cannot be read is left as it is, and looked
at again later: nothing is deleted because a folder or the ledger could not be read.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum, auto
from functools import partial
from pathlib import Path
from typing import Final

from homeassistant.core import CALLBACK_TYPE, HassJob, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later
from homeassistant.util import dt as dt_util

from ..const import LOGGER
from ..ledger.errors import LedgerError
from ..ledger.events import PictureKept, utc
from ..pictures import event_files
from ..pictures.decode import BAD_IMAGE
from ..pictures.event_files import EventFiles
from ..pictures.thumbnails import thumbnail
from .accounts import Accounts
from .event_painter import EventPainter
from .event_pictures import EventPictures

PORTION: Final = 100
"""Events that are deleted at a time."""
PAUSE_SECONDS: Final = 0.2
RETRY_SECONDS: Final = 600.0
UNKNOWN_DAYS: Final = 30
"""How long a picture stays that the ledger knows nothing of, when rows stay for ever. It may come
back, as a file from a backup."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of the history stays."""

    days: int
    """0 for ever."""
    bytes: int
    """Of all pictures, with their thumbnails."""


class Step(IntEnum):
    """What there is to do, in this order."""

    RECONCILE = auto()
    FORGET = auto()
    PAINT = auto()
    TRIM = auto()


class HistoryCare:
    """Does what is to be done, one thing at a time."""

    def __init__(
        self,
        hass: HomeAssistant,
        accounts: Accounts,
        pictures: EventPictures,
        painter: EventPainter,
        limits: Callable[[], Limits],
        on_change: Callable[[tuple[str, ...] | None], None],
    ) -> None:
        """Take whom to tell which events are gone, or None when anything may be different."""
        self._hass = hass
        self._writer = accounts.writer
        self._events = accounts.events
        self._pictures = pictures
        self._painter = painter
        self._limits = limits
        self._on_change = on_change
        self._asked: set[Step] = set()
        self._task: asyncio.Task[None] | None = None
        self._stop_timer: CALLBACK_TYPE | None = None
        self._trouble = False
        self._closed = False

    @callback
    def async_begin(self, *steps: Step) -> None:
        """Do these soon, or all of them; whoever is at it already goes through them once more."""
        if self._closed:
            return
        self._asked |= set(steps or Step)
        if self._task is None or self._task.done():
            self._task = self._hass.async_create_background_task(
                self._async_work(), "eyewitness care of the history"
            )

    async def async_close(self) -> None:
        """Stop; what is half done is done at the next start."""
        self._closed = True
        self._async_stop_timer()
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    async def _async_work(self) -> None:
        while self._asked:
            await self._writer.async_idle()  # what was kept just now is to be found as well
            step = min(self._asked)
            self._asked.discard(step)
            try:
                done = await self._async_do(step)
            except LedgerError as err:
                LOGGER.debug("The history cannot be looked after now (%s)", err)
                done = False
            except OSError as err:
                if not self._trouble:
                    LOGGER.warning(
                        "The pictures of the history cannot be looked after: %s",
                        type(err).__name__,
                    )
                self._trouble, done = True, False
            if not done:
                self._async_retry_later()
                return
            self._trouble = False

    async def _async_do(self, step: Step) -> bool:
        """Do one step to its end; return whether it came to that."""
        match step:
            case Step.RECONCILE:
                return await self._async_reconcile()
            case Step.FORGET:
                return await self._async_forget()
            case Step.PAINT:
                return await self._painter.async_paint()
            case Step.TRIM:
                return await self._async_trim()

    @callback
    def _async_retry_later(self) -> None:
        @callback
        def retry(_now: datetime) -> None:
            self._stop_timer = None
            self.async_begin()

        if self._stop_timer is None:
            job = HassJob(retry, cancel_on_shutdown=True)
            self._stop_timer = async_call_later(self._hass, RETRY_SECONDS, job)

    @callback
    def _async_stop_timer(self) -> None:
        if self._stop_timer is not None:
            self._stop_timer()
            self._stop_timer = None

    async def _async_reconcile(self) -> bool:
        """Let the rows say what is on the disk, and delete what nobody will ever know again."""
        run = self._hass.async_add_executor_job
        days = await run(self._events.picture_days)
        days |= set(await run(event_files.days, self._pictures.root))
        keep_days = self._limits().days or UNKNOWN_DAYS
        first_day = (dt_util.now() - timedelta(days=keep_days)).date().isoformat()
        changed = False
        for day in sorted(days, reverse=True):
            async with self._pictures.lock:
                known = await run(self._events.pictures, day)
                root = self._pictures.root
                marks = await self._pictures.async_at_files(
                    _put_in_order, root, day, known, day < first_day
                )
                if marks:
                    mark = partial(self._events.mark, marks)
                    if not await self._writer.async_change(mark):
                        return False
                    changed = True
        if changed:
            self._on_change(None)
        return True

    async def _async_forget(self) -> bool:
        """Delete the events that are older than a user wants to keep them."""
        if not (days := self._limits().days):
            return True
        before = utc((dt_util.utcnow() - timedelta(days=days)).isoformat())
        run = self._hass.async_add_executor_job
        while events := await run(self._events.before, before, PORTION):
            gone = tuple(each.event_id for each in events)
            if not await self._pictures.async_remove(events):
                return False
            if not await self._writer.async_change(partial(self._events.remove, gone)):
                return False
            self._on_change(gone)
            await asyncio.sleep(PAUSE_SECONDS)
        return True

    async def _async_trim(self) -> bool:
        """Delete the oldest pictures while all of them are too large; their texts stay."""
        run = self._hass.async_add_executor_job
        while (over := await run(self._events.picture_bytes) - self._limits().bytes) > 0:
            now = utc(dt_util.utcnow().isoformat())
            going = []
            for event in await run(self._events.oldest_pictures, now, PORTION):
                if over <= 0:
                    break
                over -= event.picture_bytes
                going.append(event)
            if not await self._pictures.async_remove(going):
                return False
            if over > 0:
                await asyncio.sleep(PAUSE_SECONDS)
        return True


def _put_in_order(root: Path, day: str, known: dict[str, int], is_old: bool) -> list[PictureKept]:
    """Return what the rows of a day have to learn of its files; delete what belongs to no row.

    ``known`` has the size of the picture of each event of that day, as the ledger knows it. A file
    of an event that the ledger does not know goes once it is old: a ledger that was set aside or
    put back takes none with it.
    """
    found = event_files.look(root, day)
    for file in found.unfinished:
        file.unlink(missing_ok=True)
    for event_id in found.empty:
        EventFiles(root, day, event_id).remove()
    for event_id in found.bare:
        files = EventFiles(root, day, event_id)
        try:
            picture = files.picture.read_bytes()
            small = thumbnail(picture)
        except BAD_IMAGE:
            continue
        found.sizes[event_id] = files.write(picture, small)
    for event_id in found.sizes.keys() - known.keys():
        if is_old:
            EventFiles(root, day, event_id).remove()
    return [
        PictureKept(event_id=event_id, picture_bytes=found.sizes.get(event_id, 0))
        for event_id, size in known.items()
        if found.sizes.get(event_id, 0) != size
    ]
