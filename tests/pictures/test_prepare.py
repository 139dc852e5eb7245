"""What is made of a picture: upright, small, in true colours, without metadata."""

from random import Random
import struct

from PIL import Image, ImageCms
from PIL.PngImagePlugin import PngInfo
import pytest

from custom_components.eyewitness.pictures.prepare import _BAD_IMAGE, _prepare
from tests.pictures.scenes import BLUE, RED, check_corners, corners, encoded, near, prepared

BACK = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


@pytest.mark.parametrize("size", [(400, 300), (2600, 1500)], ids=str)
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("orientation", [1, *BACK])
def test_upright(kind: str, orientation: int, size: tuple[int, int]) -> None:
    """EXIF says how the camera was held; the picture is turned and the EXIF is gone."""
    lying = corners(*size)
    if orientation in BACK:
        lying = lying.transpose(BACK[orientation])
    exif = Image.Exif()
    exif[0x0112] = orientation
    image = prepared(encoded(lying, kind, exif=exif))
    check_corners(image)
    assert (image.width > image.height) == (size[0] > size[1])


def test_metadata_is_gone() -> None:
    """Place, time, camera, comment, colour profile and XMP stay in the house."""
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
    sent = _prepare(data, 1280, 80).jpeg
    assert b"canary" not in sent.lower()
    for marker in (b"Exif", b"ICC_PROFILE", b"xmpmeta", b"2026:11"):
        assert marker in data
        assert marker not in sent
    prepared(data)


def test_text_in_a_png_is_gone() -> None:
    """A PNG can hold texts, too."""
    info = PngInfo()
    info.add_text("Comment", "canary")
    data = encoded(corners(), "PNG", pnginfo=info)
    assert b"canary" in data
    assert b"canary" not in _prepare(data, 1280, 80).jpeg


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ((1920, 1080), (1280, 720)),
        ((1080, 1920), (720, 1280)),
        ((4000, 3000), (1280, 960)),
        ((1281, 100), (1280, 100)),
        ((1280, 1280), (1280, 1280)),
        ((640, 480), (640, 480)),
        ((16, 16), (16, 16)),
        ((1, 1), (1, 1)),
        ((9000, 2), (1280, 1)),
        ((3, 9000), (1, 1280)),
    ],
)
@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_size(size: tuple[int, int], expected: tuple[int, int], kind: str) -> None:
    """The longer side has at most 1280 pixels; nothing is made larger."""
    assert prepared(encoded(Image.new("RGB", size, RED), kind)).size == expected


def _transparent() -> Image.Image:
    image = corners().convert("RGBA")
    image.paste((0, 0, 0, 0), (150, 100, 250, 200))
    return image


def _palette_with_hole() -> Image.Image:
    image = corners().quantize(4)
    image.putpalette([*(image.getpalette() or [])[:12], 9, 9, 9])
    image.paste(4, (150, 100, 250, 200))
    return image


def _grey_16() -> Image.Image:
    return Image.frombytes(
        "I;16", (256, 4), b"".join(struct.pack("<H", v * 257) for _ in range(4) for v in range(256))
    )


@pytest.mark.parametrize(
    ("image", "kind"),
    [
        (corners(), "JPEG"),
        (corners(), "PNG"),
        (corners(), "WEBP"),
        (corners(), "BMP"),
        (corners(), "AVIF"),
        (corners().convert("CMYK"), "JPEG"),
        (corners().convert("RGBA"), "PNG"),
        (corners().convert("RGBA"), "WEBP"),
        (corners().quantize(16), "PNG"),
        (corners().quantize(16), "GIF"),
        (corners(2600, 1950).convert("CMYK"), "JPEG"),
        (corners(2600, 1950).quantize(16), "PNG"),
        (corners(2600, 1950).convert("RGBA"), "PNG"),
    ],
    ids=lambda value: value if isinstance(value, str) else f"{value.mode}-{value.width}",
)
def test_colours(image: Image.Image, kind: str) -> None:
    """Whatever a camera's colours are stored as, the vendor sees the same ones."""
    check_corners(prepared(encoded(image, kind)))


@pytest.mark.parametrize(("image", "kind"), [(_transparent(), "PNG"), (_transparent(), "WEBP")])
def test_what_is_transparent_is_white(image: Image.Image, kind: str) -> None:
    """A hole in the picture is white, not black."""
    found = prepared(encoded(image, kind))
    assert near(found.getpixel((200, 150)), (255, 255, 255))
    check_corners(found)


def test_a_transparent_colour() -> None:
    """So is a colour of a palette that stands for transparent."""
    data = encoded(_palette_with_hole(), "PNG", transparency=4)
    assert near(prepared(data).getpixel((200, 150)), (255, 255, 255))


def test_sixteen_bits() -> None:
    """A picture of 16 bits keeps its greys: Pillow alone would make all of it white."""
    found = prepared(encoded(_grey_16(), "PNG"))
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
    others = [Image.new("RGB", (400, 300), RED), Image.new("RGB", (400, 300), BLUE)]
    check_corners(prepared(encoded(corners(), kind, save_all=True, append_images=others)))


def test_an_empty_file() -> None:
    """Nothing is no picture (row 52)."""
    with pytest.raises(_BAD_IMAGE):
        _prepare(b"", 1280, 80)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP", "BMP", "AVIF"])
def test_damaged_pictures(kind: str) -> None:
    """A damaged file gives a picture or one of the errors that are expected."""
    exif = Image.Exif()
    exif[0x0112] = 6
    options = {"exif": exif} if kind in {"JPEG", "PNG", "WEBP", "AVIF"} else {}
    good, luck = encoded(corners(64, 48), kind, **options), Random(kind)
    fine = 0
    for _ in range(300):
        data = bytearray(good)
        for _ in range(luck.randint(1, 4)):
            data[luck.randrange(len(data))] = luck.randrange(256)
        try:
            fine += _prepare(bytes(data), 1280, 80).width > 0
        except _BAD_IMAGE:
            continue
    assert fine < 300


def test_broken_exif_does_not_cost_the_picture() -> None:
    """EXIF that cannot be read is left out like any other."""
    exif = b"Exif\x00\x00MM\x00*\x00\x00\x00\x08\xff\xff\xff\xff"
    check_corners(prepared(encoded(corners(), exif=exif)))
