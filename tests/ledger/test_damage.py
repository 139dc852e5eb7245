"""The ledger on a bad day: a full disk, a broken file, a kill in the middle."""

from dataclasses import replace
from pathlib import Path
import signal
import sqlite3
import subprocess
import sys
from tempfile import TemporaryDirectory
import time
from typing import Any

from hypothesis import example, given, settings, strategies as st
import pytest
from sqlalchemy import event

from custom_components.eyewitness.ledger.errors import (
    LedgerDamagedError,
    LedgerError,
    LedgerNewerError,
)
from custom_components.eyewitness.ledger.line import WAITING_MAX, Line
from custom_components.eyewitness.ledger.rows import Entry
from custom_components.eyewitness.ledger.schema import VERSION, metadata
from custom_components.eyewitness.ledger.store import Ledger, _engine
from tests.fixtures.release import DATABASE, RELEASE

from .kit import add, check_sums, count, listed, missed, now, opened, query, row, seen


def _every_connection(ledger: Ledger, pragma: str) -> None:
    """Make SQLite refuse by itself, as it does on a full or read-only disk."""
    assert ledger._engine is not None
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
    path: Path, ledger: Ledger, fault: str, cure: str
) -> None:
    """Rows wait in memory, and later all is written in order; the error holds none of their text.

    What is on the disk can be read meanwhile.
    """
    add(ledger, row(attempt=1))
    _every_connection(ledger, fault)
    big = "x" * 8000  # more than what is left on the file's pages
    both: list[list[Entry]] = [
        [row(attempt=2, model=big), seen(title=big)],
        [row(attempt=3), seen()],
    ]
    for entries in (*both, []):
        with pytest.raises(LedgerError, match=r"^OperationalError$") as caught:
            add(ledger, *entries)
        assert type(caught.value) is LedgerError, "not damaged: it may be over in a minute"
    assert query(path, "SELECT attempt FROM ai_usage") == [(1,)]
    assert [each.attempt for each in ledger.recent(5)] == [1]
    assert (ledger.size().rows, len(ledger._line)) == (1, 4)

    _every_connection(ledger, cure)
    add(ledger, row(attempt=4))
    assert query(path, "SELECT attempt FROM ai_usage ORDER BY id") == [(n,) for n in range(1, 5)]
    assert query(path, "SELECT title FROM last_descriptions") == [(seen().title,)]
    assert len(ledger._line) == 0
    check_sums(path)


@pytest.mark.parametrize("table", [*sorted(metadata.tables), "event_words"])
def test_a_missing_table(path: Path, ledger: Ledger, table: str) -> None:
    """It is damage, which no waiting mends; what is to be written stays in line."""
    query(path, f"DROP TABLE {table}")
    with pytest.raises(LedgerDamagedError):
        add(ledger, row(), seen(), missed(), listed())
    assert len(ledger._line) == 4
    for other in metadata.tables.keys() - {table}:
        assert count(path, other) == 0, "all or nothing"
    with pytest.raises(LedgerDamagedError, match=r"^OperationalError$"):
        ledger.open()


def test_memory_is_not_endless(path: Path, ledger: Ledger) -> None:
    """When the disk stays full, the oldest rows go first."""
    _every_connection(ledger, READ_ONLY)
    with pytest.raises(LedgerError):
        add(ledger, *(row(attempt=number) for number in range(WAITING_MAX + 2)))
    _every_connection(ledger, "query_only=OFF")
    add(ledger)
    found = query(path, "SELECT count(*), min(attempt), max(attempt) FROM ai_usage")
    assert found == [(WAITING_MAX, 2, WAITING_MAX + 1)]


NULL: Any = None


@pytest.mark.parametrize(
    "poison",
    [{"input_tokens": 2**63}, {"model": "\ud800"}, {"model": NULL}, {"model": {}}],
    ids=str,
)
def test_a_row_that_no_database_holds(
    path: Path, ledger: Ledger, caplog: pytest.LogCaptureFixture, poison: dict[str, Any]
) -> None:
    """It alone is left out, and does not keep the others from being written."""
    add(ledger, row(attempt=1), replace(row(), **poison), row(attempt=3), seen())
    assert query(path, "SELECT attempt FROM ai_usage") == [(1,), (3,)]
    assert count(path, "last_descriptions") == 1
    assert caplog.text.count("cannot be written") == 1
    add(ledger, row(attempt=4))
    assert (count(path), len(ledger._line)) == (3, 0)
    check_sums(path)


def _files(path: Path) -> dict[str, bytes]:
    return {each.name: each.read_bytes() for each in path.parent.iterdir()}


@pytest.mark.parametrize(
    "content", [b"this is no database", b"\x00" * 5000, b"SQLite format 3\x00" + b"\xff" * 5000]
)
def test_row_60_a_corrupt_file(path: Path, content: bytes) -> None:
    """A file that is no database is reported and left as it is, until somebody sets it aside."""
    path.write_bytes(content)
    ledger = Ledger(path, Line(), now)
    with pytest.raises(LedgerDamagedError, match=r"^DatabaseError$"):
        ledger.open()
    assert _files(path) == {"eyewitness.db": content}
    for number in (1, 2):
        ledger.set_aside()
        assert _files(path)[f"eyewitness.db.damaged-{number}"] == content
        path.write_bytes(content)
    path.unlink()
    ledger.open()
    ledger.close()


def test_a_log_goes_with_its_file(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Left behind, it would be taken for that of the new file."""
    files = {suffix: path.with_name(f"{path.name}{suffix}") for suffix in ("", "-wal", "-shm")}
    for suffix, file in files.items():
        file.write_text(suffix)

    def damaged(_ledger: Ledger) -> None:
        raise LedgerDamagedError

    monkeypatch.setattr(Ledger, "open", damaged)
    Ledger(path, Line(), now).set_aside()
    assert _files(path) == {f"{path.name}.damaged-1{name}": name.encode() for name in files}


def test_only_what_is_damaged_is_set_aside(path: Path, ledger: Ledger) -> None:
    """Somebody may have restored a backup meanwhile."""
    add(ledger, row())
    ledger.set_aside()
    ledger.close()
    assert _files(path).keys() == {"eyewitness.db"}
    assert count(path) == 1


@pytest.mark.parametrize("mode", ["wal", "delete"])
def test_row_61_a_newer_file(path: Path, mode: str) -> None:
    """A file of a newer version is reported and left as it is."""
    query(path, f"PRAGMA journal_mode={mode}")
    query(path, "CREATE TABLE ai_usage (something TEXT)")
    query(path, f"PRAGMA user_version={VERSION + 1}")
    before = _files(path)
    ledger = Ledger(path, Line(), now)
    newer = rf"schema {VERSION + 1} is newer than {VERSION}"
    for touch in (ledger.open, ledger.set_aside):
        with pytest.raises(LedgerNewerError, match=newer):
            touch()
    assert _files(path) == before


@pytest.mark.parametrize("place", ["missing/eyewitness.db", "."])
def test_no_place_for_a_file(tmp_path: Path, place: str) -> None:
    """A folder that is not there, or stands where the file should be, is no damage."""
    with pytest.raises(LedgerError, match="OperationalError") as caught:
        opened(tmp_path / place)
    assert type(caught.value) is LedgerError


@pytest.mark.parametrize("table", ["ai_usage", "last_descriptions"])
def test_a_damaged_table(path: Path, table: str) -> None:
    """A file that opens and cannot be read is damaged, too."""
    ledger = opened(path)
    for number in range(200):
        add(ledger, row(), seen(f"camera.{number}"))
    ledger.close()
    pages = dict(query(path, "SELECT name, rootpage FROM sqlite_schema"))
    ((size,),) = query(path, "PRAGMA page_size")
    with path.open("r+b") as file:
        file.seek((pages[table] - 1) * size)
        file.write(b"\xff" * size)
    with pytest.raises(LedgerDamagedError):
        ledger.open()


def test_a_damaged_index(path: Path) -> None:
    """Sums do not show it, SQLite's own check does."""
    ledger = opened(path)
    add(ledger, *(row(event_id=str(number)) for number in range(200)))
    ledger.close()
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA writable_schema=1")
        database.execute("UPDATE sqlite_schema SET rootpage = 3 WHERE name LIKE 'ix_%'")
    database.close()
    ledger.set_aside()
    assert not path.exists()


_WRITER = """
from pathlib import Path
import sys
from types import ModuleType

# The ledger alone: the integration's own module would load all of Home Assistant.
for name in ("custom_components", "custom_components.eyewitness"):
    sys.modules[name] = ModuleType(name)
    sys.modules[name].__path__ = [str(Path.cwd().joinpath(*name.split(".")))]
from tests.ledger.kit import add, opened, row, seen

ledger = opened(Path(sys.argv[1]))
while True:
    add(ledger, row(), row(), row(), seen())
    print(flush=True)
"""
_ROOT = Path(__file__).parents[2]


def test_a_kill_in_the_middle(path: Path) -> None:
    """A process that is killed while it writes leaves whole entries and a whole file."""
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
    check_sums(path)
    ledger = opened(path)
    calls = ledger.open().totals["one"].calls
    add(ledger, row())
    assert ledger.open().totals["one"].calls == calls + 1
    ledger.close()
    assert calls % 3 == 0
    assert calls >= 3 * reported


LAYOUT = b"CREATE TA"
"""What SQLite quotes when it cannot read the layout."""
CAMERA = b"camera.front_door"


@pytest.mark.parametrize("text", [LAYOUT, CAMERA])
def test_text_that_is_no_text_any_more(path: Path, text: bytes) -> None:
    """It is damage of the file, neither trouble that passes nor the fault of an entry."""
    ledger = opened(path)
    add(ledger, row())
    ledger.close()
    path.write_bytes(path.read_bytes().replace(text, text[:-1] + b"\xff"))
    with pytest.raises(LedgerDamagedError):
        ledger.open()
    ledger._engine = _engine(path)
    ledger._line.put(row())
    if text == LAYOUT:
        with pytest.raises(LedgerDamagedError):
            ledger.write()
        assert len(ledger._line) == 1
    ledger.set_aside()
    assert not path.exists()


@settings(deadline=None, max_examples=150)
@example([(3890, ord("0"))])  # the name of a column
@given(st.lists(st.tuples(st.integers(0, 2**16), st.integers(0, 255)), min_size=1, max_size=300))
def test_any_damage_is_an_error_of_ours(changes: list[tuple[int, int]]) -> None:
    """Whatever bytes of a file are others now, nobody meets another exception; rows are kept."""
    content = bytearray((RELEASE / DATABASE).read_bytes())
    for place, value in changes:
        content[place % len(content)] = value
    with TemporaryDirectory() as folder:
        path = Path(folder) / DATABASE
        path.write_bytes(content)
        ledger = Ledger(path, Line(), now)
        ledger._line.put(row())
        try:
            ledger.open()
            ledger.write()
            ledger.recent(9)
            ledger.size()
            ledger.checkpoint()
        except LedgerError:
            pass
        else:
            assert len(ledger._line) == 0
        ledger.close()
