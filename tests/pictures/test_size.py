"""How large a picture becomes, by each way to decode it."""

from PIL import Image
import pytest

from custom_components.eyewitness.pictures.prepare import prepare
from custom_components.eyewitness.pictures.size import (
    EIGHTHS,
    HALVES,
    WHOLE_PARTS,
    Detail,
    best_factor,
    scaled,
)
from tests.pictures.scenes import RED, encoded

type Size = tuple[int, int]


@pytest.mark.parametrize(
    ("size", "turbo", "pillow", "png"),
    [
        ((1920, 1080), (1200, 675), (960, 540), (960, 540)),
        ((1080, 1920), (675, 1200), (540, 960), (540, 960)),
        ((2560, 1440), (1280, 720), (1280, 720), (1280, 720)),
        ((2688, 1520), (1344, 760), (1344, 760), (1344, 760)),
        ((3840, 2160), (960, 540), (960, 540), (1280, 720)),
        ((4000, 3000), (1000, 750), (1000, 750), (1334, 1000)),
        # Half of it, or a quarter, is far below 1344.
        ((1600, 1200), (1200, 900), (1344, 1008), (1344, 1008)),
        ((3000, 2000), (1125, 750), (1344, 896), (1000, 667)),
        ((1345, 100), (1177, 88), (1344, 100), (1344, 100)),
        # Nothing is made larger, and nothing vanishes.
        ((1344, 1344), (1344, 1344), (1344, 1344), (1344, 1344)),
        ((640, 480), (640, 480), (640, 480), (640, 480)),
        ((1, 1), (1, 1), (1, 1), (1, 1)),
        ((9000, 2), (1125, 1), (1344, 1), (1286, 1)),
        ((3, 20_000), (1, 1344), (1, 1344), (1, 1344)),
    ],
    ids=str,
)
@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_normal(decoder: str, kind: str, size: Size, turbo: Size, pillow: Size, png: Size) -> None:
    """As large as a factor makes it, and 1344 pixels where none does."""
    picture = prepare(encoded(Image.new("RGB", size, RED), kind), Detail.NORMAL.side)
    expected = {"turbo": turbo, "pillow": pillow}[decoder] if kind == "JPEG" else png
    assert (picture.width, picture.height) == expected


@pytest.mark.parametrize(
    ("size", "detail", "turbo", "pillow"),
    [
        ((1280, 720), Detail.LOW, (640, 360), (640, 360)),
        ((1920, 1080), Detail.LOW, (720, 405), (768, 432)),
        ((3840, 2160), Detail.LOW, (768, 432), (768, 432)),
        ((1280, 720), Detail.HIGH, (1280, 720), (1280, 720)),
        ((1920, 1080), Detail.HIGH, (1920, 1080), (1920, 1080)),
        ((2560, 1440), Detail.HIGH, (1920, 1080), (2048, 1152)),
        ((3840, 2160), Detail.HIGH, (1920, 1080), (1920, 1080)),
    ],
    ids=str,
)
def test_low_and_high(decoder: str, size: Size, detail: Detail, turbo: Size, pillow: Size) -> None:
    """Who wants less or more gets it."""
    picture = prepare(encoded(Image.new("RGB", size, RED)), detail.side)
    assert (picture.width, picture.height) == {"turbo": turbo, "pillow": pillow}[decoder]


@pytest.mark.parametrize("factors", [EIGHTHS, HALVES, WHOLE_PARTS], ids=["8ths", "halves", "parts"])
@pytest.mark.parametrize("detail", Detail)
def test_every_size(detail: Detail, factors: tuple[object, ...]) -> None:
    """What fits is left alone, and nothing that is larger becomes less than 0.7 of the side."""
    for pixels in range(1, 9_000):
        left = scaled(pixels, best_factor(pixels, detail.side, factors))  # type: ignore[arg-type]
        assert left == pixels if pixels <= detail.side else left >= 0.7 * detail.side
