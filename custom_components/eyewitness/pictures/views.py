"""Find out where else Home Assistant shows what a camera sees."""

from typing import Final

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er

from ..const import DOMAIN

DOMAINS: Final = ("camera", "image")
"""What can be described, and so needs rules."""


def other_views(hass: HomeAssistant, entity_id: str) -> list[er.RegistryEntry]:
    """Return the other cameras and images of an entity's device, sorted by entity id.

    Each integration has a device entry of its own for the same device, so those with the same
    connection or identifier count as well.
    """
    registry = er.async_get(hass)
    camera = registry.async_get(entity_id)
    if camera is None or camera.device_id is None:
        return []
    views = {
        view.entity_id: view
        for device_id in _same_device(hass, camera.device_id)
        for view in er.async_entries_for_device(registry, device_id)
        if view.domain in DOMAINS and view.id != camera.id
    }
    return [views[key] for key in sorted(views)]


def _same_device(hass: HomeAssistant, device_id: str) -> set[str]:
    registry = dr.async_get(hass)
    device = registry.async_get(device_id)
    if not isinstance(device, dr.DeviceEntry):
        return {device_id}
    same = registry.async_get_devices(
        identifiers=device.identifiers, connections=device.connections
    )
    return {device_id, *(each.id for each in same)}


def own_pictures(hass: HomeAssistant) -> list[str]:
    """Return our own image entities: they show what a camera has shown, and are none."""
    entities = er.async_get(hass).entities.values()
    return [each.entity_id for each in entities if is_own(each)]


def is_own(entity: er.RegistryEntry) -> bool:
    """Return whether a picture is one of ours."""
    return entity.platform == DOMAIN and entity.domain in DOMAINS


def name_of(hass: HomeAssistant, entity_id: str) -> str:
    """Return the name of an entity as people see it, the entity id if it has none."""
    entity = er.async_get(hass).async_get(entity_id)
    name = er.async_get_full_entity_name(hass, entity) if entity else ""
    state = hass.states.get(entity_id)
    return name or (state.name if state else entity_id)
