"""Write the accounts to SQLite, and hand out what ``usage`` reads there."""

from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict
from functools import partial
from pathlib import Path
from threading import Lock
from typing import Any, Final

from sqlalchemy import URL, create_engine, event, insert
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from ..const import LOGGER
from . import usage
from .rows import LastDescription, Size, Totals, UsageRow
from .schema import VERSION, ai_usage, last_descriptions, metadata

_PENDING_MAX: Final = 10_000
"""Rows kept in memory while the disk takes none; the oldest go first."""


class LedgerError(Exception):
    """A database file that cannot be used; it is left as it is."""


class Ledger:
    """The accounts in their file; every method but ``take`` blocks, so call it in an executor.

    A row that cannot be written stays in memory and goes with the next one: the description does
    not wait for a full disk, and no row is dropped while there is room.
    """

    def __init__(self, path: Path) -> None:
        """Open or create the file; raise ``LedgerError`` when that is impossible."""
        self._path = path
        self._lock = Lock()
        self._line: deque[tuple[Sequence[UsageRow], LastDescription | None]] = deque()
        self._pending: list[UsageRow] = []
        self._unsaved: dict[str, LastDescription] = {}
        self._failing = False
        self._engine = _engine(path)
        try:
            with self._engine.begin() as connection:
                _prepare(connection)
        except SQLAlchemyError as err:
            self._engine.dispose()
            raise LedgerError(type(err).__name__) from err
        except LedgerError:
            self._engine.dispose()
            raise

    def take(self, rows: Sequence[UsageRow], last: LastDescription | None = None) -> None:
        """Put an event's requests in line, without blocking.

        They are written in the order of these calls, which the threads of an executor alone would
        not keep: then the file would name another answer as the last one than the sums in memory.
        """
        self._line.append((rows, last))

    def write(self) -> None:
        """Write what is in line, each event with its description all or nothing.

        An error of the database is logged once and not raised: the rows go with the next ones.
        """
        with self._lock:
            while self._line:
                self._add(*self._line.popleft())

    def add(self, rows: Sequence[UsageRow], last: LastDescription | None = None) -> None:
        """Write one event's requests, and its description if there is one."""
        self.take(rows, last)
        self.write()

    def _add(self, rows: Sequence[UsageRow], last: LastDescription | None) -> None:
        self._pending += rows
        if last is not None:
            self._unsaved[last.camera] = last
        try:
            with self._engine.begin() as connection:
                self._write(connection)
        except SQLAlchemyError as err:
            del self._pending[:-_PENDING_MAX]
            if not self._failing:
                LOGGER.error(
                    "Usage cannot be written (%s); it is kept in memory and tried again",
                    type(err).__name__,
                )
            self._failing = True
            return
        except (OverflowError, ValueError) as err:
            # What SQLite cannot hold would keep every later row from being written as well.
            LOGGER.error("The usage of an event cannot be written (%s)", type(err).__name__)
            del self._pending[len(self._pending) - len(rows) :]
            if last is not None:
                del self._unsaved[last.camera]
            return
        if self._failing:
            LOGGER.info("Usage can be written again")
        self._failing = False
        self._pending.clear()
        self._unsaved.clear()

    def _write(self, connection: Connection) -> None:
        if self._pending:
            connection.execute(insert(ai_usage), [asdict(row) for row in self._pending])
        for last in self._unsaved.values():
            values = asdict(last)
            connection.execute(
                upsert(last_descriptions)
                .values(values)
                .on_conflict_do_update(index_elements=["camera"], set_=values)
            )

    def totals(self) -> dict[str, Totals]:
        """Return the sums by provider id; raise ``LedgerError`` when the file is damaged."""
        return self._read(usage.read_totals)

    def last_descriptions(self) -> dict[str, LastDescription]:
        """Return what was said last, by camera, oldest first; raise ``LedgerError`` likewise."""
        return self._read(usage.read_last_descriptions)

    def viewers(self) -> dict[str, str]:
        """Return the kind of the provider that was last asked about each camera, by camera.

        Raises ``LedgerError`` likewise.
        """
        return self._read(usage.read_viewers)

    def recent(self, limit: int) -> list[UsageRow]:
        """Return the last rows that were written, newest first; raise ``LedgerError`` likewise."""
        return self._read(partial(usage.read_recent, limit=limit))

    def size(self) -> Size:
        """Return how much there is; raise ``LedgerError`` likewise."""
        rows = self._read(usage.count_rows)
        size = 0
        for path in (self._path, self._path.with_name(f"{self._path.name}-wal")):
            with suppress(OSError):
                size += path.stat().st_size
        return Size(bytes=size, rows=rows, unwritten=len(self._pending))

    def _read[T](self, query: Callable[[Connection], T]) -> T:
        try:
            with self._engine.connect() as connection:
                return query(connection)
        except SQLAlchemyError as err:
            raise LedgerError(type(err).__name__) from err

    def close(self) -> None:
        """Write what is still in memory, if that works by now, and close the file."""
        if self._line or self._pending or self._unsaved:
            self.add(())
        self._engine.dispose()


def _engine(path: Path) -> Engine:
    engine = create_engine(URL.create("sqlite", database=str(path)))

    @event.listens_for(engine, "connect")
    def _pragmas(connection: Any, _record: Any) -> None:
        # With WAL the file stays whole through a kill; NORMAL spares an SD card one sync a row.
        for pragma in ("synchronous=NORMAL", "busy_timeout=5000"):
            connection.execute(f"PRAGMA {pragma}")

    return engine


def _prepare(connection: Connection) -> None:
    version = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
    if version > VERSION:
        raise LedgerError(f"schema {version} is newer than {VERSION}")
    # Not before the version is known: a file of a newer version is left as it is.
    connection.exec_driver_sql("PRAGMA journal_mode=WAL")
    metadata.create_all(connection)
    if version < VERSION:
        connection.exec_driver_sql(f"PRAGMA user_version={VERSION}")
