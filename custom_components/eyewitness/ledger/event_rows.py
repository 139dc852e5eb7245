"""Write, find and delete the rows of events.

Each function does one thing over an open connection and passes on the database's errors; an
event that is none any more raises ``LedgerDamagedError``. Times are ISO 8601 in UTC.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, fields
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    RowMapping,
    bindparam,
    delete,
    func,
    insert,
    literal,
    literal_column,
    select,
    tuple_,
    update,
)

from .errors import LedgerDamagedError
from .events import EventDay, EventFilter, EventRow, PictureKept, texts, utc
from .schema import event_words, events
from .words import Search, words

_TEXTS: Final = ("title", "description", "reason", "camera_name")
"""As ``texts`` returns them."""
_COLUMNS: Final = tuple(events.c[field.name] for field in fields(EventRow))


def add(connection: Connection, rows: Sequence[EventRow]) -> None:
    """Write events, and their words for the search."""
    connection.execute(insert(events), [_values(row) for row in rows])
    connection.execute(_ADD_WORDS, [_words(row) for row in rows])


def _values(row: EventRow) -> dict[str, Any]:
    time, _ = row.place
    return {**asdict(row), "time": time, "day": row.day, "masks": " ".join(sorted(row.masks))}


def _words(row: EventRow) -> dict[str, str]:
    folded = (" ".join(words(text)) for text in texts(row))
    return {"event": row.event_id, **dict(zip(_TEXTS, folded, strict=True))}


def mark(connection: Connection, kept: Iterable[PictureKept]) -> None:
    """Note which events have a picture now, and how large it is."""
    marks = [{"kept": each.event_id, "size": each.picture_bytes} for each in kept]
    connection.execute(_MARK, marks)


def rename(connection: Connection, camera: str, name: str) -> None:
    """Give a camera's events its new entity id."""
    connection.execute(update(events).where(events.c.camera == camera).values(camera=name))


def read(
    connection: Connection, wanted: EventFilter, before: tuple[str, str] | None, limit: int
) -> list[EventRow]:
    """Return the newest events of a filter before a place, newest first, at most ``limit``."""
    conditions = _conditions(wanted)
    if before is not None:
        conditions.append(tuple_(events.c.time, events.c.event_id) < tuple_(*map(literal, before)))
    newest = events.c.time.desc(), events.c.event_id.desc()
    query = select(*_COLUMNS).where(*conditions).order_by(*newest).limit(limit)
    return [_event(row) for row in connection.execute(query).mappings()]


def read_one(connection: Connection, event_id: str) -> EventRow | None:
    """Return one event, None when there is none."""
    query = select(*_COLUMNS).where(events.c.event_id == event_id)
    row = connection.execute(query).mappings().one_or_none()
    return None if row is None else _event(row)


def cameras(connection: Connection) -> set[str]:
    """Return the cameras that have events."""
    return set(connection.scalars(select(events.c.camera).distinct()))


def read_days(connection: Connection, cameras: Collection[str] | None) -> list[EventDay]:
    """Return the days of each camera that has events, newest first."""
    # Of a group with a maximum, SQLite takes the other columns from the row that has it.
    query = select(
        events.c.camera, events.c.camera_name, events.c.day, func.count(), func.max(events.c.time)
    ).group_by(events.c.camera, events.c.day)
    if cameras is not None:
        query = query.where(events.c.camera.in_(cameras))
    return [
        EventDay(camera=camera, camera_name=name, day=day, events=number)
        for camera, name, day, number, _ in connection.execute(
            query.order_by(events.c.day.desc(), events.c.camera)
        )
    ]


def count(connection: Connection) -> tuple[int, int]:
    """Return how many events there are, and how many bytes their pictures have."""
    number = connection.scalar(select(func.count()).select_from(events)) or 0
    return number, picture_bytes(connection)


def picture_bytes(connection: Connection) -> int:
    """Return how many bytes all pictures have, with their thumbnails."""
    total = select(func.sum(events.c.picture_bytes)).where(events.c.picture_bytes > 0)
    return connection.scalar(total) or 0


def before(connection: Connection, time: str, limit: int) -> list[EventRow]:
    """Return the oldest events of a time before ``time``, oldest first."""
    query = select(*_COLUMNS).where(events.c.time < time).order_by(events.c.time).limit(limit)
    return [_event(row) for row in connection.execute(query).mappings()]


def oldest_pictures(connection: Connection, now: str, limit: int) -> list[EventRow]:
    """Return the oldest events with a picture, in the order in which the pictures are to go.

    Those of the future are of a clock that was ahead. They would never be the oldest, and whatever
    came after them would go in their place, so they go first.
    """
    query = select(*_COLUMNS).where(events.c.picture_bytes > 0)
    order = query.order_by(events.c.time <= now, events.c.time)
    return [_event(row) for row in connection.execute(order.limit(limit)).mappings()]


def paintings(connection: Connection) -> set[tuple[str, frozenset[str]]]:
    """Return each camera that has pictures, with all sets of black areas that they have."""
    query = select(events.c.camera, events.c.masks).where(events.c.picture_bytes > 0).distinct()
    return {(camera, frozenset(masks.split())) for camera, masks in connection.execute(query)}


def painted(
    connection: Connection, camera: str, masks: Collection[str], limit: int
) -> list[EventRow]:
    """Return a camera's newest events whose picture has exactly these black areas."""
    query = select(*_COLUMNS).where(
        events.c.camera == camera,
        events.c.masks == " ".join(sorted(masks)),
        events.c.picture_bytes > 0,
    )
    newest = query.order_by(events.c.time.desc()).limit(limit)
    return [_event(row) for row in connection.execute(newest).mappings()]


def days(connection: Connection) -> set[str]:
    """Return the days that have events with a picture."""
    query = select(events.c.day).where(events.c.picture_bytes > 0).distinct()
    return set(connection.scalars(query))


def pictures(connection: Connection, day: str) -> dict[str, int]:
    """Return the events of a day, and how large the picture of each is; 0 when it has none."""
    query = select(events.c.event_id, events.c.picture_bytes).where(events.c.day == day)
    return dict(connection.execute(query).tuples().all())


def paint(connection: Connection, event_id: str, masks: Collection[str], size: int) -> None:
    """Note which black areas an event's picture has now, and how large it is."""
    values = {"masks": " ".join(sorted(masks)), "picture_bytes": size}
    connection.execute(update(events).where(events.c.event_id == event_id).values(values))


def remove(connection: Connection, event_ids: Collection[str]) -> None:
    """Delete events."""
    rows = select(events.c.id).where(events.c.event_id.in_(event_ids))
    connection.execute(delete(event_words).where(event_words.c.rowid.in_(rows)))
    connection.execute(delete(events).where(events.c.event_id.in_(event_ids)))


def clear(connection: Connection) -> None:
    """Delete all events."""
    connection.execute(delete(event_words))
    connection.execute(delete(events))


def _conditions(wanted: EventFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.cameras is not None:
        found.append(events.c.camera.in_(wanted.cameras))
    if wanted.statuses:
        found.append(events.c.status.in_(wanted.statuses))
    if wanted.objects:
        each = func.json_each(events.c.objects).table_valued("value")
        found.append(select(each.c.value).where(each.c.value.in_(wanted.objects)).exists())
    if wanted.first is not None:
        found.append(events.c.time >= utc(wanted.first))
    if wanted.last is not None:
        found.append(events.c.time < utc(wanted.last))
    if wanted.search.strip():
        search = Search.read(wanted.search)
        matching = literal_column("event_words").op("MATCH")(search.query)
        rows = select(event_words.c.rowid).where(matching)
        # Without the plus, SQLite would fetch and sort all that has been found, to show a page.
        in_order = literal_column("+events.id").in_(rows)
        found.append(in_order if search.phrases else events.c.id < 0)
    return found


def _event(row: RowMapping) -> EventRow:
    values = dict(row)
    try:
        utc(values["timestamp"])
        return EventRow(
            **{
                **values,
                "objects": tuple(values["objects"]),
                "attempts": tuple(values["attempts"]),
                "masks": frozenset(values["masks"].split()),
            }
        )
    except (TypeError, ValueError) as err:
        raise LedgerDamagedError(type(err).__name__) from err


_ADD_WORDS: Final = insert(event_words).values(
    rowid=select(events.c.id).where(events.c.event_id == bindparam("event")).scalar_subquery(),
    **{name: bindparam(name) for name in _TEXTS},
)
_MARK: Final = (
    update(events)
    .where(events.c.event_id == bindparam("kept"))
    .values(picture_bytes=bindparam("size"))
)
