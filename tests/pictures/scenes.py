"""Make pictures and rules for the tests, and look at what became of them."""

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, cast

from homeassistant.config_entries import ConfigSubentry
from PIL import Image

from custom_components.eyewitness.pictures.prepare import prepare
from custom_components.eyewitness.pictures.size import Detail
from tests.kit import CAMERA, House

type Colour = tuple[int, int, int]

RED, GREEN, BLUE, YELLOW = (250, 0, 0), (0, 250, 0), (0, 0, 250), (250, 250, 0)
_PLACES = {(0, 0): RED, (1, 0): GREEN, (0, 1): BLUE, (1, 1): YELLOW}


def encoded(image: Image.Image, kind: str = "JPEG", **options: Any) -> bytes:
    """Return the file of a picture."""
    if kind == "AVIF":
        options.setdefault("speed", 10)  # no test is about how well it is compressed
    out = BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


BLACK: Final = encoded(Image.new("RGB", (640, 360)))
"""What a camera sends before it is awake."""


def put(folder: Path, *names: str, content: bytes = b"mine") -> None:
    """Put files into a folder, and into folders below it."""
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)


def corners(width: int = 400, height: int = 300) -> Image.Image:
    """Return a picture with another colour in each corner, to see how it lies."""
    image = Image.new("RGB", (2, 2))
    for place, colour in _PLACES.items():
        image.putpixel(place, colour)
    return image.resize((width, height), Image.Resampling.NEAREST)


def check_corners(image: Image.Image) -> None:
    """Fail unless the picture lies as ``corners`` made it."""
    for (x, y), colour in _PLACES.items():
        place = ((1 + 6 * x) * image.width // 8, (1 + 6 * y) * image.height // 8)
        assert near(image.getpixel(place), colour)


def corner_colours(image: Image.Image) -> list[Any]:
    """Return the colours of the corners, row by row."""
    return [
        image.getpixel((int(x * image.width), int(y * image.height)))
        for y in (0.1, 0.9)
        for x in (0.1, 0.9)
    ]


_LIES: dict[tuple[Colour, ...], int] = {
    (RED, GREEN, BLUE, YELLOW): 1,
    (GREEN, RED, YELLOW, BLUE): 2,
    (YELLOW, BLUE, GREEN, RED): 3,
    (BLUE, YELLOW, RED, GREEN): 4,
    (RED, BLUE, GREEN, YELLOW): 5,
    (BLUE, RED, YELLOW, GREEN): 6,
    (YELLOW, GREEN, BLUE, RED): 7,
    (GREEN, YELLOW, RED, BLUE): 8,
}


def orientation_of(colours: Sequence[Sequence[int]]) -> int:
    """Return by which orientation somebody turned ``corners``, told by what its corners are now."""
    pure = tuple(tuple(250 if part > 125 else 0 for part in colour) for colour in colours)
    return _LIES[cast("tuple[Colour, ...]", pure)]


def held_as(orientation: int) -> Image.Exif:
    """Return the EXIF of a camera that was held like this; 6 is on its side."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    return exif


def prepared(data: bytes) -> Image.Image:
    """Return what the vendor would get."""
    picture = prepare(data, Detail.NORMAL.side)
    image = Image.open(BytesIO(picture.jpeg))
    image.load()
    assert image.format == "JPEG"
    assert image.mode == "RGB"
    assert image.size == (picture.width, picture.height)
    assert not image.getexif()
    assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    return image


def near(found: object, expected: tuple[int, ...], slack: int = 12) -> bool:
    """Return whether a pixel has this colour, as far as a JPEG keeps colours."""
    assert isinstance(found, tuple)
    return all(abs(a - b) <= slack for a, b in zip(found, expected, strict=True))


async def add_rules(house: House, *allowed: str, entity_id: str = CAMERA, **changes: Any) -> None:
    """Add rules for a camera as their flow does."""
    providers = [house.provider(kind).subentry_id for kind in allowed]
    data = {"entity_id": entity_id, "allowed_providers": providers, **changes}
    subentry = ConfigSubentry(
        data=MappingProxyType(data), subentry_type="camera", title="A camera", unique_id=None
    )
    house.hass.config_entries.async_add_subentry(house.entry, subentry)
    await house.hass.async_block_till_done()
