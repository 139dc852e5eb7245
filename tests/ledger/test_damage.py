"""The ledger on a bad day: a full disk, a broken file, a kill in the middle."""

from dataclasses import replace
import logging
from pathlib import Path
import signal
import sqlite3
import subprocess
import sys
import time
from typing import Any

import pytest
from sqlalchemy import event

from custom_components.eyewitness.ledger.schema import VERSION
from custom_components.eyewitness.ledger.store import _PENDING_MAX, Ledger, LedgerError

from .kit import count, failed, query, row, seen


def _every_connection(ledger: Ledger, pragma: str) -> None:
    """Make SQLite refuse by itself, as it does on a full or read-only disk."""
    ledger._engine.dispose()

    @event.listens_for(ledger._engine, "connect")
    def _set(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute(f"PRAGMA {pragma}")


FULL = "max_page_count=1"
READ_ONLY = "query_only=ON"


@pytest.mark.parametrize(
    ("fault", "cure"), [(FULL, "max_page_count=100000"), (READ_ONLY, "query_only=OFF")]
)
def test_row_64_a_disk_that_takes_nothing(
    path: Path, ledger: Ledger, caplog: pytest.LogCaptureFixture, fault: str, cure: str
) -> None:
    """Rows wait in memory, one line is logged, and later all is written in order.

    What is on the disk can be read meanwhile.
    """
    ledger.add([row(attempt=1)])
    _every_connection(ledger, fault)
    big = "x" * 8000  # more than what is left on the file's pages
    ledger.add([row(attempt=2, model=big)], seen(title=big))
    ledger.add([failed(attempt=3, model=big), row(attempt=4)], seen(title="Newer"))
    ledger.add([], None)
    assert query(path, "SELECT attempt FROM ai_usage") == [(1,)]
    assert ledger.totals()["one"].calls == 1
    assert (ledger.size().rows, ledger.size().unwritten) == (1, 3)
    lines = [r for r in caplog.records if r.name == "custom_components.eyewitness"]
    assert [(r.levelno, r.message) for r in lines] == [
        (
            logging.ERROR,
            "Usage cannot be written (OperationalError); it is kept in memory and tried again",
        )
    ]
    assert big not in caplog.text

    _every_connection(ledger, cure)
    ledger.add([row(attempt=5)])
    assert query(path, "SELECT attempt FROM ai_usage ORDER BY id") == [(n,) for n in range(1, 6)]
    assert query(path, "SELECT title FROM last_descriptions") == [("Newer",)]
    assert caplog.messages[-1] == "Usage can be written again"
    ledger.add([row(attempt=6)])
    assert (count(path), ledger.size().unwritten) == (6, 0)


def test_a_missing_table(path: Path, ledger: Ledger) -> None:
    """Each question reports it, by the error's class alone."""
    query(path, "DROP TABLE ai_usage")
    for ask in (ledger.totals, ledger.viewers, ledger.size, lambda: ledger.recent(1)):
        with pytest.raises(LedgerError, match=r"^OperationalError$"):
            ask()


def test_closing_tries_once_more(path: Path) -> None:
    """What still waits in memory is written when the house goes to sleep."""
    ledger = Ledger(path)
    _every_connection(ledger, READ_ONLY)
    ledger.add([row()], seen())
    _every_connection(ledger, "query_only=OFF")
    ledger.close()
    assert (count(path), count(path, "last_descriptions")) == (1, 1)


def test_memory_is_not_endless(path: Path, ledger: Ledger) -> None:
    """When the disk stays full, the oldest rows go first."""
    _every_connection(ledger, READ_ONLY)
    ledger.add([row(attempt=number) for number in range(_PENDING_MAX)])
    ledger.add([row(attempt=_PENDING_MAX), row(attempt=_PENDING_MAX + 1)])
    _every_connection(ledger, "query_only=OFF")
    ledger.add([])
    found = query(path, "SELECT count(*), min(attempt), max(attempt) FROM ai_usage")
    assert found == [(_PENDING_MAX, 2, _PENDING_MAX + 1)]


@pytest.mark.parametrize("poison", [{"input_tokens": 2**63}, {"model": "\ud800"}], ids=str)
def test_a_row_that_no_database_holds(
    path: Path, ledger: Ledger, caplog: pytest.LogCaptureFixture, poison: dict[str, Any]
) -> None:
    """It is left out, and does not keep the others from being written."""
    ledger.add([row(), replace(row(), **poison)], seen())
    ledger.add([replace(row(), **poison)])
    assert count(path) == 0
    assert "cannot be written" in caplog.text
    ledger.add([row()])
    assert (count(path), count(path, "last_descriptions")) == (1, 0)


def _files(path: Path) -> dict[str, bytes]:
    return {each.name: each.read_bytes() for each in path.parent.iterdir()}


@pytest.mark.parametrize(
    "content", [b"this is no database", b"\x00" * 5000, b"SQLite format 3\x00" + b"\xff" * 5000]
)
def test_row_60_a_corrupt_file(path: Path, content: bytes) -> None:
    """A file that is no database is reported and left as it is."""
    path.write_bytes(content)
    with pytest.raises(LedgerError) as caught:
        Ledger(path)
    assert str(caught.value) == "DatabaseError"
    assert _files(path) == {"eyewitness.db": content}


@pytest.mark.parametrize("mode", ["wal", "delete"])
def test_row_61_a_newer_file(path: Path, mode: str) -> None:
    """A file of a newer version is reported and left as it is."""
    query(path, f"PRAGMA journal_mode={mode}")
    query(path, "CREATE TABLE ai_usage (something TEXT)")
    query(path, f"PRAGMA user_version={VERSION + 1}")
    before = _files(path)
    with pytest.raises(LedgerError, match=rf"schema {VERSION + 1} is newer than {VERSION}"):
        Ledger(path)
    assert _files(path) == before


@pytest.mark.parametrize("place", ["missing/eyewitness.db", "."])
def test_no_place_for_a_file(tmp_path: Path, place: str) -> None:
    """A folder that is not there, or stands where the file should be, is reported."""
    with pytest.raises(LedgerError, match="OperationalError"):
        Ledger(tmp_path / place)


def test_row_62_an_older_file(path: Path) -> None:
    """A file without the table of descriptions gets it, and keeps its rows."""
    ledger = Ledger(path)
    ledger.add([row()])
    ledger.close()
    query(path, "DROP TABLE last_descriptions")
    query(path, "PRAGMA user_version=0")
    ledger = Ledger(path)
    assert ledger.totals()["one"].calls == 1
    assert ledger.last_descriptions() == {}
    ledger.close()
    assert query(path, "PRAGMA user_version") == [(VERSION,)]


@pytest.mark.parametrize("table", ["ai_usage", "last_descriptions"])
def test_a_damaged_table(path: Path, table: str) -> None:
    """A file that opens and cannot be read is a ``LedgerError``, too."""
    ledger = Ledger(path)
    for number in range(200):
        ledger.add([row()], seen(f"camera.{number}"))
    ledger.close()
    pages = dict(query(path, "SELECT name, rootpage FROM sqlite_schema"))
    ((size,),) = query(path, "PRAGMA page_size")
    with path.open("r+b") as file:
        file.seek((pages[table] - 1) * size)
        file.write(b"\xff" * size)
    ledger = Ledger(path)
    with pytest.raises(LedgerError, match="DatabaseError"):
        _ = ledger.totals() if table == "ai_usage" else ledger.last_descriptions()
    ledger.close()


_WRITER = """
from pathlib import Path
import sys
from types import ModuleType

# The ledger alone: the integration's own module would load all of Home Assistant.
for name in ("custom_components", "custom_components.eyewitness"):
    sys.modules[name] = ModuleType(name)
    sys.modules[name].__path__ = [str(Path.cwd().joinpath(*name.split(".")))]
from custom_components.eyewitness.ledger.store import Ledger
from tests.ledger.kit import row, seen

ledger = Ledger(Path(sys.argv[1]))
while True:
    ledger.add([row(), row(), row()], seen())
    print(flush=True)
"""
_ROOT = Path(__file__).parents[2]


def test_a_kill_in_the_middle(path: Path) -> None:
    """A process that is killed while it writes leaves whole events and a whole file."""
    writer = subprocess.Popen(
        [sys.executable, "-c", _WRITER, path], stdout=subprocess.PIPE, cwd=_ROOT
    )
    assert writer.stdout is not None
    with writer.stdout:
        for _ in range(20):
            assert writer.stdout.readline()
        began = time.monotonic()
        while time.monotonic() - began < 0.2:
            writer.stdout.readline()
        writer.send_signal(signal.SIGKILL)
        reported = 20 + len(writer.stdout.readlines())
        assert writer.wait(10) == -signal.SIGKILL
    assert query(path, "PRAGMA integrity_check") == [("ok",)]
    ledger = Ledger(path)
    calls = ledger.totals()["one"].calls
    ledger.add([row()])
    assert ledger.totals()["one"].calls == calls + 1
    ledger.close()
    assert calls % 3 == 0
    assert calls >= 3 * reported
