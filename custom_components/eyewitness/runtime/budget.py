"""The limits of what may be spent, and what they leave to an event.

Pure: what was spent is an argument. Costs are USD, calls are requests that may have reached a
vendor.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from math import inf
from typing import Any, Final, Self

from ..const import CONF_RESERVE_CAMERAS, CONF_RESERVE_PERCENT
from ..ledger.rows import Period, Spent

SAVING: Final = 0.8
"""The share of a limit from which on it is saved."""
RESERVE_PERCENT: Final = 20
"""Of the limits for all providers, kept for the cameras that a user has named."""


class Unit(StrEnum):
    """What is counted."""

    COST = "cost"
    CALLS = "calls"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """The most that may be spent in a period."""

    period: Period
    """A day or a month."""
    unit: Unit
    most: float
    """USD or calls; 0 allows nothing but what is free."""
    provider_id: str | None = None
    """The one that it holds for, None for all of them together."""

    def amount(self, spent: Spent) -> float:
        """Return how much of what was spent counts."""
        return spent.cost if self.unit is Unit.COST else spent.calls

    def concerns(self, provider_id: str, usd: float | None) -> bool:
        """Return whether it holds for a provider whose descriptions cost so much.

        What is free is what is left when the budget for all is used up. But a company may serve
        only so many requests free of charge.
        """
        if self.provider_id not in {None, provider_id}:
            return False
        return usd != 0 or (self.unit is Unit.CALLS and self.provider_id is not None)

    def less(self, percent: int) -> Limit:
        """Return what is left of it when a part is kept; calls are whole ones."""
        most = self.most * (100 - percent)
        return replace(self, most=most // 100 if self.unit is Unit.CALLS else most / 100)


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """All limits, and for whom a part of them is kept."""

    limits: tuple[Limit, ...] = ()
    """Those for all providers come first."""
    reserve_cameras: tuple[str, ...] = ()
    """Registry ids, or entity ids where there are none."""
    reserve_percent: int = 0
    """Of the limits for all providers, what is kept for those cameras."""

    @classmethod
    def read(cls, stored: Mapping[str, Any], own: Mapping[str, Mapping[str, Any]]) -> Self:
        """Return what is stored for all providers, and for each by subentry id."""
        limits = _read_limits(stored)
        for provider_id, each in own.items():
            limits += _read_limits(each, provider_id)
        cameras = tuple(stored.get(CONF_RESERVE_CAMERAS, ()))
        percent = int(stored.get(CONF_RESERVE_PERCENT, RESERVE_PERCENT)) if cameras else 0
        return cls(limits=limits, reserve_cameras=cameras, reserve_percent=percent)

    @property
    def for_others(self) -> tuple[Limit, ...]:
        """Return the limits for cameras that nothing is kept for."""
        return tuple(
            limit if limit.provider_id else limit.less(self.reserve_percent)
            for limit in self.limits
        )


def limit_field(unit: Unit, period: Period) -> str:
    """Return under which name a limit is stored, such as ``calls_per_day``."""
    return f"{unit.value}_per_{period.value}"


_STORED: Final = {
    limit_field(unit, period): (unit, period)
    for period in (Period.DAY, Period.MONTH)
    for unit in Unit
}

LIMIT_FIELDS: Final = tuple(_STORED)
"""Under which names limits are stored, none of which has to be there."""


def _read_limits(stored: Mapping[str, Any], provider_id: str | None = None) -> tuple[Limit, ...]:
    return tuple(
        Limit(period=period, unit=unit, most=stored[name], provider_id=provider_id)
        for name, (unit, period) in _STORED.items()
        if name in stored
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What the limits leave to an event; providers are named by their subentry ids."""

    used_up: Mapping[str, Limit] = field(default_factory=dict)
    """Who may not be asked, and the limit that says so."""
    saving: frozenset[str] = frozenset()
    """Whose requests use up a limit of which not much is left."""
    usd: Mapping[str, float | None] = field(default_factory=dict)
    """What a description costs: 0 for those who are free, None where nobody knows."""

    def price(self, provider_id: str) -> float:
        """Return by what the cheapest is found: what nobody knows may be the dearest."""
        usd = self.usd.get(provider_id)
        return inf if usd is None else usd


def standing(
    limits: Iterable[Limit], used: Callable[[Limit], float], usd: Mapping[str, float | None]
) -> Standing:
    """Return what the limits leave to an event.

    ``used`` returns what was spent of a limit. The last of a provider's own calls are not dearer
    than the first, so they are not saved.
    """
    used_up: dict[str, Limit] = {}
    saving: set[str] = set()
    amounts = {limit: used(limit) for limit in limits}
    for provider_id, cost in usd.items():
        for limit, amount in amounts.items():
            if not limit.concerns(provider_id, cost):
                continue
            if amount >= limit.most:
                used_up.setdefault(provider_id, limit)
            elif (limit.unit is Unit.COST or limit.provider_id is None) and (
                amount >= SAVING * limit.most
            ):
                saving.add(provider_id)
    return Standing(used_up=used_up, saving=frozenset(saving), usd=usd)
