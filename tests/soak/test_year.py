"""A year of usage: what the ledger takes longer for than with hardly any, and who waits for it."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
import logging
from pathlib import Path
import random
from statistics import median
import time
from typing import Any, Final

import pytest

from custom_components.eyewitness.ledger.line import Line
from custom_components.eyewitness.ledger.report import Dimension
from custom_components.eyewitness.ledger.rows import Entry
from custom_components.eyewitness.ledger.store import Ledger
from tests.bench.bench_probe.stalls import Watch
from tests.ledger.kit import failed, query, row, seen
from tests.soak.report import write_report

pytestmark = [pytest.mark.soak, pytest.mark.timeout(600)]

FEW, YEAR = 100, 300_000
NOW: Final = datetime(2026, 11, 26, 20, tzinfo=UTC)
SPAN: Final = timedelta(days=365)
TIMES: Final = 40
RATIO: Final = 1.5
STALL_MS: Final = 5.0
COUNTING: Final = "counting in Python"
"""What any thread costs the loop: Python lets another one go on after 5 ms at the latest, and on a
busy machine that one gets no processor at once."""
MIGRATION: Final = "opening a file of version 4"
"""Once in a file's life, so it is told and not judged."""
LEAST_MS: Final = 1.0
"""What is faster than this on both files is not compared: it is the machine's noise."""
PROVIDERS: Final = ("openai", "grok", "gemini", "anthropic")


def _year(rows: int) -> Iterator[Entry]:
    """Make the requests of a house with ten cameras; each twentieth one fails."""
    dice = random.Random(rows)
    for number in range(rows):
        then = NOW - SPAN * (1 - (number + 1) / rows)
        provider = PROVIDERS[min(3, int(dice.expovariate(1.5)))]
        changes = {
            "event_id": f"{number:026}",
            "timestamp": then.isoformat(),
            "day": then.date().isoformat(),
            "camera": f"camera.{dice.randrange(10)}",
            "provider": provider,
            "provider_id": f"01KASUBENTRY00000000{provider}"[:26],
            "response_time_ms": dice.randrange(500, 9000),
        }
        yield failed(**changes) if dice.random() < 0.05 else row(**changes)


def _build(path: Path, rows: int) -> Ledger:
    ledger = Ledger(path, Line(), lambda: NOW)
    ledger.open()
    for number, entry in enumerate(_year(rows), 1):
        ledger._line.put(entry)
        if number % 5000 == 0:
            ledger.write()
    ledger._line.put(seen(event_id=f"{rows - 1:026}"))
    ledger.write()
    ledger.checkpoint()
    return ledger


@dataclass(slots=True)
class Timed:
    """How long something takes in a thread, and how long the loop does nothing for others then."""

    ms: list[float] = field(default_factory=list)
    stalls_ms: list[float] = field(default_factory=list)

    async def time(self, work: Callable[[], Any]) -> None:
        """Do it once more."""
        async with Watch() as watch:
            began = time.perf_counter()
            await asyncio.to_thread(work)
            self.ms.append((time.perf_counter() - began) * 1000)
            await asyncio.sleep(0.002)
            self.stalls_ms.append(watch.take().stall_ms)


def _works(ledger: Ledger) -> dict[str, tuple[int, Callable[[], Any]]]:
    """Return what is done, and how often."""
    serial = iter(range(10**6))

    def insert() -> None:
        event = f"9{next(serial):025}"
        ledger._line.put(row(event_id=event, day="2026-11-26", timestamp=NOW.isoformat()))
        ledger._line.put(seen(event_id=event))
        ledger.write()

    def report(*by: Dimension) -> Callable[[], Any]:
        return lambda: ledger.report("2025-11-26", "2026-11-26", by)

    def export() -> None:
        for portion in ledger.rows("2026-10-01", "2026-10-31"):
            "\n".join(map(str, portion))

    return {
        "nothing": (TIMES, lambda: None),
        COUNTING: (TIMES, lambda: [number * number for number in range(200_000)]),
        "opening": (TIMES, ledger.open),
        "one insert": (TIMES, insert),
        "sensors anew": (TIMES, ledger.sums),
        "report by month": (10, report(Dimension.MONTH)),
        "report by camera": (10, report(Dimension.CAMERA)),
        "report by day and model": (10, report(Dimension.DAY, Dimension.MODEL)),
        "rows of a month": (3, export),
        "250 rows forgotten": (10, lambda: ledger.forget("2026-01-15", 250)),
    }


def _older(path: Path) -> None:
    """Make the file one of version 4."""
    for table in ("usage_sums", "last_requests", "last_viewers"):
        query(path, f"DROP TABLE {table}")
    query(path, "ALTER TABLE ai_usage DROP COLUMN day")
    query(path, "PRAGMA user_version=4")


def test_a_year_is_as_fast_as_a_day(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Opening, writing and showing read no rows; whatever takes long lets the loop go on."""
    # As in a house: neither are statements logged, nor does asyncio watch its tasks.
    caplog.set_level(logging.WARNING, "sqlalchemy.engine")
    asyncio.run(_compare(tmp_path), debug=False)


async def _compare(tmp_path: Path) -> None:
    paths = {rows: tmp_path / f"{rows}.db" for rows in (FEW, YEAR)}
    ledgers = {rows: await asyncio.to_thread(_build, path, rows) for rows, path in paths.items()}
    sizes = {rows: path.stat().st_size for rows, path in paths.items()}
    works = {rows: _works(ledger) for rows, ledger in ledgers.items()}
    found: dict[int, dict[str, Timed]] = {rows: defaultdict(Timed) for rows in works}
    for name, (times, _) in works[FEW].items():
        for _ in range(times):
            for rows, work in works.items():  # one after the other, or noise would be a difference
                await found[rows][name].time(work[name][1])
    for rows, ledger in ledgers.items():
        await asyncio.to_thread(ledger.close)
        await asyncio.to_thread(_older, paths[rows])
        await found[rows][MIGRATION].time(ledger.open)
        await asyncio.to_thread(ledger.close)
    print(f"\n{'median':28}{FEW:>10} rows{YEAR:>10} rows    ratio  stalls: median     longest")  # noqa: T201
    for name, few in found[FEW].items():
        year = found[YEAR][name]
        one, other, stalls = median(few.ms), median(year.ms), few.stalls_ms + year.stalls_ms
        print(  # noqa: T201
            f"{name:28}{one:12.2f} ms{other:12.2f} ms{other / one:9.2f}"
            f"{median(stalls):12.2f} ms{max(stalls):9.2f} ms"
        )
    print(f"{'size':28}{sizes[FEW] / 1e6:12.2f} MB{sizes[YEAR] / 1e6:12.2f} MB")  # noqa: T201
    write_report("year", {"found": found, "bytes": sizes})
    for name in ("opening", "one insert", "sensors anew"):
        one, other = (median(found[rows][name].ms) for rows in (FEW, YEAR))
        assert other <= RATIO * max(one, LEAST_MS), name
    inherent = median(found[YEAR][COUNTING].stalls_ms)
    for name, year in found[YEAR].items():
        if name != MIGRATION:
            assert median(year.stalls_ms) < max(STALL_MS, 1.5 * inherent), name
