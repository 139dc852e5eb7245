"""Tell the system page how Eyewitness is doing."""

from typing import Any, Final

from homeassistant.components import system_health
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant, callback
from homeassistant.loader import async_get_integration
from yarl import URL

from .const import BASE_URLS, CONF_BASE_URL, CONF_KIND, DOMAIN
from .ledger.errors import LedgerError
from .runtime import EyewitnessConfigEntry, Runtime
from .runtime.accounts import Accounts
from .runtime.outcome_texts import async_number
from .runtime.settings import provider_order

HOSTS: Final = {kind: str(URL(url).origin()) for kind, url in BASE_URLS.items()}
"""Where each company's API is; an address that a user entered is never asked from here."""
_UNITS: Final = ("kB", "MB", "GB")
_THOUSAND: Final = 1000


@callback
def async_register(hass: HomeAssistant, register: system_health.SystemHealthRegistration) -> None:
    """Offer the information."""
    register.async_register_info(async_info)


async def async_info(hass: HomeAssistant) -> dict[str, Any]:
    """Return what the page shows; what only a loaded entry knows is left out without one."""
    info: dict[str, Any] = {"version": str((await async_get_integration(hass, DOMAIN)).version)}
    entries: list[EyewitnessConfigEntry] = hass.config_entries.async_entries(DOMAIN)
    entry = entries[0] if entries else None
    providers = [entry.subentries[key] for key in provider_order(entry)] if entry else []
    info["providers"] = len(providers)
    if entry and entry.state is ConfigEntryState.LOADED:
        info |= await _runtime_info(hass, entry.runtime_data)
    direct = {item.data[CONF_KIND] for item in providers if not item.data.get(CONF_BASE_URL)}
    # Last, since nobody would await these if something above failed.
    return info | {
        f"can_reach_{kind}": system_health.async_check_can_reach_url(hass, host)
        for kind, host in HOSTS.items()
        if kind in direct
    }


async def _runtime_info(hass: HomeAssistant, runtime: Runtime) -> dict[str, Any]:
    known = [runtime.chain.health(key) for key in runtime.providers]
    return {
        "resting": sum(health.circuit_open or health.cooldown_left > 0 for health in known),
        **await _async_sizes(hass, runtime.accounts),
        **await _async_costs(hass, runtime.accounts),
        "master_key": runtime.master_key_source,
    }


async def _async_sizes(hass: HomeAssistant, accounts: Accounts) -> dict[str, str | int]:
    """Return how much is kept, or that only the unreadable file knows it."""
    try:
        size = await hass.async_add_executor_job(accounts.ledger.size)
    except LedgerError:
        return dict.fromkeys(("ledger_size", "history_events", "history_size"), "unknown")
    return {
        "ledger_size": await _async_human(hass, size.bytes),
        "history_events": size.events,
        "history_size": await _async_human(hass, size.picture_bytes),
    }


async def _async_costs(hass: HomeAssistant, accounts: Accounts) -> dict[str, str]:
    """Return what today and this month cost, or that only the unreadable file knows it."""
    spent = {"cost_today": accounts.today, "cost_this_month": accounts.month}
    if not accounts.complete:
        return dict.fromkeys(spent, "unknown")
    return {
        name: f"{await async_number(hass, f'{each.cost:.4f}')} USD" for name, each in spent.items()
    }


async def _async_human(hass: HomeAssistant, size: float) -> str:
    """Return a size as people write it: 1.2 MB."""
    unit = "B"
    for larger in _UNITS:
        # What would be rounded to 1000 of a unit is one of the next.
        if round(size) < _THOUSAND:
            break
        size, unit = size / _THOUSAND, larger
    number = await async_number(hass, f"{size:.0f}" if unit == "B" else f"{size:.1f}")
    return f"{number} {unit}"
