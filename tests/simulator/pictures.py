"""Read the pictures that a request carries and say something true about them."""

import base64
import binascii
from collections import Counter
import colorsys
from dataclasses import dataclass
from functools import lru_cache
import hashlib
from io import BytesIO
import warnings

from PIL import Image, ImageOps, UnidentifiedImageError

from .courier import shows_courier
from .digits import number_in
from .wire import JsonObject

_ORIENTATION = 0x0112
_MAX_PIXELS = 60_000_000


class BadPictureError(Exception):
    """The bytes are no picture; says what is wrong in the first argument."""


@dataclass(frozen=True, slots=True)
class Picture:
    """One decoded picture."""

    data: bytes
    width: int
    height: int
    format: str
    exif: bool
    orientation: int | None
    colours: tuple[str, ...]
    courier: bool
    """It is the demo's photo."""
    number: str
    """The three digits that stand alone on it, or an empty text."""

    def summary(self) -> JsonObject:
        """Return what the request log says in place of the base64 text."""
        digest = hashlib.sha256(self.data).hexdigest()
        names = ("width", "height", "format", "exif", "orientation")
        shown = {name: getattr(self, name) for name in names}
        return {"sha256": digest, "bytes": len(self.data), **shown}


def decode_base64(text: str) -> bytes:
    """Decode base64 strictly."""
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as err:
        raise BadPictureError("base64") from err


@lru_cache(maxsize=8)
def read_picture(data: bytes) -> Picture:
    """Decode a picture to its last row."""
    if not data:
        raise BadPictureError("empty")
    try:
        with (
            warnings.catch_warnings(action="ignore", category=Image.DecompressionBombWarning),
            Image.open(BytesIO(data)) as image,
        ):
            if image.width * image.height > _MAX_PIXELS:
                raise BadPictureError("too large")
            image.load()
            exif = image.getexif()
            orientation = exif.get(_ORIENTATION)
            return Picture(
                data=data,
                width=image.width,
                height=image.height,
                format=(image.format or "").lower(),
                exif=bool(exif) or "exif" in image.info,
                orientation=orientation if isinstance(orientation, int) else None,
                colours=_main_colours(image),
                courier=shows_courier(image),
                number=number_in(image),
            )
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as err:
        raise BadPictureError("undecodable") from err
    except Image.DecompressionBombError as err:
        raise BadPictureError("too large") from err


def _main_colours(image: Image.Image) -> tuple[str, ...]:
    """Name the one or two colours that cover most of the picture."""
    small = ImageOps.exif_transpose(image).convert("RGB").resize((32, 32))
    raw = small.tobytes()
    counts = Counter(_colour_name(raw[i], raw[i + 1], raw[i + 2]) for i in range(0, len(raw), 3))
    common = counts.most_common(2)
    return tuple(name for name, count in common if count >= 100) or (common[0][0],)


_GREYS = ((0.4, "dark grey"), (0.7, "grey"), (0.9, "light grey"), (2, "white"))
_HUES = (
    (15, "red"),
    (45, "orange"),
    (70, "yellow"),
    (165, "green"),
    (195, "cyan"),
    (260, "blue"),
    (300, "purple"),
    (345, "pink"),
    (361, "red"),
)


def _colour_name(red: int, green: int, blue: int) -> str:
    """Name a colour in one or two words."""
    hue, saturation, value = colorsys.rgb_to_hsv(red / 255, green / 255, blue / 255)
    if value < 0.15:
        return "black"
    if saturation < 0.18:
        return next(name for limit, name in _GREYS if value < limit)
    name = next(name for limit, name in _HUES if hue * 360 < limit)
    if name == "orange" and value < 0.6:
        return "brown"
    if value < 0.5:
        return f"dark {name}"
    return f"light {name}" if saturation < 0.45 and value > 0.75 else name
