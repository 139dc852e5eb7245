"""Make the small copy of a picture that lists show."""

from io import BytesIO
from typing import Final

from .decode import decode
from .prepare import QUALITY

SIDE: Final = 320
"""Pixels of the longer side: sharp at the size of a list on every screen, for some 10 kB."""


def thumbnail(jpeg: bytes) -> bytes:
    """Return a small copy of a picture of ours, as a JPEG; blocking.

    Raises one of ``BAD_IMAGE`` for what is no picture.
    """
    picture, _ = decode(jpeg, SIDE)
    picture.info.clear()
    out = BytesIO()
    picture.convert("RGB").save(out, "JPEG", quality=QUALITY)
    return out.getvalue()
