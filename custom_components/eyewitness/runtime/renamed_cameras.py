"""Let the sums and the history of a camera follow its entity id, which a person may change."""

from typing import Any

from homeassistant.core import Event, HomeAssistant, callback, split_entity_id
from homeassistant.helpers import entity_registry as er

from ..pictures.views import DOMAINS
from . import EyewitnessConfigEntry


@callback
def async_follow(hass: HomeAssistant, entry: EyewitnessConfigEntry) -> None:
    """Book each change of a camera's entity id, until the entry is unloaded."""

    @callback
    def rename(event: Event[Any]) -> None:
        runtime = entry.runtime_data
        runtime.accounts.async_rename(event.data["old_entity_id"], event.data["entity_id"])
        entry.async_create_background_task(
            hass, runtime.history.async_renamed(), "eyewitness rename in the history"
        )

    entry.async_on_unload(
        hass.bus.async_listen(er.EVENT_ENTITY_REGISTRY_UPDATED, rename, event_filter=is_renamed)
    )


@callback
def is_renamed(event_data: er.EventEntityRegistryUpdatedData) -> bool:
    """Return whether a camera has another entity id now."""
    return "old_entity_id" in event_data and split_entity_id(event_data["entity_id"])[0] in DOMAINS
