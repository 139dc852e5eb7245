"""Turn what a camera sends into a picture that is ready for a vendor."""

from dataclasses import dataclass, field, replace
from functools import partial
from io import BytesIO
from typing import Final

from homeassistant.core import HomeAssistant
from PIL import Image

from ..chain.task import Picture
from .blank import is_blank
from .decode import decode
from .decoders import async_get_decoders
from .limits import DECODE_SECONDS
from .masks import Polygon, paint
from .orientation import UPRIGHT, UnreadableExifError, orientation
from .scene import Scene, scene_of
from .size import Detail

QUALITY: Final = 72
"""A fifth fewer bytes than at 80: 59 kB instead of 73 of a plain 1080p camera at its normal size,
101 instead of 124 of a busy one. At 70 a JPEG has no black: what is painted over would come out as
(1, 1, 1)."""
SMALL_SIDE: Final = Detail.LOW.side
"""For a vendor that called the first picture too large."""
_CLOSER_SIDE: Final = Detail.HIGH.side
"""For a second look at what seems to be of one colour. In a small copy of a 4K picture of a dark
night its noise is averaged away, which is all that tells it from a black one."""

_TURNS: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What makes a picture upright, by EXIF's orientation."""


@dataclass(frozen=True, slots=True)
class CameraPicture(Picture):
    """A picture that may be compared with a later one of the same camera."""

    scene: Scene | None = field(default=None, repr=False, compare=False, kw_only=True)
    """None where nobody compares."""


async def async_prepare(
    hass: HomeAssistant,
    data: bytes,
    *,
    entity_id: str,
    seconds: float,
    side: int,
    masks: tuple[Polygon, ...] = (),
    with_scene: bool = False,
) -> CameraPicture:
    """Return ``prepare``'s picture, which knows how to make a smaller and masked copy of itself.

    Raises one of ``BAD_IMAGE``, ``TimeoutError`` among them when it takes more than ``seconds``.
    """
    run = partial(prepare, data, side, masks, with_scene)
    picture = await async_get_decoders(hass).async_run(entity_id, run, seconds)
    if max(picture.width, picture.height) <= SMALL_SIDE:
        return picture
    return replace(picture, shrink=partial(_async_shrink, hass, entity_id, picture, masks))


async def _async_shrink(
    hass: HomeAssistant, entity_id: str, picture: Picture, masks: tuple[Polygon, ...]
) -> Picture:
    run = partial(prepare, picture.jpeg, SMALL_SIDE, masks)
    # A vendor may call the pictures of a whole storm too large at the same moment.
    return await async_get_decoders(hass).async_run(entity_id, run, DECODE_SECONDS)


def prepare(
    data: bytes, side: int, masks: tuple[Polygon, ...] = (), with_scene: bool = False
) -> CameraPicture:
    """Return an upright JPEG without metadata, at most ``side`` pixels long; blocking.

    Only pixels go into the new file: EXIF with its place and time stays behind. Raises one of
    ``BAD_IMAGE`` for what is no picture, and for one with masks of which is not known how it lies.
    """
    picture, hidden = _painted(data, side, masks)
    out = BytesIO()
    picture.save(out, "JPEG", quality=QUALITY)
    blank = is_blank(picture, hidden) and (
        side >= _CLOSER_SIDE or is_blank(*_painted(data, _CLOSER_SIDE, masks))
    )
    sent = CameraPicture.encode(out.getvalue(), picture.width, picture.height, blank=blank)
    return replace(sent, scene=scene_of(picture, hidden)) if with_scene else sent


def _painted(
    data: bytes, side: int, masks: tuple[Polygon, ...]
) -> tuple[Image.Image, Image.Image | None]:
    """Return the upright picture with its masks, and the painted area, None without any."""
    picture, exif = decode(data, side)
    turn = _TURNS.get(_lies_as(exif, strictly=bool(masks)))
    picture = _opaque(picture if turn is None else picture.transpose(turn))
    hidden = paint(picture, masks)
    picture.info.clear()  # or a comment in the camera's file would travel with it
    return picture, hidden


def _lies_as(exif: bytes | None, *, strictly: bool) -> int:
    """Return the picture's orientation; one without masks is used however it lies."""
    if exif is None:
        return UPRIGHT
    try:
        return orientation(exif)
    except UnreadableExifError:
        if strictly:
            raise
        return UPRIGHT


def _opaque(image: Image.Image) -> Image.Image:
    """Return the picture in RGB, what is transparent as white."""
    if image.mode != "RGBA":
        return image if image.mode == "RGB" else image.convert("RGB")
    ground = Image.new("RGBA", image.size, "white")
    return Image.alpha_composite(ground, image).convert("RGB")
