"""Tell automations what a camera saw, without a template."""

from typing import Any, Final, override

from homeassistant.components.event import EventEntity, EventEntityDescription
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .chain.attempt import Attempt
from .const import NAMES
from .entity import CameraEntity, async_add_for_cameras
from .pipeline.record import EventRecord, Status
from .runtime import EyewitnessConfigEntry

PARALLEL_UPDATES = 0

DESCRIBED: Final = "described"
FAILED: Final = "failed"
SEEN: Final = ("animal", "package", "vehicle", "person")
"""What is told after a description. The entity goes on showing the last of them, so what most
people wait for comes last."""

CAMERA_EVENT: Final = EventEntityDescription(
    key="event", translation_key="event", event_types=[DESCRIBED, FAILED, *SEEN]
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: EyewitnessConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the event of every camera."""
    async_add_for_cameras(
        hass, entry, async_add_entities, lambda camera: [CameraEvent(entry, CAMERA_EVENT, camera)]
    )


class CameraEvent(CameraEntity, EventEntity):
    """The events of a camera: what was described, what was seen, and what failed."""

    entity_description: EventEntityDescription
    # The sensor of the last description and the ledger have them.
    _unrecorded_attributes = frozenset({"title", "description", "importance", "provider", "reason"})

    @override
    async def async_added_to_hass(self) -> None:
        """Tell the description that this entity was made for."""
        await super().async_added_to_hass()
        record = self.runtime.described.get(self.camera_id)
        if record is not None and record.event_id > self.state_attributes.get("event_id", ""):
            # Once it is added, so that the state has something to change from: triggers want that.
            self.hass.loop.call_soon(self._async_tell, record)

    @override
    @callback
    def _async_published(self, record: EventRecord) -> None:
        """Tell an event of this camera that the bus was told of."""
        if record.camera == self.camera_id and record.is_told:
            self._async_tell(record)

    @callback
    def _async_tell(self, record: EventRecord) -> None:
        """Tell of the event first and then of each thing that was seen, each as one of its own."""
        attributes = self._attributes(record)
        for event_type in _types(record):
            self._trigger_event(event_type, attributes)
            self.async_write_ha_state()

    def _attributes(self, record: EventRecord) -> dict[str, Any]:
        """Return what an automation may want to say."""
        if (answer := record.answer) is None or (winner := record.winner) is None:
            return {"event_id": record.event_id, "reason": record.reason}
        return {
            "event_id": record.event_id,
            "title": answer.title,
            "description": answer.description,
            "importance": answer.importance,
            "provider": self._title(winner),
        }

    def _title(self, winner: Attempt) -> str:
        """Return the name that the user gave the provider, as long as there is one."""
        stored = self.runtime.settings.providers.get(winner.provider_id)
        return stored.title if stored else NAMES[winner.provider]


def _types(record: EventRecord) -> list[str]:
    """Return the types of events that one event of a camera comes to."""
    if record.status is not Status.DESCRIBED or record.answer is None:
        return [FAILED]
    return [DESCRIBED, *(each for each in SEEN if each in record.answer.objects)]
