"""The ledger keeps what was spent: every request, summed by provider."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import HealthCheck, given, settings, strategies as st
import pytest

from custom_components.eyewitness.ledger import Ledger, LedgerError, Totals, UsageRow
from custom_components.eyewitness.ledger.schema import VERSION

from .kit import failed, query, row, seen


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


def test_a_new_file(path: Path, ledger: Ledger) -> None:
    """A missing file is made, and starts at zero (row 59)."""
    assert ledger.totals() == {}
    assert ledger.last_descriptions() == {}
    assert query(path, "PRAGMA user_version") == [(VERSION,)]
    assert query(path, "PRAGMA journal_mode") == [("wal",)]


def test_totals(ledger: Ledger) -> None:
    """Sums are by provider; the last answer and the last outcome count."""
    ledger.add([failed("server"), row(provider_id="two", response_time_ms=400)])
    ledger.add([row(response_time_ms=900), row(response_time_ms=700, cost_estimate=None)])
    ledger.add([failed("refused", input_tokens=1000, cost_estimate=0.125)])
    assert ledger.totals() == {
        "one": Totals(
            calls=4,
            answers=2,
            failures=2,
            input_tokens=3400,
            output_tokens=120,
            cost=0.375,
            response_time_ms=700,
            outcome="refused",
        ),
        "two": Totals(
            calls=1,
            answers=1,
            input_tokens=1200,
            output_tokens=60,
            cost=0.25,
            response_time_ms=400,
            outcome="ok",
        ),
    }


def test_never_answered(ledger: Ledger) -> None:
    """Without an answer there is no response time."""
    ledger.add([failed("auth")])
    assert ledger.totals()["one"] == Totals(calls=1, failures=1, outcome="auth")


def test_cancelled(ledger: Ledger) -> None:
    """A cancelled request was made, but it failed nobody and decides no status (row 75)."""
    ledger.add([failed("cancelled", cost_estimate=None)])
    assert ledger.totals()["one"] == Totals(calls=1)
    ledger.add([row(), failed("cancelled")])
    total = ledger.totals()["one"]
    assert (total.calls, total.answers, total.failures, total.outcome) == (3, 1, 0, "ok")


def test_row_66_last_descriptions_over_the_end_of_summer_time(path: Path, ledger: Ledger) -> None:
    """Each camera keeps its last description; the newest of all comes last.

    Which one that is is told by the event ids, since summer time sets local times back.
    """
    first, later, latest = (f"01KAEVENT000000000000000{number}" for number in range(3))
    newest = seen(
        "camera.a", event_id=latest, timestamp="2026-10-25T02:10:00+01:00", title="„grün“ 🚗"
    )
    ledger.add([row()], seen("camera.a", event_id=first, title="First"))
    ledger.add([row()], seen("camera.b", event_id=later, timestamp="2026-10-25T02:50:00+02:00"))
    ledger.add([row()], newest)
    found = ledger.last_descriptions()
    assert list(found) == ["camera.b", "camera.a"]
    assert found["camera.a"] == newest
    assert query(path, "SELECT count(*) FROM last_descriptions") == [(2,)]


def test_the_last_rows(ledger: Ledger) -> None:
    """As they were written, the newest first, and no more than asked for."""
    rows = [row(attempt=number, cost_estimate=None, is_estimated=True) for number in range(1, 6)]
    assert ledger.recent(3) == []
    ledger.add(rows)
    assert ledger.recent(3) == rows[:1:-1]
    assert ledger.recent(9) == rows[::-1]


def test_how_much_there_is(path: Path, ledger: Ledger) -> None:
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


def test_rows_that_wait_are_counted(ledger: Ledger, path: Path) -> None:
    """While another program holds the file, or the disk is full."""
    query(path, "CREATE TRIGGER full BEFORE INSERT ON ai_usage BEGIN SELECT RAISE(FAIL, 'x'); END")
    ledger.add([row(), row()])
    size = ledger.size()
    assert (size.rows, size.unwritten) == (0, 2)
    query(path, "DROP TRIGGER full")
    ledger.add([])
    assert (ledger.size().rows, ledger.size().unwritten) == (2, 0)


def test_a_damaged_file_says_so(ledger: Ledger, path: Path) -> None:
    """By the error's class alone."""
    query(path, "DROP TABLE ai_usage")
    for ask in (ledger.size, lambda: ledger.recent(1)):
        with pytest.raises(LedgerError, match=r"^OperationalError$"):
            ask()


def test_events_are_written_in_the_order_in_which_they_ended(path: Path, ledger: Ledger) -> None:
    """Whichever thread comes first: the last one in line is the last one in the sums."""
    for number in range(20):
        ledger.take([row(response_time_ms=number)])
    with ThreadPoolExecutor(4) as threads:
        for _ in range(20):
            threads.submit(ledger.write)
    assert query(path, "SELECT response_time_ms FROM ai_usage ORDER BY id") == [
        (number,) for number in range(20)
    ]
    assert ledger.totals()["one"].response_time_ms == 19


def test_nothing_to_write(path: Path, ledger: Ledger) -> None:
    """An event without a request leaves no trace."""
    ledger.add([])
    assert query(path, "SELECT count(*) FROM ai_usage") == [(0,)]


def test_all_or_nothing(path: Path, ledger: Ledger) -> None:
    """An event's rows and its description are written together or not at all."""
    broken: Any = None
    ledger.add([row(), row(model=broken)], seen())  # the column takes no NULL
    assert query(path, "SELECT count(*) FROM ai_usage") == [(0,)]
    assert query(path, "SELECT count(*) FROM last_descriptions") == [(0,)]


@pytest.mark.parametrize("name", ["it's 100%.db", "a?b=c#d.db", "übung.db", "a b.db"])
def test_any_file_name(tmp_path: Path, name: str) -> None:
    """The path is a path and no URL."""
    Ledger(tmp_path / name).close()
    assert (tmp_path / name).exists()


_COUNTS = st.integers(0, 10**9 - 1)
_OUTCOMES = st.sampled_from(("ok", "server", "timeout", "refused", "cancelled"))


@st.composite
def _rows(draw: st.DrawFn) -> UsageRow:
    """Return any row that an attempt can give."""
    outcome = draw(_OUTCOMES)
    return row(
        provider_id=draw(st.sampled_from(("one", "two", "three"))),
        success=outcome == "ok",
        outcome=outcome,
        input_tokens=draw(_COUNTS),
        output_tokens=draw(_COUNTS),
        cost_estimate=draw(st.none() | st.floats(0, 100)),
        response_time_ms=draw(st.integers(0, 180_000)),
    )


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(events=st.lists(st.lists(_rows(), max_size=8), max_size=8))
def test_sums_in_memory_are_those_of_the_file(events: list[list[UsageRow]]) -> None:
    """Adding up while running gives what the file gives after a restart (matrix: restarts)."""
    kept: dict[str, Totals] = {}
    with TemporaryDirectory() as folder:
        path = Path(folder) / "eyewitness.db"
        ledger = Ledger(path)
        for rows in events:
            ledger.add(rows)
            for each in rows:
                kept[each.provider_id] = kept.get(each.provider_id, Totals()).plus(each)
        before = ledger.totals()
        ledger.close()
        ledger = Ledger(path)
        assert ledger.totals() == before
        ledger.close()
    assert before.keys() == kept.keys()
    for key, total in kept.items():
        assert asdict(before[key]) == pytest.approx(asdict(total))


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
