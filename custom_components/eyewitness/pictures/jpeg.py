"""Read the segments of a JPEG: what its pixels need, what its EXIF says, how often it is scanned.

Pillow gets a file without all else. So nothing that a camera writes beside the pixels can trouble
it, and what libjpeg will have to do is known before it begins.
"""

from dataclasses import dataclass
import re
from typing import Final

from .limits import MAX_SCANS, MAX_SEGMENTS

START: Final = b"\xff\xd8"
END: Final = b"\xff\xd9"
_SCAN: Final = b"\xff\xda"
_RESTART: Final = re.compile(rb"\xff([\xd0-\xd7])")
"""Pixels can be split in parts that begin with these, in turn."""
_MARKER: Final = re.compile(rb"\xff([\x01-\xfe])")

_FRAMES: Final = frozenset({0xC0, 0xC1, 0xC2})
"""Baseline, extended and progressive. Browsers show no others, and those with arithmetic coding
take a multiple of the time."""
_PROGRESSIVE: Final = 0xC2
_TABLES: Final = frozenset({0xC4, 0xDB, 0xDD})
_COLOURS: Final = frozenset({0xE0, 0xEE})
"""JFIF and Adobe say in which colours the pixels are."""
_KEPT: Final = _FRAMES | _TABLES | _COLOURS
_NOT_KNOWN: Final = frozenset(range(0xC3, 0xD0)) - _TABLES
_ALONE: Final = frozenset({0x01, *range(0xD0, 0xD8)})
"""Markers without a length."""
_METADATA: Final = 0xE1
_EXIF: Final = b"Exif\0"
_EXIF_HEAD: Final = len(_EXIF) + 1
"""The byte behind it is 0, but browsers take any."""


@dataclass(frozen=True, slots=True)
class Jpeg:
    """What matters of a JPEG."""

    content: bytes
    """The file without metadata and without what comes after its end."""
    exif: bytes | None
    """EXIF without its head: a TIFF header and directories."""
    in_one_go: bool
    """Whether it is decoded row by row. Otherwise the whole picture is held in memory, two bytes
    for each pixel and colour, however small a copy is wanted."""
    filled: bytes | None
    """The file with other pixels where its own have run out, None if it has an end. Some cameras
    leave the end out, others stop in the middle: that one looks different when it is filled."""

    @property
    def usual(self) -> bool:
        """Return whether it is decoded row by row and has an end, as nearly all are and have."""
        return self.in_one_go and self.filled is None


def read_jpeg(data: bytes) -> Jpeg:
    """Return what matters of a file that begins like a JPEG; raise ``ValueError`` for none."""
    kept, exif, frame, at = [START], None, b"", len(START)
    for _ in range(MAX_SEGMENTS):
        found = _MARKER.search(data, at)
        if found is None:
            break
        marker, at = found[1][0], found.end()
        if marker in _ALONE:
            continue
        size = max(2, int.from_bytes(data[at : at + 2]))
        content = data[at + 2 : at + size]
        if marker == _SCAN[1]:
            return _with_scans(data, found.start(), kept, exif, frame)
        if marker in _NOT_KNOWN or marker in {START[1], END[1]}:
            break
        if marker in _FRAMES:
            frame = bytes((marker,)) + content
        if marker in _KEPT:
            kept.append(data[at - 2 : at + size])
        elif marker == _METADATA and exif is None and _is_exif(content):
            exif = content[_EXIF_HEAD:]
        at += size
    raise ValueError("a JPEG without pixels")


def _is_exif(content: bytes) -> bool:
    return content.startswith(_EXIF) and len(content) > _EXIF_HEAD


def _with_scans(
    data: bytes, first: int, kept: list[bytes], exif: bytes | None, frame: bytes
) -> Jpeg:
    """Return the JPEG whose first scan is there; raise ``ValueError`` for too many of them."""
    end = data.find(END, first)
    pixels = data[first : end if end >= 0 else len(data)]
    scans = pixels.count(_SCAN)
    if scans > MAX_SCANS:
        raise ValueError("too many scans")
    # A scan says in its fifth byte how many colours it holds, a frame in its seventh.
    in_one_go = scans == 1 and frame[:1] != bytes((_PROGRESSIVE,)) and pixels[4:5] == frame[6:7]
    content, filled = b"".join((*kept, pixels, END)), None
    if end < 0:
        if not in_one_go:
            raise ValueError("a JPEG that may have lost a scan")
        filled = b"".join((*kept, pixels, _filler(pixels), END))
    return Jpeg(content, exif, in_one_go, filled)


def _filler(pixels: bytes) -> bytes:
    """Return pixels of no picture, for a decoder that goes on, or waits for its next restart."""
    seen = _RESTART.findall(pixels)
    restart = (seen[-1][0] + 1) % 8 if seen else 0
    return bytes((*range(0x40), 0xFF, 0xD0 + restart, *range(0x40)))
