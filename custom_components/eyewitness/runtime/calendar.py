"""Let another day begin in the accounts, also when nothing happens."""

from datetime import timedelta
from typing import Final

from homeassistant.const import EVENT_CORE_CONFIG_UPDATE
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.event import async_track_time_change, async_track_time_interval

from . import EyewitnessConfigEntry

_INTERVAL: Final = timedelta(minutes=1)


@callback
def async_follow(hass: HomeAssistant, entry: EyewitnessConfigEntry) -> None:
    """Look at the calendar at midnight and every minute, until the entry is unloaded.

    A clock that is set lets a day begin at any time, and the timer for midnight waits until one
    that was set back has caught up. Another time zone is another day at once.
    """
    look = entry.runtime_data.accounts.async_look_at_calendar
    for stop in (
        async_track_time_change(hass, look, hour=0, minute=0, second=0),
        async_track_time_interval(hass, look, _INTERVAL, cancel_on_shutdown=True),
        hass.bus.async_listen(EVENT_CORE_CONFIG_UPDATE, look),
    ):
        entry.async_on_unload(stop)
