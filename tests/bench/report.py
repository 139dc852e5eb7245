"""The figures as tables, for a terminal and for docs/performance.md."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from tests.bench.rows import CORE, EYEWITNESS, FLOOR, PEER
from tests.harness.config import PROJECT

DOCUMENT: Final = PROJECT / "docs" / "performance.md"
BEGIN: Final = "<!-- figures: scripts/bench --write -->"
END: Final = "<!-- end of the figures -->"
COLLECTIONS: Final = "full collections (longest, ms)"

type Figures = Mapping[str, Any]


def calls_table(found: Mapping[str, Figures]) -> list[str]:
    """Return one line for each row."""
    peer = found[PEER]["ms"]["median"]
    floors = sum(row["ms"]["median"] for name, row in found.items() if name.startswith(FLOOR))
    head = [
        "one call after the other",
        "action, ms (p95)",
        "of the peer's",
        "above the floors, ms",
        "processor, of it on the loop, ms",
        "longest stall, ms (p95)",
        COLLECTIONS,
        "body, kB",
    ]
    lines = (
        [
            name,
            _pair(row["ms"]),
            f"{row['ms']['median'] / peer:.2f}" if name in {EYEWITNESS, CORE} else "",
            f"{row['ms']['median'] - floors:.1f}" if name in {EYEWITNESS, PEER} else "",
            f"{row['cpu_ms']:.1f}, {row['loop_ms']:.1f}",
            _pair(row["stall_ms"]),
            _collections(row),
            f"{row['body_bytes'] / 1000:.1f}" if row["body_bytes"] else "",
        ]
        for name, row in found.items()
    )
    return _table(head, lines)


def bursts_table(found: Mapping[str, Figures]) -> list[str]:
    """Return one line for each burst."""
    head = [
        "all at once",
        "answered",
        "all of it, ms (p95)",
        "longest stall, ms (p95)",
        "requests at once",
        COLLECTIONS,
    ]
    lines = (
        [
            name,
            f"{row['answered']:g}",
            _pair(row["ms"], 0),
            _pair(row["stall_ms"]),
            str(row["most_at_once"]),
            _collections(row),
        ]
        for name, row in found.items()
    )
    return _table(head, lines)


def starts_tables(found: Mapping[str, Mapping[str, Figures]]) -> list[str]:
    """Return what starts and first calls cost."""
    head = ["start of Home Assistant", "s", "processor, s", "memory, MiB", "libraries loaded"]
    lines = (
        [
            name,
            f"{row['started_ms'] / 1000:.2f}{_more(row, 'started_ms', 1000)}",
            f"{row['cpu_ms'] / 1000:.2f}{_more(row, 'cpu_ms', 1000)}",
            f"{row['rss_mib']:.0f}{_more(row, 'rss_mib', 1)}",
            ", ".join(row["sdks"]) or "none",
        ]
        for name, row in found["starts"].items()
    )
    first = (
        [name, _pair(row["ms"]), _pair(row["stall_ms"]), _collections(row)]
        for name, row in found["first calls"].items()
    )
    calls = ["first call after a start", "ms (p95)", "longest stall, ms (p95)", COLLECTIONS]
    return [*_table(head, lines), "", *_table(calls, first)]


def whole(figures: Mapping[str, Any]) -> str:
    """Return all tables, with what they were measured on."""
    parts = [f"Measured {figures['about']}."]
    for path, found in figures["paths"].items():
        parts += [f"\n**Pictures by {path}**\n", *calls_table(found["calls"])]
        parts += ["", *bursts_table(found["bursts"])]
    parts += ["", *starts_tables(figures["starting"])]
    return "\n".join(parts)


def write(text: str) -> None:
    """Put the tables into the document."""
    before, _, rest = DOCUMENT.read_text("utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    DOCUMENT.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{after}", "utf-8")


def _collections(row: Mapping[str, Any]) -> str:
    return f"{row['full_collections']} ({row['longest_collection_ms']:.0f})"


def _pair(row: Mapping[str, float], digits: int = 1) -> str:
    return f"{row['median']:.{digits}f} ({row['p95']:.{digits}f})"


def _more(row: Figures, key: str, unit: float) -> str:
    more = row.get(f"more_{key}")
    return f" ({more / unit:+.{2 if unit > 1 else 1}f})" if more else ""


def _table(head: Sequence[str], lines: Iterable[Sequence[str]]) -> list[str]:
    rule = ["---", *["---:"] * (len(head) - 1)]
    return [f"| {' | '.join(cells)} |" for cells in (head, rule, *lines)]
