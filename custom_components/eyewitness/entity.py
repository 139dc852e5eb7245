"""Describe the devices and what their entities share."""

from typing import override

from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import callback
from homeassistant.helpers.device_registry import DeviceEntryType, DeviceInfo
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.entity import Entity, EntityDescription

from .const import CONF_KIND, CONF_MODEL, DOMAIN, NAMES
from .pipeline.publish import SIGNAL_PUBLISHED
from .pipeline.record import EventRecord
from .providers.spec import AUTO
from .runtime import EyewitnessConfigEntry
from .runtime.accounts import SIGNAL_ACCOUNTS


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
        if subentry and subentry.data[CONF_MODEL] != AUTO:  # see ``runtime/device_models``
            self._attr_device_info["model"] = subentry.data[CONF_MODEL]

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
