"""Write rows into a file that spreadsheets open."""

from collections.abc import Iterable, Sequence
import csv
from dataclasses import fields
from operator import attrgetter
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Final

from .rows import UsageRow

_NAMES: Final = tuple(field.name for field in fields(UsageRow))
_values: Final = attrgetter(*_NAMES)
"""Not ``astuple``, which makes a deep copy of each value, and the event loop waits for that."""
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What a text begins with that a spreadsheet would run or break at."""


def as_dict(row: UsageRow) -> dict[str, object]:
    """Return a row by the names of its fields."""
    return dict(zip(_NAMES, _values(row), strict=True))


def write_csv(portions: Iterable[Sequence[UsageRow]], path: Path, *, overwrite: bool) -> int:
    """Write rows as CSV with the names of their fields at the top; return how many.

    The file appears when it is whole; nobody else may read it, and nothing is written through a
    link. Raises ``FileExistsError`` when there is one and ``overwrite`` is not set, ``OSError``
    when it cannot be written; passes on what ``portions`` raise.
    """
    if not overwrite:
        path.open("x").close()  # the name is ours from now on
    part: Path | None = None
    try:
        with NamedTemporaryFile(
            *("w", -1, "utf-8"), newline="", dir=path.parent, prefix=".eyewitness-", delete=False
        ) as file:
            part, count = Path(file.name), 0
            writer = csv.writer(file)
            writer.writerow(_NAMES)
            for rows in portions:
                writer.writerows(map(_cell, _values(row)) for row in rows)
                count += len(rows)
        part.replace(path)
    except BaseException:
        for left in (part, None if overwrite else path):
            if left is not None:
                left.unlink(missing_ok=True)
        raise
    return count


def _cell(value: object) -> object:
    """Return a value as a spreadsheet shows it: models and cameras are named by others."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
