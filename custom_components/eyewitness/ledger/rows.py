"""What the ledger takes and gives."""

from dataclasses import dataclass, replace
from typing import Final

CANCELLED: Final = "cancelled"
"""The outcome of a request that somebody stopped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageRow:
    """One request to a vendor; the fields are the columns of ``ai_usage``."""

    event_id: str
    timestamp: str
    """ISO 8601, in UTC."""
    provider: str
    """The kind of provider."""
    provider_id: str
    model: str
    camera: str
    attempt: int
    success: bool
    outcome: str
    error: str | None
    input_tokens: int
    output_tokens: int
    tokens_used: int
    response_time_ms: int
    cost_estimate: float | None
    """USD; None when the price or the usage is not known."""
    is_estimated: bool
    image_count: int
    image_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LastDescription:
    """What was said last about a camera."""

    camera: str
    event_id: str
    timestamp: str
    title: str
    description: str
    provider: str
    model: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """One provider's sums. A cancelled request was somebody's wish and counts as no failure."""

    calls: int = 0
    answers: int = 0
    failures: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cost: float = 0.0
    """USD."""
    response_time_ms: int | None = None
    """Of the last answer."""
    outcome: str | None = None
    """Of the last request that was not cancelled."""

    def plus(self, row: UsageRow) -> Totals:
        """Return the sum with one more row."""
        ended = row.outcome != CANCELLED
        return replace(
            self,
            calls=self.calls + 1,
            answers=self.answers + row.success,
            failures=self.failures + (ended and not row.success),
            input_tokens=self.input_tokens + row.input_tokens,
            output_tokens=self.output_tokens + row.output_tokens,
            cost=self.cost + (row.cost_estimate or 0.0),
            response_time_ms=row.response_time_ms if row.success else self.response_time_ms,
            outcome=row.outcome if ended else self.outcome,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How much there is."""

    bytes: int
    """Of the file and of what SQLite has not moved into it yet."""
    rows: int
    unwritten: int
    """Rows that wait in memory for the disk."""
