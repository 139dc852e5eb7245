"""Run every check, also after one has failed, and say at the end how each of them went."""

import argparse
from collections.abc import Iterator
import contextlib
from dataclasses import dataclass, field
import os
from pathlib import Path
import shutil
import subprocess
import sys
import tempfile
import time

from scripts.lib import coverage_floor

CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MEMORY = Path("/dev/shm")  # noqa: S108 - where Linux has a disk in memory
ROOM = 2 * 2**30
"""Bytes; a whole run leaves well below a tenth of it in its temporary files."""
IN_CI = os.environ.get("CI", "").lower() in {"1", "true"}


@dataclass
class Part:
    """Hold whether a part has passed."""

    passed: bool = False

    def run(self, *command: str) -> None:
        """Run a module or a file of the environment's Python and take over its verdict."""
        self.passed = subprocess.run([sys.executable, *command], check=False).returncode == 0


@dataclass
class Report:
    """Collect what ran, how it ended and how long it took."""

    lines: list[tuple[str, str, float]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @contextlib.contextmanager
    def part(self, name: str) -> Iterator[Part]:
        """Time one part; it counts as failed until it says otherwise."""
        print(f"\n=== {name}", flush=True)
        part = Part()
        started = time.monotonic()
        try:
            yield part
        finally:
            outcome = "ok" if part.passed else "FAILED"
            self.lines.append((name, outcome, time.monotonic() - started))

    def left_out(self, name: str, reason: str) -> None:
        """Note loudly what could not run; in CI that is a failure."""
        print(f"\n=== {name}\n!!! NOT RUN: {reason}", flush=True)
        self.lines.append((name, "FAILED" if IN_CI else "NOT RUN", 0.0))
        self.notes.append(f"{name} did not run: {reason}")

    def close(self) -> int:
        """Print the summary and return the exit status."""
        print("\n=== summary")
        for name, outcome, seconds in self.lines:
            print(f"  {outcome:8} {seconds:7.1f} s  {name}")
        for note in self.notes:
            print(f"  !!! {note}")
        failed = [name for name, outcome, _ in self.lines if outcome == "FAILED"]
        total = sum(seconds for _, _, seconds in self.lines)
        verdict = f"failed: {', '.join(failed)}" if failed else "nothing failed"
        print(f"  {verdict} ({total:.0f} s in all)", flush=True)
        return 1 if failed else 0


def find_chromium() -> str | None:
    """Return the browser to test with."""
    named = os.environ.get("EYEWITNESS_CHROMIUM")
    return named or next(filter(None, map(shutil.which, CHROMIUMS)), None)


@contextlib.contextmanager
def files_in_memory() -> Iterator[None]:
    """Keep temporary files in memory, where there is room: each commit would wait for the disk."""
    state = os.statvfs(MEMORY) if MEMORY.is_dir() and os.access(MEMORY, os.W_OK) else None
    if state is None or state.f_flag & os.ST_NOEXEC or state.f_bavail * state.f_frsize < ROOM:
        yield
        return
    before = os.environ.get("TMPDIR")
    with tempfile.TemporaryDirectory(prefix="eyewitness-", dir=MEMORY) as folder:
        os.environ["TMPDIR"] = folder
        try:
            yield
        finally:
            del os.environ["TMPDIR"]
            if before is not None:
                os.environ["TMPDIR"] = before


def check_behaviour(report: Report, *, soak: bool, arguments: list[str]) -> None:
    """Run pytest and hold its coverage against the floor, and then, if wished, the long runs."""
    unwanted = ["soak"]
    if chromium := find_chromium():
        os.environ["EYEWITNESS_CHROMIUM"] = chromium
    else:
        report.left_out("browser tests", "no Chromium found; on Debian: apt-get install chromium")
        unwanted.append("browser")
    if not arguments:
        unwanted.append("alone")
    # A group is one hass or one browser with its tests. Many tests wait: three workers keep two
    # cores busy.
    options = ["-n", "3", "--dist", "loadgroup", "--cov", "--cov-report="]
    options += ["-m", " and ".join(f"not {mark}" for mark in unwanted)]
    Path(".coverage").unlink(missing_ok=True)
    with report.part("pytest") as part:
        part.run("-m", "pytest", *options, *arguments)
    if arguments:
        report.notes.append("the coverage floor was not checked: pytest was given arguments")
    else:
        with report.part("coverage floor") as part:
            part.passed = coverage_floor.holds()
        # What measures stalls and hand-overs runs by itself: a neighbour would spoil that.
        with report.part("pytest, alone") as part:
            part.run("-m", "pytest", "-m", "alone and not soak")
    if soak:
        with report.part("long runs") as part:
            part.run("-m", "pytest", "-m", "soak", *arguments)


def main() -> int:
    """Run all parts."""
    parser = argparse.ArgumentParser(
        prog="scripts/test",
        description="ruff, mypy, the integration check, pytest and the coverage floor.",
        epilog="Other arguments go to pytest: scripts/test tests/chain -k deadline."
        " scripts/test --matrix is a run of its own: every supported Home Assistant and the next.",
    )
    parser.add_argument("--all", action="store_true", help="also run the tests that take long")
    options, arguments = parser.parse_known_args()
    report = Report()
    with report.part("ruff check") as part:
        part.run("-m", "ruff", "check", ".")
    with report.part("ruff format") as part:
        part.run("-m", "ruff", "format", "--check", ".")
    with report.part("mypy") as part:
        part.run("-m", "mypy")
    with report.part("integration check") as part:
        part.run("-m", "scripts.lib.integration_check")
    # Whoever names tests looks for something: what they leave behind stays where pytest puts it.
    with contextlib.nullcontext() if arguments else files_in_memory():
        check_behaviour(report, soak=options.all, arguments=arguments)
    return report.close()


if __name__ == "__main__":
    sys.exit(main())
