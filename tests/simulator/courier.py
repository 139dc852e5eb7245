"""Recognise the courier of the demo's photo, whatever size it is sent in."""

from functools import cache

from PIL import Image, ImageChops, ImageStat

from tests.harness.config import PHOTO

from .wire import JsonObject

COURIER: JsonObject = {
    "title": "Courier with a parcel",
    "description": "A courier in a navy and orange jacket carries a cardboard parcel to the green"
    " front door. This answer is simulated.",
    "objects": ["person", "package"],
    "confidence": 94,
    "importance": "normal",
}
"""What is said of him; that nobody has really looked is part of it."""

_PLACE = (0.45, 0.38, 0.65, 0.96)
"""Where he stands: left, top, right and bottom as shares of the picture."""
_SMALL = (16, 24)
_ALIKE = 10.0
"""Mean difference of a channel. Sent at any size he is within 3, with his head or his parcel
painted black beyond 11, and a plain picture beyond 30."""


def shows_courier(image: Image.Image) -> bool:
    """Tell whether the courier is where he stands in the demo's photo, and can be seen."""
    means = ImageStat.Stat(ImageChops.difference(_place(image), _courier())).mean
    return sum(means) / len(means) < _ALIKE


@cache
def _courier() -> Image.Image:
    with Image.open(PHOTO) as photo:
        return _place(photo)


def _place(image: Image.Image) -> Image.Image:
    left, top, right, bottom = _PLACE
    width, height = image.size
    box = (left * width, top * height, right * width, bottom * height)
    return image.convert("RGB").resize(_SMALL, Image.Resampling.BOX, box)
