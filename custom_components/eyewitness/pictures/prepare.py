"""Turn what a camera sends into a picture that is ready for a vendor."""

from contextlib import suppress
from dataclasses import replace
from functools import partial
from io import BytesIO
from math import ceil
import struct
from typing import Final

from homeassistant.core import HomeAssistant
from PIL import Image, ImageOps

from ..chain.task import Picture
from .blank import is_blank
from .masks import Polygon, paint

MAX_SIDE: Final = 1280
"""Pixels of the longer side. A 1280 by 720 picture is 1,104 tokens at OpenAI, where 1920 by 1080
is 2,448, and people and parcels are still clear (figures: HF JOHNISKING/image-token-cost)."""
QUALITY: Final = 80
SMALL_SIDE: Final = 768
SMALL_QUALITY: Final = 71
"""For a vendor that called the first picture too large. At 70 a JPEG has no black: what is painted
over would come out as (1, 1, 1)."""

MAX_BYTES: Final = 30 * 1024 * 1024
MAX_PIXELS: Final = 50_000_000
"""Beyond these a picture is refused before it is decoded."""


async def async_prepare(
    hass: HomeAssistant,
    data: bytes,
    *,
    side: int,
    quality: int = QUALITY,
    masks: tuple[Polygon, ...] = (),
) -> Picture:
    """Return ``prepare``'s picture, which knows how to make a smaller and masked copy of itself."""
    picture = await hass.async_add_executor_job(prepare, data, side, quality, masks)
    smaller = partial(
        async_prepare, hass, picture.jpeg, side=SMALL_SIDE, quality=SMALL_QUALITY, masks=masks
    )
    return replace(picture, shrink=smaller)


_FORMATS: Final = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "AVIF")
"""What cameras send. Pillow knows more, and some of that starts other programs."""
BAD_IMAGE: Final = (
    Image.DecompressionBombError,
    OSError,
    RuntimeError,
    SyntaxError,
    ValueError,
    struct.error,
)
"""What Pillow raises for something that is no picture, or only half of one."""


def prepare(data: bytes, side: int, quality: int, masks: tuple[Polygon, ...] = ()) -> Picture:
    """Return an upright JPEG without metadata, at most ``side`` pixels long; blocking.

    Only pixels go into the new file: EXIF with its place and time stays behind. The picture is made
    small before anything else, or a large one would take a gigabyte of memory. Raises one of
    ``BAD_IMAGE`` for what is no picture.
    """
    if len(data) > MAX_BYTES:
        raise ValueError("too many bytes")
    with Image.open(BytesIO(data), formats=_FORMATS) as image:
        if image.width * image.height > MAX_PIXELS:
            raise ValueError("too many pixels")
        # A JPEG can be decoded at a half, a quarter or an eighth for a fraction of the work.
        share = min(1.0, side / max(image.size))
        image.draft("RGB", (ceil(image.width * share), ceil(image.height * share)))
        picture = _scalable(image)
        picture.thumbnail((side, side), Image.Resampling.BICUBIC, reducing_gap=2.0)
        with suppress(*BAD_IMAGE):  # broken EXIF is no reason to do without the picture
            ImageOps.exif_transpose(picture, in_place=True)
        picture = _opaque(picture)
    hidden = paint(picture, masks)
    picture.info.clear()  # or a comment in the camera's file would travel with it
    out = BytesIO()
    picture.save(out, "JPEG", quality=quality)
    blank = is_blank(picture, hidden)
    return Picture(out.getvalue(), picture.width, picture.height, blank=blank)


def _scalable(image: Image.Image) -> Image.Image:
    """Return the picture in a mode whose values can be averaged."""
    if image.mode.startswith("I"):
        # Pillow would cut 16 bits off at 8, which leaves a white picture.
        return image.point(lambda value: value / 257).convert("L")
    if image.has_transparency_data:
        return image if image.mode == "RGBA" else image.convert("RGBA")
    return image if image.mode in {"L", "RGB", "CMYK"} else image.convert("RGB")


def _opaque(image: Image.Image) -> Image.Image:
    """Return the picture in RGB, what is transparent as white."""
    if image.mode != "RGBA":
        return image.convert("RGB")
    ground = Image.new("RGBA", image.size, "white")
    return Image.alpha_composite(ground, image).convert("RGB")
