"""Read a large number from a picture, by its pixels alone."""

from functools import cache
from itertools import groupby

from PIL import Image, ImageChops, ImageDraw, ImageFont

_SIDE = 384
"""Pixels; what is larger is made smaller first."""
_BOX = (20, 28)
"""Pixels that each digit is scaled to."""
_LEAST = 40
"""Pixels of height: what is smaller is no number that a small model reads."""
_OFF = 0.12
"""Share of the pixels by which a digit may differ from the printed one."""
_COUNT = 3


def number_in(image: Image.Image) -> str:
    """Return the three digits that stand alone in white on a ground, or an empty text."""
    rgb = image.convert("RGB").reduce(max(1, max(image.size) // _SIDE))
    red, green, blue = rgb.split()
    darkest = ImageChops.darker(ImageChops.darker(red, green), blue)
    parts = _parts(darkest.point(lambda value: 255 if value > 200 else 0))
    if len(parts) != _COUNT:
        return ""
    return "".join(map(_digit, parts)) if all(map(_digit, parts)) else ""


def _parts(white: Image.Image) -> list[Image.Image]:
    """Return what is white, cut where a whole column is not."""
    columns = white.reduce((1, white.height)).tobytes()
    found = []
    for is_white, group in groupby(range(white.width), key=lambda x: columns[x] > 0):
        if is_white:
            place = list(group)
            part = white.crop((place[0], 0, place[-1] + 1, white.height))
            found.append(part.crop(part.getbbox()))
    return found


def _digit(part: Image.Image) -> str:
    """Return the digit that a part looks like most, if it does so at all."""
    if part.height < _LEAST:
        return ""
    wide = part.width / part.height
    area = _BOX[0] * _BOX[1]

    def unlike(digit: str) -> float:
        printed, its_wide = _printed(digit)
        scaled = part.resize(_BOX)
        pixels = ImageChops.difference(scaled, printed).tobytes()
        return sum(pixels) / 255 / area + abs(wide - its_wide)

    best = min("0123456789", key=unlike)
    return best if unlike(best) < _OFF else ""


@cache
def _printed(digit: str) -> tuple[Image.Image, float]:
    """Return how a digit is printed, and its width by its height."""
    image = Image.new("L", (300, 300))
    font = ImageFont.load_default(200)
    ImageDraw.Draw(image).text((150, 150), digit, fill=255, font=font, anchor="mm", stroke_width=4)
    part = image.crop(image.getbbox())
    return part.resize(_BOX), part.width / part.height
