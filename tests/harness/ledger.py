"""What the usage table of a running or stopped Home Assistant holds."""

import asyncio
from contextlib import closing
from pathlib import Path
import sqlite3
from typing import Any


def usage_rows(folder: Path) -> list[dict[str, Any]]:
    """Return every row of `ai_usage` in the order in which they were written."""
    file = folder / "eyewitness.db"
    if not file.exists():
        return []
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=10)) as database:
        database.row_factory = sqlite3.Row
        return [dict(row) for row in database.execute("SELECT * FROM ai_usage ORDER BY id")]


async def written_rows(folder: Path, count: int, event_id: str = "") -> list[dict[str, Any]]:
    """Wait until so many rows are there, in all or of one event, and return them.

    An answer does not wait for its rows: they are on the disk a moment later.
    """
    async with asyncio.timeout(5):
        while True:
            rows = [row for row in usage_rows(folder) if event_id in {"", row["event_id"]}]
            if len(rows) >= count:
                return rows
            await asyncio.sleep(0.02)
