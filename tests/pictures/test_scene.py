"""Show 5 of issue I: what counts as the same scene, on pictures of our own.

The pictures go the whole way: a camera's JPEG, prepared for a vendor, and what is kept of it.
"""

from functools import cache

from PIL import Image
import pytest

from custom_components.eyewitness.pictures.masks import Polygon, box as area
from custom_components.eyewitness.pictures.prepare import prepare
from custom_components.eyewitness.pictures.scene import Scene, change, is_same
from custom_components.eyewitness.pictures.size import Detail
from tests.pictures.scenes import encoded
from tests.pictures.yards import (
    YARDS,
    Air,
    Draw,
    beam,
    box,
    car,
    cat,
    person,
    shade,
)

DAY, DARK = Air(), Air(noise=6)
type Pair = tuple[str, Air, Air, Draw | None]
"""A yard, the air of the first and of the second picture, and what has happened in between."""

SAME: dict[str, Pair] = {
    "noise by day": ("yard", DAY, DAY, None),
    "more noise": ("yard", Air(noise=5), Air(noise=5), None),
    "noise at night": ("night", DARK, DARK, None),
    "noise in the snow": ("snow", DAY, DAY, None),
    "noise at dusk": ("door", DAY, DAY, None),
    "a worse JPEG": ("yard", DAY, Air(quality=60), None),
    "a worse JPEG at night": ("night", DARK, Air(noise=6, quality=65), None),
    "darker": ("yard", DAY, Air(exposure=0.85), None),
    "darker at dusk": ("door", DAY, Air(exposure=0.85), None),
    "darker at night": ("night", DARK, Air(noise=6, exposure=0.92), None),
    "another white balance": ("yard", DAY, Air(white=(1.05, 1.0, 0.93)), None),
    "a thin cloud on one side": ("yard", DAY, Air(cloud=0.05), None),
    "haze": ("yard", DAY, Air(haze=25), None),
    "haze in the snow": ("snow", DAY, Air(haze=15), None),
    "a little wind": ("yard", Air(wind=1), Air(wind=1), None),
    "a little wind at night": ("night", Air(noise=6, wind=1), Air(noise=6, wind=1), None),
    "a camera that trembles": ("yard", Air(shift=(0.1, 0.0)), Air(shift=(0.4, 0.2)), None),
    "a few drops of rain": ("night", Air(noise=5, rain=30), Air(noise=5, rain=30), None),
}


def figure(place: str, x: int, foot: int, height: int, contrast: int, **how: float) -> Draw:
    """Return a person that much brighter or darker than what is behind."""
    return person(x, foot, height, shade(YARDS[place](), x, foot, contrast), **how)


DIFFERENT: dict[str, Pair] = {
    "far away on the path": ("yard", DAY, DAY, figure("yard", 601, 345, 26, -30)),
    "far away on the lawn": ("yard", DAY, DAY, figure("yard", 300, 420, 26, -25)),
    "far away, bright": ("yard", DAY, DAY, figure("yard", 470, 600, 26, 30)),
    "before the fence": ("yard", DAY, DAY, person(400, 312, 26, (70, 60, 60))),
    "before the tree": ("yard", DAY, DAY, person(170, 290, 40, (70, 60, 90))),
    "a green coat on grey": ("yard", DAY, DAY, person(610, 380, 26, (92, 112, 66))),
    "a coat as bright as the lawn": ("yard", DAY, DAY, person(300, 500, 26, (150, 80, 90))),
    "half behind the fence": ("yard", DAY, DAY, figure("yard", 340, 300, 60, -40, hidden=0.5)),
    "at the edge of the picture": ("yard", DAY, DAY, figure("yard", 4, 640, 60, -40)),
    "only a head at the bottom": ("yard", DAY, DAY, person(700, 745, 90, (80, 60, 50))),
    "near": ("yard", DAY, DAY, person(640, 700, 400, (60, 60, 90))),
    "somebody while it gets darker": (
        "yard",
        DAY,
        Air(exposure=0.85),
        figure("yard", 300, 420, 30, -35),
    ),
    "somebody in the haze": ("yard", DAY, Air(haze=25), figure("yard", 600, 345, 30, -40)),
    "somebody in the wind": ("yard", Air(wind=2), Air(wind=2), figure("yard", 500, 430, 26, -30)),
    "far away at night": ("night", DARK, DARK, figure("night", 601, 345, 26, 25)),
    "dark at night": ("night", DARK, DARK, figure("night", 620, 420, 26, -30)),
    "at night in the rain": (
        "night",
        Air(noise=6, rain=60),
        Air(noise=6, rain=60),
        figure("night", 560, 520, 30, 30),
    ),
    "at the dark edge of the night": ("night", DARK, DARK, person(60, 600, 60, (60, 60, 60))),
    "far away in the snow": ("snow", DAY, DAY, figure("snow", 600, 400, 26, -30)),
    "white in the snow": ("snow", DAY, DAY, figure("snow", 300, 500, 40, -20)),
    "behind the hedge at dusk": ("door", DAY, DAY, person(150, 265, 30, (70, 66, 70))),
    "on the lawn at dusk": ("door", DAY, DAY, person(120, 640, 40, (90, 80, 70))),
    "a cat": ("yard", DAY, DAY, cat(500, 500, 46, (60, 50, 45))),
    "a cat at night": ("night", DARK, DARK, cat(500, 500, 40, (150, 150, 150))),
    "a car": ("yard", DAY, DAY, car(100, 420, 160, (150, 30, 30))),
    "a white car in the snow": ("snow", DAY, DAY, car(100, 440, 160, (232, 234, 238))),
    "a car far away": ("night", DARK, DARK, car(570, 318, 40, (120, 120, 120))),
    "a parcel at the door": ("yard", DAY, DAY, box(985, 412, 1010, 430, (150, 110, 70))),
    "a letter on the mat": ("door", DAY, DAY, box(800, 655, 822, 668, (210, 205, 195))),
    "the door is open": ("yard", DAY, DAY, box(960, 220, 1000, 430, (30, 26, 24))),
    "the window has light": ("night", DARK, DARK, box(1103, 163, 1217, 277, (190, 190, 190))),
    "the window is dark": ("door", DAY, DAY, box(180, 95, 280, 195, (30, 30, 38))),
    "a fence board is gone": ("yard", DAY, DAY, box(312, 250, 332, 318, (92, 112, 66))),
    "headlights": ("night", DARK, DARK, beam(500, 500, 200, 60)),
    "smoke": ("yard", DAY, DAY, beam(300, 200, 160, 50)),
    "a spider before the lens": ("night", DARK, Air(noise=6, bugs=2), None),
    "the picture stands still no more": ("yard", DAY, Air(shift=(9.0, 6.0)), None),
    "night has come": ("yard", DAY, Air(exposure=0.5), None),
}


def seen(place: str, air: Air, seed: int, happened: Draw | None = None) -> bytes:
    """Return what the camera sends."""
    image = YARDS[place]()
    if happened is not None:
        image = happened(image)
    return encoded(air.next(seed).seen(image), quality=air.quality)


def kept(data: bytes, *masks: Polygon, detail: Detail = Detail.NORMAL) -> Scene:
    """Return what is kept of a camera's picture."""
    picture = prepare(data, detail.side, masks, with_scene=True)
    assert picture.scene is not None
    return picture.scene


@cache
def pair(name: str) -> tuple[Scene, Scene]:
    """Return the scenes of both pictures, the earlier one first."""
    place, before, now, happened = (SAME | DIFFERENT)[name]
    return kept(seen(place, before, 1)), kept(seen(place, now, 2, happened))


@pytest.mark.parametrize("name", DIFFERENT)
def test_show_5_what_is_new_is_seen(name: str) -> None:
    """Also the other way round: who has gone is as new as who has come."""
    before, now = pair(name)
    assert not is_same(now, before)
    assert not is_same(before, now)


@pytest.mark.parametrize("name", SAME)
def test_show_5_what_is_nothing_is_the_same(name: str) -> None:
    """Light, noise, and a little weather."""
    before, now = pair(name)
    assert is_same(now, before)
    assert is_same(before, now)


@pytest.mark.parametrize("detail", Detail)
def test_a_small_person_is_seen_at_every_size(detail: Detail) -> None:
    """Whatever providers are to see of the picture."""
    place, before, now, somebody = DIFFERENT["far away on the lawn"]
    empty, again = (
        kept(seen(place, air, seed), detail=detail) for seed, air in ((1, before), (2, now))
    )
    assert is_same(again, empty)
    assert not is_same(kept(seen(place, now, 2, somebody), detail=detail), empty)


def test_only_what_is_shown_counts() -> None:
    """Somebody below a black area is nothing new, and as much of a person beside it is."""
    place, before, now, _ = DIFFERENT["far away on the lawn"]
    black = area({"left": 20, "top": 50, "right": 30, "bottom": 60})
    empty = kept(seen(place, before, 1), black)
    assert is_same(kept(seen(place, now, 2), black), empty)
    assert is_same(kept(seen(place, now, 2, person(320, 425, 40, (60, 50, 45))), black), empty)
    for left in (240, 420):
        somebody = person(left, 425, 40, (60, 50, 45))
        assert not is_same(kept(seen(place, now, 2, somebody), black), empty)


def test_what_is_black_all_over_is_the_same() -> None:
    """That is what somebody wanted."""
    all_of_it = area({"left": 0, "top": 0, "right": 100, "bottom": 100})
    one, other = (kept(encoded(YARDS[name]()), all_of_it) for name in ("yard", "door"))
    assert is_same(other, one)


def test_another_light_is_never_the_same() -> None:
    """Each colour of its own, in brightness and in contrast: it may hide whatever it likes."""
    place = YARDS["yard"]()
    red, green, blue = place.split()
    bright = red.point([min(255, value + 60) for value in range(256)])
    flat = place.point([100 + value // 4 for value in range(256)] * 3)
    for other in (Image.merge("RGB", (bright, green, blue)), flat):
        assert not is_same(kept(encoded(other)), kept(encoded(place)))


def test_nothing_is_kept_unless_somebody_compares() -> None:
    """And what is kept is small."""
    data = seen("yard", DAY, 1)
    assert prepare(data, Detail.NORMAL.side).scene is None
    pixels = kept(data).pixels
    assert pixels.mode == "RGB"
    assert pixels.width * pixels.height * 4 < 300_000


def test_who_has_gone_is_as_new_as_who_has_come() -> None:
    """It is asked both ways, or an edge beside somebody who has gone would hide that."""
    before, now = pair("before the fence")
    assert change(before, now) == pytest.approx(change(now, before), abs=3)
