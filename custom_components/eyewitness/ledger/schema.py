"""The tables of the database file."""

from typing import Final

from sqlalchemy import (
    DDL,
    JSON,
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    event,
    text,
)

VERSION: Final = 6
"""Kept in the file's ``user_version``; ``migrations`` knows the way from each earlier one."""

metadata = MetaData()

ai_usage = Table(
    "ai_usage",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("event_id", String(26), nullable=False, index=True),
    Column("timestamp", String(32), nullable=False, index=True),
    Column("provider", String(50), nullable=False, index=True),
    Column("provider_id", String(26), nullable=False, index=True),
    Column("model", String(100), nullable=False),
    Column("camera", String(255), nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("success", Boolean, nullable=False),
    Column("outcome", String(30), nullable=False),
    Column("error", String(50)),
    Column("input_tokens", Integer),
    Column("output_tokens", Integer),
    Column("tokens_used", Integer),
    Column("response_time_ms", Integer, nullable=False),
    Column("cost_estimate", Float),
    Column("is_estimated", Boolean, nullable=False),
    Column("image_count", Integer, nullable=False),
    Column("image_bytes", Integer, nullable=False),
    Column("purpose", String(10), nullable=False, server_default=text("'event'")),
    Column("sent", Boolean, nullable=False, server_default=text("1")),
    Column("day", String(10), nullable=False, server_default=text("''")),
)
"""One row for each request (AC7); ``timestamp`` is ISO 8601 in UTC, ``cost_estimate`` USD.

``rows.UsageRow`` says what each column means. A column that came later has a default, as SQLite
adds none without one, and stands at the end."""

last_descriptions = Table(
    "last_descriptions",
    metadata,
    Column("camera", String(255), primary_key=True),
    Column("event_id", String(26), nullable=False),
    Column("timestamp", String(32), nullable=False),
    Column("title", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("provider", String(50), nullable=False),
    Column("model", String(100), nullable=False),
)
"""One row for each camera: what was said about it last. The rows are in the order of writing."""

last_failure = Table(
    "last_failure",
    metadata,
    Column("event_id", String(26), primary_key=True),
    Column("camera", String(255), nullable=False),
    Column("timestamp", String(32), nullable=False),
    Column("status", String(30), nullable=False),
    Column("reason", Text, nullable=False),
)
"""The last event of all, if it was not described; no row if it was."""

usage_sums = Table(
    "usage_sums",
    metadata,
    Column("period", String(10), primary_key=True),
    Column("provider_id", String(26), primary_key=True),
    Column("provider", String(50), primary_key=True),
    Column("model", String(100), primary_key=True),
    Column("camera", String(255), primary_key=True),
    Column("purpose", String(10), primary_key=True),
    Column("outcome", String(30), primary_key=True),
    Column("requests", Integer, nullable=False),
    Column("sent", Integer, nullable=False),
    Column("answers", Integer, nullable=False),
    Column("descriptions", Integer, nullable=False),
    Column("input_tokens", Integer, nullable=False),
    Column("output_tokens", Integer, nullable=False),
    Column("cost", Float, nullable=False),
    Column("estimated", Integer, nullable=False),
    Column("unpriced", Integer, nullable=False),
    Column("response_time_ms", Integer, nullable=False),
    Column("saved_calls", Integer, nullable=False),
    Column("saved_cost", Float, nullable=False),
    sqlite_with_rowid=False,
)
"""What the requests of a day, of a month and of all time come to; they outlive their rows.

``period`` is a day like ``2026-11-26``, a month like ``2026-11``, or ``ever``. ``requests`` counts
rows, ``sent`` those that may have reached the vendor, ``estimated`` those at a guessed price,
``unpriced`` those whose cost is not known. ``response_time_ms`` is the sum over ``answers``,
``cost`` and ``saved_cost`` are USD. In the order of the key, without a row id beside it, all of a
period is one piece of the file."""

last_requests = Table(
    "last_requests",
    metadata,
    Column("provider_id", String(26), primary_key=True),
    Column("outcome", String(30)),
    Column("response_time_ms", Integer),
    Column("recent", Text, nullable=False),
)
"""How the last requests to each provider ended; ``recent`` has a 1 or a 0 for each of them."""

last_viewers = Table(
    "last_viewers",
    metadata,
    Column("camera", String(255), primary_key=True),
    Column("provider", String(50), nullable=False),
)
"""Whom each camera's picture was sent to last."""

events = Table(
    "events",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("event_id", String(26), nullable=False, unique=True),
    Column("time", String(32), nullable=False),
    Column("day", String(10), nullable=False),
    Column("camera", String(255), nullable=False),
    Column("camera_name", Text, nullable=False),
    Column("timestamp", String(32), nullable=False),
    Column("status", String(30), nullable=False),
    Column("title", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("objects", JSON, nullable=False),
    Column("confidence", Integer),
    Column("importance", String(20)),
    Column("provider", String(50)),
    Column("provider_id", String(26)),
    Column("model", String(100)),
    Column("reason", Text, nullable=False),
    Column("cost", Float),
    Column("total_time_ms", Integer, nullable=False),
    Column("reused", Boolean, nullable=False),
    Column("stale", Boolean, nullable=False),
    Column("attempts", JSON, nullable=False),
    Column("picture_bytes", Integer, nullable=False),
    Column("masks", Text, nullable=False),
)
"""The history: one row for each event that the bus was told of, see ``events.EventRow``.

``time`` is ``timestamp`` in UTC, always of the same length, so that its order is that of time;
``day`` is the day on the wall. ``masks`` are names, with blanks between them."""

Index("ix_events_place", events.c.time, events.c.event_id)
Index("ix_events_camera", events.c.camera, events.c.time)
Index("ix_events_day", events.c.day)
Index(
    "ix_events_pictures",
    *(events.c.time, events.c.picture_bytes),
    sqlite_where=events.c.picture_bytes > 0,
)

event_words = Table(
    "event_words",
    MetaData(),
    *(Column(name, Text) for name in ("title", "description", "reason", "camera_name")),
    Column("rowid", Integer, primary_key=True),
)
"""The words of each event for SQLite's full-text search, by the ``id`` of its row. They are folded
by ``words``, so that they are found with the same words whatever SQLite's own rules are."""

event.listen(
    events,
    "after_create",
    DDL(  # type: ignore[no-untyped-call]
        "CREATE VIRTUAL TABLE event_words USING fts5("
        "title, description, reason, camera_name, "
        "tokenize='unicode61 remove_diacritics 0', prefix='2 3')"
    ),
)
