"""The matrix: which Home Assistants are tried, and what counts as having passed."""

from pathlib import Path

from packaging.version import Version
import pytest

from scripts.lib.fit.__main__ import Result, table
from scripts.lib.fit.rows import Row, chosen, find
from scripts.lib.fit.trial import PARTS, Count, read

MINIMUM = Version("2026.11.2")
INDEX = {
    "homeassistant": "2027.1.1",
    "homeassistant==2026.12.*": "2026.12.4",
    "homeassistant==2027.1.*": "2027.1.1",
    "homeassistant>=2027.1.1b0": "2027.2.0b3",
}


def names(index: dict[str, str], *wanted: str) -> list[str]:
    """Return the rows that an index comes to."""

    def newest(requirement: str) -> Version | None:
        return Version(index[requirement]) if requirement in index else None

    return [row.name for row in chosen(find(newest, MINIMUM), wanted)]


def test_there_is_a_row_for_each_month() -> None:
    """From the minimum to the newest, over the turn of a year, and what else may meet."""
    assert names(INDEX) == [
        *("2026.11.2", "2026.12.4", "2027.1.1"),
        *("fresh", "newest", "beta"),
    ]


def test_rows_can_be_chosen() -> None:
    """By version or by kind."""
    assert names(INDEX, "supported") == ["2026.11.2", "2026.12.4", "2027.1.1"]
    assert names(INDEX, "beta", "2026.12.4") == ["2026.12.4", "beta"]
    with pytest.raises(LookupError, match=r"no row 2026\.1\.0"):
        names(INDEX, "2026.1.0")


def test_no_row_of_a_release_passes_for_a_beta() -> None:
    """When the newest is a release, there is no beta today."""
    released = INDEX | {"homeassistant>=2027.1.1b0": "2027.1.1"}
    assert "beta" not in names(released)
    assert names(released, "beta") == []


def test_an_index_without_home_assistant_is_no_success() -> None:
    """It raises instead of trying nothing."""
    with pytest.raises(LookupError, match="no Home Assistant"):
        names({})


def test_verdicts_are_read_from_the_report(tmp_path: Path) -> None:
    """An error is a failure, a skipped test is neither."""
    report = tmp_path / "junit.xml"
    cases = ["", "<failure/>", "<error/>", "<skipped/>"]
    report.write_text(
        f"<testsuites>{''.join(f'<testcase classname="m">{it}</testcase>' for it in cases)}"
        "</testsuites>"
    )
    assert read(report) == {"m": {True: 1, False: 2}}
    assert read(tmp_path / "none.xml") == {"": {False: 1}}


@pytest.mark.parametrize(
    ("counts", "unfit", "verdict"),
    [
        (dict.fromkeys(PARTS, Count(passed=1)), "", "ok"),
        (dict.fromkeys(PARTS, Count(passed=1)) | {"e2e": Count(1, 1)}, "", "RED"),
        (dict.fromkeys(PARTS, Count(passed=1)) | {"unit": Count()}, "", "RED"),
        ({}, "no solution", "RED"),
    ],
    ids=["passed", "one failed", "none ran", "not installed"],
)
def test_a_row_is_red_unless_everything_ran_and_passed(
    counts: dict[str, Count], unfit: str, verdict: str
) -> None:
    """What cannot be installed is red and in the table."""
    row = Row(name="newest", home_assistant=MINIMUM)
    result = Result(row=row, seconds=1, counts=counts, unfit=unfit)
    assert result.good == (verdict == "ok")
    assert f"| {verdict} | newest | 2026.11.2 |" in table([result])
