"""Read a call of the actions about the usage, and say in our own words what is wrong with it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, Final

from homeassistant.helpers import config_validation as cv
from homeassistant.util import dt as dt_util
import voluptuous as vol

from .call import mistake, shown

ROWS_MAX: Final = 1000
"""More single requests than anybody reads in a response; there is a file for the rest."""


class Group(StrEnum):
    """What sums can be told apart by."""

    PROVIDER = "provider"
    MODEL = "model"
    CAMERA = "camera"
    DAY = "day"
    MONTH = "month"
    OUTCOME = "outcome"


class Span(StrEnum):
    """The days that a word stands for."""

    TODAY = "today"
    YESTERDAY = "yesterday"
    THIS_MONTH = "this_month"
    LAST_MONTH = "last_month"
    ALL = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """The days from first to last, both included; None where there is no end."""

    first: date | None
    last: date | None


_DAYS: Final = {
    vol.Optional("period"): vol.Coerce(Span),
    vol.Optional("start_date"): cv.date,
    vol.Optional("end_date"): cv.date,
}
GET: Final = vol.Schema(
    {
        **_DAYS,
        vol.Optional("group_by", default=[]): vol.All(cv.ensure_list, [vol.Coerce(Group)]),
        vol.Optional("rows", default=0): vol.All(vol.Coerce(int), vol.Range(min=0, max=ROWS_MAX)),
    }
)
EXPORT: Final = vol.Schema(
    {
        **_DAYS,
        vol.Optional("path"): vol.All(cv.string, vol.Match(r"(?is).*[^/\\]\.csv\Z")),
        vol.Optional("overwrite", default=False): cv.boolean,
    }
)


def read(schema: vol.Schema, data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of a call; raise ``ServiceValidationError`` for the first wrong one."""
    try:
        fields: dict[str, Any] = schema(dict(data))
    except vol.MultipleInvalid as err:
        name = str(err.errors[0].path[0])
        names = [str(each) for each in schema.schema]
        if name not in names:
            fault = mistake("call_unknown_field", field=shown(name), fields=", ".join(names))
        else:
            fault = mistake(f"usage_{name}", value=shown(data[name]), most=str(ROWS_MAX))
        raise fault from err
    return fields


def days(fields: Mapping[str, Any]) -> Days:
    """Return the days that a call names: this month when it names none.

    Raises ``ServiceValidationError`` for days of two kinds, and for an end before the start.
    """
    first, last = fields.get("start_date"), fields.get("end_date")
    if first is None and last is None:
        return _named(fields.get("period", Span.THIS_MONTH), dt_util.now().date())
    if "period" in fields:
        raise mistake("usage_period_and_dates")
    if first and last and last < first:
        raise mistake("usage_end_before_start", start=str(first), end=str(last))
    return Days(first=first, last=last)


def _named(span: Span, today: date) -> Days:
    first_of_month = today.replace(day=1)
    match span:
        case Span.TODAY:
            return Days(first=today, last=today)
        case Span.YESTERDAY:
            yesterday = today - timedelta(days=1)
            return Days(first=yesterday, last=yesterday)
        case Span.THIS_MONTH:
            return Days(first=first_of_month, last=today)
        case Span.LAST_MONTH:
            end = first_of_month - timedelta(days=1)
            return Days(first=end.replace(day=1), last=end)
        case Span.ALL:
            return Days(first=None, last=None)
