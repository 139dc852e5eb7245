"""The reference pictures are what docs/performance.md says they are."""

from base64 import b64encode
from io import BytesIO

from PIL import Image
import pytest

from custom_components.eyewitness.pictures.prepare import prepare
from custom_components.eyewitness.pictures.size import Detail
from tests.bench.photos import SIZES, photo


@pytest.mark.parametrize("kind", ["1080p", "320x180"])
def test_a_seed_makes_one_picture(kind: str) -> None:
    """Two runs of the bench, or two versions of Eyewitness, see the same."""
    size = SIZES[kind]
    first = photo(0, size)
    assert Image.open(BytesIO(first)).size == size
    assert first == photo(0, size) != photo(1, size)


def test_the_reference_has_the_bytes_of_the_issue() -> None:
    """311 kB, and 73 kB as a copy 1200 pixels wide: else its figures compare to no others."""
    content = photo(0)
    assert len(content) == pytest.approx(311_000, rel=0.03)
    copy = BytesIO()
    Image.open(BytesIO(content)).resize((1200, 675)).save(copy, "JPEG", quality=80)
    assert len(copy.getvalue()) == pytest.approx(73_000, rel=0.03)


@pytest.mark.parametrize("seed", [0, 1])
def test_what_is_sent_of_a_1080p_camera(seed: int) -> None:
    """At its normal size no more than 85 kB, in Base64 and with 2 kB of words beside it."""
    assert len(b64encode(prepare(photo(seed), Detail.NORMAL.side).jpeg)) < 83_000
