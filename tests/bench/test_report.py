"""What the document shows is what the bench measures."""

from pathlib import Path

import pytest

from tests.bench import report
from tests.bench.bursts import BURSTS
from tests.bench.home import VendorProcess
from tests.bench.rows import CORE, EYEWITNESS, FLOOR, PEER, all_rows, burst_name
from tests.bench.starts import NAMES

_SPREAD = {"median": 10.0, "p95": 20.0, "max": 30.0}
_CALLS = {
    "ms": _SPREAD,
    "cpu_ms": 5.0,
    "loop_ms": 2.0,
    "stall_ms": _SPREAD,
    "full_collections": 1,
    "longest_collection_ms": 340.0,
    "body_bytes": 84_000,
}
_FIGURES = {
    "about": "on a day",
    "paths": {
        "Pillow alone": {
            "calls": {
                PEER: _CALLS,
                EYEWITNESS: _CALLS | {"ms": _SPREAD | {"median": 4.0}},
                f"{FLOOR}one": _CALLS | {"ms": _SPREAD | {"median": 0.5}},
                f"{FLOOR}two": _CALLS | {"ms": _SPREAD | {"median": 1.0}},
            },
            "bursts": {"x": _CALLS | {"answered": 20.0, "most_at_once": 7}},
        }
    },
    "starting": {
        "starts": {
            "y": {
                "started_ms": 3000.0,
                "cpu_ms": 2500.0,
                "rss_mib": 230.0,
                "more_started_ms": 50.0,
                "more_cpu_ms": -20.0,
                "more_rss_mib": 4.5,
                "sdks": ["openai"],
            }
        },
        "first calls": {PEER: _CALLS},
    },
}


def test_the_tables_say_what_was_measured() -> None:
    """A line of each."""
    text = report.whole(_FIGURES)
    figures = "5.0, 2.0 | 10.0 (20.0) | 1 (340) | 84.0"
    assert f"| {EYEWITNESS} | 4.0 (20.0) | 0.40 | 2.5 | {figures} |" in text
    assert "| x | 20 | 10 (20) | 10.0 (20.0) | 7 | 1 (340) |" in text
    assert f"| {PEER} | 10.0 (20.0) | 10.0 (20.0) | 1 (340) |" in text
    assert "| start of Home Assistant | s |" in text
    assert "| y | 3.00 (+0.05) | 2.50 (-0.02) | 230 (+4.5) | openai |" in text


def test_tables_replace_those_of_the_last_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The words around them stay."""
    document = tmp_path / "performance.md"
    document.write_text(f"before\n{report.BEGIN}\nold\n{report.END}\nafter\n", "utf-8")
    monkeypatch.setattr(report, "DOCUMENT", document)
    report.write("new")
    expected = f"before\n{report.BEGIN}\n\nnew\n\n{report.END}\nafter\n"
    assert document.read_text("utf-8") == expected


def test_the_document_has_every_row() -> None:
    """Whoever adds a row runs the bench again."""
    _, _, rest = report.DOCUMENT.read_text("utf-8").partition(report.BEGIN)
    shown = {line.split(" | ")[0].removeprefix("| ") for line in rest.splitlines()}
    expected = {row.name for row in all_rows(VendorProcess(Path()))} | set(NAMES)
    for name in (EYEWITNESS, PEER, CORE):
        expected |= {burst_name(name, cameras, seconds) for cameras, seconds in BURSTS}
    assert expected <= shown
