"""Let kept pictures follow the rules, the names and the devices of their cameras."""

from typing import Any

from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers import device_registry as dr, entity_registry as er

from . import EyewitnessConfigEntry
from .camera_devices import cameras
from .renamed_cameras import is_renamed


@callback
def async_follow(hass: HomeAssistant, entry: EyewitnessConfigEntry) -> None:
    """Paint them over as the rules say now, move them when a camera is renamed, and more.

    The last picture of a camera goes with the camera's device.
    """

    @callback
    def renamed(event: Event[Any]) -> None:
        old, new = event.data["old_entity_id"], event.data["entity_id"]
        for kept in (entry.runtime_data.kept, entry.runtime_data.last_pictures):
            hass.async_create_background_task(
                kept.async_rename(hass, old, new), "eyewitness rename of kept pictures"
            )

    @callback
    def removed(event: Event[Any]) -> None:
        if event.data["action"] == "remove":
            _async_tidy(hass, entry)

    for stop in (
        hass.bus.async_listen(er.EVENT_ENTITY_REGISTRY_UPDATED, renamed, event_filter=is_renamed),
        hass.bus.async_listen(dr.EVENT_DEVICE_REGISTRY_UPDATED, removed),
    ):
        entry.async_on_unload(stop)
    async_repaint(hass, entry)


@callback
def async_repaint(hass: HomeAssistant, entry: EyewitnessConfigEntry) -> None:
    """Begin to paint them over; a reload does not stop it, or half of them would show more."""
    _async_tidy(hass, entry)
    entry.runtime_data.history.async_care()
    for kept in (entry.runtime_data.kept, entry.runtime_data.last_pictures):
        hass.async_create_background_task(
            kept.async_repaint(hass), "eyewitness paint of kept pictures"
        )


@callback
def _async_tidy(hass: HomeAssistant, entry: EyewitnessConfigEntry) -> None:
    """Begin to delete the last pictures that nobody shows, or that are not to be kept any more."""
    runtime = entry.runtime_data

    def stay() -> set[str]:
        present = {camera.current_entity_id(hass) for camera in cameras(hass, entry)}
        return {camera for camera in present if runtime.rules_for(hass, camera).keep}

    hass.async_create_background_task(
        runtime.last_pictures.async_remove_others(hass, stay),
        "eyewitness removal of last pictures",
        eager_start=False,  # a device may just be replaced by another one of the same camera
    )
