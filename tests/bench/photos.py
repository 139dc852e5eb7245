"""Pictures such as cameras send, made from a seed: coarse shapes, finer ones, a sensor's noise."""

from collections.abc import Sequence
from io import BytesIO
import random
from typing import Final

from PIL import Image, ImageChops

type Size = tuple[int, int]

FULL_HD: Final[Size] = (1920, 1080)
SIZES: Final[dict[str, Size]] = {"1080p": FULL_HD, "4K": (3840, 2160), "320x180": (320, 180)}
_QUALITY: Final = 88
_LAYERS: Final = ((240, 0.6), (60, 0.3), (10, 0.07), (1, 0.053))
"""How many pixels of a 1080p picture a dot of noise covers, and how strong it is. Chosen so that
such a picture has 311 kB, and a copy 1200 pixels wide at quality 80 has 73 kB, as the picture with
which issue G was measured."""


def photo(seed: int, size: Size = FULL_HD) -> bytes:
    """Return a JPEG; the same seed and size give the same picture."""
    chance = random.Random(seed)
    scale = size[0] / FULL_HD[0]
    image = Image.new("RGB", size, (128, 128, 128))
    for pixels, strength in _LAYERS:
        step = max(1.0, pixels * scale)
        small = (max(2, round(size[0] / step)), max(2, round(size[1] / step)))
        noise = Image.frombytes("RGB", small, chance.randbytes(small[0] * small[1] * 3))
        soft = noise.point([round((value - 128) * strength) + 128 for value in range(256)] * 3)
        image = ImageChops.add(image, soft.resize(size, Image.Resampling.BICUBIC), offset=-128)
    out = BytesIO()
    image.save(out, "JPEG", quality=_QUALITY)
    return out.getvalue()


def photos(names: Sequence[str] = tuple(SIZES)) -> dict[str, list[bytes]]:
    """Return two pictures for each kind of camera: the same one again would be an old one."""
    return {name: [photo(seed, SIZES[name]) for seed in range(2)] for name in names}
