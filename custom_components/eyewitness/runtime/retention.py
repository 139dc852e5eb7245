"""Delete requests and events that are older than a user wants to keep them."""

from datetime import datetime, timedelta
from typing import Final

from homeassistant.core import HassJob, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later, async_track_time_interval
from homeassistant.util import dt as dt_util

from . import EyewitnessConfigEntry

_FIRST: Final = timedelta(minutes=20)
"""After the start, when Home Assistant has less to do."""
_INTERVAL: Final = timedelta(days=1)


@callback
def async_follow(hass: HomeAssistant, entry: EyewitnessConfigEntry) -> None:
    """Look soon and then every day for rows that are too old, until the entry is unloaded."""

    @callback
    def look(_now: datetime) -> None:
        runtime = entry.runtime_data
        runtime.history.async_care()
        if days := runtime.settings.retention_days:
            before = (dt_util.utcnow() - timedelta(days=days)).isoformat()
            entry.async_create_background_task(
                hass, runtime.accounts.writer.async_forget(before), "eyewitness retention"
            )

    first = HassJob(look, cancel_on_shutdown=True)
    entry.async_on_unload(async_call_later(hass, _FIRST, first))
    entry.async_on_unload(async_track_time_interval(hass, look, _INTERVAL, cancel_on_shutdown=True))
