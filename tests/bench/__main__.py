"""Run the bench: `scripts/bench --help`."""

import argparse
import asyncio
import ctypes.util
from datetime import UTC, datetime
from importlib.metadata import version
import json
import os
from pathlib import Path
import platform
import sys
import tempfile
from typing import Any, Final

from tests.bench import bursts, calls, launch, report, starts
from tests.bench.home import VendorProcess, running
from tests.bench.photos import SIZES
from tests.bench.rows import all_rows, camera
from tests.harness.config import PROJECT
from tests.harness.demo.progress import Progress, show

RESULTS: Final = PROJECT / "test-results" / "bench.json"
_BUSY: Final = 0.7
"""A load above this means that others are at work."""
_HELP: Final = """\
Measure Eyewitness in a real Home Assistant against a vendor on this machine that answers at once:
beside it Home Assistant's own AI task, what LLM Vision does with a picture, and what no description
can do without. Bursts of cameras, starts and first calls as well. docs/performance.md explains the
figures. Takes about a quarter of an hour; nothing else should run meanwhile.
"""


async def run(
    options: argparse.Namespace, folder: Path, progress: Progress, figures: dict[str, Any]
) -> None:
    """Measure everything once, and add the figures of each part as soon as it has ended."""
    paths = {"Pillow alone": launch.NONE}
    if options.turbojpeg:
        paths = {"libturbojpeg": options.turbojpeg} | paths
    else:
        progress.say("No libturbojpeg found (Debian: libturbojpeg0): Pillow alone is measured")
    if os.getloadavg()[0] > _BUSY:
        progress.say("This machine is doing something else: the figures will be worth little")
    figures |= {"about": _about(options), "paths": {}}
    async with VendorProcess(folder) as vendor:
        for path, library in paths.items():
            figures["paths"][path] = await _path(folder / path, vendor, library, options, progress)
        async with progress.step("Starts and first calls"):
            library = next(iter(paths.values()))
            found = await starts.measure(folder / "starts", vendor, library, rounds=options.starts)
            figures["starting"] = found


async def _path(
    folder: Path,
    vendor: VendorProcess,
    library: str,
    options: argparse.Namespace,
    progress: Progress,
) -> dict[str, Any]:
    rows = all_rows(vendor)
    progress.say(f"{folder.name}: starting Home Assistant")
    async with running(folder, vendor, library, list(SIZES)) as hass:
        ready = await calls.probe(hass.api, "prepare", entity_id=camera("1080p", peer=True))
        if set(ready.values()) != {library != launch.NONE}:
            raise RuntimeError(f"not everybody has found the libturbojpeg {library}: {ready}")
        async with progress.step(f"{folder.name}: one call after the other"):
            one = await calls.measure(
                hass.api, vendor, rows, rounds=options.rounds, calls=options.calls
            )
        async with progress.step(f"{folder.name}: bursts"):
            many = await bursts.measure(hass.api, vendor, rounds=options.bursts)
    return {"calls": one, "bursts": many}


def _about(options: argparse.Namespace) -> str:
    names = ("homeassistant", "openai", "pillow")
    packages = ", ".join(f"{name} {version(name)}" for name in names)
    load = os.getloadavg()[0]
    busy = f", while the machine did other things as well (load {load:.1f})" if load > _BUSY else ""
    return (
        f"on {datetime.now(UTC):%Y-%m-%d} with {os.cpu_count()} processors,"
        f" Python {platform.python_version()}, {packages};"
        f" {options.rounds} times {options.calls} calls of each row{busy}"
    )


def read_options(argv: list[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="scripts/bench",
        description=_HELP,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--rounds", type=int, default=4, help="how often each row has its turn (4)")
    parser.add_argument("--calls", type=int, default=15, help="calls in each turn (15)")
    parser.add_argument("--bursts", type=int, default=5, help="how often each burst comes (5)")
    parser.add_argument("--starts", type=int, default=5, help="how many starts of each kind (5)")
    parser.add_argument(
        "--turbojpeg",
        metavar="FILE",
        default=ctypes.util.find_library("turbojpeg"),
        help="libturbojpeg, if it is not where libraries are; the run is made with and without it",
    )
    parser.add_argument("--write", action="store_true", help="put the tables into the document")
    return parser.parse_args(argv)


def main() -> int:
    """Measure, keep the figures, show the tables."""
    options = read_options(sys.argv[1:])
    progress = Progress()
    with tempfile.TemporaryDirectory(prefix="eyewitness-bench-") as folder:
        figures: dict[str, Any] = {}
        try:
            asyncio.run(run(options, Path(folder), progress, figures))
        finally:  # a quarter of an hour must not be lost with its last part
            RESULTS.parent.mkdir(exist_ok=True)
            RESULTS.write_text(json.dumps(figures, indent=2) + "\n", "utf-8")
    text = report.whole(figures)
    show(text, sys.stdout)
    progress.say(f"All figures are in {RESULTS.relative_to(PROJECT)}")
    if options.write:
        report.write(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
