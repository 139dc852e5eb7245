"""What was spent over a span of days, and the rows of it."""

from pathlib import Path
from typing import Any

import pytest

from custom_components.eyewitness.ledger.errors import LedgerError
from custom_components.eyewitness.ledger.line import Line
from custom_components.eyewitness.ledger.report import PORTION, Dimension, Report
from custom_components.eyewitness.ledger.store import Ledger

from .kit import UNKNOWN, add, failed, now, opened, reused, row

NOVEMBER = ("2026-11-01", "2026-11-30")


@pytest.fixture(autouse=True)
def _rows(ledger: Ledger) -> None:
    add(
        ledger,
        row(event_id="1", day="2026-10-31"),
        row(event_id="2", day="2026-11-01", response_time_ms=100),
        failed(event_id="3", day="2026-11-15", provider="grok", provider_id="two"),
        row(event_id="3", day="2026-11-15", is_estimated=True, response_time_ms=300),
        row(event_id="4", day="2026-11-30", camera="camera.b", sent=False, **UNKNOWN),
        reused(day="2026-11-30"),
        row(event_id="6", day="2026-12-01", model="gpt-5"),
    )


def picked(reports: list[Report], *names: str) -> list[tuple[Any, ...]]:
    """Return what each is about, and some of its sums."""
    return [(*each.by, *(getattr(each, name) for name in names)) for each in reports]


def test_everything_of_a_span(ledger: Ledger) -> None:
    """The first and the last day belong to it, and what is not known is told."""
    assert ledger.report(*NOVEMBER) == [
        Report(
            by=(),
            requests=4,
            sent=3,
            answers=3,
            descriptions=3,
            input_tokens=2400,
            output_tokens=120,
            cost=0.5,
            estimated=1,
            unpriced=1,
            response_time_ms=1300,
            saved_calls=1,
            saved_cost=0.25,
        )
    ]
    assert ledger.report("2026-11-02", "2026-11-14") == []


@pytest.mark.parametrize(
    ("by", "requests"),
    [
        ((Dimension.DAY,), [("2026-11-01", 1), ("2026-11-15", 2), ("2026-11-30", 1)]),
        ((Dimension.PROVIDER_ID, Dimension.PROVIDER), [("one", "openai", 3), ("two", "grok", 1)]),
        ((Dimension.CAMERA,), [("camera.b", 1), ("camera.front_door", 3)]),
        ((Dimension.OUTCOME,), [("ok", 3), ("reused", 0), ("server", 1)]),
        ((Dimension.MODEL, Dimension.PURPOSE), [("gpt-4o-mini", "event", 4)]),
    ],
)
def test_told_apart(
    ledger: Ledger, by: tuple[Dimension, ...], requests: list[tuple[Any, ...]]
) -> None:
    """By what is asked for, in its order."""
    assert picked(ledger.report(*NOVEMBER, by), "requests") == requests


def test_months(ledger: Ledger) -> None:
    """A span over several of them counts each day once, and no month's sum besides."""
    found = picked(ledger.report("2026-10-15", "2026-12-15", [Dimension.MONTH]), "requests", "cost")
    assert found == [("2026-10", 1, 0.25), ("2026-11", 4, 0.5), ("2026-12", 1, 0.25)]


def test_rows(ledger: Ledger, path: Path) -> None:
    """They come as they were written, in portions; other days' stay where they are."""
    found = [each.event_id for portion in ledger.rows(*NOVEMBER) for each in portion]
    assert found == ["2", "3", "3", "4"]
    many = [row(event_id=f"{number}", day="2027-01-01") for number in range(PORTION + 1)]
    add(ledger, *many)
    portions = list(ledger.rows("2027-01-01", "2027-01-01"))
    assert [len(each) for each in portions] == [PORTION, 1]
    assert [each for portion in portions for each in portion] == many
    with pytest.raises(LedgerError):
        list(Ledger(path, Line(), now).rows(*NOVEMBER))


def everything(ledger: Ledger) -> list[Report]:
    """Return all that is known of all days."""
    return ledger.report("0000", "9999", tuple(Dimension))


def test_old_rows_go_and_sums_stay(ledger: Ledger, path: Path) -> None:
    """The oldest first and no more than asked for; what was last is known without them."""
    before = ledger.open()
    report = everything(ledger)
    add(ledger, row(timestamp="2025-11-22T12:00:00+00:00", event_id="old", day="2025-11-22"))
    report += ledger.report("2025-11-22", "2025-11-22", tuple(Dimension))
    assert ledger.forget("2026-01-01", 5) == 1
    assert "old" not in {each.event_id for each in ledger.recent(9)}
    assert [ledger.forget("2027-01-01", 4) for _ in range(3)] == [4, 2, 0]
    assert ledger.size().rows == 0
    after = opened(path).open()
    assert (after.viewers, after.last) == (before.viewers, before.last)
    assert after.totals["one"].calls == before.totals["one"].calls + 1
    assert after.totals["one"].recent == (*before.totals["one"].recent, True)
    assert sorted(ledger.report("0000", "9999", tuple(Dimension)), key=str) == sorted(
        report, key=str
    )
    with pytest.raises(LedgerError, match="not open"):
        Ledger(path, Line(), now).forget("2027-01-01", 4)
