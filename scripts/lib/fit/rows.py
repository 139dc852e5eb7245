"""What is tried: one row for each month's Home Assistant, and more for what else may meet."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from packaging.version import Version

FRESH = "fresh"
NEWEST = "newest"
BETA = "beta"
SUPPORTED = "supported"


class Sdks(Enum):
    """Which versions of the vendors' SDKs a row is tried with."""

    PINNED = auto()
    """Those of Home Assistant's own integrations, which a user of these has."""
    FRESH = auto()
    """The newest that Home Assistant's constraints allow, which everybody else gets."""
    NEWEST = auto()
    """The newest of all, which Home Assistant may move to."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """A Home Assistant and the SDKs."""

    name: str
    home_assistant: Version
    sdks: Sdks = Sdks.PINNED


def find(newest: Callable[[str], Version | None], minimum: Version) -> list[Row]:
    """Return all rows, the oldest first; a month's is its last patch, the first is the minimum."""
    stable = newest("homeassistant")
    if stable is None:
        raise LookupError("the package index has no Home Assistant")
    later = (newest(f"homeassistant=={month}.*") for month in _months_after(minimum, stable))
    supported = [minimum, *(version for version in later if version)]
    found = [Row(name=str(version), home_assistant=version) for version in supported]
    found.append(Row(name=FRESH, home_assistant=minimum, sdks=Sdks.FRESH))
    found.append(Row(name=NEWEST, home_assistant=stable, sdks=Sdks.NEWEST))
    # A range that begins with a beta lets betas in.
    if (beta := newest(f"homeassistant>={stable}b0")) and beta.is_prerelease:
        found.append(Row(name=BETA, home_assistant=beta))
    return found


def chosen(rows: Sequence[Row], names: Sequence[str]) -> list[Row]:
    """Return the rows of these names, all without any; raise LookupError for an unknown name."""
    known = {row.name for row in rows} | {SUPPORTED, BETA}
    if unknown := set(names) - known:
        raise LookupError(f"there is no row {', '.join(sorted(unknown))}")
    return [row for row in rows if not names or row.name in names or _is_in(names, row)]


def _is_in(names: Sequence[str], row: Row) -> bool:
    return SUPPORTED in names and row.name not in {FRESH, NEWEST, BETA}


def _months_after(first: Version, last: Version) -> Iterator[str]:
    year, month = first.major, first.minor
    while (year, month) < (last.major, last.minor):
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)  # noqa: PLR2004
        yield f"{year}.{month}"
