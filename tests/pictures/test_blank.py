"""A plain frame shows nothing; a dark night shows a dark night."""

from io import BytesIO
import random

from PIL import Image
import pytest

from custom_components.eyewitness.pictures.masks import Polygon, box
from custom_components.eyewitness.pictures.prepare import prepare
from custom_components.eyewitness.pictures.size import Detail
from tests.pictures.scenes import GREEN, corners, encoded

pytestmark = pytest.mark.usefixtures("decoder")

HALF = box({"left": 0, "top": 0, "right": 50, "bottom": 100})
ALL = box({"left": 0, "top": 0, "right": 100, "bottom": 100})


def blank(image: Image.Image, *masks: object, kind: str = "JPEG", **options: object) -> bool:
    """Return whether a camera's picture counts as blank."""
    return prepare(encoded(image, kind, **options), 1280, masks).blank  # type: ignore[arg-type]


def night(strength: float, size: tuple[int, int] = (1920, 1080)) -> Image.Image:
    """Return a night in which a camera sees nothing but its own noise, in levels of 256."""
    chance = random.Random(7)
    values = bytes(max(0, round(chance.gauss(3, strength))) for _ in range(200_000))
    tile = Image.frombytes("L", (500, 400), values)
    image = Image.new("L", size)
    for left in range(0, size[0], 500):
        for top in range(0, size[1], 400):
            image.paste(tile, (left, top))
    return image.convert("RGB")


@pytest.mark.parametrize("colour", ["black", "white", (128, 128, 128), (0, 135, 0), (37, 91, 173)])
@pytest.mark.parametrize("quality", [95, 50])
@pytest.mark.parametrize("size", [(1920, 1080), (641, 359)])
def test_a_single_colour_is_blank(colour: object, quality: int, size: tuple[int, int]) -> None:
    """Black before the first frame, grey or green from a decoder that waits for a whole one."""
    assert blank(Image.new("RGB", size, colour), quality=quality)  # type: ignore[arg-type]
    assert blank(Image.new("RGB", size, colour), kind="PNG")  # type: ignore[arg-type]


def test_one_level_of_rounding_makes_no_picture() -> None:
    """A video decoder rounds a colour one level up here and one down there."""
    image = Image.new("RGB", (640, 360), (20, 20, 20))
    image.paste((21, 20, 19), (0, 0, 320, 180))
    image.paste((19, 21, 20), (320, 0, 640, 180))
    assert blank(image, kind="PNG")


@pytest.mark.parametrize(("strength", "quality"), [(1, 95), (1, 75), (1.5, 50), (3, 50)])
@pytest.mark.parametrize("size", [(1920, 1080), (2688, 1520), (3840, 2160), (4000, 3000)])
def test_a_dark_night_is_not_blank(size: tuple[int, int], strength: float, quality: int) -> None:
    """The noise tells that the camera looks, even where it is averaged away in a small copy."""
    data = encoded(night(strength, size), quality=quality)
    assert not [detail for detail in Detail if prepare(data, detail.side).blank]


def test_a_dark_night_in_another_format() -> None:
    """What is averaged square by square loses its noise as well."""
    assert not blank(night(1, (3840, 2160)), kind="PNG", compress_level=1)


@pytest.mark.parametrize("mask", [HALF, ALL])
def test_a_dark_night_beside_a_mask(mask: Polygon) -> None:
    """A closer look is taken of nothing that is hidden."""
    image = Image.new("RGB", (3840, 2160))
    image.paste(night(1, (1920, 2160)), (0, 0))
    assert not blank(image)
    assert blank(image, mask) is (mask is HALF)


def test_the_least_light_is_not_blank() -> None:
    """A lamp far away, of a few pixels, in a night without any noise."""
    image = Image.new("RGB", (1280, 720))
    image.paste((60, 60, 40), (1003, 401, 1011, 408))
    assert not blank(image)


def test_only_what_may_be_seen_counts() -> None:
    """A picture may be blank beside its masks, and black all over because somebody wants that."""
    half = Image.new("RGB", (640, 360))
    half.paste(corners(320, 360), (0, 0))
    assert not blank(half)
    assert blank(half, HALF)
    turned = half.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    assert not blank(turned, HALF)
    assert not blank(half, ALL)


def test_a_smaller_copy_can_still_be_made() -> None:
    """Whether it is blank was decided before; the picture is left as it is."""
    picture = prepare(encoded(Image.new("RGB", (64, 36), GREEN)), 1280)
    assert picture.blank
    assert Image.open(BytesIO(picture.jpeg)).size == (64, 36)
