"""Tell whether two pictures of a camera show the same, though light, noise and weather differ.

Pictures are compared place by place, never as a whole: a person far away, 24 pixels tall in a
picture 1200 pixels wide, is a 5,000th of it, which a hash of the whole picture overlooks.

Both are made small and smoothed over what a person that far away covers, which takes away noise and
the traces of JPEG. Then the light is made equal: by a gain and an offset for each colour, and by
what slowly changes across the picture. After that no pixel may be beyond what the other picture
shows there, or beside it where there is an edge, as leaves and cameras tremble. That is asked both
ways: who has gone is as new as who has come.
"""

from dataclasses import dataclass
from typing import Final, cast

from PIL import Image, ImageChops, ImageFilter, ImageStat

CHANGE: Final = 6
"""Levels of 256 from which on a pixel is something new; ``docs/architecture.md`` says why."""
OTHER_LIGHT: Final = 255
"""The change when the light is too different for a comparison."""
_SIDE: Final = 320
"""Pixels of the longer side that are compared, about."""
_SMOOTH: Final = ImageFilter.BoxBlur((1, 2))
"""Averages 3 pixels across and 5 down: twelve by twenty of a picture that is 1200 pixels wide."""
_TILE: Final = 24
"""Pixels of the side of a tile; from tile to tile the light may differ."""
_GAIN: Final = 1.4
"""By which the contrast may have changed, or the other way round."""
_OFFSET: Final = 40
"""Levels by which all of the picture may have become brighter or darker."""
_UNEVEN: Final = 10
"""Levels by which one tile may have become brighter or darker than the others."""
_EDGE: Final = 6
"""Levels by which neighbours differ at least where there is an edge."""
_LEVELS: Final = 256
_MIDDLE: Final = 128
_DARKER: Final = [max(0, value - _EDGE) for value in range(_LEVELS)] * 3
_BRIGHTER: Final = [min(_LEVELS - 1, value + _EDGE) for value in range(_LEVELS)] * 3
_ANY: Final = [0, *[_LEVELS - 1] * (_LEVELS - 1)]
"""Whatever has a part in it counts in full."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What is kept of a picture to compare it with a later one: a quarter of a megabyte."""

    size: tuple[int, int]
    """Of the picture."""
    pixels: Image.Image
    """Small, in RGB."""
    hidden: Image.Image | None
    """What is painted over, as small; None when nothing is."""


def scene_of(picture: Image.Image, hidden: Image.Image | None) -> Scene:
    """Return the scene of an RGB picture, ``hidden`` where it is painted over; blocking."""
    part = max(1, round(max(picture.size) / _SIDE))
    return Scene(picture.size, picture.reduce(part), hidden and hidden.reduce(part).point(_ANY))


def is_same(now: Scene, before: Scene) -> bool:
    """Return whether nothing is new in a scene since an earlier one; blocking.

    Both have to be under the same masks: what is below these does not count.
    """
    return change(now, before) < CHANGE


def change(now: Scene, before: Scene) -> int:
    """Return by how many levels of 256 the most different place has changed; blocking."""
    if now.size != before.size:
        return OTHER_LIGHT
    new, old = now.pixels.filter(_SMOOTH), before.pixels.filter(_SMOOTH)
    # What is next to a painted place is mixed with its black.
    hidden = now.hidden and now.hidden.filter(_SMOOTH).point(_ANY)
    if hidden is not None and hidden.getextrema()[0]:
        return 0  # all of it is painted over
    if (table := _same_light(new, old, hidden)) is None:
        return OTHER_LIGHT
    old = old.point(table)
    if hidden is not None:
        old.paste(new, mask=hidden)
    tiles = ImageChops.subtract(new, old, offset=_MIDDLE).reduce(_TILE)
    if max(abs(end - _MIDDLE) for ends in _ends(tiles) for end in ends) > _UNEVEN:
        return OTHER_LIGHT
    size = (tiles.width * _TILE, tiles.height * _TILE)
    slow = tiles.resize(size, Image.Resampling.BILINEAR).crop((0, 0, *new.size))
    old = ImageChops.add(old, slow, offset=-_MIDDLE)
    beyond = ImageChops.lighter(_beyond(new, old), _beyond(old, new))
    return max(end for _, end in _ends(beyond))


def _ends(picture: Image.Image) -> tuple[tuple[int, int], ...]:
    """Return the lowest and the highest value of each colour."""
    return cast("tuple[tuple[int, int], ...]", picture.getextrema())


def _same_light(
    now: Image.Image, before: Image.Image, hidden: Image.Image | None
) -> list[int] | None:
    """Return what gives an earlier picture the light of now, None when that is too different."""
    shown = hidden and ImageChops.invert(hidden)
    table = []
    lights = [ImageStat.Stat(each, shown) for each in (now, before)]
    for new, spread, old, former in zip(
        lights[0].mean, lights[0].stddev, lights[1].mean, lights[1].stddev, strict=True
    ):
        gain = max(spread, 1) / max(former, 1)
        if not (1 / _GAIN <= gain <= _GAIN and abs(new - old) <= _OFFSET):
            return None
        table += [round(min(255, max(0, (value - old) * gain + new))) for value in range(_LEVELS)]
    return table


def _beyond(picture: Image.Image, other: Image.Image) -> Image.Image:
    """Return how far each pixel is beyond what the other picture shows there or at an edge."""
    brightest = ImageChops.lighter(other, _brightest(other).point(_DARKER))
    darkest = ImageChops.darker(other, _darkest(other).point(_BRIGHTER))
    return ImageChops.lighter(
        ImageChops.subtract(picture, brightest), ImageChops.subtract(darkest, picture)
    )


def _brightest(picture: Image.Image) -> Image.Image:
    """Return the brightest of each pixel and its eight neighbours, for each colour.

    Pillow's own filter for that takes ten times as long. Outside of the picture it is black.
    """
    width, height = picture.size
    for left, top in ((1, 0), (0, 1)):
        one = picture.crop((left, top, width + left, height + top))
        other = picture.crop((-left, -top, width - left, height - top))
        picture = ImageChops.lighter(picture, ImageChops.lighter(one, other))
    return picture


def _darkest(picture: Image.Image) -> Image.Image:
    """Return the darkest of each pixel and its eight neighbours, for each colour."""
    return ImageChops.invert(_brightest(ImageChops.invert(picture)))
