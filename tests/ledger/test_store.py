"""The ledger's file: every request is written once, whole and in order."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path

import pytest
from sqlalchemy import event

from custom_components.eyewitness.ledger.line import WAITING_MAX, Line
from custom_components.eyewitness.ledger.schema import VERSION
from custom_components.eyewitness.ledger.store import Ledger
from custom_components.eyewitness.ledger.sums import Sums

from .kit import DAY, add, check_sums, count, failed, now, opened, query, row, seen


def test_a_row_has_what_was_asked_for(path: Path, ledger: Ledger) -> None:
    """AC7: provider, tokens, response time, success and the reason of a failure are columns."""
    good = row(cost_estimate=None)
    bad = failed("rate_limit", error="rate_limit 429", attempt=2, provider="grok", sent=False)
    add(ledger, good, bad)
    assert query(path, "SELECT * FROM ai_usage ORDER BY id") == [
        (1, *asdict(good).values()),
        (2, *asdict(bad).values()),
    ]
    columns = [name for _, name, *_ in query(path, "PRAGMA table_info(ai_usage)")]
    assert columns == ["id", *asdict(good)]


@pytest.mark.parametrize("touched", [False, True])
def test_row_59_a_new_file(path: Path, touched: bool) -> None:
    """A missing or an empty file becomes a ledger."""
    if touched:
        path.touch()
    ledger = Ledger(path, Line(), now)
    assert ledger.open() == Sums(day=DAY)
    assert count(path) == 0
    assert query(path, "PRAGMA user_version") == [(VERSION,)]
    assert query(path, "PRAGMA journal_mode") == [("wal",)]
    add(ledger, row())
    ledger.close()
    assert count(path) == 1


@pytest.mark.parametrize("name", ["it's 100%.db", "a?b=c#d.db", "übung.db", "a b.db"])
def test_any_file_name(tmp_path: Path, name: str) -> None:
    """The path is a path and no URL."""
    opened(tmp_path / name).close()
    assert (tmp_path / name).exists()


def test_a_storm_is_few_statements(path: Path, ledger: Ledger) -> None:
    """However many rows and descriptions wait; of one camera the newest stays.

    Was it described before? The rows, their sums, how they ended, who saw what, what was said, and
    that no failure is the last event.
    """
    executed: list[int] = []
    event.listen(ledger._engine, "before_cursor_execute", lambda *call: executed.append(call[-1]))
    cameras = [f"camera.{number}" for number in range(50)]
    rows = [row(camera=camera) for camera in cameras]
    add(ledger, *rows, *map(seen, cameras), seen(cameras[0], title="Newer"))
    assert executed == [False, True, True, False, True, True, False], "most of them for many"
    assert count(path) == 50
    assert query(path, "SELECT count(*) FROM last_descriptions") == [(50,)]
    titles = "SELECT title FROM last_descriptions WHERE camera = 'camera.0'"
    assert query(path, titles) == [("Newer",)]


def test_rows_are_written_in_the_order_of_the_line(path: Path, ledger: Ledger) -> None:
    """Whichever thread comes first: the last one in line is the last one in the sums."""
    for number in range(20):
        ledger._line.put(row(response_time_ms=number))
    with ThreadPoolExecutor(4) as threads:
        for _ in range(20):
            threads.submit(ledger.write)
    written = query(path, "SELECT response_time_ms FROM ai_usage ORDER BY id")
    assert written == [(number,) for number in range(20)]
    assert ledger.open().totals["one"].response_time_ms == 19


def test_two_threads(path: Path, ledger: Ledger) -> None:
    """Events that end at the same time lose nothing."""

    def write(number: int) -> None:
        for _ in range(25):
            add(ledger, row(provider_id=str(number)), failed(), seen(f"camera.{number}"))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(4)))
    totals = ledger.open().totals
    assert [totals[str(number)].answers for number in range(4)] == [25] * 4
    assert totals["one"].failures == 100
    assert count(path, "last_descriptions") == 4
    assert query(path, "PRAGMA integrity_check") == [("ok",)]
    check_sums(path)


def test_what_comes_while_others_are_written_stays_in_line() -> None:
    """Also when the line is full, and the oldest of those being written have left it."""
    line = Line()
    for number in range(WAITING_MAX):
        line.put(row(attempt=number))
    writing = line.entries()
    newer = row(attempt=WAITING_MAX)
    line.put(newer)
    assert len(line) == WAITING_MAX
    line.remove(writing)
    assert line.entries() == [newer]


def test_size(path: Path, ledger: Ledger) -> None:
    """Rows and bytes, with those that SQLite keeps beside the file."""
    before = ledger.size()
    assert before.rows == 0
    add(ledger, *(row() for _ in range(2000)))
    size = ledger.size()
    assert size.rows == 2000
    assert size.bytes > path.stat().st_size
    assert size.bytes > before.bytes + 100_000


def test_a_checkpoint_makes_the_file_whole_in_itself(path: Path, ledger: Ledger) -> None:
    """A backup that copies it alone, or with the empty log beside it, loses nothing."""
    add(ledger, *(row() for _ in range(100)))
    ledger.checkpoint()
    copy = path.with_name("copy.db")
    copy.write_bytes(path.read_bytes())
    assert count(copy) == 100
    assert path.with_name(f"{path.name}-wal").stat().st_size == 0
