"""Keep a device of ours for every camera that was described, was looked through or has rules.

The device registry is the only memory of this. A device is known by the camera's registry id, so
that it follows a camera that is renamed.
"""

from collections.abc import Iterator
from typing import Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback, split_entity_id
from homeassistant.helpers import area_registry as ar, device_registry as dr, entity_registry as er
from homeassistant.helpers.dispatcher import async_dispatcher_send
from homeassistant.util.signal_type import SignalType

from ..const import DOMAIN
from ..pictures.rules import EntityRef, all_rules
from ..pictures.views import DOMAINS, name_of
from . import EyewitnessConfigEntry

SIGNAL_CAMERA_ADDED: SignalType[EntityRef] = SignalType(f"{DOMAIN}_camera_added")
"""Sent with every camera that gets a device, for the platforms to add its entities."""
_PREFIX: Final = "camera_"


def device_key(camera: EntityRef) -> str:
    """Return the identifier of a camera's device; its entities' unique ids begin with it."""
    return f"{_PREFIX}{camera.registry_id or camera.entity_id}"


def cameras(hass: HomeAssistant, entry: ConfigEntry) -> list[EntityRef]:
    """Return the cameras that have a device."""
    return [camera for _, camera in _devices(hass, entry)]


def camera_of(hass: HomeAssistant, device: dr.DeviceEntry) -> EntityRef | None:
    """Return the camera that a device of ours is for, None for a device of another kind."""
    for domain, key in device.identifiers:
        if domain == DOMAIN and key.startswith(_PREFIX):
            return EntityRef.find(hass, key.removeprefix(_PREFIX))
    return None


def has_rules(hass: HomeAssistant, entry: ConfigEntry, camera: EntityRef) -> bool:
    """Return whether a camera has rules: as long as it has, its device stays."""
    return any(device_key(camera) == device_key(each) for each in _with_rules(hass, entry))


@callback
def async_follow(hass: HomeAssistant, entry: EyewitnessConfigEntry) -> None:
    """Keep up with cameras and rules from now on, and take up what became of them since."""

    @callback
    def follow(_: object = None) -> None:
        for device, camera in _devices(hass, entry):
            _async_update(hass, entry, device, camera)
        for camera in _with_rules(hass, entry):
            async_add(hass, entry, camera)

    async def changed(_hass: HomeAssistant, _entry: EyewitnessConfigEntry) -> None:
        follow()

    follow()
    for stop in (
        entry.add_update_listener(changed),
        hass.bus.async_listen(er.EVENT_ENTITY_REGISTRY_UPDATED, follow, event_filter=_matters),
        hass.bus.async_listen(dr.EVENT_DEVICE_REGISTRY_UPDATED, follow),
    ):
        entry.async_on_unload(stop)


@callback
def _matters(event_data: er.EventEntityRegistryUpdatedData) -> bool:
    """Return whether a camera may have changed; a large home registers thousands of others."""
    return split_entity_id(event_data["entity_id"])[0] in DOMAINS


@callback
def async_add(hass: HomeAssistant, entry: EyewitnessConfigEntry, camera: EntityRef) -> str:
    """Return the id of a camera's device, which is made when there is none."""
    registry = dr.async_get(hass)
    identifier = (DOMAIN, device_key(camera))
    if known := registry.async_get_device_by_identifier(identifier, entry.entry_id):
        return known.id
    ours = registry.async_get_device_by_identifier((DOMAIN, entry.entry_id), entry.entry_id)
    device = registry.async_get_or_create(
        config_entry_id=entry.entry_id,
        identifiers={identifier},
        entry_type=dr.DeviceEntryType.SERVICE,
        manufacturer="Eyewitness",
        name=name_of(hass, camera.entity_id),
        suggested_area=_area(hass, camera),
        via_device_id=ours.id if ours else None,
    )
    async_dispatcher_send(hass, SIGNAL_CAMERA_ADDED, camera)
    return device.id


@callback
def _async_update(
    hass: HomeAssistant, entry: EyewitnessConfigEntry, device: dr.DeviceEntry, camera: EntityRef
) -> None:
    """Name a device like its camera, and remove it with the camera or with the camera's key."""
    registry = dr.async_get(hass)
    if camera.registry_id is None and "." not in camera.entity_id:
        registry.async_remove_device(device.id)
    elif (DOMAIN, device_key(camera)) not in device.identifiers:
        # The registry knows it by now; its entities are known by the device's key, and go along.
        registry.async_remove_device(device.id)
        async_add(hass, entry, camera)
    elif (name := name_of(hass, camera.entity_id)) not in {device.name, camera.entity_id}:
        registry.async_update_device(device.id, name=name)


def _devices(hass: HomeAssistant, entry: ConfigEntry) -> list[tuple[dr.DeviceEntry, EntityRef]]:
    registry = dr.async_get(hass)
    return [
        (device, camera)
        for device in dr.async_entries_for_config_entry(registry, entry.entry_id)
        if (camera := camera_of(hass, device)) is not None
    ]


def _with_rules(hass: HomeAssistant, entry: ConfigEntry) -> Iterator[EntityRef]:
    """Yield the cameras that have rules and exist."""
    for rules in all_rules(entry):
        camera = EntityRef.find(hass, rules.entities[0].current_entity_id(hass))
        if camera.registry_id or hass.states.get(camera.entity_id):
            yield camera


def _area(hass: HomeAssistant, camera: EntityRef) -> str | None:
    """Return the name of the area that a camera, or else its device, is in."""
    if (entity := er.async_get(hass).async_get(camera.entity_id)) is None:
        return None
    area_id = er.async_get_effective_area_id(hass, entity)
    area = ar.async_get(hass).async_get_area(area_id) if area_id else None
    return area.name if area else None
