"""Hold each module of the integration against one floor of branch coverage."""

import io
from pathlib import Path
import sys

from coverage import Coverage
from coverage.exceptions import CoverageException

FLOOR = 95.0
"""Home Assistant's quality scale asks for more than this in every module."""


def measured() -> dict[str, float]:
    """Return the percentage of each module from the data of the last pytest run."""
    coverage = Coverage()
    coverage.load()
    return {
        str(Path(name).relative_to(Path.cwd())): coverage.report(include=[name], file=io.StringIO())
        for name in sorted(coverage.get_data().measured_files())
    }


def holds() -> bool:
    """Say whether every module is above the floor, with the table when one is not."""
    try:
        modules = measured()
    except CoverageException as err:
        print(f"no coverage to check: {err}")
        return False
    below = [name for name, percent in modules.items() if percent <= FLOOR]
    for name, percent in modules.items() if below else ():
        print(f"  {percent:6.1f} %  {name}{'  <-- too low' if name in below else ''}")
    print(f"{len(modules)} modules, {len(below)} of them at {FLOOR:g} % or below")
    return bool(modules) and not below


if __name__ == "__main__":
    sys.exit(not holds())
