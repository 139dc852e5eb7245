"""What is read from the ledger: sums by provider, the last descriptions, the newest rows."""

from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, given, settings, strategies as st
import pytest

from custom_components.eyewitness.ledger.rows import Totals, UsageRow
from custom_components.eyewitness.ledger.store import Ledger

from .kit import count, failed, row, seen


def test_totals(ledger: Ledger) -> None:
    """Sums are by provider; the last answer and the last outcome count."""
    never = failed("auth", provider_id="never answered")
    ledger.add([failed("server"), row(provider_id="two", response_time_ms=400), never])
    ledger.add([row(response_time_ms=900), row(response_time_ms=700, cost_estimate=None)])
    ledger.add([failed("refused", input_tokens=1000, cost_estimate=0.125)])
    totals = ledger.totals()
    assert totals.pop("one") == Totals(
        calls=4,
        answers=2,
        failures=2,
        input_tokens=3400,
        output_tokens=120,
        cost=0.375,
        response_time_ms=700,
        outcome="refused",
    )
    assert totals.pop("never answered") == Totals(calls=1, failures=1, outcome="auth")
    ((key, two),) = totals.items()
    assert (key, two.calls, two.response_time_ms, two.outcome) == ("two", 1, 400, "ok")


def test_cancelled(ledger: Ledger) -> None:
    """A cancelled request was made, but it failed nobody and decides no status (row 75)."""
    ledger.add([failed("cancelled", cost_estimate=None)])
    assert ledger.totals()["one"] == Totals(calls=1)
    ledger.add([row(), failed("cancelled")])
    total = ledger.totals()["one"]
    assert (total.calls, total.answers, total.failures, total.outcome) == (3, 1, 0, "ok")


def test_row_66_last_descriptions_over_the_end_of_summer_time(path: Path, ledger: Ledger) -> None:
    """Each camera keeps its last description; the newest by event id comes last.

    Local times would not do: summer time sets them back.
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
    assert count(path, "last_descriptions") == 2


def test_viewers(ledger: Ledger) -> None:
    """Who was asked last about a camera, whatever came of it."""
    ledger.add([row(), failed(provider="grok"), row(camera="camera.b")])
    assert ledger.viewers() == {"camera.front_door": "grok", "camera.b": "openai"}


def test_recent(ledger: Ledger) -> None:
    """Rows as they were written, the newest first, and no more than asked for."""
    rows = [row(attempt=number, cost_estimate=None, is_estimated=True) for number in range(1, 6)]
    assert ledger.recent(3) == []
    ledger.add(rows)
    assert ledger.recent(3) == rows[:1:-1]
    assert ledger.recent(9) == rows[::-1]


@st.composite
def _rows(draw: st.DrawFn) -> UsageRow:
    """Return any row that an attempt can give."""
    outcome = draw(st.sampled_from(("ok", "server", "timeout", "refused", "cancelled")))
    tokens = st.integers(0, 10**9 - 1)
    return row(
        provider_id=draw(st.sampled_from(("one", "two", "three"))),
        success=outcome == "ok",
        outcome=outcome,
        input_tokens=draw(tokens),
        output_tokens=draw(tokens),
        cost_estimate=draw(st.none() | st.floats(0, 100)),
        response_time_ms=draw(st.integers(0, 180_000)),
    )


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(events=st.lists(st.lists(_rows(), max_size=8), max_size=8))
def test_sums_in_memory_are_those_of_the_file(events: list[list[UsageRow]]) -> None:
    """Adding up while running gives what the file gives after a restart."""
    in_memory: dict[str, Totals] = {}
    with TemporaryDirectory() as folder:
        path = Path(folder) / "eyewitness.db"
        ledger = Ledger(path)
        for rows in events:
            ledger.add(rows)
            for each in rows:
                before = in_memory.get(each.provider_id, Totals())
                in_memory[each.provider_id] = before.plus(each)
        in_file = ledger.totals()
        ledger.close()
        ledger = Ledger(path)
        assert ledger.totals() == in_file
        ledger.close()
    assert in_file.keys() == in_memory.keys()
    for key, total in in_memory.items():
        assert asdict(in_file[key]) == pytest.approx(asdict(total))
