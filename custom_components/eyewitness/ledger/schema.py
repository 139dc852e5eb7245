"""The tables of the database file."""

from typing import Final

from sqlalchemy import Boolean, Column, Float, Integer, MetaData, String, Table, Text, text

VERSION: Final = 4
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
"""One row for each camera: what was said about it last."""

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
