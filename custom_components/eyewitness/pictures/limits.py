"""How much a camera may send, and how much work and memory that may cost.

Two cameras that try their worst at once stay below 300 MB and 3 s (``docs/camera-zoo.md``).
"""

from io import BytesIO
from typing import Final, override

MAX_BYTES: Final = 30 * 1024 * 1024

MAX_PIXELS: Final = 50_000_000
"""Of a JPEG that is decoded row by row, and by then at the size that is wanted."""
MAX_PIXELS_IN_FULL: Final = {
    "JPEG": 12_000_000,
    "PNG": 12_000_000,
    "GIF": 12_000_000,
    "BMP": 12_000_000,
    "WEBP": 9_000_000,
    "AVIF": 8_300_000,
}
"""Of all else, which is in memory as a whole: up to 13 bytes for each pixel, a WebP 18. A WebP may
be a bit larger than 4096 by 2160; an AVIF of 3840 by 2160 can take 1.5 s of a processor."""

MAX_SEGMENTS: Final = 1_000
"""Of a JPEG, before the pixels. A photograph has about ten; a colour profile or a depth map can be
split into a few hundred. A hostile file of 30 MB can have seven million."""
MAX_SCANS: Final = 40
"""A progressive JPEG has 10 scans, 17 when somebody squeezed the last byte out of it. The pixels
are gone through once for each: 5,000 scans in a file of 700 kB took 12 s."""

MAX_READS: Final = 20_000
"""A PNG of 9 megapixels in pieces of 8 kB, as its usual library writes it, is read in 10,000 bits.
Pillow looks at each piece in Python, so a file of two million empty ones took 12 s."""

AT_A_TIME: Final = 2
"""Decodes, however many events are described at once. They compete for the processor with all else
that Home Assistant does: two leave half of a Raspberry Pi's four cores alone, and bound the memory
that hostile pictures can take."""
PLACE_SECONDS: Final = 20.0
"""At most for one of these places: twice as long as two hostile pictures can hold both. 32 cameras
that send an ordinary one at the same moment are through in 3 s, if each takes 0.2 s."""
DECODE_SECONDS: Final = 10.0
"""At most for a picture to be decoded once it has a place, whatever time its camera has left. The
worst within these limits takes 1.5 s on a slow desktop, and as long again if it seems to be of one
colour."""
LEAST_SECONDS: Final = 0.5
"""For a picture that comes when its camera's time is over, or nearly so."""


class MeteredReader(BytesIO):
    """A file that can be read from so many times and not more."""

    _reads = 0

    @override
    def read(self, size: int | None = -1, /) -> bytes:
        """Read as usual; raise ``OSError`` when it has been often enough."""
        self._reads += 1
        if self._reads > MAX_READS:
            raise OSError("too many small pieces")
        return super().read(size)
