"""uv, as this project calls it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
import subprocess
import sys

from packaging.version import Version

OLDEST_PYTHON = "3.14.2"


class UvError(Exception):
    """uv could not do what was asked of it, for the reason that it gave."""


class NoSolutionError(UvError):
    """No versions in the index meet the requirements together."""


@dataclass(frozen=True)
class Uv:
    """One uv program."""

    program: Path

    def run(self, *arguments: str | Path, given: str = "") -> str:
        """Run it and return what it prints."""
        command = [self.program, *arguments]
        done = subprocess.run(command, input=given, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            kind = NoSolutionError if "No solution found" in done.stderr else UvError
            raise kind("\n".join(done.stderr.strip().splitlines()[-20:]))
        return done.stdout

    def newest(self, requirement: str) -> Version | None:
        """Return the newest version in the index that meets a requirement."""
        try:
            line = self._compile(["--no-deps"], requirement)
        except NoSolutionError:
            return None
        return Version(line.strip().partition("==")[2])

    def resolves(self, requirements: Sequence[str], *options: str | Path) -> bool:
        """Say whether these requirements can be met together."""
        try:
            self._compile(options, *requirements)
        except NoSolutionError:
            return False
        return True

    def _compile(self, options: Sequence[str | Path], *requirements: str) -> str:
        always = ["pip", "compile", "--quiet", "--no-header", "--no-annotate"]
        always += ["--python", sys.executable, "--python-version", OLDEST_PYTHON]
        return self.run(*always, *options, "-", given="\n".join(requirements))
