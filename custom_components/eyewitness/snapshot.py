"""Turn a camera or image entity into a picture that is ready to send."""

import asyncio
from contextlib import suppress
from io import BytesIO
from math import ceil
import struct
from typing import Final

from homeassistant.components.camera import async_get_image as async_get_camera_image
from homeassistant.components.image import async_get_image as async_get_entity_image
from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from PIL import Image, ImageDraw, ImageFilter, ImageOps

from .chain.models import Frame, Polygon
from .const import DOMAIN, LOGGER

MAX_SIDE: Final = 1280
"""Pixels of the longer side. A 1280 by 720 picture is 1,104 tokens at OpenAI, where 1920 by 1080
is 2,448, and people and parcels are still clear (figures: HF JOHNISKING/image-token-cost)."""
QUALITY: Final = 80
SMALL_SIDE: Final = 768
SMALL_QUALITY: Final = 71
"""What a vendor gets that called the first picture too large (notes 4). At 70 a JPEG has no black:
what is painted over would come out as (1, 1, 1)."""
TEST_SIDE: Final = 64
"""Pixels of the picture that the self-test shows around."""
_SQUARE: Final = 16
"""Pixels that a JPEG with halved colours encodes together, each way."""
_GROWN: Final = ImageFilter.BoxBlur(2)
"""Spreads what is painted by a pixel for rounding, and by another one because decoders mix the
colours of neighbouring squares along their edge."""
_FULL: Final = 255
MAX_BYTES: Final = 30 * 1024 * 1024
MAX_PIXELS: Final = 50_000_000
"""Beyond these a picture is refused before it is decoded."""


class CameraError(HomeAssistantError):
    """Report that there is no picture to describe."""

    def __init__(self, key: str, entity_id: str) -> None:
        """Say why: ``camera_unavailable`` or ``camera_bad_image``."""
        super().__init__(
            translation_domain=DOMAIN,
            translation_key=key,
            translation_placeholders={"entity_id": entity_id},
        )


async def async_grab(
    hass: HomeAssistant, entity_id: str, seconds: float, masks: tuple[Polygon, ...] = ()
) -> Frame:
    """Return the picture of a camera or image entity, masked; raise ``CameraError``."""
    state = hass.states.get(entity_id)
    if state is None or state.state == STATE_UNAVAILABLE:
        raise CameraError("camera_unavailable", entity_id)
    content = await _ask(hass, entity_id, seconds)
    if content is None:
        raise CameraError("camera_unavailable", entity_id)
    try:
        return await hass.async_add_executor_job(_prepare, content, MAX_SIDE, QUALITY, masks)
    except _BAD_IMAGE as err:
        raise CameraError("camera_bad_image", entity_id) from err


async def _ask(hass: HomeAssistant, entity_id: str, seconds: float) -> bytes | None:
    """Return what the camera sends, None when it fails in whatever way its integration fails.

    The request is a task of its own, because the camera component swallows cancellation: in our
    task a stopped automation would look like a broken camera.
    """
    task = asyncio.ensure_future(_get(hass, entity_id, ceil(seconds)))
    task.add_done_callback(lambda done: done.cancelled() or done.exception())
    try:
        await asyncio.wait({task}, timeout=seconds)
    finally:
        task.cancel()
    if not task.done() or task.cancelled():
        return None
    if (err := task.exception()) is not None:
        LOGGER.debug("%s gave no picture: %s", entity_id, type(err).__name__)
        return None
    return task.result()


async def _get(hass: HomeAssistant, entity_id: str, seconds: int) -> bytes:
    if entity_id.startswith("camera."):
        return (await async_get_camera_image(hass, entity_id, timeout=seconds)).content
    return (await async_get_entity_image(hass, entity_id, timeout=seconds)).content


async def async_shrink(hass: HomeAssistant, frame: Frame) -> Frame:
    """Return a smaller copy for a vendor that called the picture too large."""
    return await hass.async_add_executor_job(
        _prepare, frame.jpeg, SMALL_SIDE, SMALL_QUALITY, frame.masks
    )


_FORMATS: Final = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "AVIF")
"""What cameras send. Pillow knows more, and some of that starts other programs."""
_BAD_IMAGE: Final = (
    Image.DecompressionBombError,
    OSError,
    RuntimeError,
    SyntaxError,
    ValueError,
    struct.error,
)
"""What Pillow raises for something that is no picture, or only half of one."""


def _prepare(data: bytes, side: int, quality: int, masks: tuple[Polygon, ...] = ()) -> Frame:
    """Return an upright JPEG without metadata, at most ``side`` pixels long; blocking.

    Only pixels go into the new file: EXIF with its place and time stays behind. The picture is made
    small before anything else, or a large one would take a gigabyte of memory.
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
        with suppress(*_BAD_IMAGE):  # broken EXIF is no reason to do without the picture
            ImageOps.exif_transpose(picture, in_place=True)
        picture = _opaque(picture)
    _black_out(picture, masks)
    picture.info.clear()  # or a comment in the camera's file would travel with it
    out = BytesIO()
    picture.save(out, "JPEG", quality=quality)
    return Frame(out.getvalue(), picture.width, picture.height, masks)


def _black_out(picture: Image.Image, masks: tuple[Polygon, ...]) -> None:
    """Paint what nobody may see.

    JPEG mixes pixels within squares of 16, so every square that a mask touches is painted whole:
    nothing of what is below shines through at its edge.
    """
    if not masks:
        return
    across, down = ceil(picture.width / _SQUARE), ceil(picture.height / _SQUARE)
    painted = Image.new("L", (across * _SQUARE, down * _SQUARE))
    draw = ImageDraw.Draw(painted)
    for mask in masks:
        corners = [(x * picture.width, y * picture.height) for x, y in mask]
        draw.polygon(corners, fill=_FULL)
        # In a call of its own: with the same colour Pillow leaves the outline out, and with it what
        # is thinner than a pixel.
        draw.polygon(corners, outline=_FULL)
    grown = painted.filter(_GROWN).point(lambda value: _FULL if value else 0)
    # One painted pixel of the 256 makes an average of 0.996, which is rounded up.
    squares = grown.reduce(_SQUARE).point(lambda value: _FULL if value else 0)
    area = squares.resize(painted.size, Image.Resampling.NEAREST).crop((0, 0, *picture.size))
    picture.paste("black", mask=area)


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


def tiny_picture() -> Frame:
    """Draw something tiny that a model can name: a red disc on white; blocking."""
    image = Image.new("RGB", (TEST_SIDE, TEST_SIDE), "white")
    margin = TEST_SIDE // 5
    ImageDraw.Draw(image).ellipse((margin, margin, TEST_SIDE - margin, TEST_SIDE - margin), "red")
    out = BytesIO()
    image.save(out, "JPEG")
    return Frame(out.getvalue(), TEST_SIDE, TEST_SIDE)
