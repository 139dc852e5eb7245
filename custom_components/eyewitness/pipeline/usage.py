"""Answer the actions about the usage: sums and requests of some days, or a file with them."""

from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any, Final

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError

from ..const import DOMAIN, LOGGER, NAMES
from ..ledger.errors import LedgerError
from ..ledger.export import as_dict, write_csv
from ..ledger.report import Dimension, Report
from ..ledger.rows import FIRST_DAY, LAST_DAY
from ..runtime import EyewitnessConfigEntry
from ..runtime.accounts import Accounts
from ..runtime.settings import numbered_titles
from .call import mistake, shown
from .usage_call import Days, Group

FOLDER: Final = DOMAIN
"""Of Home Assistant's configuration folder: what lies there is in backups, and no web page."""
_DIMENSIONS: Final = {
    Group.PROVIDER: (Dimension.PROVIDER, Dimension.PROVIDER_ID),
    Group.MODEL: (Dimension.MODEL,),
    Group.CAMERA: (Dimension.CAMERA,),
    Group.DAY: (Dimension.DAY,),
    Group.MONTH: (Dimension.MONTH,),
    Group.OUTCOME: (Dimension.OUTCOME,),
}
_NOTHING: Final = Report(by=(), **{name: 0 for name in Report.__slots__ if name != "by"})


async def async_usage(
    hass: HomeAssistant,
    entry: EyewitnessConfigEntry,
    days: Days,
    groups: list[Group],
    rows: int,
) -> dict[str, Any]:
    """Return the sums of some days, also told apart by ``groups``, and the last ``rows`` requests.

    Money is in USD. Raises ``HomeAssistantError`` while the ledger cannot be read.
    """
    accounts = entry.runtime_data.accounts
    by = tuple(each for group in dict.fromkeys(groups) for each in _DIMENSIONS[group])
    await accounts.writer.async_settle()
    try:
        total, parts, newest = await hass.async_add_executor_job(_read, accounts, days, by, rows)
    except LedgerError as err:
        raise _unreadable() from err
    names = numbered_titles(entry)
    found: dict[str, Any] = {**_said(days), "currency": "USD", "total": _sums(total)}
    if by:
        found["groups"] = [_named(each, by, names) | _sums(each) for each in parts]
    if rows:
        found["requests"] = newest
    return found


async def async_export(
    hass: HomeAssistant,
    entry: EyewitnessConfigEntry,
    days: Days,
    path: str | None,
    overwrite: bool,
) -> dict[str, Any]:
    """Write the requests of some days into a CSV file; return where it is and how many they are.

    A path without a folder is one of our own, see ``FOLDER``; others have to be allowed. Raises
    ``ServiceValidationError`` for one that is not, and for a file that is there already;
    ``HomeAssistantError`` while the ledger cannot be read or the file cannot be written.
    """
    accounts = entry.runtime_data.accounts
    await accounts.writer.async_settle()
    write = partial(_write, hass, accounts, days, path or _file_name(days), overwrite)
    try:
        file, rows = await hass.async_add_executor_job(write)
    except LedgerError as err:
        raise _unreadable() from err
    return {**_said(days), "path": str(file), "requests": rows}


def _read(
    accounts: Accounts, days: Days, by: tuple[Dimension, ...], rows: int
) -> tuple[Report, list[Report], list[dict[str, object]]]:
    span = _span(days)
    (total,) = accounts.ledger.report(*span) or [_NOTHING]
    parts = accounts.ledger.report(*span, by) if by else []
    newest = accounts.ledger.recent(rows, *span) if rows else []
    return total, parts, [as_dict(row) for row in newest]


def _write(
    hass: HomeAssistant, accounts: Accounts, days: Days, path: str, overwrite: bool
) -> tuple[Path, int]:
    own = Path(hass.config.path(FOLDER))
    file = own / path  # which is the path itself, if that begins at the root
    try:
        own.mkdir(mode=0o700, exist_ok=True)
        is_own = file.parent.resolve() == own.resolve()
        if not (is_own or hass.config.is_allowed_path(str(file))):
            raise mistake("usage_path_not_allowed", path=shown(path), folder=str(own))
        return file, write_csv(accounts.ledger.rows(*_span(days)), file, overwrite=overwrite)
    except FileExistsError as err:
        raise mistake("usage_file_exists", path=str(file)) from err
    except FileNotFoundError as err:
        raise mistake("usage_no_folder", folder=str(file.parent)) from err
    except (OSError, ValueError) as err:  # a path may hold what no disk takes
        LOGGER.debug("The usage cannot be written to %s: %s", file, err)
        raise _error("usage_not_written", path=shown(path)) from err


def _span(days: Days) -> tuple[str, str]:
    return str(days.first or FIRST_DAY), str(days.last or LAST_DAY)


def _file_name(days: Days) -> str:
    return f"usage_{days.first or 'begin'}_{days.last or 'end'}.csv"


def _said(days: Days) -> dict[str, Any]:
    first, last = days.first, days.last
    return {
        "start_date": first.isoformat() if first else None,
        "end_date": last.isoformat() if last else None,
    }


def _named(report: Report, by: tuple[Dimension, ...], names: dict[str, str]) -> dict[str, Any]:
    """Return what sums are of; a provider has a name besides, also one that is gone."""
    found = {dimension.value: value for dimension, value in zip(by, report.by, strict=True)}
    if Dimension.PROVIDER_ID in by:
        kind = found["provider"]
        found["provider_name"] = names.get(found["provider_id"]) or NAMES.get(kind, kind)
    return found


def _sums(report: Report) -> dict[str, Any]:
    sums = asdict(report)
    del sums["by"]
    answers, milliseconds = sums["answers"], sums["response_time_ms"]
    return sums | {
        "response_time_ms": round(milliseconds / answers) if answers else None,
        "cost": round(report.cost, 6),
        "saved_cost": round(report.saved_cost, 6),
    }


def _unreadable() -> HomeAssistantError:
    return _error("usage_unreadable")


def _error(key: str, **placeholders: str) -> HomeAssistantError:
    return HomeAssistantError(
        translation_domain=DOMAIN, translation_key=key, translation_placeholders=placeholders
    )
