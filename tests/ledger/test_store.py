"""The ledger's file: every request is written once, whole and in order."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from custom_components.eyewitness.ledger.schema import VERSION
from custom_components.eyewitness.ledger.store import Ledger

from .kit import count, failed, query, row, seen


def test_a_row_has_what_was_asked_for(path: Path, ledger: Ledger) -> None:
    """AC7: provider, tokens, response time, success and the reason of a failure are columns."""
    good = row(cost_estimate=None, is_estimated=True)
    bad = failed("rate_limit", error="rate_limit 429", attempt=2, provider="grok")
    ledger.add([good, bad])
    assert query(path, "SELECT * FROM ai_usage ORDER BY id") == [
        (1, *asdict(good).values()),
        (2, *asdict(bad).values()),
    ]
    columns = [name for _, name, *_ in query(path, "PRAGMA table_info(ai_usage)")]
    assert columns == ["id", *asdict(good)]


@pytest.mark.parametrize("touched", [False, True])
def test_row_59_a_new_file(path: Path, touched: bool) -> None:
    """A missing or an empty file becomes a ledger, also after an event without a request."""
    if touched:
        path.touch()
    ledger = Ledger(path)
    ledger.add([])
    assert (ledger.totals(), ledger.last_descriptions(), count(path)) == ({}, {}, 0)
    assert query(path, "PRAGMA user_version") == [(VERSION,)]
    assert query(path, "PRAGMA journal_mode") == [("wal",)]
    ledger.add([row()])
    ledger.close()
    assert count(path) == 1


@pytest.mark.parametrize("name", ["it's 100%.db", "a?b=c#d.db", "übung.db", "a b.db"])
def test_any_file_name(tmp_path: Path, name: str) -> None:
    """The path is a path and no URL."""
    Ledger(tmp_path / name).close()
    assert (tmp_path / name).exists()


def test_all_or_nothing(path: Path, ledger: Ledger) -> None:
    """An event's rows and its description are written together or not at all."""
    broken: Any = None
    ledger.add([row(), row(model=broken)], seen())  # the column takes no NULL
    assert (count(path), count(path, "last_descriptions")) == (0, 0)


def test_events_are_written_in_the_order_in_which_they_ended(path: Path, ledger: Ledger) -> None:
    """Whichever thread comes first: the last one in line is the last one in the sums."""
    for number in range(20):
        ledger.take([row(response_time_ms=number)])
    with ThreadPoolExecutor(4) as threads:
        for _ in range(20):
            threads.submit(ledger.write)
    written = query(path, "SELECT response_time_ms FROM ai_usage ORDER BY id")
    assert written == [(number,) for number in range(20)]
    assert ledger.totals()["one"].response_time_ms == 19


def test_two_threads(path: Path, ledger: Ledger) -> None:
    """Events that end at the same time lose nothing."""

    def write(number: int) -> None:
        for _ in range(25):
            ledger.add([row(provider_id=str(number)), failed()], seen(f"camera.{number}"))
            ledger.totals()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(4)))
    totals = ledger.totals()
    assert [totals[str(number)].answers for number in range(4)] == [25] * 4
    assert totals["one"].failures == 100
    assert len(ledger.last_descriptions()) == 4
    assert query(path, "PRAGMA integrity_check") == [("ok",)]


def test_size(path: Path, ledger: Ledger) -> None:
    """Rows and bytes, with those that SQLite keeps beside the file."""
    before = ledger.size()
    assert (before.rows, before.unwritten) == (0, 0)
    ledger.add([row() for _ in range(2000)])
    size = ledger.size()
    assert (size.rows, size.unwritten) == (2000, 0)
    assert size.bytes > path.stat().st_size
    assert size.bytes > before.bytes + 100_000
    ledger.close()
    assert ledger.size().bytes >= path.stat().st_size
