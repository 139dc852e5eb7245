"""Check that everything names the same version, and make the files of its release."""

import argparse
from collections.abc import Iterator, Sequence
from datetime import date
import json
from pathlib import Path
import re
import subprocess
import sys
import tomllib

INTEGRATION = "custom_components/eyewitness"
HEADING = re.compile(r"^## +(.*?) *$", re.MULTILINE)
DATED = re.compile(r"(\S+) \((\d{4}-\d\d-\d\d)\)")


def faults(repository: Path, tag: str | None = None) -> Iterator[str]:
    """Yield what stands in the way of a release, in words."""
    version = manifest_version(repository)
    with (repository / "pyproject.toml").open("rb") as file:
        project = tomllib.load(file)["project"]["version"]
    if project != version:
        yield f"pyproject.toml says {project}, the manifest {version}"
    if tag is not None and tag != version:
        yield f"the tag is {tag}, the manifest says {version}"
    heading, notes = newest_changes(repository)
    dated = DATED.fullmatch(heading)
    if dated is None or dated[1] != version:
        wanted = f"{version} ({date.today().isoformat()})"  # noqa: DTZ011  # the day here
        yield f"CHANGELOG.md begins with {heading!r} instead of, say, {wanted!r}"
    elif not _is_day(dated[2]):
        yield f"CHANGELOG.md: {dated[2]} is no day"
    if not notes:
        yield f"CHANGELOG.md has nothing below {heading!r}"
    if _git(repository, "status", "--porcelain"):
        yield "there are changes that are not committed"


def manifest_version(repository: Path) -> str:
    """Return the version that Home Assistant and HACS see."""
    manifest = json.loads((repository / INTEGRATION / "manifest.json").read_text("utf-8"))
    return str(manifest["version"])


def newest_changes(repository: Path) -> tuple[str, str]:
    """Return the first heading of the changes, and what is below it."""
    text = (repository / "CHANGELOG.md").read_text("utf-8")
    _, heading, notes, *_ = [*HEADING.split(text), "", ""]
    return heading, notes.strip()


def build(repository: Path) -> list[Path]:
    """Write the zip of what is committed, as HACS unpacks it, and the notes; return both."""
    folder = repository / "dist"
    folder.mkdir(exist_ok=True)
    name = json.loads((repository / "hacs.json").read_text("utf-8"))["filename"]
    _git(repository, "archive", "--format=zip", f"--output=dist/{name}", f"HEAD:{INTEGRATION}")
    notes = folder / "notes.md"
    notes.write_text(f"{newest_changes(repository)[1]}\n", "utf-8")
    return [folder / name, notes]


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _git(repository: Path, *arguments: str) -> str:
    command = ["git", "-C", str(repository), *arguments]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return done.stdout


def main(arguments: Sequence[str] | None = None, repository: Path = Path()) -> int:
    """Print what is wrong, or where the files are."""
    parser = argparse.ArgumentParser(prog="scripts/release", description=__doc__)
    parser.add_argument("tag", nargs="?", help="the tag to be released; it is the bare version")
    found = list(faults(repository, parser.parse_args(arguments).tag))
    for fault in found:
        print(f"error: {fault}", file=sys.stderr)
    if found:
        return 1
    for path in build(repository):
        print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
