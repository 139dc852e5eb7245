"""Decide how large a picture becomes: by a factor that costs next to nothing, if there is one."""

from collections.abc import Sequence
from enum import StrEnum
from fractions import Fraction
from math import ceil
from typing import Final


class Detail(StrEnum):
    """How much of a picture providers are to see."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"

    @property
    def side(self) -> int:
        """Return how many pixels the longer side of a picture has at most."""
        return _SIDES[self]

    @property
    def smaller(self) -> Detail:
        """Return the next smaller size, the smallest for itself."""
        sizes = list(Detail)
        return sizes[max(0, sizes.index(self) - 1)]


_SIDES: Final = {Detail.LOW: 768, Detail.NORMAL: 1344, Detail.HIGH: 2048}
"""1344 is half of 2688, the longer side of cameras with 4 megapixels, and 2048 what OpenAI's older
models look at. README.md says how many tokens each comes to at each vendor."""

_ENOUGH: Final = 0.7
"""Of a side. Below, a picture is decoded at the next larger factor and resampled, which costs more
than decoding it. Half of 1920 and a quarter of 3840, which most cameras send, are 960 or 0.71 of
1344: to a lens of 110 degrees a person ten metres away is 59 pixels tall there."""

EIGHTHS: Final = tuple(Fraction(number, 8) for number in range(8, 0, -1))
"""By which libjpeg-turbo scales while it decodes."""
HALVES: Final = tuple(Fraction(1, number) for number in (1, 2, 4, 8))
"""By which Pillow lets libjpeg do so."""
WHOLE_PARTS: Final = tuple(Fraction(1, number) for number in range(1, 9))
"""By which pixels that are decoded can be averaged square by square."""


def scaled(pixels: int, factor: Fraction) -> int:
    """Return how many pixels are left of a side, which is never none."""
    return ceil(pixels * factor)


def best_factor(pixels: int, side: int, factors: Sequence[Fraction]) -> Fraction:
    """Return the largest factor that makes a side fit, or the one before if that leaves too little.

    ``factors`` begin with 1 and get smaller. A side that nothing makes fit gets the last one.
    """
    before = factors[0]
    for factor in factors:
        if (left := scaled(pixels, factor)) <= side:
            return factor if factor == 1 or left >= _ENOUGH * side else before
        before = factor
    return before
