"""Read what was spent over a span of days: sums by what is asked for, or the rows themselves."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Final

from sqlalchemy import ColumnElement, Connection, func, select

from .rows import UsageRow
from .schema import ai_usage, usage_sums
from .usage import COLUMNS, usage_row

PORTION: Final = 200
"""Rows that are read at a time; a thread that reads more holds up the event loop."""
_DAY_CHARS: Final = len("2026-11-26")
_MONTH_CHARS: Final = len("2026-11")


class Dimension(StrEnum):
    """What sums are told apart by."""

    PROVIDER_ID = "provider_id"
    """The subentry id, empty for providers that were tried out and never stored."""
    PROVIDER = "provider"
    """The kind of provider."""
    MODEL = "model"
    CAMERA = "camera"
    PURPOSE = "purpose"
    OUTCOME = "outcome"
    DAY = "day"
    """Like ``2026-11-26``."""
    MONTH = "month"
    """Like ``2026-11``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The sums of one combination of what they are told apart by."""

    by: tuple[str, ...]
    """Its provider, its day and so on, in the order that was asked for."""
    requests: int
    sent: int
    """Those that may have reached the vendor."""
    answers: int
    descriptions: int
    """Events that were described."""
    input_tokens: int
    output_tokens: int
    cost: float
    """USD, of the requests whose cost is known."""
    estimated: int
    """Requests whose price is a guess."""
    unpriced: int
    """Requests whose cost is not known."""
    response_time_ms: int
    """The sum over all answers."""
    saved_calls: int
    """Answers that were given again without a request."""
    saved_cost: float
    """USD that those would have cost."""


def read_report(
    connection: Connection, *, first_day: str, last_day: str, by: Sequence[Dimension] = ()
) -> list[Report]:
    """Return the sums over the days from first to last, both included, like ``2026-11-26``.

    One for each combination that occurs, in the order of ``by``; without it one, or none when
    nothing was asked. Passes on SQLAlchemy's errors.
    """
    columns = [_column(dimension) for dimension in by]
    counts = [field.name for field in fields(Report) if field.name != "by"]
    sums = [func.sum(usage_sums.c[name]).label(name) for name in counts]
    found = connection.execute(
        select(*columns, *sums)
        .where(*_days(first_day, last_day))
        .group_by(*columns)
        .order_by(*columns)
        .having(func.count() > 0)
    )
    return [
        Report(by=tuple(each[: len(by)]), **{name: getattr(each, name) for name in counts})
        for each in found
    ]


def _column(dimension: Dimension) -> ColumnElement[str]:
    match dimension:
        case Dimension.DAY:
            return usage_sums.c.period
        case Dimension.MONTH:
            return func.substr(usage_sums.c.period, 1, _MONTH_CHARS)
    return usage_sums.c[dimension]


def _days(first: str, last: str) -> tuple[ColumnElement[bool], ...]:
    period = usage_sums.c.period
    # A month's name may lie between two days' names.
    return period.between(first, last), func.length(period) == _DAY_CHARS


def read_rows(
    connection: Connection, *, first_day: str, last_day: str
) -> Iterator[Sequence[UsageRow]]:
    """Yield the rows that are kept of the days from first to last, in portions, oldest first.

    Passes on SQLAlchemy's errors.
    """
    days = select(*COLUMNS).where(ai_usage.c.day.between(first_day, last_day))
    rows = connection.execution_options(yield_per=PORTION).execute(days.order_by(ai_usage.c.id))
    for portion in rows.mappings().partitions():
        yield [usage_row(row) for row in portion]
