"""Give the flows that fix a report the entry that it is about."""

from homeassistant.components.repairs import RepairsFlow
from homeassistant.config_entries import ConfigEntryState

from ..runtime import EyewitnessConfigEntry


class FixFlow(RepairsFlow):
    """A flow that needs the running entry."""

    def __init__(self, entry_id: str) -> None:
        self._entry_id = entry_id

    @property
    def _entry(self) -> EyewitnessConfigEntry | None:
        """Return the entry, None when it is not loaded."""
        entry: EyewitnessConfigEntry | None = self.hass.config_entries.async_get_entry(
            self._entry_id
        )
        return entry if entry and entry.state is ConfigEntryState.LOADED else None
