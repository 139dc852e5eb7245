"""Let another day begin in the accounts, also when nothing happens."""

from datetime import datetime
from typing import Final

from homeassistant.const import EVENT_CORE_CONFIG_UPDATE
from homeassistant.core import CALLBACK_TYPE, Event, HassJob, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later
from homeassistant.util import dt as dt_util

from . import EyewitnessConfigEntry

_MINUTE: Final = 60


@callback
def async_follow(hass: HomeAssistant, entry: EyewitnessConfigEntry) -> None:
    """Look at the calendar at every full minute, until the entry is unloaded.

    Not at midnight alone: a clock that is set lets a day begin at any time, and a timer for
    midnight would wait until one that was set back has caught up. Another time zone is another day
    at once.
    """
    accounts = entry.runtime_data.accounts
    stop: CALLBACK_TYPE

    @callback
    def begin_minute(now: datetime) -> None:
        nonlocal stop
        stop = async_call_later(hass, _MINUTE - now.second, minute)
        accounts.async_look_at_calendar()

    @callback
    def change_settings(_event: Event) -> None:
        accounts.async_look_at_calendar()

    @callback
    def end() -> None:
        stop()

    minute = HassJob(begin_minute, cancel_on_shutdown=True)
    stop = async_call_later(hass, _MINUTE - dt_util.utcnow().second, minute)
    entry.async_on_unload(end)
    entry.async_on_unload(hass.bus.async_listen(EVENT_CORE_CONFIG_UPDATE, change_settings))
