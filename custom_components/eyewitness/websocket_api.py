"""Offer what the cards ask for; registered once, whatever becomes of the entry."""

from typing import Final

from homeassistant.components.websocket_api import async_register_command
from homeassistant.core import HomeAssistant, callback

from .api import events, masks, usage
from .api.pictures import EventPictureView

COMMANDS: Final = (
    events.list_events,
    events.get_event,
    events.subscribe_events,
    events.list_cameras,
    usage.get_usage,
    usage.subscribe_usage,
    masks.get_masks,
    masks.preview_masks,
    masks.save_masks,
)


@callback
def async_setup(hass: HomeAssistant) -> None:
    """Register every command and every view."""
    for command in COMMANDS:
        async_register_command(hass, command)
    hass.http.register_view(EventPictureView)
