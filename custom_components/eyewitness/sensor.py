"""Show what was seen last and what it costs."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import EntityCategory, UnitOfTime
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.typing import StateType

from .chain.failures import OK, Failure
from .const import KINDS, NAMES, SUBENTRY_PROVIDER
from .entity import EyewitnessEntity, ProviderEntity
from .ledger.rows import Totals
from .runtime import EyewitnessConfigEntry, Runtime

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


@dataclass(frozen=True, kw_only=True)
class ProviderSensorDescription(LedgerSensorDescription):
    """A kind of sensor that every provider has."""

    value_fn: Callable[[Totals], StateType]


@dataclass(frozen=True, kw_only=True)
class SummarySensorDescription(LedgerSensorDescription):
    """A kind of sensor of Eyewitness as a whole."""

    value_fn: Callable[[Runtime], StateType]
    attributes_fn: Callable[[Runtime], Mapping[str, Any] | None] = lambda _: None


def _last_text(runtime: Runtime) -> Mapping[str, Any] | None:
    if (last := runtime.accounts.last) is None:
        return None
    return {
        "description": last.description,
        "camera": last.camera,
        "timestamp": last.timestamp,
        "event_id": last.event_id,
        "provider": last.provider,
        "model": last.model,
    }


def _viewers(runtime: Runtime) -> Mapping[str, str]:
    """Return who was sent which camera's picture last."""
    viewers = sorted(runtime.accounts.viewers.items())
    return {camera: NAMES[kind] for camera, kind in viewers}


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

SUMMARY_SENSORS: Final = (
    SummarySensorDescription(
        key="last_description",
        since_ever=False,
        translation_key="last_description",
        value_fn=lambda runtime: runtime.accounts.last.title if runtime.accounts.last else None,
        attributes_fn=_last_text,
    ),
    SummarySensorDescription(
        key="answering_provider",
        since_ever=False,
        translation_key="answering_provider",
        device_class=SensorDeviceClass.ENUM,
        options=list(KINDS),
        value_fn=lambda runtime: runtime.accounts.last.provider if runtime.accounts.last else None,
    ),
    SummarySensorDescription(
        key="viewed_cameras",
        translation_key="viewed_cameras",
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
    async_add_entities(SummarySensor(entry, description) for description in SUMMARY_SENSORS)
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
    """A figure or the title of all events."""

    entity_description: SummarySensorDescription

    @property
    @override
    def native_value(self) -> StateType:
        """Return the figure or the title."""
        return self.entity_description.value_fn(self.runtime)

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any] | None:
        """Return what does not fit into a state."""
        return self.entity_description.attributes_fn(self.runtime)
