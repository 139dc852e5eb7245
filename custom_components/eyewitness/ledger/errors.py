"""Why a database file cannot be used; whatever the reason, it is left as it is."""

from json import JSONDecodeError
import sqlite3
from typing import Final

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

_DAMAGE: Final = frozenset(
    {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR, sqlite3.SQLITE_FORMAT}
)
"""Result codes that no waiting mends: https://sqlite.org/rescode.html. The plain error is one of
them, since SQLite says so of a table or a column that is not there."""
_PRIMARY_CODE: Final = 0xFF

type _DatabaseError = SQLAlchemyError | UnicodeDecodeError | JSONDecodeError
DATABASE_ERRORS: Final = (SQLAlchemyError, UnicodeDecodeError, JSONDecodeError)
"""What a database raises; the second one when SQLite quotes a layout that is no text any more, the
third one for a list that is none."""


class LedgerError(Exception):
    """A file that cannot be used now: locked, on a full disk, not writable, or not open."""


class LedgerDamagedError(LedgerError):
    """A file that is no database of ours, or not whole."""


class LedgerNewerError(LedgerError):
    """A file that a newer version has written."""


def ledger_error(err: _DatabaseError) -> LedgerError:
    """Return what an error of the database means, named by its class alone: its text has values."""
    return (LedgerDamagedError if _is_damage(err) else LedgerError)(type(err).__name__)


def _is_damage(err: _DatabaseError) -> bool:
    if not isinstance(err, DBAPIError):
        return not isinstance(err, SQLAlchemyError)
    # Python gives no code when it cannot read a text as UTF-8, and we write nothing else.
    code = getattr(err.orig, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT)
    return code & _PRIMARY_CODE in _DAMAGE
