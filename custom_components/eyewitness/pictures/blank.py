"""Tell a frame that shows nothing from a picture of a dark night."""

from typing import Final

from PIL import Image

_SPREAD: Final = 2
"""Levels of 256 between the darkest and the brightest pixel of a single colour, which a video
decoder may round one up and one down. Measured: black and other plain frames come out of a JPEG
with 0. A night whose noise is 1.5 levels strong has 4 or more at the worst usual quality (50), one
with 1 level the same at the usual one (75), if a 4K picture is halved and no further."""
_SAMPLE: Final = (64, 36)
"""Pixels that are looked at first: where these differ, the whole picture need not be counted."""
_LEVELS: Final = 256


def is_blank(picture: Image.Image, hidden: Image.Image | None) -> bool:
    """Return whether a picture is of one colour where it is not hidden; blocking.

    A camera that wakes up, or a stream without its first whole frame, sends such a picture.
    """
    shown = None if hidden is None else hidden.point(lambda value: 0 if value else _LEVELS - 1)
    sample = picture.resize(_SAMPLE, Image.Resampling.NEAREST)
    sampled = None if shown is None else shown.resize(_SAMPLE, Image.Resampling.NEAREST)
    if max(_spreads(sample, sampled), default=0) > _SPREAD:
        return False
    spreads = _spreads(picture, shown)
    # Nothing is left when all of it is hidden: that is what somebody wanted.
    return bool(spreads) and max(spreads) <= _SPREAD


def _spreads(picture: Image.Image, shown: Image.Image | None) -> list[int]:
    """Return the levels between darkest and brightest of each colour; none when nothing shows."""
    counts = picture.histogram(shown)
    bands = [counts[start : start + _LEVELS] for start in range(0, len(counts), _LEVELS)]
    levels = [[level for level, count in enumerate(band) if count] for band in bands]
    return [band[-1] - band[0] for band in levels if band]
