"""Find out how a picture has to be turned: exactly as browsers do, and no further.

People draw masks on what a browser shows. Where a file says something odd, a mask lies on the right
spot only if we turn it, or leave it, like a browser. ``tests/pictures/orientations.py`` holds what
Chromium does with each way to say it.
"""

from collections.abc import Iterator
import struct
from typing import Final, Literal

UPRIGHT: Final = 1
_LAST: Final = 8

_ORIENTATION: Final = 0x0112
_SUB_DIRECTORY: Final = 0x8769
_SHORT: Final = 3
_LONG: Final = 4
_HEADER: Final = 8
_ENTRY: Final = 12

type _Order = Literal["<", ">"]
_ORDERS: Final[dict[bytes, _Order]] = {b"II*\0": "<", b"MM\0*": ">"}


class UnreadableExifError(ValueError):
    """EXIF that does not parse: how the picture lies is not known."""


def orientation(exif: bytes) -> int:
    """Return the orientation, 1 to 8, that EXIF says, 1 if it says none.

    ``exif`` begins with its TIFF header. The first valid value counts: one number of 16 bits, in
    the first directory or the one below it. Raises ``UnreadableExifError``.
    """
    if (order := _ORDERS.get(exif[:4])) is None:
        raise UnreadableExifError("no TIFF header")
    return next(_stated(exif, order, exif[4:_HEADER]), UPRIGHT)


def _stated(exif: bytes, order: _Order, pointer: bytes, *, below: bool = False) -> Iterator[int]:
    """Yield every valid orientation of a directory, and of the one below it."""
    (at,) = _numbers(order + "I", pointer)
    if at < _HEADER:
        raise UnreadableExifError("a directory within the header")
    (entries,) = _numbers(order + "H", exif[at : at + 2])
    for start in range(at + 2, at + 2 + entries * _ENTRY, _ENTRY):
        entry = exif[start : start + _ENTRY]
        tag, kind, count, value = _numbers(order + "HHIH2x", entry)
        if (tag, kind, count) == (_ORIENTATION, _SHORT, 1) and UPRIGHT <= value <= _LAST:
            yield value
        elif (tag, kind, count) == (_SUB_DIRECTORY, _LONG, 1) and not below:
            below = True  # one is enough: a hostile file has thousands, all of them long
            yield from _stated(exif, order, entry[8:], below=True)


def _numbers(layout: str, content: bytes) -> tuple[int, ...]:
    try:
        return struct.unpack(layout, content)
    except struct.error as err:
        raise UnreadableExifError("cut short") from err


_PNG_HEAD: Final = 8
_CHUNK_HEAD: Final = 8
_CHECK: Final = 4


def png_exif(data: bytes) -> bytes | None:
    """Return the EXIF that stands before a PNG's pixels, without a head; None without any."""
    at = _PNG_HEAD
    while (head := data[at : at + _CHUNK_HEAD])[4:] not in {b"", b"IDAT"}:
        at += _CHUNK_HEAD
        end = at + int.from_bytes(head[:4])
        if head[4:] == b"eXIf":
            return data[at:end]
        at = end + _CHECK
    return None
