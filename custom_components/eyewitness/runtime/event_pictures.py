"""Keep the pictures of the history: written behind, and shown only as the rules say now.

An event's row is written first, then the files, then that it has them. Whatever a kill leaves of
that, ``history_care`` brings together again at the next start.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Final

from homeassistant.core import CALLBACK_TYPE, HassJob, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later

from ..const import LOGGER
from ..ledger.events import EventRow, PictureKept
from ..pictures import event_files
from ..pictures.decode import BAD_IMAGE
from ..pictures.event_files import EventFiles, names
from ..pictures.rules import CameraRules
from ..pictures.thumbnails import thumbnail
from .accounts import Accounts

WAITING_MAX: Final = 50
"""Pictures in memory while the disk takes none, some 5 MB; the oldest go first."""
RETRY_SECONDS: Final = 60.0


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A picture that is not on the disk yet."""

    event: EventRow
    jpeg: bytes


class EventPictures:
    """The pictures of the events."""

    def __init__(
        self,
        hass: HomeAssistant,
        accounts: Accounts,
        rules_for: Callable[[HomeAssistant, str], CameraRules],
        on_kept: Callable[[EventRow], None],
    ) -> None:
        """Take the accounts, how to get a camera's rules, and whom to tell of a kept picture."""
        self.root = event_files.root(hass)
        self.lock = asyncio.Lock()
        """Held while files and what the ledger says of them are changed."""
        self._hass = hass
        self._accounts = accounts
        self._rules_for = rules_for
        self._on_kept = on_kept
        self._waiting: dict[str, _Waiting] = {}
        self._task: asyncio.Task[None] | None = None
        self._stop_timer: CALLBACK_TYPE | None = None
        self._trouble = False

    def files(self, event: EventRow) -> EventFiles:
        """Return where the picture of an event is."""
        return EventFiles(self.root, event.day, event.event_id)

    @callback
    def async_add(self, event: EventRow, jpeg: bytes) -> None:
        """Keep the picture of a new event soon, unless the camera's rules say otherwise."""
        if not self._rules_for(self._hass, event.camera).keep:
            return
        self._waiting[event.event_id] = _Waiting(event, jpeg)
        while len(self._waiting) > WAITING_MAX:
            del self._waiting[next(iter(self._waiting))]
        self._async_work_soon()

    @callback
    def in_memory(self) -> dict[str, bytes]:
        """Return the pictures that are not on the disk yet, by the event's id.

        Ask before an event is read: until that is done, its picture may have gone to the disk, and
        what was read does not say so.
        """
        return {event_id: waiting.jpeg for event_id, waiting in self._waiting.items()}

    @callback
    def shown(self, event: EventRow, in_memory: Mapping[str, bytes]) -> EventRow:
        """Return an event with the size of the picture that may be shown of it now."""
        jpeg = in_memory.get(event.event_id)
        size = len(jpeg) if jpeg else event.picture_bytes
        if size and not self.is_allowed(event):
            size = 0
        return event if size == event.picture_bytes else replace(event, picture_bytes=size)

    @callback
    def is_allowed(self, event: EventRow) -> bool:
        """Return whether the rules let the picture be kept and cover nothing that it shows."""
        rules = self._rules_for(self._hass, event.camera)
        return rules.keep and names(rules.masks) <= event.masks

    async def async_read(
        self, event: EventRow, in_memory: Mapping[str, bytes], *, small: bool
    ) -> bytes | None:
        """Return a picture as a JPEG, None when there is none that may be shown now."""
        content = await self._async_content(event, in_memory.get(event.event_id), small)
        return content if self.is_allowed(event) else None  # the rules may just have changed

    async def _async_content(
        self, event: EventRow, jpeg: bytes | None, small: bool
    ) -> bytes | None:
        run = self._hass.async_add_executor_job
        if jpeg is not None:
            if not small:
                return jpeg
            try:
                return await run(thumbnail, jpeg)
            except BAD_IMAGE:
                return None
        if not event.picture_bytes:
            return None
        files = self.files(event)
        file = files.thumbnail if small else files.picture
        try:
            return await run(file.read_bytes)
        except OSError as err:
            LOGGER.debug("A picture of the history cannot be read: %s", type(err).__name__)
            return None

    async def async_remove(self, events: Sequence[EventRow]) -> bool:
        """Delete the pictures of events; return whether the ledger could be told.

        It is told first: a file that nobody knows of is found again, and deleted after all. Raises
        ``LedgerError`` and ``OSError``.
        """
        async with self.lock:
            gone = [PictureKept(event_id=each.event_id, picture_bytes=0) for each in events]
            if not await self._accounts.writer.async_change(
                partial(self._accounts.events.mark, gone)
            ):
                return False
            await self.async_at_files(_remove, [self.files(each) for each in events])
            return True

    async def async_at_files[*Args, T](self, job: Callable[[*Args], T], *args: *Args) -> T:
        """Return what a job returns that changes files, run in the executor.

        A thread goes on when who waits for it is cancelled, so that is put off until its end.
        Otherwise it would write a picture into the folder that was just deleted.
        """
        running = self._hass.async_add_executor_job(job, *args)
        try:
            return await asyncio.shield(running)
        except asyncio.CancelledError:
            await asyncio.wait([running])
            raise

    @callback
    def _async_work_soon(self) -> None:
        if self._task is None or self._task.done():
            self._task = self._hass.async_create_task(
                self._async_work(), "eyewitness history", eager_start=False
            )

    async def _async_work(self) -> None:
        """Keep what waits, oldest first, until it cannot be kept now."""
        while self._waiting:
            waiting = next(iter(self._waiting.values()))
            try:
                kept = await self._async_keep(waiting)
            except OSError as err:
                if not self._trouble:
                    LOGGER.error(
                        "The pictures of the history cannot be written: %s", type(err).__name__
                    )
                self._trouble, kept = True, False
            if not kept:
                self._async_retry_later()
                return

    async def _async_keep(self, waiting: _Waiting) -> bool:
        """Write a picture; return whether nothing is left to be done, raise ``OSError``."""
        event, run = waiting.event, self._hass.async_add_executor_job
        await self._accounts.writer.async_idle()  # it is in line, so it is being written
        if self._accounts.events.waits(event.event_id):
            return False
        try:
            small = await run(thumbnail, waiting.jpeg)
        except BAD_IMAGE as err:
            LOGGER.warning(
                "The picture of event %s cannot be kept: %s", event.event_id, type(err).__name__
            )
            self._waiting.pop(event.event_id, None)
            return True
        async with self.lock:
            if self._rules_for(self._hass, event.camera).keep:
                size = await run(self.files(event).write, waiting.jpeg, small)
                kept = PictureKept(event_id=event.event_id, picture_bytes=size)
                self._accounts.async_list(kept)
            self._waiting.pop(event.event_id, None)
        if self._trouble:
            LOGGER.info("The pictures of the history can be written again")
            self._trouble = False
        self._on_kept(event)
        return True

    @callback
    def _async_retry_later(self) -> None:
        @callback
        def retry(_now: datetime) -> None:
            self._stop_timer = None
            self._async_work_soon()

        if self._stop_timer is None:
            job = HassJob(retry, cancel_on_shutdown=True)
            self._stop_timer = async_call_later(self._hass, RETRY_SECONDS, job)

    async def async_flush(self) -> None:
        """Try once more to keep what waits, and wait until that has ended."""
        if self._stop_timer is not None:
            self._stop_timer()
            self._stop_timer = None
        if self._waiting:
            self._async_work_soon()
        if self._task is not None:
            await asyncio.wait([self._task])

    async def async_close(self) -> None:
        """Keep what waits if that is possible, and try nothing again."""
        await self.async_flush()
        if self._stop_timer is not None:
            self._stop_timer()
            self._stop_timer = None


def _remove(files: Sequence[EventFiles]) -> None:
    for each in files:
        each.remove()
