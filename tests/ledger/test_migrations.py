"""Files of earlier versions: the one that release 0.1.0 left behind, and older ones."""

from datetime import tzinfo
from pathlib import Path
import shutil
import sqlite3

import pytest
from sqlalchemy import Connection

from custom_components.eyewitness.ledger import migrations
from custom_components.eyewitness.ledger.errors import LedgerError
from custom_components.eyewitness.ledger.event_store import EventStore
from custom_components.eyewitness.ledger.events import EventFilter
from custom_components.eyewitness.ledger.line import Line
from custom_components.eyewitness.ledger.rows import Period, Purpose
from custom_components.eyewitness.ledger.schema import VERSION, ai_usage
from custom_components.eyewitness.ledger.store import Ledger
from tests.fixtures.release import DATABASE, RELEASE, dump

from .kit import (
    DAY,
    UNKNOWN,
    add,
    check_sums,
    count,
    failed,
    missed,
    now,
    opened,
    query,
    row,
    seen,
)

COLUMNS = "SELECT name, type, \"notnull\", dflt_value, pk FROM pragma_table_info('ai_usage')"
OLDER = f"""
SELECT {", ".join(column.name for column in ai_usage.columns if column.name != "day")} FROM ai_usage
"""  # noqa: S608
INDEXES = (
    "SELECT list.name, info.name FROM pragma_index_list('ai_usage') AS list,"
    " pragma_index_info(list.name) AS info ORDER BY list.name"
)


@pytest.fixture
def old(path: Path) -> Path:
    """Put the release's file there."""
    shutil.copyfile(RELEASE / DATABASE, path)
    return path


@pytest.fixture
def second(old: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put the release's file beside it, in the second layout."""
    path = shutil.copyfile(old, tmp_path / "second.db")
    with monkeypatch.context() as patch:
        patch.setattr(migrations, "VERSION", 2)
        patch.setattr(migrations, "_STEPS", migrations._STEPS[:1])
        opened(path).close()
    return path


def test_row_62_the_file_of_the_first_release(old: Path, tmp_path: Path) -> None:
    """No row is lost; tests, and what was never sent, are told from the rest."""
    kept = "SELECT id, event_id, camera, outcome, cost_estimate FROM ai_usage"
    before = query(old, kept)
    assert query(old, "PRAGMA user_version") == [(1,)]
    sums = opened(old).open()
    assert query(old, kept) == before
    assert query(old, "PRAGMA user_version") == [(VERSION,)]
    assert query(old, "SELECT DISTINCT purpose, camera LIKE 'camera.%' FROM ai_usage") == [
        ("event", 1),
        ("test", 0),
    ]
    check_sums(old)
    described = {
        event
        for _, event, camera, outcome, _ in before
        if camera.startswith("camera.") and outcome == "ok"
    }
    assert sums.spent[Period.EVER][None].descriptions == len(described) > 0
    guesses = query(old, "SELECT DISTINCT is_estimated, cost_estimate > 0 FROM ai_usage")
    assert set(guesses) == {(0, 1), (0, 0), (0, None)}
    opened(tmp_path / "new.db").close()
    for layout in (COLUMNS, INDEXES):
        assert query(old, layout) == query(tmp_path / "new.db", layout)


def test_unknown_tokens_become_null(second: Path) -> None:
    """Where the bill is not known and no tokens were counted; nothing else changes."""
    query(second, "UPDATE ai_usage SET input_tokens=0, cost_estimate=NULL WHERE id=1")
    query(second, "UPDATE ai_usage SET output_tokens=0, cost_estimate=NULL WHERE id=2")
    query(second, "UPDATE ai_usage SET input_tokens=0, output_tokens=0 WHERE id=3")
    before = query(second, OLDER)
    unknown = [f"{row}" for row in before if row[11:14] == (0, 0, 0) and row[15] is None]
    opened(second).close()
    assert query(second, OLDER) == [
        (*row[:11], None, None, None, *row[14:]) if f"{row}" in unknown else row for row in before
    ]
    assert len(unknown) == 2


@pytest.mark.parametrize("version", [0, 2])
def test_the_second_layout(old: Path, second: Path, version: int) -> None:
    """It comes to the same as the first, also put together from a dump."""
    query(second, f"PRAGMA user_version={version}")
    for path in (old, second):
        opened(path).close()
    assert sorted(dump(second)[1:]) == sorted(dump(old)[1:])
    assert query(second, "PRAGMA user_version") == [(VERSION,)]


def test_what_was_never_sent(old: Path) -> None:
    """A connection that was not made cost nothing; one that broke had an unknown cost."""
    with sqlite3.connect(old) as database:
        database.execute("UPDATE ai_usage SET outcome='network', cost_estimate=0 WHERE id=1")
        database.execute("UPDATE ai_usage SET outcome='network', cost_estimate=NULL WHERE id=2")
        database.execute(
            "UPDATE ai_usage SET camera='eyewitness.test_chain', provider_id='' WHERE id=3"
        )
    database.close()
    opened(old).close()
    assert query(old, "SELECT id, sent, purpose FROM ai_usage WHERE id < 4") == [
        (1, 0, "event"),
        (2, 1, "event"),
        (3, 1, "trial"),
    ]


def test_a_power_cut_in_the_middle_changes_nothing(
    old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The layout is changed as a whole or not at all, and the next start does it."""
    before = dump(old)

    def half(connection: Connection, zone: tzinfo) -> None:
        connection.exec_driver_sql("ALTER TABLE ai_usage ADD COLUMN purpose TEXT")
        connection.exec_driver_sql("UPDATE ai_usage SET no_such_column = 1")

    with monkeypatch.context() as patch:
        patch.setattr(migrations, "_STEPS", ((VERSION, half),))
        with pytest.raises(LedgerError):
            opened(old)
    assert dump(old)[1:] == before[1:]
    opened(old).close()
    assert query(old, "PRAGMA user_version") == [(VERSION,)]


def test_a_kill_after_the_last_step_loses_nothing(
    old: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """What is on the disk then is the old file, even with half of the new one in its log."""
    before, killed = dump(old), tmp_path / "killed"
    *steps, (reached, last) = migrations._STEPS

    def cut(connection: Connection, zone: tzinfo) -> None:
        connection.exec_driver_sql("PRAGMA cache_size=1")  # so that it goes to the disk at once
        last(connection, zone)
        killed.mkdir()
        for part in tmp_path.glob(f"{old.name}*"):
            shutil.copyfile(part, killed / part.name)

    with monkeypatch.context() as patch:
        patch.setattr(migrations, "_STEPS", (*steps, (reached, cut)))
        opened(old).close()
    assert (killed / f"{old.name}-wal").stat().st_size > 0
    copy = killed / old.name
    assert query(copy, "PRAGMA user_version") == [(1,)]
    assert dump(copy)[1:] == before[1:]
    opened(copy).close()
    assert dump(copy)[1:] == dump(old)[1:]


def test_row_62_a_file_without_a_version(path: Path) -> None:
    """A file from before the first release has the first layout at most, and keeps its rows."""
    shutil.copyfile(RELEASE / DATABASE, path)
    rows = count(path)
    query(path, "DROP TABLE last_descriptions")
    query(path, "PRAGMA user_version=0")
    ledger = Ledger(path, Line(), now)
    assert ledger.open().last is None
    add(ledger, row())
    ledger.close()
    assert count(path) == rows + 1
    assert query(path, "PRAGMA user_version") == [(VERSION,)]


def test_a_file_that_was_put_together_from_a_dump(path: Path) -> None:
    """It has our layout and no version; trials stay what they are."""
    add(ledger := opened(path), row(purpose=Purpose.TRIAL, camera="eyewitness.test_chain"))
    ledger.close()
    query(path, "PRAGMA user_version=0")
    opened(path).close()
    assert query(path, "SELECT purpose FROM ai_usage") == [("trial",)]
    assert query(path, "PRAGMA user_version") == [(VERSION,)]


def test_a_copy_in_the_middle(old: Path) -> None:
    """Of the file without its log: it is what it was before, and is brought up to date."""
    ledger, copy = opened(old), old.with_name("copy.db")
    shutil.copyfile(old, copy)
    ledger.close()
    opened(copy).close()
    assert query(copy, "SELECT * FROM ai_usage") == query(old, "SELECT * FROM ai_usage")


KEPT = (
    "SELECT * FROM usage_sums",
    "SELECT * FROM last_requests ORDER BY provider_id",
    "SELECT * FROM last_viewers ORDER BY camera",
    "SELECT camera FROM last_descriptions ORDER BY rowid",
)


def test_sums_of_rows_that_were_written_before_there_were_any(path: Path) -> None:
    """They are those that would have been kept, by the days of the house's time zone."""
    rows = [
        row(timestamp="2026-10-31T22:59:59+00:00", day="2026-10-31", response_time_ms=7),
        row(timestamp="2026-10-31T23:00:00+00:00", day="2026-11-01", event_id="2", **UNKNOWN),
        row(event_id="2", provider="grok", provider_id="two", is_estimated=True),
        *(failed("cancelled", sent=False), failed("network", sent=False, provider_id="three")),
        row(purpose=Purpose.TRIAL, provider_id="", outcome="ok", camera="camera.b"),
        row(purpose=Purpose.TEST, camera="eyewitness.test_chain", response_time_ms=8),
        *(row(event_id=f"{number}", attempt=number) for number in range(60)),
        failed(provider="gemini"),
    ]
    said = (seen(f"camera.{number}", event_id=number) for number in ("7", "59", "8"))
    add(ledger := opened(path), *rows, *sorted(said, key=lambda each: int(each.event_id)))
    kept = [query(path, each) for each in KEPT]
    ledger.close()
    for table in ("usage_sums", "last_requests", "last_viewers"):
        query(path, f"DROP TABLE {table}")
    query(path, "ALTER TABLE ai_usage DROP COLUMN day")
    with sqlite3.connect(path) as database:
        database.execute("UPDATE last_descriptions SET rowid = 9 - rowid")
    database.close()
    query(path, "PRAGMA user_version=4")
    opened(path).close()
    assert [query(path, each) for each in KEPT] == kept
    days = "SELECT DISTINCT day FROM ai_usage ORDER BY day"
    assert query(path, days) == [("2026-10-31",), ("2026-11-01",), (DAY,)]


def test_a_time_that_is_none(old: Path) -> None:
    """A file with one could be used so far, and can be used further."""
    with sqlite3.connect(old) as database:
        database.execute("UPDATE ai_usage SET timestamp='2026-11-2x' WHERE id=1")
        database.execute("UPDATE ai_usage SET timestamp='2026-11-21T23:30:00' WHERE id=2")
        database.execute("UPDATE ai_usage SET timestamp='9999-12-31T23:30:00' WHERE id=3")
    database.close()
    opened(old).close()
    days = query(old, "SELECT day FROM ai_usage WHERE id < 4")
    assert days == [("2026-11-2x",), (DAY,), ("9999-12-31",)]


def test_the_history_begins_with_what_was_said_last(old: Path) -> None:
    """Who updates finds an event of each camera, and the last one if it failed, with its cost."""
    with sqlite3.connect(old) as database:
        said = database.execute("SELECT event_id, title FROM last_descriptions").fetchall()
        event_id, _ = said[0]
    database.close()
    ledger = opened(old)
    add(ledger, missed(event_id="01KAEVENT0000000000000MISS"))
    query(old, "DROP TABLE events")
    query(old, "DROP TABLE event_words")
    query(old, "PRAGMA user_version=5")
    ledger = opened(old)
    events = EventStore(ledger, Line()).events(EventFilter(), None, 99)
    assert sorted((each.event_id, each.title) for each in events) == sorted(
        [*said, ("01KAEVENT0000000000000MISS", "")]
    )
    costs = "SELECT count(*), sum(cost_estimate) FROM ai_usage WHERE event_id = ?"
    with sqlite3.connect(old) as database:
        ((requests, cost),) = database.execute(costs, (event_id,)).fetchall()
    database.close()
    event = next(each for each in events if each.event_id == event_id)
    assert len(event.attempts) == requests
    assert event.cost == pytest.approx(cost)
    assert event.status == "described"
    assert event.camera_name
    assert event.provider_id
    failure = next(each for each in events if each.event_id == "01KAEVENT0000000000000MISS")
    assert (failure.status, failure.reason) == ("failed", "Nobody had an answer.")
    assert EventStore(ledger, Line()).events(EventFilter(search="nobody"), None, 9) == [failure]


def test_a_history_that_is_there_already(old: Path) -> None:
    """In a file that was put together from a dump: nothing is listed twice."""
    opened(old).close()
    before = query(old, "SELECT event_id FROM events")
    query(old, "PRAGMA user_version=5")
    opened(old).close()
    assert query(old, "SELECT event_id FROM events") == before != []


def test_words_of_a_time_that_is_none(old: Path) -> None:
    """They are left out of the history, and the file can be used as before."""
    opened(old).close()
    for table in ("events", "event_words"):
        query(old, f"DROP TABLE {table}")
    with sqlite3.connect(old) as database:
        database.execute("UPDATE last_descriptions SET timestamp = '2026-11-2x'")
    database.close()
    query(old, "PRAGMA user_version=5")
    opened(old).close()
    assert query(old, "SELECT event_id FROM events") == []
