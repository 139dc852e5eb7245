"""Let kept pictures follow the rules and the names of their cameras."""

from typing import Any

from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers import entity_registry as er

from . import EyewitnessConfigEntry
from .renamed_cameras import is_renamed


@callback
def async_follow(hass: HomeAssistant, entry: EyewitnessConfigEntry) -> None:
    """Paint them over as the rules say now, and move them when a camera is renamed."""

    @callback
    def renamed(event: Event[Any]) -> None:
        old, new = event.data["old_entity_id"], event.data["entity_id"]
        hass.async_create_background_task(
            entry.runtime_data.kept.async_rename(hass, old, new),
            "eyewitness rename of kept pictures",
        )

    entry.async_on_unload(
        hass.bus.async_listen(er.EVENT_ENTITY_REGISTRY_UPDATED, renamed, event_filter=is_renamed)
    )
    async_repaint(hass, entry)


@callback
def async_repaint(hass: HomeAssistant, entry: EyewitnessConfigEntry) -> None:
    """Begin to paint them over; a reload does not stop it, or half of them would show more."""
    hass.async_create_background_task(
        entry.runtime_data.kept.async_repaint(hass), "eyewitness paint of kept pictures"
    )
