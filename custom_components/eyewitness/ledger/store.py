"""Write the accounts to SQLite, and hand out what ``usage`` reads there."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict
from functools import partial
from pathlib import Path
from threading import Lock
from typing import Any, Final

from sqlalchemy import URL, create_engine, delete, event, exc, insert
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.engine import Connection, Engine

from ..const import LOGGER
from . import usage
from .errors import DATABASE_ERRORS, LedgerDamagedError, LedgerError, ledger_error
from .line import Line
from .migrations import migrate
from .rows import Entry, LastDescription, LastFailure, Size, UsageRow
from .schema import ai_usage, last_descriptions, last_failure
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
_UPSERT: Final = upsert(last_descriptions)
_DESCRIBE: Final = _UPSERT.on_conflict_do_update(
    index_elements=["camera"],
    set_={column.name: _UPSERT.excluded[column.name] for column in last_descriptions.columns},
)
"""Made once, so that a storm of descriptions is one statement, and none is compiled anew."""


class Ledger:
    """The accounts in their file; all methods block, so call them in an executor."""

    def __init__(self, path: Path, line: Line) -> None:
        """Take the file's place, and the line of the entries that are to be written."""
        self._path = path
        self._line = line
        self._lock = Lock()
        self._engine: Engine | None = None
        self._identity: tuple[int, int] | None = None

    def open(self) -> Sums:
        """Open or create the file and return what is in it.

        An older layout is brought up to date. Raises ``LedgerError``; the file is closed then.
        """
        with self._lock:
            self._close()
            engine = _engine(self._path)
            try:
                with engine.connect() as connection:
                    migrate(connection)
                    sums = usage.read_sums(connection)
            except DATABASE_ERRORS as err:
                engine.dispose()
                raise ledger_error(err) from err
            except LedgerError:
                engine.dispose()
                raise
            self._engine = engine
            self._identity = _identity(self._path)
            return sums

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
        rows = [asdict(entry) for entry in entries if isinstance(entry, UsageRow)]
        ends = [entry for entry in entries if not isinstance(entry, UsageRow)]
        try:
            with self._opened().begin() as connection:
                if rows:
                    connection.execute(insert(ai_usage), rows)
                if last := [asdict(each) for each in ends if isinstance(each, LastDescription)]:
                    connection.execute(_DESCRIBE, last)
                if ends:
                    connection.execute(delete(last_failure))
                if ends and isinstance(ends[-1], LastFailure):
                    connection.execute(insert(last_failure), asdict(ends[-1]))
        except UnicodeDecodeError as err:  # a ValueError, though nothing is wrong with the entry
            raise ledger_error(err) from err
        except _UNFIT:
            raise
        except exc.SQLAlchemyError as err:
            raise ledger_error(err) from err

    def checkpoint(self) -> None:
        """Move everything into the file itself, so that a copy of it is whole.

        Raises ``LedgerError``.
        """
        with self._lock:
            self._read(lambda each: each.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)"))

    def set_aside(self) -> None:
        """Give a damaged file another name and leave it closed; one that is whole stays.

        Raises ``LedgerError`` when it cannot be told whether it is damaged, ``OSError`` when it
        cannot be renamed.
        """
        with suppress(LedgerDamagedError):
            self.open()
            if self._read(usage.is_whole):
                return
        with self._lock:
            self._close()
            aside = _unused(self._path)
            for suffix in _BESIDE:
                with suppress(FileNotFoundError):
                    _beside(self._path, suffix).rename(_beside(aside, suffix))

    def recent(self, limit: int) -> list[UsageRow]:
        """Return the last rows that were written, newest first; raise ``LedgerError``."""
        return self._read(partial(usage.read_recent, limit=limit))

    def size(self) -> Size:
        """Return how much there is; raise ``LedgerError``."""
        rows = self._read(usage.count_rows)
        size = 0
        for suffix in ("", "-wal"):
            with suppress(OSError):
                size += _beside(self._path, suffix).stat().st_size
        return Size(bytes=size, rows=rows)

    def _read[T](self, query: Callable[[Connection], T]) -> T:
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
