"""What each environment is tried with: tests without a process of their own, and the demo."""

from collections import Counter
from dataclasses import dataclass
import os
from pathlib import Path
import subprocess
from typing import override
from xml.etree import ElementTree as ET

from .environment import Environment

UNIT = "unit"
PROVIDERS = "providers"
E2E = "e2e"
PARTS = (UNIT, PROVIDERS, E2E)
VENDORS = ("tests.providers.", "tests.simulator.")
"""The tests of these packages are the providers against the simulator."""
ONE_EVENT = "tests/e2e/test_demo.py::test_once_prints_the_response_as_its_last_line"
"""A real Home Assistant: a provider fails, the next one answers."""


@dataclass(frozen=True)
class Count:
    """How many tests of a part passed and failed."""

    passed: int = 0
    failed: int = 0

    @property
    def good(self) -> bool:
        """Say whether there were any, and all passed."""
        return self.passed > 0 and self.failed == 0

    @override
    def __str__(self) -> str:
        return f"{self.passed} / {self.failed}"


def run(environment: Environment) -> dict[str, Count]:
    """Run everything, also after something has failed, and count."""
    within = _pytest(environment, "-m", "not soak and not browser and not e2e", "-n", "2")
    providers = {name for name in within if name.startswith(VENDORS)}
    return {
        UNIT: _count([within[name] for name in within.keys() - providers]),
        PROVIDERS: _count([within[name] for name in providers]),
        E2E: _count(list(_pytest(environment, ONE_EVENT).values())),
    }


def _pytest(environment: Environment, *arguments: str) -> dict[str, Counter[bool]]:
    """Run pytest; return for each module how often a test of it passed."""
    report = environment.folder / "junit.xml"
    report.unlink(missing_ok=True)
    command: list[str | Path] = [environment.python]
    command += ["-m", "pytest", "--quiet", "--tb=short", f"--junitxml={report}"]
    command += ["-p", "no:cacheprovider", *arguments]
    if not environment.plugin_fits:
        command += ["-p", "tests.ahead"]
    bytecode = {"PYTHONPYCACHEPREFIX": str(environment.folder / "bytecode")}
    subprocess.run(command, env=os.environ | bytecode, check=False)
    return read(report)


def read(report: Path) -> dict[str, Counter[bool]]:
    """Count the verdicts in pytest's report; skipped tests are none, and no report is a failure."""
    if not report.exists():
        return {"": Counter({False: 1})}
    found: dict[str, Counter[bool]] = {}
    for case in ET.parse(report).getroot().iter("testcase"):  # noqa: S314  # pytest wrote it
        if case.find("skipped") is None:
            passed = case.find("failure") is None and case.find("error") is None
            found.setdefault(case.get("classname", ""), Counter())[passed] += 1
    return found


def _count(verdicts: list[Counter[bool]]) -> Count:
    every = sum(verdicts, Counter())
    return Count(passed=every[True], failed=every[False])
