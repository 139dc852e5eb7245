"""Offer what the cards ask for; registered once, whatever becomes of the entry."""

from homeassistant.components import websocket_api
from homeassistant.core import HomeAssistant, callback

from .api import masks, usage


@callback
def async_setup(hass: HomeAssistant) -> None:
    """Register every command and every view."""
    for command in (
        usage.handle_get,
        usage.handle_subscribe,
        masks.handle_get,
        masks.handle_preview,
        masks.handle_save,
    ):
        websocket_api.async_register_command(hass, command)
