"""Read the accounts: sums by provider, what was said last, the newest rows.

Each function asks one question over an open connection and passes on SQLAlchemy's errors.
"""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from sqlalchemy import Connection, case, func, select

from .rows import CANCELLED, LastDescription, Totals, UsageRow
from .schema import ai_usage, last_descriptions


def read_totals(connection: Connection) -> dict[str, Totals]:
    """Return the sums of every provider that was ever asked, by provider id."""
    row = ai_usage.c
    ended = row.outcome != CANCELLED
    sums = connection.execute(
        select(
            row.provider_id,
            func.count().label("calls"),
            func.sum(case((row.success, 1), else_=0)).label("answers"),
            func.sum(case(((~row.success) & ended, 1), else_=0)).label("failures"),
            func.sum(row.input_tokens).label("input_tokens"),
            func.sum(row.output_tokens).label("output_tokens"),
            func.coalesce(func.sum(row.cost_estimate), 0.0).label("cost"),
            func.max(case((row.success, row.id))).label("last_answer"),
            func.max(case((ended, row.id))).label("last_ended"),
        ).group_by(row.provider_id)
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


def read_last_descriptions(connection: Connection) -> dict[str, LastDescription]:
    """Return what was said last, by camera, oldest first.

    By event id, a ULID, which sorts by time: local times do not, when summer time ends.
    """
    rows = connection.execute(
        select(last_descriptions).order_by(last_descriptions.c.event_id)
    ).mappings()
    return {row["camera"]: LastDescription(**row) for row in rows}


def read_viewers(connection: Connection) -> dict[str, str]:
    """Return the kind of the provider that was last asked about each camera, by camera."""
    row = ai_usage.c
    newest = select(func.max(row.id)).group_by(row.camera)
    rows = connection.execute(select(row.camera, row.provider).where(row.id.in_(newest)))
    return {each.camera: each.provider for each in rows}


def read_recent(connection: Connection, limit: int) -> list[UsageRow]:
    """Return the last rows that were written, newest first, at most ``limit``."""
    columns = [ai_usage.c[field.name] for field in fields(UsageRow)]
    rows = connection.execute(
        select(*columns).order_by(ai_usage.c.id.desc()).limit(limit)
    ).mappings()
    return [UsageRow(**row) for row in rows]


def count_rows(connection: Connection) -> int:
    """Return how many requests were written."""
    return connection.scalar(select(func.count()).select_from(ai_usage)) or 0
