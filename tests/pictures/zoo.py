"""Hold one of each kind of bytes that a camera may send, and what becomes of it."""

from collections.abc import Callable
from io import BytesIO
import struct
from typing import Any, Final
import zlib

from PIL import Image

from tests.pictures.orientations import FILES, PLAIN, chunk, exif, held, jpeg, tiff
from tests.pictures.scenes import BLACK, corners, encoded

type Size = tuple[int, int]
REFUSED: Final = None

_4K: Final = (3840, 2160)


def flat(mode: str, size: Size, kind: str, **options: Any) -> bytes:
    """Return a picture of one colour: few bytes, many pixels."""
    return encoded(Image.new(mode, size), kind, **options)


def noise(size: Size, kind: str, mode: str = "RGB", **options: Any) -> bytes:
    """Return a picture that says as much as it can."""
    grey = Image.effect_noise(size, 80)
    colour = Image.merge(
        "RGB", (grey, grey.rotate(180), grey.transpose(Image.Transpose.ROTATE_180))
    )
    return encoded(colour.convert(mode), kind, **options)


def night(*, clock: bool) -> bytes:
    """Return a black frame with something white on it, or with the noise of a dark sensor."""
    if not clock:
        dark = Image.effect_noise((640, 360), 3).point(lambda level: max(0, level - 120))
        return encoded(dark.convert("RGB"), quality=75)
    frame = Image.new("RGB", (640, 360))
    frame.paste("white", (20, 20, 120, 40))
    return encoded(frame)


def camera_jpeg() -> bytes:
    """Return what most cameras send."""
    return noise((1920, 1080), "JPEG", quality=75)


def scans(number: int, size: Size) -> bytes:
    """Return a progressive JPEG whose last scan comes again and again."""
    data = flat("CMYK", size, "JPEG", progressive=True, subsampling=0)
    end = len(data) - 2
    return data[:end] + data[data.rindex(b"\xff\xda") : end] * number + data[end:]


def one_scan_a_colour(size: Size) -> bytes:
    """Return a JPEG that says it has three colours, with a scan for the first of them only."""
    data = flat("L", size, "JPEG")
    at = data.index(b"\xff\xc0")
    height, width = struct.pack(">H", size[1]), struct.pack(">H", size[0])
    frame = b"\xff\xc0\0\x11\x08" + height + width + b"\3\1\x11\0\2\x11\0\3\x11\0"
    return data[:at] + frame + data[at + 13 :]


def segments(number: int) -> bytes:
    """Return a JPEG with this many empty segments."""
    return PLAIN[:2] + b"\xff\xe5\0\2" * number + PLAIN[2:]


def rubbish(byte: bytes) -> bytes:
    """Return a JPEG with 20 MB of something that is no segment."""
    return PLAIN[:2] + byte * (20_000_000 // len(byte)) + PLAIN[2:]


def chunks(part: bytes, number: int) -> bytes:
    """Return a PNG with some part again and again."""
    data = encoded(corners(), "PNG")
    return data[:33] + part * number + data[33:]


def gif_with(extension: bytes) -> bytes:
    """Return a GIF with something behind its palette."""
    data = encoded(corners(), "GIF")
    at = 13 + 3 * 2 ** ((data[10] & 7) + 1)
    return data[:at] + extension + data[at:]


def moving(kind: str, frames: int) -> bytes:
    """Return a moving picture."""
    others = [Image.new("RGB", (400, 300), (n % 256, n // 256, 9)) for n in range(frames)]
    return encoded(corners(), kind, save_all=True, append_images=others)


def bmp(size: Size, bits: int, pixels: bytes, packed: int = 0) -> bytes:
    """Return a BMP."""
    palette = bytes(4 * 2**bits)
    at = 54 + len(palette)
    head = struct.pack("<IHHI", at + len(pixels), 0, 0, at)
    info = struct.pack("<IiiHHIIiiII", 40, *size, 1, bits, packed, len(pixels), 0, 0, 2**bits, 0)
    return b"BM" + head + info + palette + pixels


def png_of_nothing(size: Size) -> bytes:
    """Return a PNG that says it is this large and has next to no data."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", *size, 8, 2, 0, 0, 0))
    pixels = chunk(b"IDAT", zlib.compress(b"\0" * 1000))
    return b"\x89PNG\r\n\x1a\n" + head + pixels + chunk(b"IEND", b"")


def sixteen_bits(size: Size) -> bytes:
    """Return a grey PNG with 16 bits for each pixel."""
    out = BytesIO()
    Image.new("I;16", size, 40_000).save(out, "PNG")
    return out.getvalue()


_GOOD = encoded(corners(2560, 1920), quality=95)
_PART: Final = b"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n" % len(_GOOD)
_TEXT: Final = chunk(b"zTXt", b"a\0\0" + zlib.compress(b"x" * 1_000_000, 9))

ZOO: Final[dict[str, tuple[Size | None, Callable[[], bytes]]]] = {
    "JPEG, 1920 by 1080": ((1200, 675), camera_jpeg),
    "JPEG, grey": ((1280, 960), lambda: flat("L", (2560, 1920), "JPEG")),
    "JPEG, CMYK": ((1280, 960), lambda: flat("CMYK", (2560, 1920), "JPEG")),
    "JPEG, progressive 4K": ((960, 540), lambda: flat("RGB", _4K, "JPEG", progressive=True)),
    "JPEG, held upright": ((48, 64), lambda: jpeg(exif(tiff(held(6))))),
    "JPEG, EXIF that does not parse": ((64, 48), lambda: FILES["cut in the entry"][1]),
    "JPEG, odd EXIF sub-directory": ((48, 64), lambda: FILES["odd sub-directory"][1]),
    "JPEG, 48 megapixels": ((1000, 750), lambda: flat("RGB", (8000, 6000), "JPEG")),
    "JPEG, without its end": ((1280, 960), lambda: _GOOD[:-2]),
    "JPEG, one byte short": ((1280, 960), lambda: _GOOD[:-1]),
    "JPEG, half of it": (REFUSED, lambda: _GOOD[: len(_GOOD) // 2]),
    "JPEG, its head": (REFUSED, lambda: _GOOD[:400]),
    "JPEG, progressive without its end": (
        REFUSED,
        lambda: flat("RGB", (640, 480), "JPEG", progressive=True)[:-2],
    ),
    "JPEG, zeros behind": ((1280, 960), lambda: _GOOD + bytes(100_000)),
    "JPEG behind a multipart header": ((1280, 960), lambda: _PART + _GOOD),
    "JPEG between multipart boundaries": (
        (1280, 960),
        lambda: b"\r\n" + _PART + _GOOD + b"\r\n--frame--\r\n",
    ),
    "multipart header only": (REFUSED, lambda: _PART),
    "JPEG, 12 megapixels in 38 scans": ((1000, 750), lambda: scans(20, (4000, 3000))),
    "JPEG, 5,000 scans": (REFUSED, lambda: scans(5_000, (1920, 1080))),
    "JPEG, a scan for one of its colours, 48 megapixels": (
        REFUSED,
        lambda: one_scan_a_colour((8000, 6000)),
    ),
    "JPEG, progressive 48 megapixels": (
        REFUSED,
        lambda: flat("RGB", (8000, 6000), "JPEG", progressive=True),
    ),
    "JPEG, 5 million segments": (REFUSED, lambda: segments(5_000_000)),
    "JPEG, 20 MB of padding": ((64, 48), lambda: rubbish(b"\xff")),
    "JPEG, 20 MB of rubbish": ((64, 48), lambda: rubbish(b"x")),
    "PNG, 4K": ((1280, 720), lambda: flat("RGB", _4K, "PNG")),
    "PNG, 16 bits": ((1334, 1000), lambda: sixteen_bits((4000, 3000))),
    "PNG, transparent palette": (
        (1334, 1000),
        lambda: flat("P", (4000, 3000), "PNG", transparency=0),
    ),
    "PNG, grey with alpha, 12 megapixels": ((1334, 1000), lambda: flat("LA", (4000, 3000), "PNG")),
    "PNG, black and white, 100 megapixels": (REFUSED, lambda: flat("1", (10_000, 10_000), "PNG")),
    "PNG, 4 billion pixels": (REFUSED, lambda: png_of_nothing((65_000, 65_000))),
    "PNG, no pixels": (REFUSED, lambda: png_of_nothing((100, 100))),
    "PNG, moving": ((400, 300), lambda: moving("PNG", 50)),
    "PNG, a million chunks": (REFUSED, lambda: chunks(chunk(b"abCd", b""), 1_000_000)),
    "PNG, 60 MB of text in 60 kB": ((400, 300), lambda: chunks(_TEXT, 60)),
    "WebP, 4K": ((1280, 720), lambda: flat("RGB", _4K, "WEBP", method=0)),
    "WebP, lossless with alpha, 9 megapixels": (
        (1152, 864),
        lambda: flat("RGBA", (3456, 2592), "WEBP", lossless=True, method=0),
    ),
    "WebP, 48 megapixels in 34 bytes": (
        REFUSED,
        lambda: flat("RGBA", (8000, 6000), "WEBP", lossless=True, method=0),
    ),
    "WebP, moving": ((400, 300), lambda: moving("WEBP", 200)),
    "AVIF, 4K": ((1280, 720), lambda: flat("RGB", _4K, "AVIF", speed=10)),
    "AVIF, noise": (
        (1344, 1008),
        lambda: noise((1600, 1200), "AVIF", speed=10, subsampling="4:4:4", quality=95),
    ),
    "AVIF, 12 megapixels": (REFUSED, lambda: flat("RGB", (4000, 3000), "AVIF", speed=10)),
    "GIF, 12 megapixels": (
        (1334, 1000),
        lambda: flat("P", (4000, 3000), "GIF", transparency=0),
    ),
    "GIF, moving": ((400, 300), lambda: moving("GIF", 50)),
    "GIF, a comment in a million blocks": (
        REFUSED,
        lambda: gif_with(b"\x21\xfe" + b"\1x" * 1_000_000 + b"\0"),
    ),
    "GIF, a comment of 2 MB": (
        (400, 300),
        lambda: gif_with(b"\x21\xfe" + (b"\xff" + b"x" * 255) * 8_000 + b"\0"),
    ),
    "BMP, 1 bit a pixel": ((1334, 1000), lambda: bmp((4000, 3000), 1, bytes(500 * 3000))),
    "BMP, packed": (REFUSED, lambda: bmp((3000, 3000), 8, b"\1\5" * 9_000_000, packed=1)),
    "JPEG, black": ((640, 360), lambda: BLACK),
    "JPEG, grey in one tone": ((640, 360), lambda: encoded(Image.new("RGB", (640, 360), "grey"))),
    "JPEG, black with a clock": ((640, 360), lambda: night(clock=True)),
    "JPEG, a dark night": ((640, 360), lambda: night(clock=False)),
    "TIFF": (REFUSED, lambda: encoded(corners(), "TIFF")),
    "SVG": (REFUSED, lambda: b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'),
    "PostScript": (REFUSED, lambda: b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\nshowpage\n"),
    "HTML": (REFUSED, lambda: b"<!doctype html><html><title>Sign in</title></html>"),
    "text": (REFUSED, lambda: b"Camera is offline"),
    "nothing": (REFUSED, lambda: b""),
    "one byte": (REFUSED, lambda: b"\xff"),
    "zeros": (REFUSED, lambda: bytes(5_000)),
    "32 MB": (REFUSED, lambda: _GOOD + bytes(32_000_000)),
}
"""By name the size of the picture that is made of it, and the bytes."""

WITHOUT_TURBO: Final[dict[str, Size]] = {"JPEG, 1920 by 1080": (960, 540)}
"""What becomes of some of them where libjpeg-turbo is missing."""
