"""Describe the devices and what their entities share."""

from typing import override

from homeassistant.config_entries import ConfigSubentry
from homeassistant.helpers.device_registry import DeviceEntryType, DeviceInfo
from homeassistant.helpers.entity import Entity, EntityDescription

from .const import CONF_KIND, CONF_MODEL, DOMAIN, NAMES
from .runtime import EyewitnessConfigEntry


class EyewitnessEntity(Entity):
    """Show something of the runtime, anew after every event."""

    _attr_has_entity_name = True
    _attr_should_poll = False

    def __init__(
        self,
        entry: EyewitnessConfigEntry,
        description: EntityDescription,
        subentry: ConfigSubentry | None = None,
    ) -> None:
        """Belong to a provider's device, or without a subentry to that of Eyewitness."""
        self.entity_description = description
        self.runtime = entry.runtime_data
        owner = subentry.subentry_id if subentry else entry.entry_id
        self._attr_unique_id = f"{owner}_{description.key}"
        self._attr_device_info = DeviceInfo(
            identifiers={(DOMAIN, owner)},
            entry_type=DeviceEntryType.SERVICE,
            name=subentry.title if subentry else entry.title,
            manufacturer=NAMES[subentry.data[CONF_KIND]] if subentry else "Eyewitness",
            model=subentry.data[CONF_MODEL] if subentry else None,
        )

    @override
    async def async_added_to_hass(self) -> None:
        """Listen to the events."""
        self.async_on_remove(self.runtime.async_subscribe(self.async_write_ha_state))


class ProviderEntity(EyewitnessEntity):
    """Show something of one provider."""

    def __init__(
        self,
        entry: EyewitnessConfigEntry,
        description: EntityDescription,
        subentry: ConfigSubentry,
    ) -> None:
        """Belong to the provider's device."""
        super().__init__(entry, description, subentry)
        self._provider_id = subentry.subentry_id
