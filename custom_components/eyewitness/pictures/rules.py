"""Read the rules of a camera: what may be shown of it, and to whom."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er

from ..const import (
    CONF_ALLOWED,
    CONF_ENTITY_ID,
    CONF_KEEP,
    CONF_MASKS,
    CONF_POLYGONS,
    CONF_REGISTRY_ID,
    CONF_WAKE_ENTITY,
    CONF_WAKE_SECONDS,
    SUBENTRY_CAMERA,
)
from .masks import Polygon, box, polygon

WAKE_SECONDS: Final = 3.0
"""How long a camera gets to wake up when nobody says how long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wake:
    """What to press or run before the picture of a camera that sleeps."""

    entity_id: str
    """A button, input_button or script."""
    seconds: float = WAKE_SECONDS
    """How long to wait afterwards."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraRules:
    """What the user wants for one camera."""

    entity_id: str = ""
    registry_id: str | None = None
    """Does not change when the entity is renamed: a mask must not get lost by that."""
    masks: tuple[Polygon, ...] = ()
    allowed: frozenset[str] | None = None
    """Subentry ids of the providers that may see it; None for all."""
    keep: bool = True
    """Whether the picture of a failed event is kept."""
    wake: Wake | None = None

    def current_entity_id(self, hass: HomeAssistant) -> str:
        """Return the entity's present id, which a person may have changed."""
        if self.registry_id is None:
            return self.entity_id
        current = er.async_resolve_entity_id(er.async_get(hass), self.registry_id)
        return current or self.entity_id

    def covers(self, hass: HomeAssistant, entity_id: str) -> bool:
        """Return whether these are the rules of an entity, under its present or its stored id."""
        return entity_id in {self.entity_id, self.current_entity_id(hass)}


def all_rules(entry: ConfigEntry) -> tuple[CameraRules, ...]:
    """Return the rules of all cameras that have any."""
    return tuple(
        read_rules(subentry.data) for subentry in entry.get_subentries_of_type(SUBENTRY_CAMERA)
    )


def rules_for(hass: HomeAssistant, rules: Iterable[CameraRules], entity_id: str) -> CameraRules:
    """Return the rules of a camera; most cameras have none, and everything is allowed.

    A camera that took over another one's name has that one's rules unless it has its own.
    """
    covering = [each for each in rules if each.covers(hass, entity_id)]
    current = [each for each in covering if each.current_entity_id(hass) == entity_id]
    return next(iter(current or covering), CameraRules())


def read_rules(data: Mapping[str, Any]) -> CameraRules:
    """Return the rules of one subentry; raise ``vol.Invalid`` for corners that are none.

    Nobody chosen means that everybody may see it. A provider that was removed stays on the list:
    otherwise the last one to go would open the camera to all the others.
    """
    boxes = [box(item) for item in data.get(CONF_MASKS, [])]
    shapes = [polygon(text) for text in data.get(CONF_POLYGONS, [])]
    allowed = data.get(CONF_ALLOWED, [])
    return CameraRules(
        entity_id=data[CONF_ENTITY_ID],
        registry_id=data.get(CONF_REGISTRY_ID),
        masks=(*boxes, *shapes),
        allowed=frozenset(allowed) if allowed else None,
        keep=data.get(CONF_KEEP, True),
        wake=_read_wake(data),
    )


def _read_wake(data: Mapping[str, Any]) -> Wake | None:
    """Return what wakes the camera, None for a camera that is awake."""
    if not (entity_id := data.get(CONF_WAKE_ENTITY)):
        return None
    return Wake(entity_id=entity_id, seconds=data.get(CONF_WAKE_SECONDS, WAKE_SECONDS))
