"""Make rows, and look into a file from outside."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
import sqlite3
from typing import Any
from zoneinfo import ZoneInfo

from homeassistant.util.ulid import ulid_at_time

from custom_components.eyewitness.ledger.events import EventRow
from custom_components.eyewitness.ledger.line import Line
from custom_components.eyewitness.ledger.rows import (
    Entry,
    LastDescription,
    LastFailure,
    Purpose,
    Reused,
    UsageRow,
)
from custom_components.eyewitness.ledger.store import Ledger

UNKNOWN: dict[str, None] = dict.fromkeys(
    ("input_tokens", "output_tokens", "tokens_used", "cost_estimate")
)
"""What a row says when nobody knows what was used."""
TIMESTAMP = "2026-11-22T12:00:00.000000+00:00"
DAY = "2026-11-22"


def now() -> datetime:
    """Return the time on the wall in the evening of the day of all rows."""
    return datetime(2026, 11, 22, 20, tzinfo=ZoneInfo("Europe/Berlin"))


def row(**changes: Any) -> UsageRow:
    """Return a row of an answer."""
    values: dict[str, Any] = {
        "event_id": "01KAEVENT0000000000000TEST",
        "timestamp": TIMESTAMP,
        "provider": "openai",
        "provider_id": "one",
        "model": "gpt-4o-mini",
        "camera": "camera.front_door",
        "attempt": 1,
        "success": True,
        "outcome": "ok",
        "error": None,
        "input_tokens": 1200,
        "output_tokens": 60,
        "tokens_used": 1260,
        "response_time_ms": 900,
        "cost_estimate": 0.25,
        "is_estimated": False,
        "image_count": 1,
        "image_bytes": 150_000,
        "purpose": Purpose.EVENT,
        "sent": True,
        "day": DAY,
    }
    return UsageRow(**(values | changes))


def failed(outcome: str = "server", **changes: Any) -> UsageRow:
    """Return a row of a failed attempt."""
    nothing = {"input_tokens": 0, "output_tokens": 0, "tokens_used": 0}
    given = {"success": False, "outcome": outcome, "error": outcome, **nothing}
    return row(**(given | {"cost_estimate": 0.0} | changes))


def reused(**changes: Any) -> Reused:
    """Return an answer that was given again."""
    values: dict[str, Any] = {
        "day": DAY,
        "camera": "camera.front_door",
        "provider": "openai",
        "provider_id": "one",
        "model": "gpt-4o-mini",
        "cost": 0.25,
    }
    return Reused(**(values | changes))


def seen(camera: str = "camera.front_door", **changes: Any) -> LastDescription:
    """Return what was said last about a camera."""
    values = {
        "camera": camera,
        "event_id": "01KAEVENT0000000000000TEST",
        "timestamp": TIMESTAMP,
        "title": "Person at the door",
        "description": "A person stands at the door.",
        "provider": "openai",
        "model": "gpt-4o-mini",
    }
    return LastDescription(**(values | changes))


def missed(**changes: Any) -> LastFailure:
    """Return an event that was not described."""
    values = {
        "camera": "camera.front_door",
        "event_id": "01KAEVENT0000000000000MISS",
        "timestamp": TIMESTAMP,
        "status": "failed",
        "reason": "Nobody had an answer.",
    }
    return LastFailure(**(values | changes))


def listed(number: int = 0, **changes: Any) -> EventRow:
    """Return an event of the history; each number is a minute earlier."""
    time = now() - timedelta(minutes=number)
    values: dict[str, Any] = {
        "event_id": f"{ulid_at_time(time.timestamp())[:10]:0<26}",
        "camera": "camera.front_door",
        "camera_name": "Front door",
        "timestamp": time.isoformat(),
        "status": "described",
        "title": "Person at the door",
        "description": "A person stands at the door.",
        "objects": ("person",),
        "attempts": ({"provider": "openai", "outcome": "ok"},),
    }
    return EventRow(**(values | changes))


def opened(path: Path, clock: Callable[[], datetime] = now) -> Ledger:
    """Open a file, creating it if there is none."""
    ledger = Ledger(path, Line(), clock)
    ledger.open()
    return ledger


def add(ledger: Ledger, *entries: Entry) -> None:
    """Put entries in line and write what is in it."""
    for entry in entries:
        ledger._line.put(entry)
    ledger.write()


def query(path: Path, sql: str) -> list[tuple[Any, ...]]:
    """Ask the file itself."""
    connection = sqlite3.connect(path)
    try:
        return connection.execute(sql).fetchall()
    finally:
        connection.close()


def count(path: Path, table: str = "ai_usage") -> int:
    """Return how many rows a table of the file has."""
    ((found,),) = query(path, f"SELECT count(*) FROM {table}")  # noqa: S608
    return int(found)


_SUMMED = """
count(*), sum(sent), sum(success), coalesce(sum(input_tokens), 0), coalesce(sum(output_tokens), 0),
round(coalesce(sum(cost_estimate), 0), 9), sum(cost_estimate IS NULL)
"""
_SUMS = """
sum(requests), sum(sent), sum(answers), sum(input_tokens), sum(output_tokens), round(sum(cost), 9),
sum(unpriced)
"""


def check_sums(path: Path) -> None:
    """Compare the sums of each day, each month and all time with the rows, none of which is gone.

    An event counts as described once.
    """
    for name, length in (("day", 10), ("substr(day, 1, 7)", 7), ("'ever'", 4)):
        rows = f"SELECT {name}, {_SUMMED} FROM ai_usage GROUP BY 1"  # noqa: S608
        sums = f"SELECT period, {_SUMS} FROM usage_sums WHERE length(period) = {length} GROUP BY 1"  # noqa: S608
        assert query(path, rows) == query(path, sums)
    events = "SELECT count(DISTINCT event_id) FROM ai_usage WHERE success AND purpose = 'event'"
    described = "SELECT coalesce(sum(descriptions), 0) FROM usage_sums WHERE period = 'ever'"
    assert query(path, events) == query(path, described)
