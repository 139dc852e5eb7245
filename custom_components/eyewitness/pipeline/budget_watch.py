"""Tell when most or all of a limit is used: an event and a report, once in its day or month."""

from dataclasses import dataclass
from typing import Any, Final, Self

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect

from ..const import CONF_KIND
from ..runtime import EyewitnessConfigEntry, Runtime, budget_reports, issues
from ..runtime.accounts import SIGNAL_ACCOUNTS
from ..runtime.budget import SAVING, Limit
from ..runtime.budget_reports import Told
from ..runtime.outcome_texts import async_sentence
from ..runtime.settings import StoredProvider
from .budget import expected_usd, free
from .budget_texts import async_amount, camera_names
from .publish import SIGNAL_PUBLISHED, async_publish_budget
from .record import EventRecord

MOST: Final = round(100 * SAVING)
ALL: Final = 100
"""Percent of a limit at which something is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A limit of which most or all is used."""

    limit: Limit
    spent: float
    threshold: int
    """Percent."""
    period: str
    """Which day or month it is, like ``2026-11-26``."""
    provider: StoredProvider | None
    """The one that the limit is for, None for all of them."""

    @classmethod
    def find(
        cls, limit: Limit, spent: float, day: str, provider: StoredProvider | None
    ) -> Self | None:
        """Return the mark that was reached; of nothing, nothing can be used."""
        if not limit.most or spent < SAVING * limit.most:
            return None
        threshold = ALL if spent >= limit.most else MOST
        return cls(
            limit=limit,
            spent=spent,
            threshold=threshold,
            period=limit.period.of(day),
            provider=provider,
        )

    @property
    def issue_id(self) -> str:
        """Return how its report is called: every threshold of every limit has one."""
        limit = self.limit
        whose = limit.provider_id or "all"
        return f"{budget_reports.PREFIX}{limit.period}_{limit.unit}_{self.threshold}_{whose}"

    def is_told(self, told: Told | None) -> bool:
        """Return whether there is nothing new in it: a clock that is set back is none."""
        return told is not None and told.period >= self.period and told.limit == self.limit.most


class BudgetWatch:
    """The marks that were reached, in one run of the entry; the reports remember them beyond it."""

    def __init__(self, hass: HomeAssistant, entry: EyewitnessConfigEntry) -> None:
        """Begin with what the run before this one has told."""
        self._hass = hass
        self._entry = entry
        self._told = budget_reports.async_told(hass)
        self._reached: list[Mark] = []

    @callback
    def async_look(self) -> None:
        """Tell of marks that were reached, and take reports back that do not hold any more."""
        runtime = self._entry.runtime_data
        reached = _reached(runtime)
        for mark in reached:
            if not mark.is_told(self._told.get(mark.issue_id)):
                self._told[mark.issue_id] = Told(mark.period, mark.limit.most)
                async_publish_budget(self._hass, _fields(mark))
        if runtime.accounts.complete:  # before, the accounts may be lower than the file's
            still = {mark.issue_id for mark in reached}
            issues.async_take_back(self._hass, (budget_reports.PREFIX,), still=still)
        self._reached = reached
        if reached:
            self._entry.async_create_task(
                self._hass, self._async_report(reached), "eyewitness budget"
            )

    async def _async_report(self, reached: list[Mark]) -> None:
        runtime = self._entry.runtime_data
        texts = [await _async_placeholders(self._hass, runtime, mark) for mark in reached]
        if reached is not self._reached:
            return
        for mark, placeholders in zip(reached, texts, strict=True):
            budget_reports.async_report(
                self._hass,
                mark.issue_id,
                f"{'provider_' if mark.provider else ''}budget_{mark.threshold}",
                placeholders,
                Told(mark.period, mark.limit.most),
            )


@callback
def async_follow(hass: HomeAssistant, entry: EyewitnessConfigEntry) -> None:
    """Look now, and at every change from now on: a request, a day, a limit."""
    watch = BudgetWatch(hass, entry)

    @callback
    def published(_record: EventRecord) -> None:
        watch.async_look()

    async def changed(_hass: HomeAssistant, _entry: EyewitnessConfigEntry) -> None:
        watch.async_look()

    entry.async_on_unload(async_dispatcher_connect(hass, SIGNAL_PUBLISHED, published))
    entry.async_on_unload(async_dispatcher_connect(hass, SIGNAL_ACCOUNTS, watch.async_look))
    entry.async_on_unload(entry.add_update_listener(changed))
    watch.async_look()


def _reached(runtime: Runtime) -> list[Mark]:
    if not (limits := runtime.settings.budget.limits):
        return []
    costless = free(expected_usd(runtime))
    day, booked = runtime.accounts.day, runtime.expenses.booked
    stored = runtime.settings.providers
    marks = (
        Mark.find(limit, booked(limit, costless), day, stored.get(limit.provider_id or ""))
        for limit in limits
    )
    return [mark for mark in marks if mark is not None]


def _fields(mark: Mark) -> dict[str, Any]:
    limit, stored = mark.limit, mark.provider
    return {
        "scope": "all" if stored is None else "provider",
        "provider": None if stored is None else stored.data[CONF_KIND],
        "provider_name": None if stored is None else stored.title,
        "period": limit.period.value,
        "unit": limit.unit.value,
        "limit": limit.most,
        "spent": round(mark.spent, 6),
        "threshold": mark.threshold,
    }


async def _async_placeholders(hass: HomeAssistant, runtime: Runtime, mark: Mark) -> dict[str, str]:
    limit = mark.limit
    placeholders = {
        "used": await async_sentence(
            hass,
            f"budget_used_{limit.unit}",
            spent=await async_amount(hass, mark.spent),
            limit=await async_amount(hass, limit.most),
        ),
        "period": await async_sentence(hass, f"budget_period_{limit.period}"),
        "until": await async_sentence(hass, f"budget_until_{limit.period}"),
    }
    if mark.provider is not None:
        return placeholders | {"provider": mark.provider.title}
    kept = ""
    if cameras := camera_names(hass, runtime):
        percent = str(runtime.settings.budget.reserve_percent)
        kept = await async_sentence(hass, "budget_reserve", cameras=cameras, percent=percent)
    return placeholders | {"reserve": kept}
