"""Fire the two events: the only module that does."""

from collections.abc import Mapping
from typing import Any

from homeassistant.core import Context, HomeAssistant, callback

from ..const import EVENT_DESCRIBED, EVENT_FAILED


@callback
def async_fire_described(hass: HomeAssistant, data: Mapping[str, Any], context: Context) -> None:
    """Tell everybody what was seen."""
    hass.bus.async_fire(EVENT_DESCRIBED, dict(data), context=context)


@callback
def async_fire_failed(hass: HomeAssistant, data: Mapping[str, Any], context: Context) -> None:
    """Tell everybody that an event could not be described, and why."""
    hass.bus.async_fire(EVENT_FAILED, dict(data), context=context)
