"""Draw pictures for the snapshot's tests and look at what became of them."""

from io import BytesIO
from typing import Any

from PIL import Image

from custom_components.eyewitness.pictures.prepare import _prepare

RED, GREEN, BLUE, YELLOW = (250, 0, 0), (0, 250, 0), (0, 0, 250), (250, 250, 0)


def corners(width: int = 400, height: int = 300) -> Image.Image:
    """Return a picture with another colour in each corner, to tell how it lies."""
    image = Image.new("RGB", (width, height))
    for place, colour in (((0, 0), RED), ((1, 0), GREEN), ((0, 1), BLUE), ((1, 1), YELLOW)):
        x, y = place[0] * width // 2, place[1] * height // 2
        image.paste(colour, (x, y, x + width // 2, y + height // 2))
    return image


def encoded(image: Image.Image, kind: str = "JPEG", **options: Any) -> bytes:
    """Return the file of a picture."""
    out = BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def prepared(data: bytes) -> Image.Image:
    """Return what the vendor would get."""
    frame = _prepare(data, 1280, 80)
    image = Image.open(BytesIO(frame.jpeg))
    image.load()
    assert image.format == "JPEG"
    assert image.mode == "RGB"
    assert image.size == (frame.width, frame.height)
    assert not image.getexif()
    assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    return image


def near(found: object, expected: tuple[int, ...], slack: int = 12) -> bool:
    """Say whether a pixel has this colour, as far as a JPEG keeps colours."""
    assert isinstance(found, tuple)
    return all(abs(a - b) <= slack for a, b in zip(found, expected, strict=True))


def check_corners(image: Image.Image) -> None:
    """Fail unless the picture lies as `corners` made it."""
    for place, colour in (((1, 1), RED), ((7, 1), GREEN), ((1, 7), BLUE), ((7, 7), YELLOW)):
        pixel = image.getpixel((place[0] * image.width // 8, place[1] * image.height // 8))
        assert near(pixel, colour)
