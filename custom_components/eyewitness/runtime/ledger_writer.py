"""Write behind: nobody waits for the disk, and what it does not take is tried again.

One job at a time is in the executor. While the file cannot be opened or written, entries wait in
line; during a backup they wait as well.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any, Final

from homeassistant.core import CALLBACK_TYPE, HassJob, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later

from ..const import LOGGER
from ..ledger.errors import LedgerError
from ..ledger.store import Ledger
from ..ledger.sums import Sums

RETRY_SECONDS: Final = 60.0
RETRY_MAX_SECONDS: Final = 600.0
"""The pause doubles from the one to the other; an event tries in between as well."""
HOLD_MAX_SECONDS: Final = 900.0
"""A backup that does not report its end must not keep rows in memory for ever."""

PORTION: Final = 250
"""Rows that are deleted at a time: some 10 ms of work for the disk."""
PORTION_PAUSE_SECONDS: Final = 0.2


class LedgerWriter:
    """Opens a ledger and writes into it, as soon as that is possible."""

    def __init__(
        self,
        hass: HomeAssistant,
        ledger: Ledger,
        on_read: Callable[[Sums], None],
        on_change: Callable[[], None],
    ) -> None:
        """Take whom to give what is in the file, and whom to tell that ``trouble`` has changed."""
        self.trouble: LedgerError | None = None
        """Why the last attempt to open or to write has failed."""
        self._hass = hass
        self._ledger = ledger
        self._on_read = on_read
        self._on_change = on_change
        self._task: asyncio.Task[None] | None = None
        self._changes: set[asyncio.Future[Any]] = set()
        self._asked = False
        """Whether there may be something to do."""
        self._stale = False
        """Whether the sums are to be read anew."""
        self._held = False
        self._closed = False
        self._pause = RETRY_SECONDS
        self._timers: dict[Callable[[datetime], None], CALLBACK_TYPE] = {}

    @property
    def lasting(self) -> bool:
        """Return whether the trouble goes on although it was tried again several times."""
        return self.trouble is not None and self._pause >= RETRY_MAX_SECONDS

    @callback
    def async_write(self) -> None:
        """Write what is in line soon; open the file first if it is not open."""
        self._asked = True
        idle = self._task is None or self._task.done()
        if idle and not (self._held or self._closed):
            # Not at once: what an event books and says in the same moment is one job.
            self._task = self._hass.async_create_task(
                self._async_work(), "eyewitness ledger", eager_start=False
            )

    @callback
    def async_read(self) -> None:
        """Read the sums anew soon, after what is in line was written."""
        self._stale = True
        self.async_write()

    async def async_flush(self) -> None:
        """Try once more to write, and wait until that has ended; a hold is over."""
        self._async_release()
        await self.async_settle()

    async def async_settle(self) -> None:
        """Wait until what is in line was written, unless that cannot be done now."""
        self.async_write()
        await self.async_idle()

    async def async_hold(self) -> None:
        """Make the file whole in itself, and leave it alone until ``async_release``."""
        self._held = True
        self._async_start_timer(HOLD_MAX_SECONDS, self._release_late)
        await self.async_idle()
        try:
            await self._hass.async_add_executor_job(self._ledger.checkpoint)
        except LedgerError as err:
            # The backup goes on: a file that nobody writes into is copied as it is.
            LOGGER.warning("The records could not be prepared for the backup (%s)", err)

    @callback
    def async_release(self) -> None:
        """Write again, first what has waited."""
        self._async_release()
        self.async_write()

    async def async_forget(self, before: str) -> None:
        """Delete the requests of the time before ``before``, ISO 8601 in UTC, a few at a time.

        Nobody waits for long: what is to be written comes in between. Trouble with the file is for
        the next write to tell, and what is left for the next day.
        """
        while True:
            try:
                forgotten = await self.async_change(partial(self._ledger.forget, before, PORTION))
            except LedgerError as err:
                LOGGER.debug("Old rows of the usage cannot be deleted now (%s)", err)
                return
            if forgotten is None or forgotten < PORTION:
                return
            await asyncio.sleep(PORTION_PAUSE_SECONDS)

    async def async_change[T](self, job: Callable[[], T]) -> T | None:
        """Return what a job in the executor returns that changes what was written.

        None, without running it, while the file is to be left alone. Raises what the job raises.
        """
        await self.async_idle()
        if self._held or self._closed:
            return None
        self._changes.add(change := self._hass.async_add_executor_job(job))
        change.add_done_callback(self._changes.discard)
        return await change

    async def async_set_aside(self) -> None:
        """Give a damaged file another name and begin a new one.

        Raises ``LedgerError`` or ``OSError`` when that cannot be done; the file stays then.
        """
        self._held = True
        try:
            await self.async_idle()
            await self._hass.async_add_executor_job(self._ledger.set_aside)
        finally:
            await self.async_flush()

    async def async_close(self) -> None:
        """Write what is in line if that is possible, and close the file."""
        await self.async_flush()
        self._closed = True
        for cancel in self._timers.values():
            cancel()
        self._timers.clear()
        await self._hass.async_add_executor_job(self._ledger.close)

    async def async_idle(self) -> None:
        """Wait until nobody is at the file."""
        if jobs := {*self._changes, *([self._task] if self._task else [])}:
            await asyncio.wait(jobs)

    async def _async_work(self) -> None:
        while self._asked and not self._held:
            self._asked = False
            await self._async_try()

    async def _async_try(self) -> None:
        try:
            if not await self._hass.async_add_executor_job(self._ledger.write):
                self._stale = False
                self._on_read(await self._hass.async_add_executor_job(self._ledger.open))
                await self._hass.async_add_executor_job(self._ledger.write)
            elif self._stale:
                sums = await self._hass.async_add_executor_job(self._ledger.sums)
                self._stale = False
                self._on_read(sums)
        except LedgerError as err:
            self._failed(err)
        else:
            self._succeeded()

    def _failed(self, err: LedgerError) -> None:
        if type(err) is not type(self.trouble):
            LOGGER.error(
                "The records cannot be read or written (%s). New ones are kept in memory",
                err,
            )
        self.trouble = err
        if self._retry not in self._timers:
            self._async_start_timer(self._pause, self._retry)
        self._on_change()

    def _succeeded(self) -> None:
        self._async_stop_timer(self._retry)
        self._pause = RETRY_SECONDS
        if self.trouble is not None:
            LOGGER.info("The records can be read and written again")
            self.trouble = None
            self._on_change()

    @callback
    def _retry(self, _now: datetime) -> None:
        del self._timers[self._retry]
        self._pause = min(2 * self._pause, RETRY_MAX_SECONDS)
        self.async_write()

    @callback
    def _release_late(self, _now: datetime) -> None:
        LOGGER.warning("The end of the backup was not reported. The records are written again")
        del self._timers[self._release_late]
        self.async_release()

    @callback
    def _async_release(self) -> None:
        self._held = False
        self._async_stop_timer(self._release_late)

    def _async_start_timer(self, seconds: float, action: Callable[[datetime], None]) -> None:
        self._async_stop_timer(action)
        job = HassJob(action, cancel_on_shutdown=True)
        self._timers[action] = async_call_later(self._hass, seconds, job)

    def _async_stop_timer(self, action: Callable[[datetime], None]) -> None:
        if cancel := self._timers.pop(action, None):
            cancel()
