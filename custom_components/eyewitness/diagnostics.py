"""Say how Eyewitness is doing, in a file that a user may show to strangers.

Built by allow-list: each value is named here, and nothing that a user, a camera or a model wrote is
among them, except the ids of models.
"""

from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from math import isfinite
import re
import sys
from time import time
from typing import Any, Final

from homeassistant.config_entries import ConfigEntryState, ConfigSubentry
from homeassistant.core import HomeAssistant
from homeassistant.loader import async_get_integration

from .chain.attempt import Attempt
from .chain.health import Health
from .chain.text import clean
from .const import (
    CONF_BASE_URL,
    CONF_KIND,
    CONF_MODEL,
    DOMAIN,
    SUBENTRY_CAMERA,
)
from .ledger.errors import LedgerError
from .ledger.rows import Period, Spent, Totals, UsageRow
from .pipeline.budget import expected_usd, free
from .providers.base import VendorProvider
from .runtime import EyewitnessConfigEntry, Runtime
from .runtime.accounts import Accounts
from .runtime.settings import LIMITS, provider_order

_LIBRARIES: Final = {
    "openai": "openai",
    "anthropic": "anthropic",
    "google.genai": "google-genai",
    "genai_prices": "genai-prices",
    "json_repair": "json-repair",
}
"""Packages by the modules they bring."""
_ROWS: Final = 20
_MODEL_CHARS: Final = 100
_MODEL: Final = re.compile(r"(?!.*//)[\w.:/@-]+")
"""What an id looks like, and an address does not."""


async def async_get_config_entry_diagnostics(
    hass: HomeAssistant, entry: EyewitnessConfigEntry
) -> Mapping[str, Any]:
    """Return what helps to find out why something does not work."""
    ours = (await async_get_integration(hass, DOMAIN)).version
    libraries = await hass.async_add_executor_job(_libraries)
    runtime = entry.runtime_data if entry.state is ConfigEntryState.LOADED else None
    order = provider_order(entry)
    return {
        "versions": {DOMAIN: str(ours), **libraries},
        "state": entry.state.value,
        "reason": entry.error_reason_translation_key,
        "options": {
            "order": [str(entry.subentries[key].data[CONF_KIND]) for key in order],
            **{name: entry.options.get(name) for name in LIMITS},
        },
        "cameras": len(list(entry.get_subentries_of_type(SUBENTRY_CAMERA))),
        "providers": [_provider(entry.subentries[key], runtime) for key in order],
        "runs": runtime and {"running": runtime.runs.running, "waiting": runtime.runs.waiting},
        "budget": runtime and _budget(runtime),
        "master_key": runtime
        and {"source": runtime.master_key_source, "keys": runtime.master_keys},
        "ledger": runtime and await hass.async_add_executor_job(_ledger, runtime.accounts),
        "spent": runtime
        and {period.value: _spent(runtime.accounts.spent(period)) for period in Period},
    }


def _budget(runtime: Runtime) -> dict[str, Any]:
    """Return the limits, and what is used of each; no camera is named."""
    budget, costless = runtime.settings.budget, free(expected_usd(runtime))
    stored = runtime.settings.providers
    return {
        "limits": [
            {
                "provider": limit.provider_id and str(stored[limit.provider_id].data[CONF_KIND]),
                "period": limit.period.value,
                "unit": limit.unit.value,
                "most": limit.most,
                "used": round(runtime.expenses.used(limit, costless), 6),
            }
            for limit in budget.limits
        ],
        "free": len(costless),
        "reserve_cameras": len(budget.reserve_cameras),
        "reserve_percent": budget.reserve_percent,
    }


def _libraries() -> dict[str, str | None]:
    """Return the versions of the libraries that are in use; blocking, since it reads files."""
    return {
        package: _version(package) if module in sys.modules else None
        for module, package in _LIBRARIES.items()
    }


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _provider(subentry: ConfigSubentry, runtime: Runtime | None) -> dict[str, Any]:
    key, data = subentry.subentry_id, subentry.data
    stored: dict[str, Any] = {
        "kind": str(data[CONF_KIND]),
        "own_address": bool(data.get(CONF_BASE_URL)),
        "model": _model(data[CONF_MODEL]),
    }
    if runtime is None:
        return stored
    usable = runtime.providers.get(key)
    return {
        **stored,
        "chosen_model": _model(usable.model) if usable else None,
        "left_out": runtime.left_out.get(key),
        "key_refused": key in runtime.refused,
        "models": _models(usable) if usable else None,
        "health": _health(runtime.chain.health(key)) if usable else None,
        "last": [_attempt(each) for each in reversed(runtime.last_attempts.get(key, ()))],
        "totals": _totals(runtime.accounts.totals.get(key, Totals())),
    }


def _models(provider: VendorProvider) -> dict[str, Any]:
    """Return what was learnt of the models; the parameters are named by us."""
    return {
        "listed": provider.chosen.listed,
        "missing": sorted(_model(model) for model in provider.chosen.missing),
        "dropped_parameters": {
            _model(model): sorted(names) for model, names in provider.dropped_parameters.items()
        },
    }


def _attempt(attempt: Attempt) -> dict[str, Any]:
    return {
        "seconds_ago": max(0, round(time() - attempt.ended)),
        "model": _model(attempt.model),
        "outcome": attempt.outcome,
        "status": attempt.status,
        "response_time_ms": attempt.response_time_ms,
    }


def _health(health: Health) -> dict[str, Any]:
    left = health.cooldown_left
    return {
        "circuit_open": health.circuit_open,
        "circuit_openings": health.openings,
        "circuit_seconds_left": round(health.open_left),
        "cooldown_failure": health.cooldown_failure.value
        if left and health.cooldown_failure
        else None,
        # JSON knows no infinity: a refused key waits for a person.
        "cooldown_seconds_left": round(left) if isfinite(left) else "endless",
    }


def _totals(totals: Totals) -> dict[str, Any]:
    return {
        "calls": totals.calls,
        "answers": totals.answers,
        "failures": totals.failures,
        "recent": {"requests": len(totals.recent), "answers": sum(totals.recent)},
        "outcome": totals.outcome,
        "response_time_ms": totals.response_time_ms,
        "input_tokens": totals.input_tokens,
        "output_tokens": totals.output_tokens,
        "cost": round(totals.cost, 6),
    }


def _spent(spent: Spent) -> dict[str, Any]:
    return {
        "calls": spent.calls,
        "cost": round(spent.cost, 6),
        "descriptions": spent.descriptions,
        "saved_calls": spent.saved_calls,
        "saved_cost": round(spent.saved_cost, 6),
    }


def _ledger(accounts: Accounts) -> dict[str, Any]:
    """Return the size and the last rows; blocking."""
    ledger, unwritten = accounts.ledger, len(accounts.line)
    try:
        size, rows = ledger.size(), ledger.recent(_ROWS)
    except LedgerError as err:
        return {"error": str(err), "unwritten": unwritten}
    return {
        "bytes": size.bytes,
        "rows": size.rows,
        "events": size.events,
        "picture_bytes": size.picture_bytes,
        "unwritten": unwritten,
        "recent": [_row(row) for row in rows],
    }


def _row(row: UsageRow) -> dict[str, Any]:
    return {
        "timestamp": row.timestamp,
        "provider": row.provider,
        "model": _model(row.model),
        "outcome": row.outcome,
        "error": row.error,
        "response_time_ms": row.response_time_ms,
        "input_tokens": row.input_tokens,
        "output_tokens": row.output_tokens,
        "image_bytes": row.image_bytes,
    }


def _model(text: str) -> str:
    """Return a model's id, unless it is something else that was typed or sent in its place."""
    return text if clean(text, _MODEL_CHARS) == text and _MODEL.fullmatch(text) else "not an id"
