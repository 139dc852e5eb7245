"""Know what may be shown of a camera, and to whom."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er

from ..chain.task import Polygon
from ..const import (
    CONF_ALLOWED,
    CONF_ENTITY_ID,
    CONF_KEEP,
    CONF_MASKS,
    CONF_POLYGONS,
    CONF_REGISTRY_ID,
    SUBENTRY_CAMERA,
)
from .masks import _box, _polygon


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraRules:
    """Hold what the user wants for one camera."""

    entity_id: str = ""
    registry_id: str | None = None
    """Does not change when the entity is renamed: a mask must not get lost by that."""
    masks: tuple[Polygon, ...] = ()
    allowed: frozenset[str] | None = None
    """Subentry ids of the providers that may see it; None for all."""
    keep: bool = True
    """Whether the picture of a failed event is kept."""

    def now(self, hass: HomeAssistant) -> str:
        """Return what the entity is called now."""
        if self.registry_id is None:
            return self.entity_id
        found = er.async_resolve_entity_id(er.async_get(hass), self.registry_id)
        return found or self.entity_id

    def covers(self, hass: HomeAssistant, entity_id: str) -> bool:
        """Say whether these are the rules of an entity, be it by its name of old."""
        return entity_id in {self.entity_id, self.now(hass)}


def rules(entry: ConfigEntry) -> tuple[CameraRules, ...]:
    """Return the rules of all cameras that have any."""
    return tuple(
        rules_of(subentry.data) for subentry in entry.get_subentries_of_type(SUBENTRY_CAMERA)
    )


def rules_of(data: Mapping[str, Any]) -> CameraRules:
    """Return the rules of one subentry; raise ``vol.Invalid`` for corners that are none.

    Nobody chosen means that everybody may see it. A provider that was removed stays on the list:
    otherwise the last one to go would open the camera to all the others.
    """
    boxes = [_box(item) for item in data.get(CONF_MASKS, [])]
    shapes = [_polygon(text) for text in data.get(CONF_POLYGONS, [])]
    allowed = data.get(CONF_ALLOWED, [])
    return CameraRules(
        entity_id=data[CONF_ENTITY_ID],
        registry_id=data.get(CONF_REGISTRY_ID),
        masks=(*boxes, *shapes),
        allowed=frozenset(allowed) if allowed else None,
        keep=data.get(CONF_KEEP, True),
    )
