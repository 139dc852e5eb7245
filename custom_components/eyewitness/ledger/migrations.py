"""Bring the layout of an older file up to date."""

from collections.abc import Callable
from datetime import tzinfo
from typing import Final

from sqlalchemy import Connection, MetaData, Table, insert, inspect, select, update
from sqlalchemy.schema import CreateTable

from .errors import LedgerDamagedError, LedgerNewerError
from .first_events import list_last
from .first_sums import sum_up
from .schema import VERSION, ai_usage, metadata


def migrate(connection: Connection, zone: tzinfo) -> None:
    """Make the layout that of ``VERSION``, all or nothing; no row is lost.

    ``zone`` is the house's time zone: older rows do not say on which day they were booked.
    Raises ``LedgerNewerError`` before anything is touched, ``LedgerDamagedError``, and SQLAlchemy's
    errors.
    """
    version = _version(connection)
    if version > VERSION:
        raise LedgerNewerError(f"schema {version} is newer than {VERSION}")
    # Not before the version is known: a file of a newer version is left as it is.
    connection.exec_driver_sql("PRAGMA journal_mode=WAL")
    if version == VERSION:
        return
    # Said aloud, since Python's sqlite3 begins no transaction for changes of the layout.
    connection.exec_driver_sql("BEGIN IMMEDIATE")
    if inspect(connection).has_table(ai_usage.name):
        # A file that does not tell its version may have the layout of the first one.
        for reached, step in _STEPS:
            if version < reached:
                step(connection, zone)
    metadata.create_all(connection)
    connection.exec_driver_sql(f"PRAGMA user_version={VERSION}")
    connection.commit()


def _version(connection: Connection) -> int:
    return int(connection.exec_driver_sql("PRAGMA user_version").scalar_one())


def _learn_purpose_and_sent(connection: Connection, _zone: tzinfo) -> None:
    """Tell tests from events, what was sent from what was not, and guesses from unknown costs."""
    if any(column["name"] == "sent" for column in inspect(connection).get_columns("ai_usage")):
        return  # who puts a file together again from a dump of it loses its version
    for statement in (
        "ALTER TABLE ai_usage ADD COLUMN purpose VARCHAR(10) DEFAULT 'event' NOT NULL",
        "ALTER TABLE ai_usage ADD COLUMN sent BOOLEAN DEFAULT 1 NOT NULL",
        # Tests had this name where an event has its camera; one without a provider's id tried out
        # settings that were not stored.
        "UPDATE ai_usage SET purpose = 'test' WHERE camera = 'eyewitness.test_chain'",
        "UPDATE ai_usage SET purpose = 'trial' WHERE purpose = 'test' AND provider_id = ''",
        # A connection that was never made cost nothing, one that broke had an unknown cost.
        "UPDATE ai_usage SET sent = 0 WHERE outcome IN ('network', 'tls') AND cost_estimate = 0",
        # It was set for costs that are not known; now it is for guessed prices, and none was.
        "UPDATE ai_usage SET is_estimated = 0",
    ):
        connection.exec_driver_sql(statement)


def _forget_unknown_tokens(connection: Connection, _zone: tzinfo) -> None:
    """Let token counts be unknown, and make them so where the bill is and none were counted."""
    tokens = ("input_tokens", "output_tokens", "tokens_used")
    # SQLite cannot let a column be empty later, so the rows move to a table that can: the file's
    # own, and not the present one of ``schema``, which may have what later steps add.
    old = Table("ai_usage", MetaData(), autoload_with=connection)
    if not {*tokens, "cost_estimate"} <= set(old.c.keys()):
        raise LedgerDamagedError("a column is missing")
    if old.c.input_tokens.nullable:
        return  # put together again from a dump
    new = old.to_metadata(MetaData(), name="ai_usage_new")
    for name in tokens:
        new.c[name].nullable = True
    connection.execute(CreateTable(new))
    connection.execute(insert(new).from_select(old.c.keys(), select(old)))
    unknown = new.c.cost_estimate.is_(None), new.c.input_tokens == 0, new.c.output_tokens == 0
    connection.execute(update(new).where(*unknown).values(dict.fromkeys(tokens)))
    old.drop(connection)
    # Now that their names are free; in the order of these, since a set has none.
    for index in sorted(new.indexes, key=lambda index: str(index.name)):
        index.create(connection)
    connection.exec_driver_sql("ALTER TABLE ai_usage_new RENAME TO ai_usage")


_STEPS: Final[tuple[tuple[int, Callable[[Connection, tzinfo], None]], ...]] = (
    (2, _learn_purpose_and_sent),
    (3, _forget_unknown_tokens),
    (5, sum_up),
    (6, list_last),
)
"""The version that each step leads to; a table that came without one is made in the end."""
