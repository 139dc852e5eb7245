"""What is taken of a JPEG's segments, and what of a JPEG that is cut off."""

from PIL import Image
import pytest

from custom_components.eyewitness.pictures.decode import BAD_IMAGE
from custom_components.eyewitness.pictures.jpeg import read_jpeg
from custom_components.eyewitness.pictures.limits import MAX_SCANS, MAX_SEGMENTS
from custom_components.eyewitness.pictures.prepare import prepare
from tests.pictures.orientations import APP1, APP2, COM, PLAIN, PROGRESSIVE, jpeg, segment
from tests.pictures.scenes import check_corners, corners, encoded, prepared
from tests.pictures.zoo import scans, segments

pytestmark = pytest.mark.usefixtures("decoder")


def test_e10_only_pixels_are_left() -> None:
    """Pillow sees neither EXIF nor XMP, profiles, other pictures, comments and what is behind."""
    more = [segment(b"canary", marker) for marker in (APP1, APP2, 0xED, COM)]
    data = jpeg(*more) + b"canary" + PLAIN
    assert data.count(b"canary") == 5
    assert read_jpeg(data).content == PLAIN


NOISE = Image.effect_noise((160, 120), 60).convert("RGB")
CUT = {
    "flat": encoded(corners(160, 120), quality=90),
    "noise": encoded(NOISE, quality=90),
    "restarts": encoded(NOISE, quality=90, restart_marker_rows=1),
    "black": encoded(Image.new("RGB", (160, 120)), quality=90),
    "progressive": encoded(NOISE, quality=90, progressive=True),
}


@pytest.mark.parametrize("data", CUT.values(), ids=CUT)
def test_e10_a_cut_is_noticed_wherever_it_is(data: bytes) -> None:
    """Only the end may be missing, and with it bits of which a picture uses none."""
    pixels = data.index(b"\xff\xda") + 14
    for length in range(pixels, len(data) - 4, 7):
        with pytest.raises(BAD_IMAGE):
            prepare(data[:length], 1280)


@pytest.mark.parametrize("missing", [1, 2])
@pytest.mark.parametrize("kind", ["flat", "noise", "restarts", "black"])
def test_e10_without_its_end(kind: str, missing: int) -> None:
    """It is the same picture as with it."""
    assert prepare(CUT[kind][:-missing], 1280) == prepare(CUT[kind], 1280)


@pytest.mark.parametrize(
    "header",
    [
        b"--frame\r\nContent-Type: image/jpeg\r\n\r\n",
        b"\r\n--frame\r\nContent-Type: image/jpeg\r\nContent-Length: 1\r\n\r\n",
        b"Content-type: image/png\r\n\r\n",
    ],
    ids=["boundary", "a line before it", "no boundary"],
)
@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_e10_behind_a_multipart_header(header: bytes, kind: str) -> None:
    """Some cameras send one part of a stream when they are asked for a picture."""
    check_corners(prepared(header + encoded(corners(), kind) + b"\r\n--frame--\r\n"))


@pytest.mark.parametrize(
    ("data", "accepted"),
    [
        (segments(MAX_SEGMENTS - 20), True),
        (segments(MAX_SEGMENTS), False),
        (scans(MAX_SCANS - 18, (64, 48)), True),
        (scans(MAX_SCANS - 17, (64, 48)), False),
        # What a decoder never gets to does not count.
        (PLAIN + PROGRESSIVE * 9, True),
    ],
    ids=["segments", "too many segments", "scans", "too many scans", "scans behind the end"],
)
def test_e9_how_much_a_jpeg_may_hold(data: bytes, accepted: bool) -> None:
    """Neither segments nor scans without number."""
    if accepted:
        assert prepare(data, 1280).width == 64
    else:
        with pytest.raises(ValueError, match=r"pixels|scans"):
            prepare(data, 1280)


@pytest.mark.parametrize("marker", [0xC3, 0xC9, 0xCA, 0xCB])
def test_e9_what_browsers_do_not_decode(marker: int) -> None:
    """A lossless one or one with arithmetic coding costs a multiple, and no camera sends one."""
    with pytest.raises(BAD_IMAGE):
        prepare(PLAIN.replace(b"\xff\xc0", bytes((0xFF, marker))), 1280)
