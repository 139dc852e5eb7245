"""Read the accounts: the sums, what was said last, the newest rows.

Each function asks one question over an open connection and passes on SQLAlchemy's errors.
"""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from sqlalchemy import Connection, case, func, select

from .rows import CANCELLED, NO_CAMERA, LastDescription, LastFailure, Purpose, Totals, UsageRow
from .schema import ai_usage, last_descriptions, last_failure
from .sums import Sums


def read_sums(connection: Connection) -> Sums:
    """Return what all entries come to, as ``Sums.add`` would count them one by one."""
    return Sums(
        totals=_read_totals(connection),
        cost=connection.scalar(select(func.sum(ai_usage.c.cost_estimate))) or 0.0,
        descriptions=_count_descriptions(connection),
        viewers=_read_viewers(connection),
        last=_read_last(connection),
        failure=_read_failure(connection),
    )


def _read_totals(connection: Connection) -> dict[str, Totals]:
    row = ai_usage.c
    ended, telling = row.outcome != CANCELLED, row.purpose != Purpose.TRIAL
    sums = connection.execute(
        select(
            row.provider_id,
            func.count().label("calls"),
            func.sum(case((row.success, 1), else_=0)).label("answers"),
            func.sum(case(((~row.success) & ended, 1), else_=0)).label("failures"),
            func.coalesce(func.sum(row.input_tokens), 0).label("input_tokens"),
            func.coalesce(func.sum(row.output_tokens), 0).label("output_tokens"),
            func.coalesce(func.sum(row.cost_estimate), 0.0).label("cost"),
            func.max(case((row.success & telling, row.id))).label("last_answer"),
            func.max(case((ended & telling, row.id))).label("last_ended"),
        )
        .where(row.provider_id != "")
        .group_by(row.provider_id)
    ).mappings()
    return {each["provider_id"]: _totals(connection, each) for each in sums}


def _totals(connection: Connection, sums: Mapping[Any, Any]) -> Totals:
    def value(column: Any, row_id: int | None) -> Any:
        return connection.scalar(select(column).where(ai_usage.c.id == row_id))

    summed = ("calls", "answers", "failures", "input_tokens", "output_tokens", "cost")
    return Totals(
        **{name: sums[name] for name in summed},
        response_time_ms=value(ai_usage.c.response_time_ms, sums["last_answer"]),
        outcome=value(ai_usage.c.outcome, sums["last_ended"]),
    )


def _count_descriptions(connection: Connection) -> int:
    row = ai_usage.c
    described = select(func.count(row.event_id.distinct()))
    return connection.scalar(described.where(row.success, row.purpose == Purpose.EVENT)) or 0


def _read_viewers(connection: Connection) -> dict[str, str]:
    row = ai_usage.c
    seen = (row.camera != NO_CAMERA) & row.sent
    newest = select(func.max(row.id)).where(seen).group_by(row.camera)
    rows = connection.execute(select(row.camera, row.provider).where(row.id.in_(newest)))
    return {each.camera: each.provider for each in rows}


def _read_last(connection: Connection) -> LastDescription | None:
    """Return the last description: the one whose answer was written last.

    Not by time, since clocks are set back, and an event that began earlier may end later. Without
    an answer's row it is by event id, a ULID.
    """
    row, last = ai_usage.c, last_descriptions.c
    answer = select(func.max(row.id)).where(row.event_id == last.event_id, row.success)
    newest = select(last_descriptions).order_by(
        answer.scalar_subquery().desc(), last.event_id.desc()
    )
    found = connection.execute(newest.limit(1)).mappings().one_or_none()
    return None if found is None else LastDescription(**found)


def _read_failure(connection: Connection) -> LastFailure | None:
    found = connection.execute(select(last_failure)).mappings().one_or_none()
    return None if found is None else LastFailure(**found)


def read_recent(connection: Connection, limit: int) -> list[UsageRow]:
    """Return the last rows that were written, newest first, at most ``limit``."""
    columns = [ai_usage.c[field.name] for field in fields(UsageRow)]
    rows = connection.execute(
        select(*columns).order_by(ai_usage.c.id.desc()).limit(limit)
    ).mappings()
    return [UsageRow(**{**row, "purpose": Purpose(row["purpose"])}) for row in rows]


def count_rows(connection: Connection) -> int:
    """Return how many requests were written."""
    return connection.scalar(select(func.count()).select_from(ai_usage)) or 0


def is_whole(connection: Connection) -> bool:
    """Return whether SQLite finds no damage in the file."""
    return connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar() == "ok"
