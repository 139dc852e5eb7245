"""Run the rows and print one table; red is what failed, what could not be installed included."""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, field
import json
from pathlib import Path
import sys
import time

from packaging.version import Version

from .environment import UnfitError, make, requirements
from .rows import BETA, FRESH, NEWEST, SUPPORTED, Row, chosen, find
from .trial import PARTS, Count, run
from .uv import Uv

HACS = Path("hacs.json")


@dataclass(frozen=True, kw_only=True)
class Result:
    """How a row ended."""

    row: Row
    seconds: float
    installed: dict[str, Version] = field(default_factory=dict)
    counts: dict[str, Count] = field(default_factory=dict)
    unfit: str = ""

    @property
    def good(self) -> bool:
        """Say whether it could be installed, and everything passed."""
        return not self.unfit and all(self.counts[part].good for part in PARTS)


def try_out(uv: Uv, row: Row, cache: Path) -> Result:
    """Install and test one row."""
    print(f"\n=== {row.name}: Home Assistant {row.home_assistant}", flush=True)
    started = time.monotonic()
    try:
        environment = make(uv, row, cache / row.name)
    except UnfitError as err:
        print(f"!!! cannot be installed: {err}", flush=True)
        return Result(row=row, seconds=time.monotonic() - started, unfit=str(err))
    counts = run(environment)
    seconds = time.monotonic() - started
    return Result(row=row, seconds=seconds, installed=environment.installed, counts=counts)


def table(results: Sequence[Result]) -> str:
    """Return the results as a table in Markdown, tests as passed / failed."""
    libraries = [requirement.name for requirement in requirements()]
    rows = [["", "row", "Home Assistant", *libraries, *PARTS, "seconds"]]
    rows.append(["-"] * len(rows[0]))
    for result in results:
        versions = [str(result.installed.get(name, "-")) for name in libraries]
        counts = [str(result.counts.get(part, "not run")) for part in PARTS]
        verdict = "ok" if result.good else "RED"
        begin = [verdict, result.row.name, str(result.row.home_assistant)]
        rows.append([*begin, *versions, *counts, f"{result.seconds:.0f}"])
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the rows that are named, all unless some are."""
    parser = argparse.ArgumentParser(
        prog="scripts/test --matrix",
        description="Try Eyewitness on each month's Home Assistant from the minimum in hacs.json"
        f" on ({SUPPORTED}), on the oldest as a new user gets it ({FRESH}), on the newest with the"
        f" newest SDKs ({NEWEST}), and on its beta if the package index has one ({BETA}).",
    )
    parser.add_argument(
        "row", nargs="*", help=f"{SUPPORTED}, {FRESH}, {NEWEST}, {BETA} or a version"
    )
    parser.add_argument("--uv", type=Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--cache", type=Path, required=True, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    uv = Uv(options.uv)
    minimum = Version(json.loads(HACS.read_text("utf-8"))["homeassistant"])
    try:
        rows = chosen(find(uv.newest, minimum), options.row)
    except LookupError as err:
        parser.error(str(err))
    results = [try_out(uv, row, options.cache) for row in rows]
    print(f"\n=== Home Assistant by Home Assistant\n\n{table(results)}")
    if BETA in (options.row or [BETA]) and BETA not in {row.name for row in rows}:
        print("\nThe package index has no beta today.")
    return 0 if all(result.good for result in results) else 1


if __name__ == "__main__":
    sys.exit(main())
