"""Write entries and what they add to the sums in one transaction: both are true, or neither."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Table,
    bindparam,
    delete,
    func,
    insert,
    select,
)
from sqlalchemy.dialects.sqlite import Insert, insert as upsert

from . import event_rows
from .events import EventRow, PictureKept
from .rows import (
    CANCELLED,
    NO_CAMERA,
    RECENT,
    REUSED,
    Entry,
    LastDescription,
    LastFailure,
    Period,
    Purpose,
    Renamed,
    Reused,
    UsageRow,
)
from .schema import (
    ai_usage,
    last_descriptions,
    last_failure,
    last_requests,
    last_viewers,
    usage_sums,
)


def write(connection: Connection, entries: Sequence[Entry]) -> None:
    """Write entries in their order, and count them; the caller commits, or takes all of it back.

    Passes on SQLAlchemy's errors, and Python's for a value that no database takes.
    """
    begin = 0
    for end, entry in enumerate(entries):
        if isinstance(entry, Renamed):
            _write(connection, entries[begin:end])
            _rename(connection, entry)
            begin = end + 1
    _write(connection, entries[begin:])


def _write(connection: Connection, entries: Sequence[Entry]) -> None:
    requests = [entry for entry in entries if isinstance(entry, UsageRow)]
    known = _described(connection, requests)
    if requests:
        connection.execute(insert(ai_usage), [asdict(row) for row in requests])
    if sums := _added(entries, known):
        connection.execute(_ADD, sums)
    if ended := _ended(requests):
        connection.execute(_END, ended)
    seen = (row for row in requests if row.sent and row.camera != NO_CAMERA)
    if viewers := [{"camera": row.camera, "provider": row.provider} for row in seen]:
        connection.execute(_VIEW, viewers)
    _write_ends(connection, entries)
    if listed := [entry for entry in entries if isinstance(entry, EventRow)]:
        event_rows.add(connection, listed)
    if kept := [entry for entry in entries if isinstance(entry, PictureKept)]:
        event_rows.mark(connection, kept)


def _rename(connection: Connection, renamed: Renamed) -> None:
    """Move a camera's sums, who saw it last, and its events to its new name."""
    names = {"before": renamed.camera, "now": renamed.name}
    for table, move in ((usage_sums, _MOVE_SUMS), (last_viewers, _MOVE_VIEWER)):
        connection.execute(move, names)
        connection.execute(delete(table).where(table.c.camera == renamed.camera))
    event_rows.rename(connection, renamed.camera, renamed.name)


def forget(connection: Connection, before: str, limit: int) -> int:
    """Delete the oldest rows, of a time before ``before``; return how many, at most ``limit``.

    ``before`` is ISO 8601 in UTC. The sums stay.
    """
    row = ai_usage.c
    oldest = select(row.id).where(row.timestamp < before).order_by(row.timestamp).limit(limit)
    return connection.execute(delete(ai_usage).where(row.id.in_(oldest))).rowcount


def _described(connection: Connection, rows: Sequence[UsageRow]) -> set[str]:
    """Return the events of these rows that earlier ones have described already."""
    row = ai_usage.c
    described = [each.event_id for each in rows if _is_answer(each)]
    if not described:
        return set()
    earlier = row.event_id.in_(described), row.success, row.purpose == Purpose.EVENT
    return set(connection.scalars(select(row.event_id).where(*earlier)))


def _is_answer(row: UsageRow) -> bool:
    return row.success and row.purpose is Purpose.EVENT


def _added(entries: Sequence[Entry], described: set[str]) -> list[dict[str, Any]]:
    """Return what entries add to the sums, one item for each row of ``usage_sums``.

    ``described`` are the events that were counted before; those of the entries are added to it.
    """
    sums: dict[tuple[str, ...], dict[str, Any]] = {}
    for entry in entries:
        match entry:
            case UsageRow():
                outcome, purpose = entry.outcome, entry.purpose
                more = _counts(entry, _is_answer(entry) and entry.event_id not in described)
                if _is_answer(entry):
                    described.add(entry.event_id)
            case Reused():
                outcome, purpose = REUSED, Purpose.EVENT
                more = dict.fromkeys(_COUNTS, 0) | {"saved_calls": 1, "saved_cost": entry.cost or 0}
            case _:
                continue
        who = (entry.provider_id, entry.provider, entry.model, entry.camera, purpose, outcome)
        for period in Period:
            key = (period.of(entry.day), *who)
            sums[key] = _sum(sums[key], more) if key in sums else more
    return [dict(zip(_KEY, key, strict=True)) | counts for key, counts in sums.items()]


def _counts(row: UsageRow, is_description: bool) -> dict[str, Any]:
    return {
        "requests": 1,
        "sent": row.sent,
        "answers": row.success,
        "descriptions": is_description,
        "input_tokens": row.input_tokens or 0,
        "output_tokens": row.output_tokens or 0,
        "cost": row.cost_estimate or 0.0,
        "estimated": row.is_estimated,
        "unpriced": row.cost_estimate is None,
        "response_time_ms": row.response_time_ms if row.success else 0,
        "saved_calls": 0,
        "saved_cost": 0.0,
    }


def _sum(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    return {name: one[name] + other[name] for name in one}


def _ended(rows: Sequence[UsageRow]) -> list[dict[str, Any]]:
    """Return how the requests to each provider ended; None for what they do not tell."""
    ended: dict[str, dict[str, Any]] = {}
    for row in rows:
        if not row.provider_id or row.outcome == CANCELLED or row.purpose is Purpose.TRIAL:
            continue
        before = ended.get(row.provider_id, {"response_time_ms": None, "recent": ""})
        ended[row.provider_id] = {
            "provider_id": row.provider_id,
            "outcome": row.outcome,
            "response_time_ms": row.response_time_ms if row.success else before["response_time_ms"],
            "recent": f"{before['recent']}{row.success:d}"[-RECENT:],
        }
    return list(ended.values())


def _write_ends(connection: Connection, entries: Sequence[Entry]) -> None:
    ends = [entry for entry in entries if isinstance(entry, LastDescription | LastFailure)]
    if last := [asdict(each) for each in ends if isinstance(each, LastDescription)]:
        connection.execute(_DESCRIBE, last)
    if ends:
        connection.execute(delete(last_failure))
    if ends and isinstance(ends[-1], LastFailure):
        connection.execute(insert(last_failure), asdict(ends[-1]))


def _merge(
    table: Table,
    changes: Mapping[str, ColumnElement[Any]] | None = None,
    rows: Select[Any] | None = None,
) -> Insert:
    """Return a statement that adds rows, and changes those that are there with that key."""
    new = upsert(table)
    if rows is not None:
        new = new.from_select(table.columns.keys(), rows)
    taken = {column.name: new.excluded[column.name] for column in table.columns}
    return new.on_conflict_do_update(
        index_elements=list(table.primary_key.columns), set_={**taken, **(changes or {})}
    )


def _of_another_camera(table: Table) -> Select[Any]:
    """Return what asks for the rows of the camera ``before`` as if they were those of ``now``."""
    columns = [
        bindparam("now").label(column.name) if column is table.c.camera else column
        for column in table.columns
    ]
    return select(*columns).where(table.c.camera == bindparam("before"))


_KEY: Final = tuple(column.name for column in usage_sums.primary_key.columns)
_COUNTS: Final = tuple(column.name for column in usage_sums.columns if not column.primary_key)
# Made once, so that a storm of entries is few statements, and none is compiled anew.
_new: Final = upsert(usage_sums).excluded
_more: Final = {name: usage_sums.c[name] + _new[name] for name in _COUNTS}
_ADD: Final = _merge(usage_sums, _more)
_MOVE_SUMS: Final = _merge(usage_sums, _more, _of_another_camera(usage_sums))
_MOVE_VIEWER: Final = _merge(last_viewers, rows=_of_another_camera(last_viewers))
_ended_now: Final = upsert(last_requests).excluded
_END: Final = _merge(
    last_requests,
    {
        "response_time_ms": func.coalesce(
            _ended_now.response_time_ms, last_requests.c.response_time_ms
        ),
        "recent": func.substr(last_requests.c.recent + _ended_now.recent, -RECENT),
    },
)
_VIEW: Final = _merge(last_viewers)
# The row is made anew, so that the order of the rows is that of the descriptions.
_DESCRIBE: Final = insert(last_descriptions).prefix_with("OR REPLACE")
