"""Read the accounts: the sums, what was said last, the newest rows.

Each function asks one question over an open connection and passes on SQLAlchemy's errors. What is
read at every start takes no longer with a year of rows than with none.
"""

from dataclasses import fields
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Row, RowMapping, case, func, literal_column, select

from .rows import (
    CANCELLED,
    NO_CAMERA,
    CameraTotals,
    LastDescription,
    LastFailure,
    Period,
    Purpose,
    Spent,
    Totals,
    UsageRow,
    day_of,
)
from .schema import (
    ai_usage,
    event_words,
    events,
    last_descriptions,
    last_failure,
    last_requests,
    last_viewers,
    usage_sums,
)
from .sums import Sums


def read_sums(connection: Connection, day: str) -> Sums:
    """Return what all entries come to, as ``Sums.add`` would count them one by one.

    ``day`` is today, like ``2026-11-26``.
    """
    # No sum needs the rows, but damage to them is to be known before one is lost.
    for column in (ai_usage.c.success, events.c.event_id, event_words.c.rowid):
        connection.execute(select(column).limit(1)).first()
    return Sums(
        day=day,
        spent={
            name: spent for name in _periods_around(day) if (spent := _read_spent(connection, name))
        },
        totals=_read_totals(connection),
        cameras=_read_cameras(connection),
        viewers=_read_viewers(connection),
        last=_read_last(connection),
        failure=_read_failure(connection),
    )


def _periods_around(day: str) -> set[str]:
    """Return the names of the periods of a day, and of the days before and after it."""
    days = (date.fromisoformat(day) + timedelta(days=offset) for offset in (-1, 0, 1))
    return {period.of(day_of(each)) for each in days for period in Period}


def _read_spent(connection: Connection, period: str) -> dict[str | None, Spent]:
    sums = usage_sums.c
    found = connection.execute(
        select(
            sums.provider_id,
            func.sum(sums.sent).label("calls"),
            func.sum(sums.cost).label("cost"),
            func.sum(sums.descriptions).label("descriptions"),
            func.sum(sums.saved_calls).label("saved_calls"),
            func.sum(sums.saved_cost).label("saved_cost"),
        )
        .where(sums.period == period)
        .group_by(sums.provider_id)
    ).mappings()
    spent: dict[str | None, Spent] = {}
    for each in found:
        one = Spent(**{field.name: each[field.name] for field in fields(Spent)})
        spent[each["provider_id"]] = one
        spent[None] = spent.get(None, Spent()) + one
    return spent


def _read_totals(connection: Connection) -> dict[str, Totals]:
    sums = usage_sums.c
    missed = case((sums.outcome != CANCELLED, sums.requests - sums.answers), else_=0)
    found = connection.execute(
        select(
            sums.provider_id,
            func.sum(sums.requests).label("calls"),
            func.sum(sums.answers).label("answers"),
            func.sum(missed).label("failures"),
            func.sum(sums.input_tokens).label("input_tokens"),
            func.sum(sums.output_tokens).label("output_tokens"),
            func.sum(sums.cost).label("cost"),
        )
        .where(sums.period == Period.EVER, sums.provider_id != "", sums.requests > 0)
        .group_by(sums.provider_id)
    ).mappings()
    last = {each.provider_id: each for each in connection.execute(select(last_requests))}
    return {each["provider_id"]: _totals(each, last.get(each["provider_id"])) for each in found}


def _totals(sums: Any, last: Row[Any] | None) -> Totals:
    summed = ("calls", "answers", "failures", "input_tokens", "output_tokens", "cost")
    totals = {name: sums[name] for name in summed}
    if last is None:
        return Totals(**totals)
    return Totals(
        **totals,
        response_time_ms=last.response_time_ms,
        outcome=last.outcome,
        recent=tuple(each == "1" for each in last.recent),
    )


def _read_cameras(connection: Connection) -> dict[str, CameraTotals]:
    sums = usage_sums.c
    found = connection.execute(
        select(sums.camera, func.sum(sums.descriptions), func.sum(sums.cost))
        .where(sums.period == Period.EVER, sums.camera != NO_CAMERA, sums.requests > 0)
        .group_by(sums.camera)
    )
    return {
        camera: CameraTotals(descriptions=descriptions, cost=cost)
        for camera, descriptions, cost in found
    }


def _read_viewers(connection: Connection) -> dict[str, str]:
    rows = connection.execute(select(last_viewers))
    return {each.camera: each.provider for each in rows}


def _read_last(connection: Connection) -> LastDescription | None:
    """Return the description that was written last.

    Not by time, since clocks are set back, nor by event, since one that began earlier may end
    later.
    """
    newest = select(last_descriptions).order_by(literal_column("rowid").desc())
    found = connection.execute(newest.limit(1)).mappings().one_or_none()
    return None if found is None else LastDescription(**found)


def _read_failure(connection: Connection) -> LastFailure | None:
    found = connection.execute(select(last_failure)).mappings().one_or_none()
    return None if found is None else LastFailure(**found)


def read_recent(
    connection: Connection, limit: int, first_day: str, last_day: str
) -> list[UsageRow]:
    """Return the last rows that were written of some days, newest first, at most ``limit``."""
    days = ai_usage.c.day.between(first_day, last_day)
    newest = select(*COLUMNS).where(days).order_by(ai_usage.c.id.desc()).limit(limit)
    return [usage_row(row) for row in connection.execute(newest).mappings()]


COLUMNS: Final = tuple(ai_usage.c[field.name] for field in fields(UsageRow))
"""What ``usage_row`` needs."""


def usage_row(row: RowMapping) -> UsageRow:
    """Return a row of the table as what was written."""
    return UsageRow(**{**row, "purpose": Purpose(row["purpose"])})


def count_rows(connection: Connection) -> int:
    """Return how many requests are kept."""
    return connection.scalar(select(func.count()).select_from(ai_usage)) or 0


def is_whole(connection: Connection) -> bool:
    """Return whether SQLite finds no damage in the file."""
    return connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar() == "ok"
