"""Say of each kind of sensor what it is and what it shows."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import (
    MAX_LENGTH_STATE_STATE,
    PERCENTAGE,
    EntityCategory,
    UnitOfTime,
)
from homeassistant.helpers.typing import StateType
from homeassistant.util import dt as dt_util

from .chain.failures import OK, Failure
from .const import KINDS, NAMES
from .ledger.rows import UNUSED, CameraTotals, Period, Totals
from .pipeline.last_event import NOBODY, LastEvent
from .runtime import Runtime

_USD: Final = "USD"
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
class CameraSensorDescription(LedgerSensorDescription):
    """A kind of sensor that every camera has."""

    value_fn: Callable[[CameraTotals], StateType]


@dataclass(frozen=True, kw_only=True)
class SummarySensorDescription(LedgerSensorDescription):
    """A kind of sensor of Eyewitness as a whole."""

    period: Period = Period.EVER
    """What it is the sum over: with a day or a month it begins again at zero."""
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
        key="success_rate",
        translation_key="success_rate",
        entity_category=EntityCategory.DIAGNOSTIC,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=PERCENTAGE,
        suggested_display_precision=0,
        value_fn=lambda totals: totals.success_rate,
    ),
    ProviderSensorDescription(
        key="status",
        since_ever=False,
        translation_key="status",
        device_class=SensorDeviceClass.ENUM,
        options=STATUSES,
        value_fn=lambda totals: totals.status,
    ),
)

CAMERA_SENSORS: Final = (
    CameraSensorDescription(
        key="descriptions",
        translation_key="descriptions",
        state_class=SensorStateClass.TOTAL_INCREASING,
        value_fn=lambda totals: totals.descriptions,
    ),
    CameraSensorDescription(
        key="cost",
        translation_key="cost",
        device_class=SensorDeviceClass.MONETARY,
        state_class=SensorStateClass.TOTAL,
        native_unit_of_measurement=_USD,
        suggested_display_precision=4,
        value_fn=lambda totals: round(totals.cost, 6),
    ),
)

CAMERA_LAST_EVENT: Final = LastEventSensorDescription(
    key="last_description",
    translation_key="last_description",
    value_fn=lambda last: last.title,
    attributes_fn=lambda last: last.attributes,
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
        # On the page of the device sentences leave no room for the name of their row, and each
        # camera has a picture and a title of its own. Who has it keeps it.
        entity_registry_enabled_default=False,
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
    SummarySensorDescription(
        key="cost_today",
        translation_key="cost_today",
        period=Period.DAY,
        device_class=SensorDeviceClass.MONETARY,
        state_class=SensorStateClass.TOTAL,
        native_unit_of_measurement=_USD,
        suggested_display_precision=4,
        value_fn=lambda runtime: round(runtime.accounts.today.cost, 6),
    ),
    SummarySensorDescription(
        key="cost_this_month",
        translation_key="cost_this_month",
        period=Period.MONTH,
        device_class=SensorDeviceClass.MONETARY,
        state_class=SensorStateClass.TOTAL,
        native_unit_of_measurement=_USD,
        suggested_display_precision=4,
        value_fn=lambda runtime: round(runtime.accounts.month.cost, 6),
    ),
    SummarySensorDescription(
        key="descriptions_today",
        translation_key="descriptions_today",
        period=Period.DAY,
        state_class=SensorStateClass.TOTAL,
        value_fn=lambda runtime: runtime.accounts.today.descriptions,
    ),
    SummarySensorDescription(
        key="saved_calls",
        translation_key="saved_calls",
        state_class=SensorStateClass.TOTAL_INCREASING,
        entity_registry_enabled_default=False,
        value_fn=lambda runtime: runtime.accounts.spent(Period.EVER).saved_calls,
    ),
    SummarySensorDescription(
        key="saved_cost",
        translation_key="saved_cost",
        device_class=SensorDeviceClass.MONETARY,
        state_class=SensorStateClass.TOTAL,
        native_unit_of_measurement=_USD,
        suggested_display_precision=4,
        entity_registry_enabled_default=False,
        value_fn=lambda runtime: round(runtime.accounts.spent(Period.EVER).saved_cost, 6),
    ),
)
