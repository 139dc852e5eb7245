"""Write the accounts to SQLite, and hand out what ``usage`` reads there."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from threading import Lock
from typing import Any, Final

from sqlalchemy import URL, create_engine, event, exc
from sqlalchemy.engine import Connection, Engine

from ..const import LOGGER
from . import booking, event_rows, usage
from .errors import DATABASE_ERRORS, LedgerDamagedError, LedgerError, ledger_error
from .line import Line
from .migrations import migrate
from .report import Dimension, Report, read_report, read_rows
from .rows import FIRST_DAY, LAST_DAY, Entry, Size, UsageRow, day_of
from .sums import Sums

_BESIDE: Final = ("-wal", "-shm", "")
"""What SQLite adds to the file's name, the file itself last: an old log beside a new file would be
taken for its own."""
LOCK_MS: Final = 5000
"""How long a statement waits while another process writes; what Python's sqlite3 waits, too."""
_UNFIT: Final = (
    *(OverflowError, ValueError),
    *(exc.IntegrityError, exc.InterfaceError, exc.ProgrammingError),
)
"""What is wrong with an entry, not with the file."""


class Ledger:
    """The accounts in their file; all methods block, so call them in an executor."""

    def __init__(self, path: Path, line: Line, now: Callable[[], datetime]) -> None:
        """Take the file's place, the line of the entries that are to be written, and the clock.

        ``now`` returns the time on the wall, with its zone.
        """
        self._path = path
        self._line = line
        self._now = now
        self._lock = Lock()
        self._engine: Engine | None = None
        self._identity: tuple[int, int] | None = None

    def open(self) -> Sums:
        """Open or create the file and return what is in it.

        An older layout is brought up to date. Raises ``LedgerError``; the file is closed then.
        """
        with self._lock:
            self._close()
            engine, now = _engine(self._path), self._now()
            try:
                with engine.connect() as connection:
                    migrate(connection, now.tzinfo or UTC)
                    sums = usage.read_sums(connection, day_of(now))
            except DATABASE_ERRORS as err:
                engine.dispose()
                raise ledger_error(err) from err
            except LedgerError:
                engine.dispose()
                raise
            self._engine = engine
            self._identity = _identity(self._path)
            return sums

    def sums(self) -> Sums:
        """Return what is in the file, with today as it is now; raise ``LedgerError``."""
        return self.read(partial(usage.read_sums, day=day_of(self._now())))

    def write(self) -> bool:
        """Write what is in line, in its order and all at once; return whether a file is open.

        Raises ``LedgerError``; then it stays in line. An entry that no database takes is logged
        and left out, or it would keep all later ones from being written.
        """
        with self._lock:
            if not self._is_open():
                return False
            if not (entries := self._line.entries()):
                return True
            try:
                self._insert(entries)
            except _UNFIT:
                for entry in entries:
                    self._insert_alone(entry)
            else:
                self._line.remove(entries)
            return True

    def _is_open(self) -> bool:
        """Return whether a file is open that is still the one at its place.

        What is written into one that was deleted or replaced is lost, and SQLite does not say so.
        """
        return self._engine is not None and self._identity == _identity(self._path)

    def _insert_alone(self, entry: Entry) -> None:
        try:
            self._insert([entry])
        except _UNFIT as err:
            LOGGER.error("A row of the records cannot be written (%s)", type(err).__name__)
        self._line.remove([entry])

    def _insert(self, entries: Sequence[Entry]) -> None:
        try:
            with self._opened().begin() as connection:
                booking.write(connection, entries)
        except UnicodeDecodeError as err:  # a ValueError, though nothing is wrong with the entry
            raise ledger_error(err) from err
        except _UNFIT:
            raise
        except exc.SQLAlchemyError as err:
            raise ledger_error(err) from err

    def forget(self, before: str, limit: int) -> int:
        """Delete some rows of the time before ``before``, ISO 8601 in UTC; their sums stay.

        Return how many, at most ``limit``. Raises ``LedgerError``.
        """
        return self.change(lambda connection: booking.forget(connection, before, limit))

    def change[T](self, job: Callable[[Connection], T]) -> T:
        """Return what a job returns that changes what was written, all of it or nothing.

        Raises ``LedgerError``, also when no file is open.
        """
        with self._lock:
            if not self._is_open():
                raise LedgerError("not open")
            try:
                with self._opened().begin() as connection:
                    return job(connection)
            except DATABASE_ERRORS as err:
                raise ledger_error(err) from err

    def checkpoint(self) -> None:
        """Move everything into the file itself, so that a copy of it is whole.

        Raises ``LedgerError``.
        """
        with self._lock:
            self.read(lambda each: each.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)"))

    def set_aside(self) -> None:
        """Give a damaged file another name and leave it closed; one that is whole stays.

        Raises ``LedgerError`` when it cannot be told whether it is damaged, ``OSError`` when it
        cannot be renamed.
        """
        with suppress(LedgerDamagedError):
            self.open()
            if self.read(usage.is_whole):
                return
        with self._lock:
            self._close()
            aside = _unused(self._path)
            for suffix in _BESIDE:
                with suppress(FileNotFoundError):
                    _beside(self._path, suffix).rename(_beside(aside, suffix))

    def recent(
        self, limit: int, first_day: str = FIRST_DAY, last_day: str = LAST_DAY
    ) -> list[UsageRow]:
        """Return the last rows of a span of days, newest first; raise ``LedgerError``."""
        query = partial(usage.read_recent, limit=limit, first_day=first_day, last_day=last_day)
        return self.read(query)

    def report(self, first_day: str, last_day: str, by: Sequence[Dimension] = ()) -> list[Report]:
        """Return the sums over a span of days, see ``report``; raise ``LedgerError``."""
        query = partial(read_report, first_day=first_day, last_day=last_day, by=by)
        return self.read(query)

    def rows(self, first_day: str, last_day: str) -> Iterator[Sequence[UsageRow]]:
        """Yield the rows of a span of days in portions, oldest first; raise ``LedgerError``.

        As all methods it blocks: go through it in an executor, and in one thread.
        """
        try:
            with self._opened().connect() as connection:
                yield from read_rows(connection, first_day=first_day, last_day=last_day)
        except DATABASE_ERRORS as err:
            raise ledger_error(err) from err

    def size(self) -> Size:
        """Return how much there is; raise ``LedgerError``."""
        rows = self.read(usage.count_rows)
        events, picture_bytes = self.read(event_rows.count)
        size = 0
        for suffix in ("", "-wal"):
            with suppress(OSError):
                size += _beside(self._path, suffix).stat().st_size
        return Size(bytes=size, rows=rows, events=events, picture_bytes=picture_bytes)

    def read[T](self, query: Callable[[Connection], T]) -> T:
        """Return what a query returns; raise ``LedgerError``."""
        try:
            with self._opened().connect() as connection:
                return query(connection)
        except DATABASE_ERRORS as err:
            raise ledger_error(err) from err

    def _opened(self) -> Engine:
        if self._engine is None:
            raise LedgerError("not open")
        return self._engine

    def close(self) -> None:
        """Close the file; what is in line stays there."""
        with self._lock:
            self._close()

    def _close(self) -> None:
        if self._engine is not None:
            self._engine.dispose()
            self._engine = None


def _identity(path: Path) -> tuple[int, int] | None:
    """Return what tells a file from another one of the same name, None when there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _beside(path: Path, suffix: str) -> Path:
    return path.with_name(f"{path.name}{suffix}")


def _unused(path: Path) -> Path:
    """Return a name beside the file that nothing has: renaming writes over what is there."""
    number = 1
    while (aside := _beside(path, f".damaged-{number}")).exists():
        number += 1
    return aside


def _engine(path: Path) -> Engine:
    engine = create_engine(URL.create("sqlite", database=str(path)))

    @event.listens_for(engine, "connect")
    def _pragmas(connection: Any, _record: Any) -> None:
        # With WAL the file stays whole through a kill; NORMAL spares an SD card one sync a row.
        for pragma in ("synchronous=NORMAL", f"busy_timeout={LOCK_MS}"):
            connection.execute(f"PRAGMA {pragma}")

    return engine
