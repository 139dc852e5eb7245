"""The reports about the budget, which also remember over a restart what was told."""

from dataclasses import asdict, dataclass
from typing import Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from ..const import DOMAIN

PREFIX: Final = "budget_"
"""How the ids of these reports begin, and of no others."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a report is about; the names of the fields are those of the storage."""

    period: str
    """A day or a month, like ``2026-11-26``."""
    limit: float


@callback
def async_told(hass: HomeAssistant) -> dict[str, Told]:
    """Return what the reports are about that there are, also those of an earlier run, by id."""
    return {
        issue_id: Told(str(data["period"]), float(str(data["limit"])))
        for (domain, issue_id), issue in ir.async_get(hass).issues.items()
        if domain == DOMAIN and issue_id.startswith(PREFIX) and (data := issue.data)
    }


@callback
def async_report(
    hass: HomeAssistant, issue_id: str, text: str, placeholders: dict[str, str], told: Told
) -> None:
    """Report that most or all of a limit is used."""
    ir.async_create_issue(
        hass,
        DOMAIN,
        issue_id,
        data=asdict(told),
        is_fixable=False,
        is_persistent=True,
        severity=ir.IssueSeverity.WARNING,
        translation_key=text,
        translation_placeholders=placeholders,
    )
