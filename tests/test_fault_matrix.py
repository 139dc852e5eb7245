"""Find a test for each row of docs/fault-matrix.md, by the number in its name."""

import ast
import re

from tests.sources import ROOT

MATRIX = ROOT / "docs" / "fault-matrix.md"
_ROW = re.compile(r"^\| (\d+)(?: †)? \|", re.MULTILINE)
_NUMBERS = re.compile(r"rows?_(\d+(?:_(?:(?:to|and)_)?\d+)*)")


def named(text: str) -> set[int]:
    """Return the rows that a name names: ``row_7``, ``rows_49_58``, ``rows_50_to_54``."""
    found: set[int] = set()
    for numbers in _NUMBERS.findall(text):
        words = numbers.split("_")
        for place, word in enumerate(words):
            if word == "to":
                found |= set(range(int(words[place - 1]), int(words[place + 1])))
            elif word != "and":
                found.add(int(word))
    return found


def covered() -> dict[int, set[str]]:
    """Return the tests of each row: functions by their name, cases by the id of their parameter."""
    rows: dict[int, set[str]] = {}
    for path in sorted(ROOT.glob("tests/**/test_*.py")):
        for function in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            if not function.name.startswith("test_"):
                continue
            texts = [function.name]
            for decorator in function.decorator_list:
                texts += [
                    str(node.value)
                    for node in ast.walk(decorator)
                    if isinstance(node, ast.Constant) and isinstance(node.value, str)
                ]
            for row in named(" ".join(texts)):
                rows.setdefault(row, set()).add(f"{path.stem}::{function.name}")
    return rows


def test_every_row_has_a_test_and_every_test_a_row() -> None:
    """A number that leads nowhere helps nobody."""
    rows = [int(number) for number in _ROW.findall(MATRIX.read_text("utf-8"))]
    assert rows == list(range(1, 94))
    found = covered()
    assert set(rows) - found.keys() == set(), "rows without a test"
    assert {row: tests for row, tests in found.items() if row not in rows} == {}


def test_rows_are_read_off_names() -> None:
    """Or the test above could not fail."""
    assert named("test_row_07_x") == {7}
    assert named("test_rows_49_58_74_x") == {49, 58, 74}
    assert named("test_rows_50_to_54_x") == {50, 51, 52, 53, 54}
    assert named("test_rows_69_and_79_x") == {69, 79}
    assert named("row_17_18_auth row_85") == {17, 18, 85}
    assert named("test_the_84th") == set()
