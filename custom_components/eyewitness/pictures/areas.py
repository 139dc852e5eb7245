"""Check the black areas of a camera before they are stored."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import voluptuous as vol

from ..const import CONF_MASKS, CONF_POLYGONS
from .masks import box, corners, polygon

MAX_AREAS: Final = 50
"""Rectangles, and as many other shapes."""
MAX_CORNERS: Final = 100
"""Of one shape: each side is compared with each other one."""


@dataclass(frozen=True, slots=True)
class Faults:
    """What is wrong with the areas."""

    errors: dict[str, str] = field(default_factory=dict)
    """By the name of what holds them."""
    area: str = ""
    """Which one, by its number from the top, and by its name if it has one."""


def find_faults(data: Mapping[str, Any]) -> Faults:
    """Return what is wrong with the areas; too many would hold up all of Home Assistant."""
    for name in (CONF_MASKS, CONF_POLYGONS):
        if len(data[name]) > MAX_AREAS:
            return Faults({name: "too_many_areas"})
    for number, item in enumerate(data[CONF_MASKS], 1):
        try:
            box(item)
        except vol.Invalid:
            return Faults({CONF_MASKS: "mask_invalid"}, f"{number} ({item['name']})")
    for number, text in enumerate(data[CONF_POLYGONS], 1):
        if len(corners(text)) > MAX_CORNERS:
            return Faults({CONF_POLYGONS: "too_many_corners"}, str(number))
        try:
            polygon(text)
        except vol.Invalid:
            return Faults({CONF_POLYGONS: "polygon_invalid"}, str(number))
    return Faults()
