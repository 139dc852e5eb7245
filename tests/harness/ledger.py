"""What the usage table of a running or stopped Home Assistant holds."""

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
