"""Show what was seen last and what it costs."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any, override

from homeassistant.components.sensor import SensorEntity
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.restore_state import RestoredExtraData, RestoreEntity
from homeassistant.helpers.typing import StateType

from .const import DOMAIN, SUBENTRY_PROVIDER
from .entity import CameraEntity, EyewitnessEntity, ProviderEntity, async_add_for_cameras
from .ledger.rows import CameraTotals, Period, Totals
from .pictures.rules import EntityRef
from .pipeline.last_event import LastEvent, event_of, last_event
from .pipeline.record import EventRecord
from .runtime import EyewitnessConfigEntry
from .runtime.former_units import async_drop_former_units
from .sensor_kinds import (
    CAMERA_LAST_EVENT,
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
        lambda camera: _for_camera(entry, camera),
    )


def _for_camera(
    entry: EyewitnessConfigEntry, camera: EntityRef
) -> Iterator[CameraSensor | CameraLastEventSensor]:
    yield CameraLastEventSensor(entry, CAMERA_LAST_EVENT, camera)
    for description in CAMERA_SENSORS:
        yield CameraSensor(entry, description, camera)


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
    def _last(self) -> LastEvent | None:
        return last_event(self.runtime)

    @property
    @override
    def native_value(self) -> StateType | datetime:
        """Return it in words, also where nobody translates a state: in templates and by voice."""
        if (last := self._last) is None:
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
        last = self._last
        return self.entity_description.attributes_fn(last) if last else None

    @override
    @callback
    def _async_published(self, record: EventRecord) -> None:
        """Show it as new, also when the same was said again."""
        self._attr_force_update = record.is_told
        super()._async_published(record)
        self._attr_force_update = False


class CameraLastEventSensor(CameraEntity, LastEventSensor, RestoreEntity):
    """What is known of the last event of a camera, also after a restart."""

    _unrecorded_attributes = frozenset({"description", "reason"})
    _shown: LastEvent | None = None

    @property
    @override
    def _last(self) -> LastEvent | None:
        return self._shown

    @property
    @override
    def extra_restore_state_data(self) -> RestoredExtraData:
        """Return what is to be known again."""
        return RestoredExtraData(asdict(self._shown) if self._shown else {})

    @override
    async def async_added_to_hass(self) -> None:
        """Show the last event of all if it was this camera's, otherwise what was shown before."""
        await super().async_added_to_hass()
        last = last_event(self.runtime)
        if last is not None and last.camera == self.camera_id:
            self._shown = last
        elif (stored := await self.async_get_last_extra_data()) and (known := stored.as_dict()):
            names = {field.name for field in fields(LastEvent)}
            self._shown = LastEvent(**{name: known[name] for name in known if name in names})

    @override
    @callback
    def _async_published(self, record: EventRecord) -> None:
        """Remember the event, if it was this camera's."""
        if record.camera == self.camera_id:
            self._shown = event_of(record) or self._shown
        super()._async_published(record)
