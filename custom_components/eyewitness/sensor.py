"""Show what was seen last and what it costs."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import MAX_LENGTH_STATE_STATE, EntityCategory, UnitOfTime
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.typing import StateType
from homeassistant.util import dt as dt_util

from .chain.failures import OK, Failure
from .const import DOMAIN, KINDS, NAMES, SUBENTRY_PROVIDER
from .entity import EyewitnessEntity, ProviderEntity
from .ledger.rows import Totals
from .pipeline.last_event import NOBODY, LastEvent, last_event
from .pipeline.record import EventRecord
from .runtime import EyewitnessConfigEntry, Runtime
from .runtime.former_units import async_drop_former_units

PARALLEL_UPDATES = 0

_USD: Final = "USD"
UNUSED: Final = "unused"
STATUSES: Final = [
    UNUSED,
    OK,
    *(failure.value for failure in Failure if failure is not Failure.CANCELLED),
]


@dataclass(frozen=True, kw_only=True)
class LedgerSensorDescription(SensorEntityDescription):
    """A kind of sensor that shows something of the accounts."""

    since_ever: bool = True
    """Whether it means something only together with what is in the ledger's file."""
    object_id: str | None = None
    """What its entity id ends in, where that is older than its name."""


@dataclass(frozen=True, kw_only=True)
class ProviderSensorDescription(LedgerSensorDescription):
    """A kind of sensor that every provider has."""

    value_fn: Callable[[Totals], StateType]


@dataclass(frozen=True, kw_only=True)
class SummarySensorDescription(LedgerSensorDescription):
    """A kind of sensor of Eyewitness as a whole."""

    value_fn: Callable[[Runtime], StateType]
    attributes_fn: Callable[[Runtime], Mapping[str, Any] | None] = lambda _: None


@dataclass(frozen=True, kw_only=True)
class LastEventSensorDescription(LedgerSensorDescription):
    """A kind of sensor of the last event."""

    since_ever: bool = False
    value_fn: Callable[[LastEvent], StateType | datetime]
    attributes_fn: Callable[[LastEvent], Mapping[str, Any] | None] = lambda _: None


def _viewers(runtime: Runtime) -> Mapping[str, str]:
    """Return who was sent which camera's picture last."""
    viewers = sorted(runtime.accounts.viewers.items())
    return {camera: NAMES[kind] for camera, kind in viewers}


def _cut(text: str) -> str:
    """Return as much of a text as a state may have; not by words, which many languages join."""
    if len(text) <= MAX_LENGTH_STATE_STATE:
        return text
    return f"{text[: MAX_LENGTH_STATE_STATE - 1].rstrip()}…"


PROVIDER_SENSORS: Final = (
    ProviderSensorDescription(
        key="calls",
        translation_key="calls",
        state_class=SensorStateClass.TOTAL_INCREASING,
        value_fn=lambda totals: totals.calls,
    ),
    ProviderSensorDescription(
        key="failures",
        translation_key="failures",
        state_class=SensorStateClass.TOTAL_INCREASING,
        value_fn=lambda totals: totals.failures,
    ),
    ProviderSensorDescription(
        key="input_tokens",
        translation_key="input_tokens",
        entity_category=EntityCategory.DIAGNOSTIC,
        state_class=SensorStateClass.TOTAL_INCREASING,
        value_fn=lambda totals: totals.input_tokens,
    ),
    ProviderSensorDescription(
        key="output_tokens",
        translation_key="output_tokens",
        entity_category=EntityCategory.DIAGNOSTIC,
        state_class=SensorStateClass.TOTAL_INCREASING,
        value_fn=lambda totals: totals.output_tokens,
    ),
    ProviderSensorDescription(
        key="cost",
        translation_key="cost",
        device_class=SensorDeviceClass.MONETARY,
        state_class=SensorStateClass.TOTAL,
        native_unit_of_measurement=_USD,
        suggested_display_precision=4,
        value_fn=lambda totals: round(totals.cost, 6),
    ),
    ProviderSensorDescription(
        key="response_time",
        since_ever=False,
        translation_key="response_time",
        device_class=SensorDeviceClass.DURATION,
        entity_category=EntityCategory.DIAGNOSTIC,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfTime.MILLISECONDS,
        suggested_unit_of_measurement=UnitOfTime.SECONDS,
        suggested_display_precision=2,
        value_fn=lambda totals: totals.response_time_ms,
    ),
    ProviderSensorDescription(
        key="status",
        since_ever=False,
        translation_key="status",
        device_class=SensorDeviceClass.ENUM,
        options=STATUSES,
        value_fn=lambda totals: totals.outcome or UNUSED,
    ),
)

LAST_EVENT_SENSORS: Final = (
    LastEventSensorDescription(
        key="last_description",
        translation_key="last_description",
        value_fn=lambda last: last.title,
        attributes_fn=lambda last: last.attributes,
    ),
    LastEventSensorDescription(
        key="what_happened",
        translation_key="what_happened",
        value_fn=lambda last: _cut(last.description or last.reason or ""),
    ),
    LastEventSensorDescription(
        key="last_event",
        translation_key="last_event",
        device_class=SensorDeviceClass.TIMESTAMP,
        value_fn=lambda last: dt_util.parse_datetime(last.timestamp),
    ),
    LastEventSensorDescription(
        key="answering_provider",
        translation_key="answering_provider",
        object_id="answering_provider",
        device_class=SensorDeviceClass.ENUM,
        options=[*KINDS, NOBODY],
        value_fn=lambda last: last.answered_by,
        attributes_fn=lambda last: {"timestamp": last.timestamp, "reason": last.reason},
    ),
)

SUMMARY_SENSORS: Final = (
    SummarySensorDescription(
        key="viewed_cameras",
        translation_key="viewed_cameras",
        object_id="cameras_shown_to_providers",
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=lambda runtime: len(_viewers(runtime)),
        attributes_fn=lambda runtime: {"viewers": _viewers(runtime)},
    ),
    SummarySensorDescription(
        key="descriptions",
        translation_key="descriptions",
        state_class=SensorStateClass.TOTAL_INCREASING,
        value_fn=lambda runtime: runtime.accounts.descriptions,
    ),
    SummarySensorDescription(
        key="total_cost",
        translation_key="total_cost",
        device_class=SensorDeviceClass.MONETARY,
        state_class=SensorStateClass.TOTAL,
        native_unit_of_measurement=_USD,
        suggested_display_precision=4,
        value_fn=lambda runtime: round(runtime.accounts.cost, 6),
    ),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: EyewitnessConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the sensors of Eyewitness and of every provider."""
    async_drop_former_units(hass, entry)
    async_add_entities(LastEventSensor(entry, each) for each in LAST_EVENT_SENSORS)
    async_add_entities(SummarySensor(entry, each) for each in SUMMARY_SENSORS)
    for subentry in entry.get_subentries_of_type(SUBENTRY_PROVIDER):
        async_add_entities(
            (ProviderSensor(entry, description, subentry) for description in PROVIDER_SENSORS),
            config_subentry_id=subentry.subentry_id,
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
