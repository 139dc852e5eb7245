"""Read the rules of a camera: what may be shown of it, and to whom."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er

from ..const import (
    CONF_ALLOWED,
    CONF_ALSO,
    CONF_DETAIL,
    CONF_ENTITY_ID,
    CONF_FORMER,
    CONF_KEEP,
    CONF_MASKS,
    CONF_POLYGONS,
    CONF_REGISTRY_ID,
    CONF_SAME_SCENE,
    CONF_WAKE_ENTITY,
    CONF_WAKE_SECONDS,
    SUBENTRY_CAMERA,
)
from .masks import Polygon, box, polygon
from .size import Detail

NOBODY: Final = "-"
"""Stands alone in the list of providers of a camera that nobody may see: no provider has this id.
An empty list has always meant everybody, and an older version would take it for that."""
WAKE_DOMAINS: Final = ("button", "input_button", "script")
"""What ends by itself; a switch would stay on."""
WAKE_SECONDS: Final = 3.0
"""How long a camera gets to wake up when nobody says how long."""


@dataclass(frozen=True, slots=True)
class EntityRef:
    """An entity as it is stored; the names of the fields are those of the storage."""

    entity_id: str
    registry_id: str | None = None
    """Does not change when the entity is renamed: a mask must not get lost by that."""

    @classmethod
    def find(cls, hass: HomeAssistant, entity_id: str) -> EntityRef:
        """Return a reference to an entity that is named by its entity id or its registry id."""
        if (entity := er.async_get(hass).async_get(entity_id)) is None:
            return cls(entity_id)
        return cls(entity.entity_id, entity.id)

    @property
    def keys(self) -> list[str]:
        """Return all by which the registry may know the entity."""
        return [key for key in (self.entity_id, self.registry_id) if key]

    def current_entity_id(self, hass: HomeAssistant) -> str:
        """Return the entity's present id, which a person may have changed."""
        if self.registry_id is None:
            return self.entity_id
        current = er.async_resolve_entity_id(er.async_get(hass), self.registry_id)
        return current or self.entity_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Wake:
    """What to press or run before the picture of a camera that sleeps."""

    entity_id: str
    """One of ``WAKE_DOMAINS``."""
    seconds: float = WAKE_SECONDS
    """How long to wait afterwards."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraRules:
    """What the user wants for one camera."""

    masks: tuple[Polygon, ...] = ()
    allowed: frozenset[str] | None = None
    """Subentry ids of the providers that may see it; None for all."""
    detail: Detail = Detail.NORMAL
    """How much providers are to see of it, unless the action says otherwise."""
    keep: bool = True
    """Whether the picture of a failed event is kept."""
    wake: Wake | None = None
    same_scene: bool = False
    """Whether the last answer is given again as long as the camera shows the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRules:
    """Rules, and which entities they are for."""

    entities: tuple[EntityRef, ...]
    """The camera first, then where else its view is shown."""
    former: frozenset[str] = frozenset()
    """Names that these entities had before, and registry ids of those whose place they took."""
    rules: CameraRules = CameraRules()

    def covers(self, hass: HomeAssistant, entity_id: str) -> bool:
        """Return whether these are the rules of an entity, under its present or its stored id."""
        return any(
            entity_id in {entity.entity_id, entity.current_entity_id(hass)}
            for entity in self.entities
        )


def all_rules(entry: ConfigEntry) -> tuple[StoredRules, ...]:
    """Return the rules of all cameras that have any."""
    return tuple(
        read_rules(subentry.data) for subentry in entry.get_subentries_of_type(SUBENTRY_CAMERA)
    )


def rules_for(hass: HomeAssistant, stored: Iterable[StoredRules], entity_id: str) -> CameraRules:
    """Return the rules of a camera; most cameras have none, and everything is allowed.

    Where several cover it, the strictest holds. A camera without rules of its own that took over
    the name of another one has that one's: as a rule it is its successor.
    """
    stored = tuple(stored)
    covering = [each.rules for each in stored if each.covers(hass, entity_id)]
    return _unite(covering or [each.rules for each in stored if entity_id in each.former])


def _unite(rules: list[CameraRules]) -> CameraRules:
    """Return what satisfies all of these rules."""
    lists = [each.allowed for each in rules if each.allowed is not None]
    return CameraRules(
        masks=tuple(dict.fromkeys(mask for each in rules for mask in each.masks)),
        allowed=frozenset.intersection(*lists) if lists else None,
        detail=min((each.detail for each in rules), key=attrgetter("side"), default=Detail.NORMAL),
        keep=all(each.keep for each in rules),
        wake=next((each.wake for each in rules if each.wake is not None), None),
        same_scene=bool(rules) and all(each.same_scene for each in rules),
    )


def read_rules(data: Mapping[str, Any]) -> StoredRules:
    """Return the rules of one subentry; raise ``vol.Invalid`` for corners that are none.

    An empty list means that everybody may see it. A provider that was removed stays on the list:
    otherwise the last one to go would open the camera to all the others.
    """
    boxes = [box(item) for item in data.get(CONF_MASKS, [])]
    shapes = [polygon(text) for text in data.get(CONF_POLYGONS, [])]
    allowed = data.get(CONF_ALLOWED, [])
    return StoredRules(
        entities=read_entities(data),
        former=frozenset(data.get(CONF_FORMER, [])),
        rules=CameraRules(
            masks=(*boxes, *shapes),
            allowed=frozenset(allowed) if allowed else None,
            detail=Detail(data.get(CONF_DETAIL, Detail.NORMAL)),
            keep=data.get(CONF_KEEP, True),
            wake=_read_wake(data),
            same_scene=data.get(CONF_SAME_SCENE, False),
        ),
    )


def read_entities(data: Mapping[str, Any]) -> tuple[EntityRef, ...]:
    """Return the entities that the rules of one subentry cover, the camera first."""
    camera = EntityRef(data[CONF_ENTITY_ID], data.get(CONF_REGISTRY_ID))
    return (camera, *(EntityRef(**each) for each in data.get(CONF_ALSO, [])))


def _read_wake(data: Mapping[str, Any]) -> Wake | None:
    """Return what wakes the camera, None for a camera that is awake."""
    if not (entity_id := data.get(CONF_WAKE_ENTITY)):
        return None
    return Wake(entity_id=entity_id, seconds=data.get(CONF_WAKE_SECONDS, WAKE_SECONDS))
