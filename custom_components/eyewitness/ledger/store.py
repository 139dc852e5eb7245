"""Keep the accounts in SQLite."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from threading import Lock
from typing import Any, Final

from sqlalchemy import URL, case, create_engine, event, func, insert, select
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from ..const import LOGGER
from .schema import VERSION, ai_usage, last_descriptions, metadata

_CANCELLED: Final = "cancelled"
_PENDING_MAX: Final = 10_000
"""Rows kept in memory while the disk takes none; the oldest go first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageRow:
    """Hold one request to a vendor; the fields are the columns of ``ai_usage``."""

    event_id: str
    timestamp: str
    provider: str
    provider_id: str
    model: str
    camera: str
    attempt: int
    success: bool
    outcome: str
    error: str | None
    input_tokens: int
    output_tokens: int
    tokens_used: int
    response_time_ms: int
    cost_estimate: float | None
    is_estimated: bool
    image_count: int
    image_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LastDescription:
    """Hold what was said last about a camera."""

    camera: str
    event_id: str
    timestamp: str
    title: str
    description: str
    provider: str
    model: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """Sum up one provider. A cancelled request was somebody's wish and counts as no failure."""

    calls: int = 0
    answers: int = 0
    failures: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cost: float = 0.0
    response_time_ms: int | None = None
    """Of the last answer."""
    outcome: str | None = None
    """Of the last request that was not cancelled."""

    def plus(self, row: UsageRow) -> Totals:
        """Return the sum with one more row."""
        ended = row.outcome != _CANCELLED
        return replace(
            self,
            calls=self.calls + 1,
            answers=self.answers + row.success,
            failures=self.failures + (ended and not row.success),
            input_tokens=self.input_tokens + row.input_tokens,
            output_tokens=self.output_tokens + row.output_tokens,
            cost=self.cost + (row.cost_estimate or 0.0),
            response_time_ms=row.response_time_ms if row.success else self.response_time_ms,
            outcome=row.outcome if ended else self.outcome,
        )


class LedgerError(Exception):
    """Report a database file that cannot be used; the file is left as it is."""


class Ledger:
    """Write rows and read sums; every method blocks, so call it in an executor.

    A row that cannot be written stays in memory and goes with the next one: the description does
    not wait for a full disk, and no row is dropped while there is room.
    """

    def __init__(self, path: Path) -> None:
        """Open or create the file; raise ``LedgerError`` when that is impossible."""
        self._lock = Lock()
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

    def add(self, rows: Sequence[UsageRow], last: LastDescription | None = None) -> None:
        """Write one event's requests, and its description if there is one, all or nothing."""
        with self._lock:
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
        row = ai_usage.c
        with self._reading() as connection:
            sums = connection.execute(
                select(
                    row.provider_id,
                    func.count().label("calls"),
                    func.sum(case((row.success, 1), else_=0)).label("answers"),
                    func.sum(
                        case(((~row.success) & (row.outcome != _CANCELLED), 1), else_=0)
                    ).label("failures"),
                    func.sum(row.input_tokens).label("input_tokens"),
                    func.sum(row.output_tokens).label("output_tokens"),
                    func.coalesce(func.sum(row.cost_estimate), 0.0).label("cost"),
                    func.max(case((row.success, row.id))).label("last_answer"),
                    func.max(case((row.outcome != _CANCELLED, row.id))).label("last_ended"),
                ).group_by(row.provider_id)
            ).mappings()
            return {found["provider_id"]: _totals(connection, found) for found in sums}

    def last_descriptions(self) -> dict[str, LastDescription]:
        """Return what was said last, by camera, oldest first; raise ``LedgerError`` likewise."""
        with self._reading() as connection:
            rows = connection.execute(
                select(last_descriptions).order_by(last_descriptions.c.timestamp)
            ).mappings()
            return {row["camera"]: LastDescription(**row) for row in rows}

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        try:
            with self._engine.connect() as connection:
                yield connection
        except SQLAlchemyError as err:
            raise LedgerError(type(err).__name__) from err

    def close(self) -> None:
        """Write what is still in memory, if that works by now, and close the file."""
        if self._pending or self._unsaved:
            self.add(())
        self._engine.dispose()


def _totals(connection: Connection, found: Mapping[Any, Any]) -> Totals:
    def of(column: Any, row_id: int | None) -> Any:
        return connection.scalar(select(column).where(ai_usage.c.id == row_id))

    sums = {
        name: found[name]
        for name in ("calls", "answers", "failures", "input_tokens", "output_tokens", "cost")
    }
    return Totals(
        **sums,
        response_time_ms=of(ai_usage.c.response_time_ms, found["last_answer"]),
        outcome=of(ai_usage.c.outcome, found["last_ended"]),
    )


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
