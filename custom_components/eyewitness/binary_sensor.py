"""Show which providers need somebody to look after them."""

from typing import Final, override

# 2026.9 has the class in no other place, and 2026.10 does not tell type checkers of this one.
from homeassistant.components.binary_sensor import (  # type: ignore[attr-defined]
    BinarySensorDeviceClass,
    BinarySensorEntity,
    BinarySensorEntityDescription,
)
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .chain.failures import OK, Failure
from .const import SUBENTRY_PROVIDER
from .entity import ProviderEntity
from .runtime import EyewitnessConfigEntry

PARALLEL_UPDATES = 0

_FINE: Final = frozenset({None, OK, Failure.REFUSED.value})
"""A provider that declines a picture works."""

PROBLEM: Final = BinarySensorEntityDescription(
    key="problem",
    device_class=BinarySensorDeviceClass.PROBLEM,
    entity_category=EntityCategory.DIAGNOSTIC,
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: EyewitnessConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add one for every provider."""
    for subentry in entry.get_subentries_of_type(SUBENTRY_PROVIDER):
        async_add_entities(
            [ProblemSensor(entry, PROBLEM, subentry)], config_subentry_id=subentry.subentry_id
        )


class ProblemSensor(ProviderEntity, BinarySensorEntity):
    """A sensor that is on after a failed request, and while a key cannot be used."""

    @property
    @override
    def is_on(self) -> bool:
        """Return whether there is a problem."""
        totals = self.runtime.accounts.totals.get(self._provider_id)
        unusable = self._provider_id not in self.runtime.providers
        return unusable or (totals is not None and totals.outcome not in _FINE)
