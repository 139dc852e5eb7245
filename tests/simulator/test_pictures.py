"""What the simulator says about a picture is true."""

from io import BytesIO
import json
from typing import Any

from PIL import Image
import pytest

from .answers import answer_text, describe, fits
from .catalog import Model
from .pictures import BadPictureError, read_picture
from .samples import SCHEMA, picture
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


def test_two_colours() -> None:
    """The larger colour comes first."""
    image = Image.new("RGB", (300, 200), (15, 25, 90))
    image.paste((128, 128, 128), (0, 0, 100, 200))
    buffer = BytesIO()
    image.save(buffer, "PNG")
    found = read_picture(buffer.getvalue())
    assert describe([found]) == "A 300 by 200 picture (300x200), mostly dark blue and grey."
    answer = json.loads(answer_text([found], SCHEMA))
    assert answer["title"] == "Mostly dark blue and grey"
    assert len(answer["title"].split()) <= 6


def test_longest_title() -> None:
    """A title never has more than six words."""
    image = Image.new("RGB", (200, 200), (15, 25, 90))
    image.paste((60, 60, 60), (0, 0, 100, 200))
    buffer = BytesIO()
    image.save(buffer, "PNG")
    title = json.loads(answer_text([read_picture(buffer.getvalue())], SCHEMA))["title"]
    assert len(title.split()) == 6


def test_several_pictures() -> None:
    """Each picture has its sentence; none is said too."""
    pictures = [read_picture(picture(64, 48)), read_picture(picture(32, 16, (0, 0, 0)))]
    assert describe(pictures) == (
        "A 64 by 48 picture (64x48), mostly dark blue. A 32 by 16 picture (32x16), mostly black."
    )
    assert describe([]) == "There is no picture in this request."


@pytest.mark.parametrize("mode", ["L", "P", "CMYK", "1"])
def test_picture_modes(mode: str) -> None:
    """Grey, palette and print pictures are read too."""
    buffer = BytesIO()
    kind = "JPEG" if mode == "CMYK" else "PNG"
    Image.new("RGB", (40, 30), (250, 250, 250)).convert(mode).save(buffer, kind)
    assert read_picture(buffer.getvalue()).colours == ("white",)


def test_too_many_pixels() -> None:
    """A picture that is small on the wire and huge in memory is not opened."""
    buffer = BytesIO()
    Image.new("1", (10_000, 10_000)).save(buffer, "PNG")
    with pytest.raises(BadPictureError, match="too large"):
        read_picture(buffer.getvalue())


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
        ({"type": "array", "items": {"type": "boolean"}, "minItems": 2}, [False, False]),
        ({"type": "NUMBER", "minimum": 4}, 4),
        ({"enum": ["a", "b"]}, "a"),
        (
            {"properties": {"confidence": {"type": "number", "maximum": 1}}},
            {"confidence": 0.9},
        ),
        (
            {"properties": {"importance": {"type": "integer"}, "title": {"type": "string"}}},
            {"importance": 0, "title": "No picture"},
        ),
        ({"properties": {"objects": {"type": "string"}}}, None),
    ],
)
def test_other_schemas(schema: dict[str, Any], answer: Any) -> None:
    """Any schema gets a value that fits it."""
    assert shape_problem(schema) == ""
    found = json.loads(answer_text([], schema))
    assert fits(found, schema)
    if answer is not None:
        assert found == answer
