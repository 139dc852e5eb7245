"""What was spent and said so far: sums in memory at once, rows in the ledger behind them."""

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
from ..ledger.line import Line
from ..ledger.rows import Entry, LastDescription, LastFailure, Purpose, Totals, UsageRow
from ..ledger.store import Ledger
from ..ledger.sums import Sums
from .ledger_writer import LedgerWriter

SIGNAL_ACCOUNTS: SignalType[()] = SignalType(f"{DOMAIN}_accounts")
"""Sent when the ledger has become readable, or there is trouble with it, or none any more."""

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
        self.ledger = Ledger(path, self.line)
        self.writer = LedgerWriter(hass, self.ledger, self._opened, self._changed)
        self.complete = False
        """Whether what is in the file is part of the sums; if not, they begin with this start."""
        self._sums = self._with_line(Sums())

    @property
    def totals(self) -> dict[str, Totals]:
        """Return the sums by subentry id, of every stored provider that was ever asked."""
        return self._sums.totals

    @property
    def cost(self) -> float:
        """Return the USD of all requests, trials of providers that were never stored included."""
        return self._sums.cost

    @property
    def descriptions(self) -> int:
        """Return how many events were described."""
        return self._sums.descriptions

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
    def async_end(self, end: LastDescription | LastFailure) -> None:
        """Keep how an event ended, behind the rows of its requests."""
        self._add(end)

    def _add(self, entry: Entry) -> None:
        self._sums.add(entry)
        self.line.put(entry)
        self.writer.async_write()

    def _opened(self, sums: Sums) -> None:
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
    )
