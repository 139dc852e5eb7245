"""What the ledger takes and gives."""

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Final

from .events import EventRow, PictureKept

NO_CAMERA: Final = "eyewitness.test_chain"
"""What stands for the camera of a request that showed a card of our own."""
CANCELLED: Final = "cancelled"
"""The outcome of a request that somebody stopped."""
REUSED: Final = "reused"
"""The outcome in the sums of an answer that was given again without a request."""
UNUSED: Final = "unused"
"""The status of a provider that was never asked."""
FIRST_DAY: Final = ""
LAST_DAY: Final = "9999-12-31"
"""Before and after all days that there are."""
RECENT: Final = 50
"""How many of a provider's last requests its success is told by."""


class Purpose(StrEnum):
    """What requests were made for."""

    EVENT = "event"
    TEST = "test"
    """A self-test, or a provider that a person wants to try again."""
    TRIAL = "trial"
    """Settings that are not stored yet; they say nothing about a provider of the entry."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageRow:
    """One request to a vendor; the fields are the columns of ``ai_usage``."""

    event_id: str
    timestamp: str
    """ISO 8601, in UTC."""
    provider: str
    """The kind of provider."""
    provider_id: str
    """The subentry id, empty for a provider that was tried out before it was stored."""
    model: str
    camera: str
    attempt: int
    success: bool
    outcome: str
    error: str | None
    input_tokens: int | None
    """None when the provider may have done work and did not say how much; so the next two."""
    output_tokens: int | None
    tokens_used: int | None
    response_time_ms: int
    cost_estimate: float | None
    """USD; None when it is not known. A server at home is free also when the usage is not known."""
    is_estimated: bool
    """Whether the price is a guess, since the model is in no price list."""
    image_count: int
    image_bytes: int
    purpose: Purpose
    sent: bool
    """Whether the picture may have reached the provider."""
    day: str
    """The day on the wall when it was booked, like ``2026-11-26``. It stays what it was when clock
    or time zone change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reused:
    """An answer that was given again without a request; it counts only as saved."""

    day: str
    """As in ``UsageRow``."""
    camera: str
    provider: str
    """The kind of the provider that had answered; so the next two."""
    provider_id: str
    model: str
    cost: float | None
    """USD that the answer had cost, None when that is not known."""


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
class LastFailure:
    """The last event of all, if it was not described."""

    camera: str
    event_id: str
    timestamp: str
    status: str
    """How it ended, a word of the contract."""
    reason: str
    """Why, in plain words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Renamed:
    """A camera has another entity id from now on: its sums follow it, its rows stay as they were.

    Whatever has its former id later is another camera, and begins without any.
    """

    camera: str
    name: str
    """The new entity id."""


type Entry = UsageRow | Reused | LastDescription | LastFailure | Renamed | EventRow | PictureKept
"""What goes into the ledger."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """One provider's sums of what is known, whatever its requests were made for.

    A cancelled request was somebody's wish and counts as no failure.
    """

    calls: int = 0
    answers: int = 0
    failures: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cost: float = 0.0
    """USD."""
    response_time_ms: int | None = None
    """Of the last answer, trials apart."""
    outcome: str | None = None
    """Of the last request that was neither cancelled nor a trial."""
    recent: tuple[bool, ...] = ()
    """Whether each of the last ``RECENT`` such requests was answered, the newest last."""

    @property
    def status(self) -> str:
        """Return how the last request ended, or that there was none."""
        return self.outcome or UNUSED

    @property
    def success_rate(self) -> float | None:
        """Return how many percent of the last requests were answered, None before the first."""
        if not self.recent:
            return None
        return round(100 * sum(self.recent) / len(self.recent), 1)

    def plus(self, row: UsageRow) -> Totals:
        """Return the sum with one more row."""
        ended = row.outcome != CANCELLED
        telling = row.purpose is not Purpose.TRIAL
        return replace(
            self,
            calls=self.calls + 1,
            answers=self.answers + row.success,
            failures=self.failures + (ended and not row.success),
            input_tokens=self.input_tokens + (row.input_tokens or 0),
            output_tokens=self.output_tokens + (row.output_tokens or 0),
            cost=self.cost + (row.cost_estimate or 0.0),
            response_time_ms=row.response_time_ms
            if row.success and telling
            else self.response_time_ms,
            outcome=row.outcome if ended and telling else self.outcome,
            recent=(*self.recent, row.success)[-RECENT:] if ended and telling else self.recent,
        )


def day_of(time: date) -> str:
    """Return the name of a day, or of a time's day, as ``UsageRow.day`` has it."""
    return time.isoformat()[: len("2026-11-26")]


class Period(StrEnum):
    """What sums are over."""

    DAY = "day"
    MONTH = "month"
    EVER = "ever"

    def of(self, day: str) -> str:
        """Return the name of the one that a day is in, as ``usage_sums`` knows it."""
        match self:
            case Period.DAY:
                return day
            case Period.MONTH:
                return day[:_MONTH]
        return self.value


_MONTH: Final = len("2026-11")


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """What was spent and saved in a period, whatever the requests were made for."""

    calls: int = 0
    """Requests that may have reached a vendor: these count against free tiers."""
    cost: float = 0.0
    """USD, of all requests whose cost is known."""
    descriptions: int = 0
    """Events that were described; tests and trials are none."""
    saved_calls: int = 0
    """Answers that were given again without a request."""
    saved_cost: float = 0.0
    """USD that those would have cost."""

    def __add__(self, other: Spent) -> Spent:
        """Return the sum of both."""
        return Spent(
            calls=self.calls + other.calls,
            cost=self.cost + other.cost,
            descriptions=self.descriptions + other.descriptions,
            saved_calls=self.saved_calls + other.saved_calls,
            saved_cost=self.saved_cost + other.saved_cost,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraTotals:
    """One camera's sums of all time; what was shown of it in a trial costs, too."""

    descriptions: int = 0
    cost: float = 0.0
    """USD."""

    def __add__(self, other: CameraTotals) -> CameraTotals:
        """Return the sum of both."""
        return CameraTotals(
            descriptions=self.descriptions + other.descriptions, cost=self.cost + other.cost
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How much there is."""

    bytes: int
    """Of the file and of what SQLite has not moved into it yet."""
    rows: int
    """Requests."""
    events: int
    picture_bytes: int
    """Of the pictures and thumbnails of the events."""
