"""What is made of a picture: upright, small, in true colours, without metadata."""

from base64 import b64decode
from random import Random
import struct

from homeassistant.core import HomeAssistant
from PIL import Image, ImageCms
from PIL.PngImagePlugin import PngInfo
import pytest

from custom_components.eyewitness.pictures.decode import BAD_IMAGE
from custom_components.eyewitness.pictures.masks import Polygon
from custom_components.eyewitness.pictures.prepare import async_prepare, prepare
from tests.kit import CAMERA
from tests.pictures.orientations import FILES
from tests.pictures.scenes import (
    BLUE,
    RED,
    check_corners,
    corners,
    encoded,
    held_as,
    near,
    prepared,
)

pytestmark = pytest.mark.usefixtures("decoder")

LYING_AS = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


@pytest.mark.parametrize("size", [(400, 300), (2600, 1500)], ids=str)
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "AVIF"])
@pytest.mark.parametrize("orientation", LYING_AS)
def test_upright(kind: str, orientation: int, size: tuple[int, int]) -> None:
    """EXIF says how the camera was held; the picture is turned and the EXIF is gone."""
    image = corners(*size)
    if (transpose := LYING_AS[orientation]) is not None:
        image = image.transpose(transpose)
    image = prepared(encoded(image, kind, exif=held_as(orientation)))
    check_corners(image)
    assert image.width > image.height


def test_metadata_is_gone() -> None:
    """Place, time, camera, comment, colour profile, XMP and a PNG's texts stay in the house."""
    exif = Image.Exif()
    exif[0x010F] = "Canary Cameras"
    exif[0x0132] = "2026:11:22 12:00:00"
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (52.0, 22.0, 30.0)
    data = encoded(
        corners(),
        exif=exif,
        comment=b"canary comment",
        icc_profile=ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes(),
        xmp=b"<x:xmpmeta>canary</x:xmpmeta>",
        dpi=(300, 300),
    )
    assert data.lower().count(b"canary") == 3
    sent = prepare(data, 1280).jpeg
    assert b"canary" not in sent.lower()
    for marker in (b"Exif", b"ICC_PROFILE", b"xmpmeta", b"2026:11"):
        assert marker in data
        assert marker not in sent
    prepared(data)

    info = PngInfo()
    info.add_text("Comment", "canary")
    data = encoded(corners(), "PNG", pnginfo=info)
    assert b"canary" in data
    assert b"canary" not in prepare(data, 1280).jpeg


async def test_row_22_the_smaller_copy(hass: HomeAssistant) -> None:
    """A vendor that calls the picture too large gets at most 768 pixels; then there is no less."""
    data = encoded(Image.effect_noise((1536, 864), 60))
    picture = await async_prepare(hass, data, entity_id=CAMERA, seconds=30, side=1536)
    assert picture.shrink is not None
    small = await picture.shrink()
    assert (small.width, small.height) == (768, 432)
    assert len(small.jpeg) < len(picture.jpeg) / 2
    assert [b64decode(each.base64) for each in (picture, small)] == [picture.jpeg, small.jpeg]
    assert small.shrink is None
    again = await async_prepare(hass, small.jpeg, entity_id=CAMERA, seconds=30, side=1536)
    assert again.shrink is None


@pytest.mark.parametrize(
    ("mode", "kinds"),
    [
        ("RGB", ("JPEG", "PNG", "WEBP", "BMP", "AVIF")),
        ("CMYK", ("JPEG",)),
        ("RGBA", ("PNG", "WEBP")),
        ("P", ("PNG", "GIF")),
    ],
)
@pytest.mark.parametrize("size", [(400, 300), (2600, 1950)])
def test_colours(size: tuple[int, int], mode: str, kinds: tuple[str, ...]) -> None:
    """Whatever a camera's colours are stored as, the vendor sees the same ones."""
    image = corners(*size)
    image = image.quantize(16) if mode == "P" else image.convert(mode)
    for kind in kinds:
        check_corners(prepared(encoded(image, kind)))


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "palette"])
def test_what_is_transparent_is_white(kind: str) -> None:
    """A hole in the picture is white, not black, and so is a colour that stands for one."""
    hole = (150, 100, 250, 200)
    if kind == "palette":
        image = corners().quantize(4)
        image.putpalette([*(image.getpalette() or [])[:12], 9, 9, 9])
        image.paste(4, hole)
        data = encoded(image, "PNG", transparency=4)
    else:
        image = corners().convert("RGBA")
        image.paste((0, 0, 0, 0), hole)
        data = encoded(image, kind)
    assert near(prepared(data).getpixel((200, 150)), (255, 255, 255))
    check_corners(prepared(data))


def test_sixteen_bits() -> None:
    """A picture of 16 bits keeps its greys: Pillow alone would make all of it white."""
    row = b"".join(struct.pack("<H", value * 257) for value in range(256))
    found = prepared(encoded(Image.frombytes("I;16", (256, 4), row * 4), "PNG"))
    for value in (0, 64, 128, 192, 255):
        assert near(found.getpixel((value, 1)), (value,) * 3, 4)


@pytest.mark.parametrize("mode", ["1", "L", "LA"])
def test_without_colours(mode: str) -> None:
    """Infrared cameras send grey pictures."""
    image = Image.new("L", (200, 100), 0)
    image.paste(255, (100, 0, 200, 100))
    found = prepared(encoded(image.convert(mode), "PNG"))
    assert near(found.getpixel((20, 50)), (0, 0, 0))
    assert near(found.getpixel((180, 50)), (255, 255, 255))


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_moving_pictures(kind: str) -> None:
    """Of a moving picture the first frame counts."""
    others = [Image.new("RGB", (400, 300), colour) for colour in (RED, BLUE)]
    check_corners(prepared(encoded(corners(), kind, save_all=True, append_images=others)))


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP", "BMP", "AVIF"])
def test_row_52_damaged_pictures(kind: str) -> None:
    """A damaged file gives a picture or one of the expected errors; an empty one is none."""
    with pytest.raises(BAD_IMAGE):
        prepare(b"", 1280)
    options = {"exif": held_as(6)} if kind in {"JPEG", "PNG", "WEBP", "AVIF"} else {}
    good, random = encoded(corners(64, 48), kind, **options), Random(kind)
    fine = 0
    for _ in range(300):
        data = bytearray(good)
        for _ in range(random.randint(1, 4)):
            data[random.randrange(len(data))] = random.randrange(256)
        try:
            fine += prepare(bytes(data), 1280).width > 0
        except BAD_IMAGE:
            continue
    assert fine < 300


def test_broken_exif_does_not_cost_the_picture() -> None:
    """EXIF that cannot be read is left out like any other."""
    exif = b"Exif\x00\x00MM\x00*\x00\x00\x00\x08\xff\xff\xff\xff"
    check_corners(prepared(encoded(corners(), exif=exif)))


SEEDS = {
    **{
        kind: encoded(
            corners(32, 24), kind, **({} if kind in {"GIF", "BMP"} else {"exif": held_as(6)})
        )
        for kind in ("JPEG", "PNG", "WEBP", "GIF", "BMP", "AVIF")
    },
    "progressive": encoded(corners(32, 24), progressive=True),
    "odd EXIF": FILES["odd sub-directory"][1],
    "palette": encoded(corners(32, 24).quantize(16), "PNG", transparency=3),
    "moving": encoded(corners(32, 24), "GIF", save_all=True, append_images=[corners(32, 24)]),
}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("masks", [(), (((0.0, 0.0), (1.0, 0.0), (1.0, 1.0)),)])
@pytest.mark.parametrize("seed", SEEDS)
def test_e10_nothing_but_expected_errors(seed: str, masks: tuple[Polygon, ...]) -> None:
    """Whatever bytes a camera sends, there is a picture or one of the expected errors."""
    random, good, bad = Random(f"{seed} {len(masks)}"), SEEDS[seed], 0
    for _ in range(1_000):
        data = bytearray(good)
        for _ in range(random.randint(1, 5)):
            at = random.randrange(len(data))
            match random.randrange(4):
                case 0:
                    del data[at : at + random.randint(1, 20)]
                case 1:
                    data[at:at] = random.randbytes(random.randint(1, 20))
                case _:
                    data[at] = random.choice((0, 1, 0x7F, 0x80, 0xFF, random.randrange(256)))
            data = data or bytearray(good)
        try:
            prepare(bytes(data), 1280, masks)
        except BAD_IMAGE:
            bad += 1
    assert 0 < bad < 1_000
