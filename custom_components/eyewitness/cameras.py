"""Know what may be shown of a camera, and to whom."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import voluptuous as vol

from .chain.models import Polygon
from .const import (
    CONF_ALLOWED,
    CONF_ENTITY_ID,
    CONF_KEEP,
    CONF_MASKS,
    CONF_POLYGONS,
    CONF_REGISTRY_ID,
    SUBENTRY_CAMERA,
)

_PERCENT: Final = 100
_CORNERS: Final = 3

type _Corner = tuple[float, float]


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


def _box(item: Mapping[str, float]) -> Polygon:
    left, top, right, bottom = (
        float(item[name]) / _PERCENT for name in ("left", "top", "right", "bottom")
    )
    if not (0 <= left < right <= 1 and 0 <= top < bottom <= 1):
        raise vol.Invalid("box")
    return ((left, top), (right, top), (right, bottom), (left, bottom))


def _polygon(text: str) -> Polygon:
    """Read corners such as ``10,20 50,20 50,80``, in percent."""
    corners = []
    for word in text.replace(";", " ").split():
        try:
            x, y = (float(number) / _PERCENT for number in word.split(","))
        except ValueError as err:
            raise vol.Invalid("polygon") from err
        if not (0 <= x <= 1 and 0 <= y <= 1):
            raise vol.Invalid("polygon")
        corners.append((x, y))
    if len(corners) < _CORNERS or _crosses_itself(corners):
        raise vol.Invalid("polygon")
    return tuple(corners)


def _crosses_itself(corners: list[tuple[float, float]]) -> bool:
    """Say whether two sides meet that are not neighbours: the fill would leave a hole there."""
    sides = list(zip(corners, [*corners[1:], corners[0]], strict=True))
    return any(
        _meet(*sides[one], *sides[other])
        for one in range(len(sides))
        for other in range(one + 2, len(sides) - (one == 0))
    )


def _meet(a: _Corner, b: _Corner, c: _Corner, d: _Corner) -> bool:
    """Say whether two lines from corner to corner have a point in common."""
    near = all(
        max(min(a[i], b[i]), min(c[i], d[i])) <= min(max(a[i], b[i]), max(c[i], d[i]))
        for i in range(2)
    )
    return near and _side(a, b, c) * _side(a, b, d) <= 0 and _side(c, d, a) * _side(c, d, b) <= 0


def _side(a: _Corner, b: _Corner, point: _Corner) -> float:
    """Return on which side of a line a point lies, by its sign."""
    return (b[0] - a[0]) * (point[1] - a[1]) - (b[1] - a[1]) * (point[0] - a[0])
