"""Tell the usage card what was spent, as the sensors show it, and again whenever that changes."""

from datetime import timedelta
from math import isfinite
from typing import Any, Final

from homeassistant.components.websocket_api.connection import ActiveConnection
from homeassistant.components.websocket_api.decorators import async_response, websocket_command
from homeassistant.config_entries import SIGNAL_CONFIG_ENTRY_CHANGED
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import Unauthorized
from homeassistant.helpers.debounce import Debouncer
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.util import dt as dt_util
import voluptuous as vol

from ..const import CONF_KIND, LOGGER
from ..ledger.rows import Period, Spent, Totals
from ..pipeline.budget import expected_usd, free
from ..pipeline.publish import SIGNAL_PUBLISHED
from ..runtime import EyewitnessConfigEntry, Runtime, device_models
from ..runtime.accounts import SIGNAL_ACCOUNTS
from ..runtime.budget import Unit
from ..runtime.settings import numbered_titles
from .access import may_see_all
from .commands import Message, loaded_entry, with_entry

_SECONDS: Final = 1.0
"""Between two messages: a burst of events is one change to look at."""
_UNITS: Final = {Unit.COST: "usd", Unit.CALLS: "requests"}


@websocket_command({vol.Required("type"): "eyewitness/usage/get"})
@async_response
@with_entry
async def get_usage(
    hass: HomeAssistant, entry: EyewitnessConfigEntry, connection: ActiveConnection, msg: Message
) -> None:
    """Send what was spent so far."""
    if not may_see_all(connection.user):
        raise Unauthorized
    connection.send_result(msg["id"], usage(hass, entry))


@websocket_command({vol.Required("type"): "eyewitness/usage/subscribe"})
@async_response
@with_entry
async def subscribe_usage(
    hass: HomeAssistant, _entry: EyewitnessConfigEntry, connection: ActiveConnection, msg: Message
) -> None:
    """Send it now, and after everything that may have changed it, also after a reload."""
    if not may_see_all(connection.user):
        raise Unauthorized

    @callback
    def send() -> None:
        entry = loaded_entry(hass)
        if entry is not None and may_see_all(connection.user):
            connection.send_event(msg["id"], usage(hass, entry))

    pace = Debouncer(
        hass, LOGGER, cooldown=_SECONDS, immediate=True, function=send, background=True
    )

    @callback
    def changed(*_: object) -> None:
        pace.async_schedule_call()

    stops = [
        async_dispatcher_connect(hass, SIGNAL_PUBLISHED, changed),
        async_dispatcher_connect(hass, SIGNAL_ACCOUNTS, changed),
        async_dispatcher_connect(hass, SIGNAL_CONFIG_ENTRY_CHANGED, changed),
    ]

    @callback
    def stop() -> None:
        for each in stops:
            each()
        pace.async_shutdown()

    connection.subscriptions[msg["id"]] = stop
    connection.send_result(msg["id"])
    changed()


@callback
def usage(hass: HomeAssistant, entry: EyewitnessConfigEntry) -> dict[str, Any]:
    """Return what the card shows. Costs are USD."""
    runtime = entry.runtime_data
    accounts = runtime.accounts
    return {
        "currency": "USD",
        "complete": accounts.complete,
        "today": _spent(accounts.today),
        "month": _spent(accounts.month),
        "providers": [
            _provider(hass, entry, provider_id, name)
            for provider_id, name in numbered_titles(entry).items()
            if provider_id in runtime.settings.providers
        ],
        "budgets": _budgets(entry),
    }


def _provider(
    hass: HomeAssistant, entry: EyewitnessConfigEntry, provider_id: str, name: str
) -> dict[str, Any]:
    runtime = entry.runtime_data
    accounts = runtime.accounts
    totals = accounts.totals.get(provider_id, Totals())
    return {
        "id": provider_id,
        "kind": runtime.settings.providers[provider_id].data[CONF_KIND],
        "name": name,
        "model": device_models.async_shown(hass, entry, provider_id),
        "status": totals.status,
        "left_out": runtime.left_out.get(provider_id),
        "until": _until(runtime, provider_id),
        "today": _requests(accounts.spent(Period.DAY, provider_id)),
        "month": _requests(accounts.spent(Period.MONTH, provider_id)),
        "success_rate": totals.success_rate,
    }


def _until(runtime: Runtime, provider_id: str) -> str | None:
    """Return until when a provider rests, None if it does not, or until somebody mends it."""
    if provider_id not in runtime.providers:
        return None
    seconds = runtime.seconds_to_next_try(provider_id)
    if not seconds or not isfinite(seconds):
        return None
    return (dt_util.utcnow() + timedelta(seconds=seconds)).isoformat()


def _budgets(entry: EyewitnessConfigEntry) -> list[dict[str, Any]]:
    runtime = entry.runtime_data
    names = numbered_titles(entry)
    costless = free(expected_usd(runtime))
    return [
        {
            "scope": limit.provider_id or "all",
            "name": names.get(limit.provider_id or ""),
            "period": limit.period.value,
            "unit": _UNITS[limit.unit],
            "limit": limit.most,
            "spent": round(runtime.expenses.booked(limit, costless), 6),
        }
        for limit in runtime.settings.budget.limits
    ]


def _spent(spent: Spent) -> dict[str, Any]:
    return _requests(spent) | {"descriptions": spent.descriptions}


def _requests(spent: Spent) -> dict[str, Any]:
    return {"cost": round(spent.cost, 6), "requests": spent.calls}
