"""What was spent and said so far: sums in memory at once, rows in the ledger behind them."""

from datetime import date, datetime
from pathlib import Path
from typing import Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_send
from homeassistant.util import dt as dt_util
from homeassistant.util.hass_dict import HassKey
from homeassistant.util.signal_type import SignalType

from ..chain.attempt import Attempt
from ..const import DOMAIN
from ..ledger.errors import LedgerDamagedError, LedgerNewerError
from ..ledger.event_store import EventStore
from ..ledger.events import EventRow, PictureKept
from ..ledger.line import Line
from ..ledger.rows import (
    CameraTotals,
    Entry,
    LastDescription,
    LastFailure,
    Period,
    Purpose,
    Renamed,
    Reused,
    Spent,
    Totals,
    UsageRow,
    day_of,
)
from ..ledger.store import Ledger
from ..ledger.sums import Sums
from .ledger_writer import LedgerWriter

SIGNAL_ACCOUNTS: SignalType[()] = SignalType(f"{DOMAIN}_accounts")
"""Sent when the ledger has become readable, or there is trouble with it, or none any more, and when
another day has begun."""

_LINE: HassKey[Line] = HassKey(f"{DOMAIN}_line")
"""The rows that wait for the disk: they outlive a reload of the entry."""

DAMAGED: Final = "ledger_damaged"
NEWER: Final = "ledger_newer"
UNWRITABLE: Final = "ledger_unwritable"


class Accounts:
    """The ledger, and of what is in it the figures that are shown all the time."""

    def __init__(self, hass: HomeAssistant, path: Path) -> None:
        """Take the ledger's place; nothing is opened yet."""
        self._hass = hass
        self.line = hass.data.setdefault(_LINE, Line())
        self.ledger = Ledger(path, self.line, dt_util.now)
        self.events = EventStore(self.ledger, self.line)
        self.writer = LedgerWriter(hass, self.ledger, self._read, self._changed)
        self.complete = False
        """Whether what is in the file is part of the sums; if not, they begin with this start."""
        self._sums = self._with_line(Sums(day=day_of(dt_util.now())))
        self._told_day = self._sums.day
        self._began: dict[Period, tuple[str, datetime]] = {}

    @property
    def totals(self) -> dict[str, Totals]:
        """Return the sums by subentry id, of every stored provider that was ever asked."""
        return self._sums.totals

    @property
    def cost(self) -> float:
        """Return the USD of all requests, trials of providers that were never stored included."""
        return self.spent(Period.EVER).cost

    @property
    def descriptions(self) -> int:
        """Return how many events were described."""
        return self.spent(Period.EVER).descriptions

    @property
    def today(self) -> Spent:
        """Return what was spent on the day that the clock on the wall names now."""
        return self.spent(Period.DAY)

    @property
    def month(self) -> Spent:
        """Return what was spent in the month that the clock on the wall names now."""
        return self.spent(Period.MONTH)

    @callback
    def spent(self, period: Period, provider_id: str | None = None) -> Spent:
        """Return what was spent in a period by one provider, or by all of them."""
        self._turn()
        return self._sums.spent_in(period, provider_id)

    @callback
    def began(self, period: Period) -> datetime:
        """Return when the day or the month began that the figures are of: midnight on the wall.

        Another time zone does not move it as long as the day keeps its name: the same figures
        would be counted as new ones.
        """
        name = period.of(self._sums.day)
        known, began = self._began.get(period, ("", dt_util.utcnow()))
        if known != name:
            first = date.fromisoformat(f"{name}-01"[: len(self._sums.day)])
            began = dt_util.start_of_local_day(first)
            self._began[period] = name, began
        return began

    @property
    def day(self) -> str:
        """Return the day that the clock on the wall names now, like ``2026-11-26``."""
        self._turn()
        return self._sums.day

    @property
    def cameras(self) -> dict[str, CameraTotals]:
        """Return the sums by entity id, of every camera that a request was made for."""
        return self._sums.cameras

    @property
    def viewers(self) -> dict[str, str]:
        """Return the kind of the provider that was sent a camera's picture last, by entity id."""
        return self._sums.viewers

    @property
    def last(self) -> LastDescription | None:
        """Return what was said last, of any camera."""
        return self._sums.last

    @property
    def failure(self) -> LastFailure | None:
        """Return the last event of any camera, if it was not described."""
        return self._sums.failure

    @property
    def trouble(self) -> str | None:
        """Return what a person has to mend, one of the names above."""
        match self.writer.trouble:
            case LedgerDamagedError():
                return DAMAGED
            case LedgerNewerError():
                return NEWER
        # A lock or a full disk may be over in a minute.
        return UNWRITABLE if self.writer.lasting else None

    @callback
    def async_book(self, event_id: str, camera: str, purpose: Purpose, attempt: Attempt) -> None:
        """Add a request that has ended to the sums, and put its row in line for the ledger."""
        self._add(usage_row(attempt, event_id=event_id, camera=camera, purpose=purpose))

    @callback
    def async_reuse(
        self,
        camera: str,
        *,
        provider: str,
        provider_id: str,
        model: str,
        cost: float | None,
    ) -> None:
        """Count an answer that was given again without a request; ``cost`` is the USD it had cost.

        ``provider``, ``provider_id`` and ``model`` are those that had given it.
        """
        self._add(
            Reused(
                day=day_of(dt_util.now()),
                camera=camera,
                provider=provider,
                provider_id=provider_id,
                model=model,
                cost=cost,
            )
        )

    @callback
    def async_rename(self, camera: str, name: str) -> None:
        """Let a camera's sums follow it to another entity id, and tell it."""
        self._add(Renamed(camera=camera, name=name))
        self._changed()

    @callback
    def async_end(self, end: LastDescription | LastFailure) -> None:
        """Keep how an event ended, behind the rows of its requests."""
        self._add(end)

    @callback
    def async_list(self, entry: EventRow | PictureKept) -> None:
        """Put an event, or the news that its picture is kept, in line for the history."""
        self._add(entry)

    @callback
    def async_look_at_calendar(self) -> None:
        """Let another day begin if the wall says so, and tell that it has begun."""
        self._turn()
        if self._told_day != self._sums.day:
            self._told_day = self._sums.day
            self._changed()

    def _turn(self) -> None:
        """Begin another day if the wall says so, as far as memory knows it.

        The file may know more: a clock that is set far back continues a day, and one that was wrong
        at the start comes to one.
        """
        if (day := day_of(dt_util.now())) != self._sums.day:
            self._sums.day = day
            self.writer.async_read()

    def _add(self, entry: Entry) -> None:
        self._turn()
        self._sums.add(entry)
        self.line.put(entry)
        self.writer.async_write()

    def _read(self, sums: Sums) -> None:
        self._sums = self._with_line(sums)
        self.complete = True
        self._changed()

    def _with_line(self, sums: Sums) -> Sums:
        for entry in self.line.entries():
            sums.add(entry)
        return sums

    @callback
    def _changed(self) -> None:
        async_dispatcher_send(self._hass, SIGNAL_ACCOUNTS)


def usage_row(attempt: Attempt, *, event_id: str, camera: str, purpose: Purpose) -> UsageRow:
    """Return the ledger's row for an attempt."""
    usage = attempt.usage
    return UsageRow(
        event_id=event_id,
        timestamp=dt_util.utc_from_timestamp(attempt.started).isoformat(),
        provider=attempt.provider,
        provider_id=attempt.provider_id,
        model=attempt.model,
        camera=camera,
        attempt=attempt.number,
        success=attempt.success,
        outcome=attempt.outcome,
        error=attempt.error,
        input_tokens=usage.input_tokens if usage else None,
        output_tokens=usage.output_tokens if usage else None,
        tokens_used=usage.total if usage else None,
        response_time_ms=attempt.response_time_ms,
        cost_estimate=attempt.cost,
        is_estimated=attempt.is_estimated,
        image_count=1,
        image_bytes=attempt.image_bytes,
        purpose=purpose,
        sent=attempt.sent,
        day=day_of(dt_util.now()),
    )
