"""Keep the price table up to date."""

from datetime import datetime, timedelta
from typing import Final

from homeassistant.core import HassJob, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later, async_track_time_interval

from ..const import CONF_LOCAL
from ..providers import prices
from . import EyewitnessConfigEntry

_FIRST: Final = timedelta(minutes=15)
"""After the start, when Home Assistant has less to do; what was fetched before is forgotten."""
_INTERVAL: Final = timedelta(weeks=1)


@callback
def async_follow(hass: HomeAssistant, entry: EyewitnessConfigEntry) -> None:
    """Fetch the prices soon and then every week, until the entry is unloaded.

    A house whose servers are all its own has no use for prices, and asks nobody for them.
    """
    if all(each.data.get(CONF_LOCAL) for each in entry.runtime_data.settings.providers.values()):
        return

    async def refresh(_now: datetime) -> None:
        await hass.async_add_executor_job(prices.refresh)

    first = HassJob(refresh, cancel_on_shutdown=True)
    entry.async_on_unload(async_call_later(hass, _FIRST, first))
    entry.async_on_unload(
        async_track_time_interval(hass, refresh, _INTERVAL, cancel_on_shutdown=True)
    )
