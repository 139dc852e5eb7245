"""Rows become a file that spreadsheets open, and that nothing in it can harm."""

from collections.abc import Iterator, Sequence
import csv
from dataclasses import astuple
from pathlib import Path

import pytest

from custom_components.eyewitness.ledger.errors import LedgerError
from custom_components.eyewitness.ledger.export import write_csv
from custom_components.eyewitness.ledger.rows import UsageRow

from .kit import UNKNOWN, row


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return where the file will be."""
    return tmp_path / "usage.csv"


def cells(path: Path) -> list[list[str]]:
    """Return what is in a file, without its head."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))[1:]


def test_rows_as_they_are(path: Path) -> None:
    """In the order that they came in; what is not known is empty."""
    rows = [row(camera='camera.a"b,c', model="模型"), row(**UNKNOWN)]
    assert write_csv([rows[:1], rows[1:]], path, overwrite=False) == 2
    shown = [["" if x is None else str(x) for x in astuple(each)] for each in rows]
    assert cells(path) == shown


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_no_spreadsheet_runs_a_name(path: Path, start: str) -> None:
    """A server may call its model whatever it likes."""
    write_csv([[row(model=f"{start}cmd|' /C calc'!A0")]], path, overwrite=False)
    assert f"'{start}cmd|' /C calc'!A0" in cells(path)[0]


@pytest.mark.parametrize("overwrite", [True, False])
def test_what_ends_half_way_leaves_what_was_there(path: Path, overwrite: bool) -> None:
    """Or nothing."""

    def portions() -> Iterator[Sequence[UsageRow]]:
        yield [row()]
        raise LedgerError("locked")

    if overwrite:
        path.write_text("before", "utf-8")
    with pytest.raises(LedgerError):
        write_csv(portions(), path, overwrite=overwrite)
    assert [each.read_text("utf-8") for each in path.parent.iterdir()] == ["before"] * overwrite
