"""Describe the devices and what their entities share."""

from collections.abc import Callable, Iterable
from typing import override

from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.device_registry import DeviceEntryType, DeviceInfo
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.entity import Entity, EntityDescription
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import CONF_KIND, DOMAIN, NAMES
from .pictures.rules import EntityRef
from .pipeline.publish import SIGNAL_PUBLISHED
from .pipeline.record import EventRecord
from .runtime import EyewitnessConfigEntry
from .runtime.accounts import SIGNAL_ACCOUNTS
from .runtime.camera_devices import SIGNAL_CAMERA_ADDED, cameras, device_key


class EyewitnessEntity(Entity):
    """An entity that shows something of the runtime, anew after the events that concern it."""

    _attr_has_entity_name = True
    _attr_should_poll = False

    def __init__(
        self,
        entry: EyewitnessConfigEntry,
        description: EntityDescription,
        subentry: ConfigSubentry | None = None,
    ) -> None:
        """Put it on a provider's device, or without a subentry on that of Eyewitness."""
        self.entity_description = description
        self.runtime = entry.runtime_data
        owner = subentry.subentry_id if subentry else entry.entry_id
        self._attr_unique_id = f"{owner}_{description.key}"
        self._attr_device_info = DeviceInfo(
            identifiers={(DOMAIN, owner)},
            entry_type=DeviceEntryType.SERVICE,
            name=subentry.title if subentry else entry.title,
            manufacturer=NAMES[subentry.data[CONF_KIND]] if subentry else "Eyewitness",
        )

    @override
    async def async_added_to_hass(self) -> None:
        """Listen to the events, and to when the ledger can be read."""
        self.async_on_remove(
            async_dispatcher_connect(self.hass, SIGNAL_PUBLISHED, self._async_published)
        )
        self.async_on_remove(
            async_dispatcher_connect(self.hass, SIGNAL_ACCOUNTS, self.async_write_ha_state)
        )

    @callback
    def _async_published(self, record: EventRecord) -> None:
        """Show what the event has changed."""
        self.async_write_ha_state()


class ProviderEntity(EyewitnessEntity):
    """An entity of one provider."""

    def __init__(
        self,
        entry: EyewitnessConfigEntry,
        description: EntityDescription,
        subentry: ConfigSubentry,
    ) -> None:
        """Put it on the provider's device."""
        super().__init__(entry, description, subentry)
        self._provider_id = subentry.subentry_id

    @override
    @callback
    def _async_published(self, record: EventRecord) -> None:
        """Show what the event has changed, if it has asked this provider."""
        if any(attempt.provider_id == self._provider_id for attempt in record.attempts):
            super()._async_published(record)


class CameraEntity(EyewitnessEntity):
    """An entity of one camera, on the device that we keep for it."""

    def __init__(
        self, entry: EyewitnessConfigEntry, description: EntityDescription, camera: EntityRef
    ) -> None:
        """Put it on the camera's device, which has its name and its area already."""
        super().__init__(entry, description)
        self._entry = entry
        self._camera = camera
        self._attr_unique_id = f"{device_key(camera)}_{description.key}"
        self._attr_device_info = DeviceInfo(identifiers={(DOMAIN, device_key(camera))})

    @property
    def camera_id(self) -> str:
        """Return the present entity id of the camera, which a person may have changed."""
        return self._camera.current_entity_id(self.hass)

    @override
    @callback
    def _async_published(self, record: EventRecord) -> None:
        """Show what the event has changed, if it was this camera's."""
        if record.camera == self.camera_id:
            super()._async_published(record)


@callback
def async_add_for_cameras(
    hass: HomeAssistant,
    entry: EyewitnessConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
    make: Callable[[EntityRef], Iterable[CameraEntity]],
) -> None:
    """Add the entities of every camera that has a device, and of each that gets one later."""

    @callback
    def add(camera: EntityRef) -> None:
        async_add_entities(make(camera))

    for camera in cameras(hass, entry):
        add(camera)
    entry.async_on_unload(async_dispatcher_connect(hass, SIGNAL_CAMERA_ADDED, add))
