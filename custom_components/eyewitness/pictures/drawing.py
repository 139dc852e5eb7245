"""Draw the picture that the self-test shows around."""

from io import BytesIO
from typing import Final

from PIL import Image

from ..chain.task import Picture

TEST_SIDE: Final = 64
"""Pixels of the picture that the self-test shows around."""


def tiny_picture() -> Picture:
    """Draw something tiny that a model can name: a red disc on white; blocking."""
    from PIL import ImageDraw  # noqa: PLC0415 - see masks

    image = Image.new("RGB", (TEST_SIDE, TEST_SIDE), "white")
    margin = TEST_SIDE // 5
    ImageDraw.Draw(image).ellipse((margin, margin, TEST_SIDE - margin, TEST_SIDE - margin), "red")
    out = BytesIO()
    image.save(out, "JPEG")
    return Picture.encode(out.getvalue(), TEST_SIDE, TEST_SIDE)
