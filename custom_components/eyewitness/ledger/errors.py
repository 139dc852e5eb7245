"""Why a database file cannot be used; whatever the reason, it is left as it is."""

import sqlite3
from typing import Final

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

_DAMAGE: Final = frozenset(
    {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR, sqlite3.SQLITE_FORMAT}
)
"""Result codes that no waiting mends: https://sqlite.org/rescode.html. The plain error is one of
them, since SQLite says so of a table or a column that is not there."""
_PRIMARY_CODE: Final = 0xFF


class LedgerError(Exception):
    """A file that cannot be used now: locked, on a full disk, not writable, or not open."""


class LedgerDamagedError(LedgerError):
    """A file that is no database of ours, or not whole."""


class LedgerNewerError(LedgerError):
    """A file that a newer version has written."""


def ledger_error(err: SQLAlchemyError) -> LedgerError:
    """Return what an error of the database means, named by its class alone: its text has values."""
    original = err.orig if isinstance(err, DBAPIError) else None
    code = getattr(original, "sqlite_errorcode", 0) & _PRIMARY_CODE
    return (LedgerDamagedError if code in _DAMAGE else LedgerError)(type(err).__name__)
