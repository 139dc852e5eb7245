"""Read masks from a form, and paint over what nobody may see."""

from collections.abc import Mapping
from functools import lru_cache
from math import ceil
from typing import Final

from PIL import Image
import voluptuous as vol

_PERCENT: Final = 100
_CORNERS: Final = 3

type _Corner = tuple[float, float]
type Polygon = tuple[_Corner, ...]
"""Corners as shares of width and height, from the top left one."""


def box(item: Mapping[str, float]) -> Polygon:
    """Return the corners of a box whose sides are given in percent; raise ``vol.Invalid``."""
    left, top, right, bottom = (
        float(item[name]) / _PERCENT for name in ("left", "top", "right", "bottom")
    )
    if not (0 <= left < right <= 1 and 0 <= top < bottom <= 1):
        raise vol.Invalid("box")
    return ((left, top), (right, top), (right, bottom), (left, bottom))


@lru_cache(maxsize=256)  # every change of any setting reads all areas again
def polygon(text: str) -> Polygon:
    """Read corners such as ``10,20 50,20 50,80``, in percent; raise ``vol.Invalid``."""
    found = []
    for word in corners(text):
        try:
            x, y = (float(number) / _PERCENT for number in word.split(","))
        except ValueError as err:
            raise vol.Invalid("polygon") from err
        if not (0 <= x <= 1 and 0 <= y <= 1):
            raise vol.Invalid("polygon")
        found.append((x, y))
    if len(found) < _CORNERS or _crosses_itself(found):
        raise vol.Invalid("polygon")
    return tuple(found)


def corners(text: str) -> list[str]:
    """Return the corners of a polygon, each as it was typed."""
    return text.replace(";", " ").split()


def _crosses_itself(corners: list[tuple[float, float]]) -> bool:
    """Return whether two sides meet that are not neighbours: the fill would leave a hole there."""
    sides = list(zip(corners, [*corners[1:], corners[0]], strict=True))
    return any(
        _meet(*sides[one], *sides[other])
        for one in range(len(sides))
        for other in range(one + 2, len(sides) - (one == 0))
    )


def _meet(a: _Corner, b: _Corner, c: _Corner, d: _Corner) -> bool:
    """Return whether two lines from corner to corner have a point in common."""
    near = all(
        max(min(a[i], b[i]), min(c[i], d[i])) <= min(max(a[i], b[i]), max(c[i], d[i]))
        for i in range(2)
    )
    return near and _side(a, b, c) * _side(a, b, d) <= 0 and _side(c, d, a) * _side(c, d, b) <= 0


def _side(a: _Corner, b: _Corner, point: _Corner) -> float:
    """Return on which side of a line a point lies, by its sign."""
    return (b[0] - a[0]) * (point[1] - a[1]) - (b[1] - a[1]) * (point[0] - a[0])


_SQUARE: Final = 16
"""Pixels that a JPEG with halved colours encodes together, each way."""
_GROWN: Final = 2
"""Pixels by which what is painted is spread: one for rounding, and another one because decoders mix
the colours of neighbouring squares along their edge."""
_FULL: Final = 255


def paint(picture: Image.Image, masks: tuple[Polygon, ...]) -> Image.Image | None:
    """Paint black what nobody may see, and return the painted area, None without any; blocking.

    JPEG mixes pixels within squares of 16, so every square that a mask touches is painted whole:
    nothing of what is below shines through at its edge.
    """
    if not masks:
        return None
    from PIL import ImageDraw, ImageFilter  # noqa: PLC0415 - fonts come with it, two MiB in all

    across, down = ceil(picture.width / _SQUARE), ceil(picture.height / _SQUARE)
    painted = Image.new("L", (across * _SQUARE, down * _SQUARE))
    draw = ImageDraw.Draw(painted)
    for mask in masks:
        corners = [(x * picture.width, y * picture.height) for x, y in mask]
        draw.polygon(corners, fill=_FULL)
        # In a call of its own: with the same colour Pillow leaves the outline out, and with it what
        # is thinner than a pixel.
        draw.polygon(corners, outline=_FULL)
    grown = painted.filter(ImageFilter.BoxBlur(_GROWN)).point(lambda value: _FULL if value else 0)
    # One painted pixel of the 256 makes an average of 0.996, which is rounded up.
    squares = grown.reduce(_SQUARE).point(lambda value: _FULL if value else 0)
    area = squares.resize(painted.size, Image.Resampling.NEAREST).crop((0, 0, *picture.size))
    picture.paste("black", mask=area)
    return area
