"""Print what is wrong with the integration in a repository, this one unless another is named."""

import argparse
from collections.abc import Sequence
from pathlib import Path
import sys

from . import Severity, check


def main(arguments: Sequence[str] | None = None) -> int:
    """Check and return the exit status: 1 if there is an error."""
    parser = argparse.ArgumentParser(
        prog="python -m scripts.lib.integration_check",
        description="Check an integration's files as Home Assistant and HACS would.",
    )
    parser.add_argument("repository", type=Path, nargs="?", default=Path())
    findings = check(parser.parse_args(arguments).repository.resolve())
    for finding in findings:
        print(finding)
    errors = sum(finding.severity is Severity.ERROR for finding in findings)
    print(f"{errors} errors, {len(findings) - errors} warnings")
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
