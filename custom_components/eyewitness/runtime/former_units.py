"""Let statistics go on although counts have no unit any more: "1 requests" is no English.

Home Assistant compiles none for a sensor whose unit has changed until somebody tells it that the
old figures are of the new unit.
"""

from typing import Final

from homeassistant.components.recorder.const import DOMAIN as RECORDER
from homeassistant.components.recorder.statistics import async_update_statistics_metadata
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er

from . import EyewitnessConfigEntry

FORMER_UNITS: Final = frozenset({"requests", "tokens", "descriptions"})
"""What 0.1.0 wrote behind its counts."""


@callback
def async_drop_former_units(hass: HomeAssistant, entry: EyewitnessConfigEntry) -> None:
    """Take the unit from the statistics, before the sensors are added without one."""
    if RECORDER not in hass.config.components:
        return
    for sensor in er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id):
        if sensor.unit_of_measurement in FORMER_UNITS:
            async_update_statistics_metadata(
                hass, sensor.entity_id, new_unit_class=None, new_unit_of_measurement=None
            )
