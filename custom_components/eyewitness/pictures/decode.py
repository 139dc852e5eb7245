"""Decode what a camera sends, at about the size that is wanted, however hostile it is."""

from contextlib import nullcontext
from io import BytesIO
import re
import struct
from threading import Lock
from typing import Final

from PIL import Image

from . import turbo
from .jpeg import START, Jpeg, read_jpeg
from .limits import MAX_BYTES, MAX_PIXELS, MAX_PIXELS_IN_FULL, MeteredReader
from .orientation import png_exif
from .size import HALVES, WHOLE_PARTS, best_factor

_OTHERS: Final = ("PNG", "WEBP", "GIF", "BMP", "AVIF")
"""What cameras send besides JPEG. Pillow knows more, and some of that starts other programs."""
_EXIF_HEAD: Final = b"Exif\0\0"

BAD_IMAGE: Final = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    Image.DecompressionBombError,
    LookupError,
    MemoryError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    struct.error,
)
"""What Pillow raises for something that is no picture, or only half of one: nearly anything."""

_IN_FULL: Final = Lock()
"""Pictures that are in memory as a whole are decoded one after the other."""


def decode(data: bytes, side: int) -> tuple[Image.Image, bytes | None]:
    """Return a picture that is at most ``side`` pixels long, as it lies, and its EXIF; blocking.

    EXIF begins with its TIFF header, and is None where browsers do not look at it. Raises one of
    ``BAD_IMAGE`` for what is no picture, or would cost more than ``limits`` allows.
    """
    if len(data) > MAX_BYTES:
        raise ValueError("too many bytes")
    data = _without_headers(data)
    if data.startswith(START):
        jpeg = read_jpeg(data)
        return _decode_jpeg(jpeg, side), jpeg.exif
    return _decode_other(data, side)


_EMPTY_LINE: Final = b"\r\n\r\n"
_HEADERS: Final = re.compile(rb"\s*(?:--|Content-)", re.IGNORECASE)


def _without_headers(data: bytes) -> bytes:
    """Return the picture behind the headers of a multipart stream that a camera left before it."""
    if _HEADERS.match(data) is None:
        return data
    return data.lstrip().partition(_EMPTY_LINE)[2]


def _decode_jpeg(jpeg: Jpeg, side: int) -> Image.Image:
    if jpeg.usual and (picture := turbo.decode(jpeg.content, side)) is not None:
        return _fitted(picture, side)
    most = MAX_PIXELS if jpeg.in_one_go else MAX_PIXELS_IN_FULL["JPEG"]

    def decoded(content: bytes) -> Image.Image:
        with Image.open(BytesIO(content), formats=("JPEG",)) as image:
            return _small(image, side, most)

    with nullcontext() if jpeg.in_one_go else _IN_FULL:
        picture = decoded(jpeg.content)
    if jpeg.filled is not None and picture != decoded(jpeg.filled):
        raise ValueError("not a complete picture")
    return picture


def _decode_other(data: bytes, side: int) -> tuple[Image.Image, bytes | None]:
    if data[4:8] == b"ftyp":
        # An AVIF says in boxes of its own how it is turned, and browsers do not look at its EXIF.
        # Pillow tells of those boxes by EXIF that it makes itself, unless there is some already.
        data = data.replace(b"\0\0Exif", b"\0\0free")
    with _IN_FULL, Image.open(MeteredReader(data), formats=_OTHERS) as image:
        if any(part.codec_name == "bmp_rle" for part in image.tile):
            raise ValueError("a packed BMP, which Pillow unpacks in Python")
        exif = None
        if image.format == "PNG":
            exif = png_exif(data)
        elif image.format == "AVIF" and "exif" in image.info:
            exif = image.info["exif"].removeprefix(_EXIF_HEAD)
        return _small(image, side, MAX_PIXELS_IN_FULL[str(image.format)]), exif


def _small(image: Image.Image, side: int, most: int) -> Image.Image:
    """Return the picture at the size that is wanted; it is large only while this runs."""
    if image.width * image.height > most:
        raise ValueError("too many pixels")
    longer = max(image.size)
    if image.format == "JPEG":
        part = best_factor(longer, side, HALVES).denominator
        # Scaled by libjpeg while it decodes, for a fraction of the work.
        image.draft("RGB", (max(1, image.width // part), max(1, image.height // part)))
        picture = _scalable(image)
    else:
        part = best_factor(longer, side, WHOLE_PARTS).denominator
        picture = _scalable(image).reduce(part)
    picture.load()  # nothing is decoded so far where it was small enough
    return _fitted(picture, side)


def _fitted(picture: Image.Image, side: int) -> Image.Image:
    """Return a picture that no factor made small enough at the size that is wanted."""
    # As sharp as bicubic when a picture is made smaller, in half the time.
    picture.thumbnail((side, side), Image.Resampling.HAMMING, reducing_gap=2.0)
    return picture


def _scalable(image: Image.Image) -> Image.Image:
    """Return the picture in a mode whose values can be averaged."""
    if image.mode.startswith("I"):
        # Pillow would cut 16 bits off at 8, which leaves a white picture.
        return image.point(lambda value: value / 257).convert("L")
    if image.has_transparency_data:
        return image if image.mode == "RGBA" else image.convert("RGBA")
    return image if image.mode in {"L", "RGB", "CMYK"} else image.convert("RGB")
