"""A picture is turned as a browser turns it, since that is what people draw their masks on."""

from random import Random

import pytest
import pytest_socket

from custom_components.eyewitness.pictures.orientation import UnreadableExifError, orientation
from custom_components.eyewitness.pictures.prepare import prepare
from tests.harness.browser import chromium
from tests.pictures.chromium import ask
from tests.pictures.orientations import FILES, exif, held, jpeg, tiff
from tests.pictures.scenes import corner_colours, orientation_of, prepared

pytestmark = pytest.mark.usefixtures("decoder")

A_CORNER = (((0.0, 0.0), (0.01, 0.0), (0.0, 0.01)),)

DOES_NOT_PARSE = {
    "directory within the header",
    "directory at 0",
    "directory behind the end",
    "no directory",
    "cut in the entry",
    "magic 43",
    "magic 0",
    "no byte order",
    "byte order IM",
    "wrong byte order",
    "head once too short",
    "head twice",
    "two, broken and 6",
    "two, no TIFF and 6",
    "two, short and 6",
    "two, 7 bytes and 6",
    "split in two",
    "split behind a long value",
    "PNG with head",
    "PNG broken",
    "PNG broken and 6",
    "PNG empty and 6",
}
"""Where a browser finds no orientation because there is something that it cannot read."""


@pytest.mark.parametrize(("shown_as", "data"), FILES.values(), ids=FILES)
def test_e5_turned_as_a_browser_does(shown_as: int, data: bytes) -> None:
    """However odd the way in which a file says it, and whatever Pillow makes of it."""
    assert orientation_of(corner_colours(prepared(data))) == shown_as


@pytest.mark.parametrize("name", FILES)
def test_e5_masks_need_exif_that_parses(name: str) -> None:
    """A mask may lie on the wrong spot of a picture whose EXIF does not parse: it is refused."""
    try:
        prepare(FILES[name][1], 1280, A_CORNER)
    except UnreadableExifError:
        assert name in DOES_NOT_PARSE
    else:
        assert name not in DOES_NOT_PARSE


@pytest.mark.browser
@pytest.mark.timeout(120)
@pytest.mark.xdist_group("browser")
async def test_e5_a_live_browser_agrees() -> None:
    """What is written down of Chromium is what Chromium does."""
    if (program := chromium()) is None:
        pytest.skip("no Chromium")
    pytest_socket.enable_socket()
    found = await ask(program, [data for _, data in FILES.values()])
    assert dict(zip(FILES, found, strict=True)) == {name: says for name, (says, _) in FILES.items()}


def test_e5_any_bytes_are_an_orientation_or_do_not_parse() -> None:
    """Whatever stands in EXIF, nothing else comes out of it."""
    random, good = Random("exif"), tiff(held(3))
    for _ in range(20_000):
        data = bytearray(good)
        for _ in range(random.randint(1, 6)):
            data[random.randrange(len(data))] = random.randrange(256)
        try:
            assert 1 <= orientation(bytes(data[: random.randint(0, 40)])) <= 8
        except UnreadableExifError:
            continue


def test_e5_directories_without_end() -> None:
    """Thousands of directories that all lead to thousands of entries are looked at once."""
    below = tiff(held())[10:22].replace(b"\x01\x12\x00\x03", b"\x87\x69\x00\x04")
    below = below[:8] + b"\0\0\0\x08"
    many = tiff()[:8] + (5_000).to_bytes(2) + below * 5_000
    assert orientation(many) == 1
    assert prepared(jpeg(exif(many))).size == (64, 48)
