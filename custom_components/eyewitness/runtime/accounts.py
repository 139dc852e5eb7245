"""What was spent and said so far: sums in memory, rows in the ledger."""

import asyncio
from collections.abc import Iterable
from pathlib import Path

from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util

from ..chain.attempt import Attempt
from ..ledger.rows import LastDescription, Totals, UsageRow
from ..ledger.store import Ledger, LedgerError


class Accounts:
    """The ledger, and of what is in it the figures that are shown all the time."""

    def __init__(self, path: Path) -> None:
        """Open the ledger and read its sums; blocking. Raises ``LedgerError``."""
        self.ledger = Ledger(path)
        try:
            self.totals: dict[str, Totals] = self.ledger.totals()
            """By subentry id, of every provider that was ever asked."""
            self.viewers: dict[str, str] = self.ledger.viewers()
            """The kind of the provider that saw a camera last, by entity id."""
            descriptions = list(self.ledger.last_descriptions().values())
        except LedgerError:
            self.ledger.close()
            raise
        self.last: LastDescription | None = descriptions[-1] if descriptions else None
        """What was said last, of any camera."""

    @callback
    def async_book(
        self,
        hass: HomeAssistant,
        event_id: str,
        camera: str,
        attempts: Iterable[Attempt],
        last: LastDescription | None,
    ) -> asyncio.Future[None]:
        """Add an event's requests to the sums and put them in line for the ledger.

        The write runs to its end whether or not somebody awaits the future.
        """
        rows = [usage_row(attempt, event_id=event_id, camera=camera) for attempt in attempts]
        for row in rows:
            self.viewers[row.camera] = row.provider
            self.totals[row.provider_id] = self.totals.get(row.provider_id, Totals()).plus(row)
        if last is not None:
            self.last = last
        self.ledger.take(rows, last)
        return hass.async_add_executor_job(self.ledger.write)


def usage_row(attempt: Attempt, *, event_id: str, camera: str) -> UsageRow:
    """Return the ledger's row for an attempt."""
    usage = attempt.usage
    tokens = (usage.input_tokens, usage.output_tokens) if usage else (0, 0)
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
        input_tokens=tokens[0],
        output_tokens=tokens[1],
        tokens_used=sum(tokens),
        response_time_ms=attempt.response_time_ms,
        cost_estimate=attempt.cost,
        is_estimated=attempt.cost is None,
        image_count=1,
        image_bytes=attempt.image_bytes,
    )
