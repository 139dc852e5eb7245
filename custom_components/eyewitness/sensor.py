"""Show what was seen last and what it costs."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, override

from homeassistant.components.sensor import SensorEntity
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.typing import StateType

from .const import DOMAIN, SUBENTRY_PROVIDER
from .entity import CameraEntity, EyewitnessEntity, ProviderEntity, async_add_for_cameras
from .ledger.rows import CameraTotals, Period, Totals
from .pipeline.last_event import last_event
from .pipeline.record import EventRecord
from .runtime import EyewitnessConfigEntry
from .runtime.former_units import async_drop_former_units
from .sensor_kinds import (
    CAMERA_SENSORS,
    LAST_EVENT_SENSORS,
    PROVIDER_SENSORS,
    SUMMARY_SENSORS,
    CameraSensorDescription,
    LastEventSensorDescription,
    LedgerSensorDescription,
    ProviderSensorDescription,
    SummarySensorDescription,
)

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant,
    entry: EyewitnessConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the sensors of Eyewitness, of every provider and of every camera."""
    async_drop_former_units(hass, entry)
    async_add_entities(LastEventSensor(entry, each) for each in LAST_EVENT_SENSORS)
    async_add_entities(SummarySensor(entry, each) for each in SUMMARY_SENSORS)
    for subentry in entry.get_subentries_of_type(SUBENTRY_PROVIDER):
        async_add_entities(
            (ProviderSensor(entry, description, subentry) for description in PROVIDER_SENSORS),
            config_subentry_id=subentry.subentry_id,
        )
    async_add_for_cameras(
        hass,
        entry,
        async_add_entities,
        lambda camera: (CameraSensor(entry, each, camera) for each in CAMERA_SENSORS),
    )


class LedgerSensor(EyewitnessEntity, SensorEntity):
    """A sensor that shows something of the accounts."""

    entity_description: LedgerSensorDescription

    @property
    @override
    def suggested_object_id(self) -> str | None:
        """Return what dashboards and automations know it by."""
        return self.entity_description.object_id or super().suggested_object_id

    @property
    @override
    def available(self) -> bool:
        """Return whether the figure is true: without the file, a sum would begin at zero."""
        return self.runtime.accounts.complete or not self.entity_description.since_ever


class ProviderSensor(ProviderEntity, LedgerSensor):
    """A figure of a provider's account."""

    entity_description: ProviderSensorDescription

    @property
    @override
    def native_value(self) -> StateType:
        """Return the figure, None when only the unreadable file knows it."""
        accounts = self.runtime.accounts
        totals = accounts.totals.get(self._provider_id, Totals() if accounts.complete else None)
        return None if totals is None else self.entity_description.value_fn(totals)


class CameraSensor(CameraEntity, LedgerSensor):
    """A figure of a camera, under whatever name it was described."""

    entity_description: CameraSensorDescription

    @property
    @override
    def native_value(self) -> StateType:
        """Return the figure."""
        totals = self.runtime.accounts.cameras.get(self.camera_id, CameraTotals())
        return self.entity_description.value_fn(totals)


class SummarySensor(LedgerSensor):
    """A figure of all events."""

    entity_description: SummarySensorDescription

    @property
    @override
    def native_value(self) -> StateType:
        """Return the figure."""
        return self.entity_description.value_fn(self.runtime)

    @property
    @override
    def last_reset(self) -> datetime | None:
        """Return when a sum of a day or a month was zero.

        The recorder begins a new cycle when it changes, not when the figure falls: the first event
        after a night without Home Assistant may cost more than all of the day before.
        """
        period = self.entity_description.period
        return None if period is Period.EVER else self.runtime.accounts.began(period)

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any] | None:
        """Return what does not fit into a state."""
        return self.entity_description.attributes_fn(self.runtime)


class LastEventSensor(LedgerSensor):
    """What is known of the last event: what was said, or that nothing was."""

    entity_description: LastEventSensorDescription

    @property
    @override
    def native_value(self) -> StateType | datetime:
        """Return it in words, also where nobody translates a state: in templates and by voice."""
        if (last := last_event(self.runtime)) is None:
            return None
        value = self.entity_description.value_fn(last)
        if value is None and last.reason is not None:
            words = f"component.{DOMAIN}.entity.sensor.last_description.state.not_described"
            return self.platform_data.platform_translations.get(words)
        return value

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any] | None:
        """Return what does not fit into a state."""
        last = last_event(self.runtime)
        return self.entity_description.attributes_fn(last) if last else None

    @override
    @callback
    def _async_published(self, record: EventRecord) -> None:
        """Show it as new, also when the same was said again."""
        self._attr_force_update = record.is_told
        super()._async_published(record)
        self._attr_force_update = False
