"""Read the entry: the user's order, limits and cameras, and how to reach each provider."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry

from ..chain import policy
from ..const import (
    CONF_ATTEMPT_SECONDS,
    CONF_BASE_URL,
    CONF_BUDGET,
    CONF_COOLDOWN_SECONDS,
    CONF_HEDGE_SECONDS,
    CONF_HISTORY_DAYS,
    CONF_HISTORY_MEGABYTES,
    CONF_KIND,
    CONF_LOCAL,
    CONF_MODEL,
    CONF_PRICE_INPUT,
    CONF_PRICE_OUTPUT,
    CONF_PROVIDER_ORDER,
    CONF_RETENTION_DAYS,
    CONF_TOTAL_SECONDS,
    KINDS,
    SUBENTRY_PROVIDER,
)
from ..pictures.rules import StoredRules, all_rules
from ..providers.spec import AUTO, Rates, Spec
from .budget import Budget

LIMITS: Final[Mapping[str, float]] = {
    CONF_TOTAL_SECONDS: policy.TOTAL_SECONDS,
    CONF_ATTEMPT_SECONDS: policy.ATTEMPT_SECONDS,
    CONF_HEDGE_SECONDS: 0.0,
    CONF_COOLDOWN_SECONDS: 0.0,
}
"""The limits that a user may change, with their defaults; the names are fields of ``Settings``."""
RETENTION_DAYS: Final = 365
"""How long the ledger keeps the rows of requests, unless a user wants something else."""
HISTORY_DAYS: Final = 30
"""How long the history keeps events, and how large their pictures may be, unless a user wants
something else."""
HISTORY_MEGABYTES: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredProvider:
    """A provider as it is stored."""

    title: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All that the entry says."""

    providers: Mapping[str, StoredProvider]
    """By subentry id; another key, model, address or title needs a reload."""
    order: tuple[str, ...]
    """Their subentry ids in the user's order."""
    cameras: tuple[StoredRules, ...]
    total_seconds: float
    attempt_seconds: float
    hedge_seconds: float
    """0 for no hedging."""
    cooldown_seconds: float
    """How long a camera's last answer is good enough."""
    retention_days: int
    """How long the ledger keeps the rows of requests; 0 for ever."""
    history_days: int
    """How long the history keeps events; 0 for ever."""
    history_megabytes: int
    """How large the pictures of the history may be, all together."""
    budget: Budget


def read_settings(entry: ConfigEntry) -> Settings:
    """Return what the entry says now."""
    limits = {name: entry.options.get(name, default) for name, default in LIMITS.items()}
    providers = {
        subentry.subentry_id: StoredProvider(title=subentry.title, data=dict(subentry.data))
        for subentry in entry.get_subentries_of_type(SUBENTRY_PROVIDER)
    }
    return Settings(
        providers=providers,
        order=tuple(provider_order(entry)),
        cameras=all_rules(entry),
        retention_days=int(entry.options.get(CONF_RETENTION_DAYS, RETENTION_DAYS)),
        history_days=int(entry.options.get(CONF_HISTORY_DAYS, HISTORY_DAYS)),
        history_megabytes=int(entry.options.get(CONF_HISTORY_MEGABYTES, HISTORY_MEGABYTES)),
        budget=Budget.read(
            entry.options.get(CONF_BUDGET, {}),
            {key: each.data.get(CONF_BUDGET, {}) for key, each in providers.items()},
        ),
        **limits,
    )


def provider_order(entry: ConfigEntry) -> list[str]:
    """Return the subentry ids in the user's order.

    A provider that the user has not placed yet goes where the default order puts its vendor:
    before the first placed one that comes later by default.
    """
    kinds = {
        subentry.subentry_id: str(subentry.data[CONF_KIND])
        for subentry in entry.get_subentries_of_type(SUBENTRY_PROVIDER)
    }
    order = [key for key in entry.options.get(CONF_PROVIDER_ORDER, []) if key in kinds]
    for key in sorted(kinds.keys() - set(order), key=lambda key: (KINDS.index(kinds[key]), key)):
        rank = KINDS.index(kinds[key])
        place = next(
            (i for i, other in enumerate(order) if KINDS.index(kinds[other]) > rank), len(order)
        )
        order.insert(place, key)
    return order


def numbered_titles(entry: ConfigEntry) -> dict[str, str]:
    """Return the providers' titles in the user's order, by subentry id; no two are alike."""
    names: dict[str, str] = {}
    for key in provider_order(entry):
        number, name = 1, entry.subentries[key].title
        while name in names.values():
            number += 1
            name = f"{entry.subentries[key].title} ({number})"
        names[key] = name
    return names


def spec_of(data: Mapping[str, Any], api_key: str, provider_id: str = "") -> Spec:
    """Return how to reach a provider, from its subentry's data and its decrypted key."""
    has_price = CONF_PRICE_INPUT in data and CONF_PRICE_OUTPUT in data
    return Spec(
        id=provider_id,
        kind=data[CONF_KIND],
        api_key=api_key,
        model=data.get(CONF_MODEL, AUTO),
        base_url=data[CONF_BASE_URL],
        local=data.get(CONF_LOCAL, False),
        rates=Rates(data[CONF_PRICE_INPUT], data[CONF_PRICE_OUTPUT]) if has_price else None,
    )
