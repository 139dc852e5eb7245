"""What the simulator says about a picture is true."""

from collections.abc import Callable
import json
from typing import Any

from PIL import Image, ImageDraw, ImageFont
from PIL.Image import Transpose
import pytest

from custom_components.eyewitness.pictures.masks import Polygon
from custom_components.eyewitness.pictures.prepare import prepare
from tests.harness.config import PHOTO

from .answers import answer_text, describe
from .catalog import Model
from .pictures import BadPictureError, Picture, read_picture
from .samples import SCHEMA, encoded, picture
from .tokens import image_tokens
from .vendors.schemas import shape_problem


@pytest.mark.parametrize(
    ("colour", "name"),
    [
        ((0, 0, 0), "black"),
        ((255, 255, 255), "white"),
        ((128, 128, 128), "grey"),
        ((60, 60, 60), "dark grey"),
        ((220, 30, 30), "red"),
        ((240, 140, 20), "orange"),
        ((110, 70, 30), "brown"),
        ((240, 230, 40), "yellow"),
        ((30, 180, 60), "green"),
        ((10, 60, 20), "dark green"),
        ((40, 200, 210), "cyan"),
        ((30, 60, 220), "blue"),
        ((15, 25, 90), "dark blue"),
        ((160, 200, 250), "light blue"),
        ((150, 40, 220), "purple"),
        ((250, 60, 160), "pink"),
    ],
)
def test_colours(colour: tuple[int, int, int], name: str) -> None:
    """Plain pictures have the colour that a person would name."""
    assert read_picture(picture(64, 48, colour)).colours == (name,)


def _two(size: tuple[int, int], other: tuple[int, int, int]) -> Picture:
    """Return a picture that is dark blue but for another colour in its left 100 pixels."""
    image = Image.new("RGB", size, (15, 25, 90))
    image.paste(other, (0, 0, 100, 200))
    return read_picture(encoded(image))


def test_two_colours() -> None:
    """The larger colour comes first, and a title never has more than six words."""
    found = _two((300, 200), (128, 128, 128))
    assert describe([found]) == "A 300 by 200 picture (300x200), mostly dark blue and grey."
    assert json.loads(answer_text([found], SCHEMA))["title"] == "Mostly dark blue and grey"
    longest = _two((200, 200), (60, 60, 60))
    assert len(json.loads(answer_text([longest], SCHEMA))["title"].split()) == 6


def test_several_pictures() -> None:
    """Each picture has its sentence; none is said too."""
    pictures = [read_picture(picture(64, 48)), read_picture(picture(32, 16, (0, 0, 0)))]
    assert describe(pictures) == (
        "A 64 by 48 picture (64x48), mostly dark blue. A 32 by 16 picture (32x16), mostly black."
    )
    assert describe([]) == "There is no picture in this request."


NEIGHBOUR = ((0.05, 0.1), (0.4, 0.1), (0.4, 0.6), (0.05, 0.6))
COURIER = ((0.45, 0.38), (0.65, 0.38), (0.65, 0.96), (0.45, 0.96))
PARCEL = ((0.54, 0.52), (0.64, 0.52), (0.64, 0.65), (0.54, 0.65))


def _demos(side: int = 1344, *masks: Polygon, like: Transpose | None = None) -> Picture:
    """Return the demo's photo as Eyewitness sends it, perhaps turned."""
    photo = PHOTO.read_bytes()
    if like is not None:
        with Image.open(PHOTO) as image:
            photo = encoded(image.transpose(like), "JPEG")
    return read_picture(prepare(photo, side, masks).jpeg)


@pytest.mark.parametrize("side", [768, 1344, 2048])
@pytest.mark.parametrize("masks", [(), (NEIGHBOUR,)])
def test_the_demos_photo_is_known(side: int, masks: tuple[Polygon, ...]) -> None:
    """At every size and under a mask, and it is said that nobody has really looked."""
    found = _demos(side, *masks)
    told = json.loads(answer_text([found], SCHEMA))
    assert told["title"] == "Courier with a parcel"
    assert told["objects"] == ["person", "package"]
    assert told["description"].endswith("This answer is simulated.")
    assert answer_text([found], None) == told["description"]


@pytest.mark.parametrize(
    "other",
    [
        lambda: _demos(1344, COURIER),
        lambda: _demos(1344, PARCEL),
        lambda: _demos(like=Transpose.FLIP_LEFT_RIGHT),
        lambda: _demos(like=Transpose.ROTATE_180),
        lambda: read_picture(picture(1280, 720, (60, 60, 70))),
    ],
    ids=["courier hidden", "parcel hidden", "mirrored", "upside down", "another"],
)
def test_every_other_picture_is_described_by_its_pixels(other: Callable[[], Picture]) -> None:
    """Whoever paints the courier black is not told of him."""
    assert "(1280x720), mostly " in json.loads(answer_text([other()], SCHEMA))["description"]


@pytest.mark.parametrize("mode", ["L", "P", "CMYK", "1"])
def test_picture_modes(mode: str) -> None:
    """Grey, palette and print pictures are read too."""
    image = Image.new("RGB", (40, 30), (250, 250, 250)).convert(mode)
    data = encoded(image, "JPEG" if mode == "CMYK" else "PNG")
    assert read_picture(data).colours == ("white",)


def test_too_many_pixels() -> None:
    """A picture that is small on the wire and huge in memory is not opened."""
    with pytest.raises(BadPictureError, match="too large"):
        read_picture(encoded(Image.new("1", (10_000, 10_000))))


@pytest.mark.parametrize(
    ("rule", "sizes"),
    [
        ("patches", {(1280, 720): 1104, (1920, 1080): 2448, (512, 512): 308}),
        ("claude", {(1280, 720): 1273, (1920, 1080): 2768, (512, 512): 438}),
        ("flat", {(1280, 720): 1100, (1920, 1080): 1100}),
        ("claude-old", {(1280, 720): 1229, (1920, 1080): 1600}),
        ("tiles", {(1280, 720): 36835, (1920, 1080): 36835, (512, 512): 8500}),
    ],
)
def test_image_tokens(rule: str, sizes: dict[tuple[int, int], int]) -> None:
    """Tokens are those that were measured; see the module."""
    model = Model(id="x", image_rule=rule)
    for (width, height), tokens in sizes.items():
        assert image_tokens(model, read_picture(picture(width, height))) == tokens


@pytest.mark.parametrize(
    ("schema", "answer"),
    [
        ({"type": "object", "properties": {}}, {}),
        ({"type": "string"}, "There is no picture in this request."),
        ({"type": ["null", "string"]}, None),
        ({"type": "array", "items": {"type": "boolean"}}, []),
        ({"type": "NUMBER", "minimum": 4}, 4),
        ({"anyOf": [{"enum": ["a", "b"]}, {"type": "null"}]}, "a"),
        (
            {"properties": {"sure": {"type": "boolean"}, "title": {"type": "string"}}},
            {"sure": False, "title": "No picture"},
        ),
    ],
)
def test_other_schemas(schema: dict[str, Any], answer: Any) -> None:
    """Any schema gets a value that fits it."""
    assert shape_problem(schema) == ""
    assert json.loads(answer_text([], schema)) == answer


def _printed(number: str, ground: str = "navy", *, size: int = 120, width: int = 400) -> bytes:
    """Return a picture with a number in white on one colour."""
    image = Image.new("RGB", (width, 300), ground)
    font = ImageFont.load_default(size)
    ImageDraw.Draw(image).text((width / 2, 150), number, "white", font, anchor="mm", stroke_width=3)
    return encoded(image)


@pytest.mark.parametrize("number", ["471", "235", "986", "117"])
def test_a_large_number_is_read(number: str) -> None:
    """From the pixels, after a JPEG's loss, and said."""
    found = read_picture(_printed(number))
    assert found.number == number
    assert describe([found]).endswith(f"mostly blue. The number {number} is on it.")


@pytest.mark.parametrize(
    "data",
    [
        _printed("47"),
        _printed("4713", width=600),
        _printed("471", size=30),
        _printed("471", "white"),
        _printed("AKW"),
        picture(400, 300),
    ],
)
def test_what_is_no_large_number_is_not_read(data: bytes) -> None:
    """Neither other numbers of digits, nor small ones, nor letters."""
    assert read_picture(data).number == ""
