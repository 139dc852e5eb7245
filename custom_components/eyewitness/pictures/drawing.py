"""Draw the card of a test of sight: a number and a colour that nobody can guess."""

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from itertools import pairwise
import secrets
from typing import Final

from PIL import Image

from ..chain.task import Picture

SIDE: Final = 384
"""Pixels. Vendors want 200 at least, small models at home look at 224 to 448, and Gemini counts a
picture of up to 384 as a single tile. Each digit is some 110 wide and 150 high."""
_FONT_SIZE: Final = 200
_STROKE: Final = 4
_DIGITS: Final = "123456789"
"""Without 0, which is a letter as well."""
COLOURS: Final = {
    "red": (176, 24, 24),
    "green": (16, 110, 40),
    "blue": (24, 48, 190),
    "purple": (120, 30, 160),
}
"""Dark enough for white digits, and far enough from each other for any name of theirs."""


@dataclass(frozen=True, slots=True)
class Card:
    """What a picture shows that only somebody who sees it can know."""

    number: str
    """Three digits."""
    colour: str
    """Of the ground, one of ``COLOURS``."""


def deal() -> Card:
    """Return a new card, of some 2,900; none has a number that people think of first."""
    return Card(next(_numbers()), secrets.choice(list(COLOURS)))


def _numbers() -> Iterator[str]:
    while True:
        number = "".join(secrets.choice(_DIGITS) for _ in range(3))
        steps = {ord(right) - ord(left) for left, right in pairwise(number)}
        if not steps <= {0} and steps not in ({1}, {-1}):  # not 777, 123 or 321
            yield number


def draw(card: Card) -> Picture:
    """Draw a card: white digits on its colour; blocking."""
    from PIL import ImageDraw, ImageFont  # noqa: PLC0415 - see masks

    image = Image.new("RGB", (SIDE, SIDE), COLOURS[card.colour])
    ImageDraw.Draw(image).text(
        (SIDE / 2, SIDE / 2),
        card.number,
        fill="white",
        font=ImageFont.load_default(_FONT_SIZE),
        anchor="mm",
        stroke_width=_STROKE,
    )
    out = BytesIO()
    image.save(out, "JPEG")
    return Picture.encode(out.getvalue(), SIDE, SIDE)
