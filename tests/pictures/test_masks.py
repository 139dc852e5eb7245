"""C4: of what a mask covers not one pixel leaves the house."""

from collections.abc import Iterator, Sequence
from io import BytesIO
from math import ceil, floor
from pathlib import Path
from random import Random

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from hypothesis import example, given, settings, strategies as st
from PIL import Image, ImageChops, ImageFilter
import pytest
from pytest_homeassistant_custom_component.common import async_capture_events

from custom_components.eyewitness.chain.task import Frame, Polygon
from custom_components.eyewitness.const import EVENT_FAILED
from custom_components.eyewitness.pictures.prepare import _prepare, async_shrink
from custom_components.eyewitness.pictures.rules import rules_of
from tests.kit import CAMERA, FakeCamera, House
from tests.simulator import Simulator

ROTATED = 6
"""EXIF: the camera was held on its side."""
SQUARE = 16


def glaring(width: int, height: int, mode: str = "RGB") -> Image.Image:
    """Return a picture of which each pixel is as far from black as can be, in loud colours."""
    luck = Random(f"{width}x{height}")
    small = Image.new("RGB", (ceil(width / 8), ceil(height / 8)))
    colours = [(255, 0, 0), (255, 255, 0), (255, 0, 255), (255, 255, 255)]
    small.putdata([luck.choice(colours) for _ in range(small.width * small.height)])
    large = small.resize((small.width * 8, small.height * 8), Image.Resampling.NEAREST)
    picture = large.crop((0, 0, width, height))
    if mode == "RGBA":
        picture.putalpha(Image.linear_gradient("L").resize(picture.size))
    return picture


def file_of(image: Image.Image, kind: str = "JPEG", orientation: int = 1) -> bytes:
    """Return what a camera sends."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    out = BytesIO()
    image.save(out, kind, exif=exif, **({"quality": 95} if kind == "JPEG" else {}))
    return out.getvalue()


SOURCES = {
    "1920x1080": file_of(glaring(1920, 1080)),
    "1280x720": file_of(glaring(1280, 720)),
    "641x479": file_of(glaring(641, 479)),
    "300x200": file_of(glaring(300, 200)),
    "portrait": file_of(glaring(720, 1280)),
    "portrait by EXIF": file_of(glaring(1920, 1080), orientation=ROTATED),
    "transparent PNG": file_of(glaring(801, 603, "RGBA"), "PNG"),
}


def box(left: float, top: float, right: float, bottom: float) -> dict[str, object]:
    """Return a rectangle as the form stores it."""
    return {"name": "Area", "left": left, "top": top, "right": right, "bottom": bottom}


SHAPES: dict[str, tuple[list[dict[str, object]], list[str]]] = {
    "rectangles": ([box(10, 20, 40, 55), box(35, 50, 60, 60), box(80, 80, 95, 90)], []),
    "on the squares' edges": ([box(12.5, 20, 50, 60)], []),
    "triangles": ([], ["5,5 45,10 20,50", "60,90 95,95 80,40"]),
    "concave": ([], ["10,10 90,10 90,90 70,90 70,30 30,30 30,90 10,90"]),
    "a star": ([], ["50,5 61,38 95,38 68,59 79,92 50,72 21,92 32,59 5,38 39,38"]),
    "thin": (
        [box(20, 0, 20.1, 100), box(0, 33, 100, 33.15)],
        ["0,50 100,50.1 100,50.3 0,50.2", "5,95 95,5 95.1,5.1"],
    ),
    "at the edges": ([box(0, 0, 1, 1), box(99, 99, 100, 100), box(0, 40, 3, 60)], []),
    "a frame": (
        [box(0, 0, 100, 2), box(0, 98, 100, 100), box(0, 0, 2, 100)],
        ["98,0 100,0 100,100"],
    ),
    "whole": ([box(0, 0, 100, 100)], []),
}


def runs(mask: Polygon, width: int, height: int) -> Iterator[tuple[int, int, int]]:
    """Yield the rows and spans of the pixels whose centre lies inside a polygon."""
    corners = [(x * width, y * height) for x, y in mask]
    edges = list(zip(corners, corners[1:] + corners[:1], strict=True))
    for row in range(height):
        y = row + 0.5
        crossings = sorted(
            x1 + (y - y1) / (y2 - y1) * (x2 - x1)
            for (x1, y1), (x2, y2) in edges
            if (y1 > y) != (y2 > y)
        )
        for a, b in zip(crossings[::2], crossings[1::2], strict=True):
            start, end = max(0, ceil(a - 0.5 + 1e-9)), min(width, floor(b - 0.5 - 1e-9) + 1)
            if start < end:
                yield row, start, end


def touched(mask: Polygon, width: int, height: int) -> Iterator[tuple[int, int]]:
    """Yield the squares that a polygon's edges pass through; a thin one has nothing inside."""
    for (x1, y1), (x2, y2) in zip(mask, mask[1:] + mask[:1], strict=True):
        steps = width + height
        for step in range(steps + 1):
            x, y = (a + (b - a) * step / steps for a, b in ((x1, x2), (y1, y2)))
            yield int(x * width) // SQUARE, int(y * height) // SQUARE


def check(jpeg: bytes, masks: Sequence[Polygon], plain: bytes, *, around: int = 2) -> int:
    """Fail unless all inside is black and all well outside as it was; count what is inside.

    Well outside is what is more than two squares, 32 pixels, away. When a picture is encoded for a
    second time, the neighbours of its changed squares differ in their last bits as well.
    """
    with Image.open(BytesIO(jpeg)) as found, Image.open(BytesIO(plain)) as unmasked:
        found.load()
        assert found.size == unmasked.size
        difference = ImageChops.difference(found, unmasked)
    data, (width, height) = found.tobytes(), found.size
    squares = Image.new("L", (ceil(width / SQUARE), ceil(height / SQUARE)))
    inside = 0
    for mask in masks:
        for x, y in touched(mask, width, height):
            squares.paste(255, (x, y, x + 1, y + 1))
        for y, start, end in runs(mask, width, height):
            span = data[3 * (y * width + start) : 3 * (y * width + end)]
            assert not span.strip(b"\0"), f"{found.size}: row {y}, {start} to {end} of {mask}"
            row = y // SQUARE
            squares.paste(255, (start // SQUARE, row, (end - 1) // SQUARE + 1, row + 1))
            inside += end - start
    near = squares.filter(ImageFilter.MaxFilter(2 * around + 1))
    area = near.resize((near.width * SQUARE, near.height * SQUARE), Image.Resampling.NEAREST)
    difference.paste("black", mask=area.crop((0, 0, width, height)))
    assert difference.getbbox() is None
    return inside


@pytest.fixture(autouse=True)
def media(hass_config_dir: str, request: pytest.FixtureRequest) -> Path:
    """Give Home Assistant a media folder of its own, where there is one."""
    folder = Path(hass_config_dir) / "media"
    if "hass" in request.fixturenames:
        request.getfixturevalue("hass").config.media_dirs = {"local": str(folder)}
    return folder


def camera_rules(shape: str) -> dict[str, object]:
    """Return a subentry's data."""
    masks, polygons = SHAPES[shape]
    return {"entity_id": CAMERA, "masks": masks, "polygons": polygons}


def seen(sim: Simulator) -> list[bytes]:
    """Return the pictures that the vendors got, in order, and forget them."""
    pictures = [sim.image(request.seq) for request in sim.requests(endpoint="describe")]
    sim.clear_requests()
    return pictures


async def fail(house: House) -> None:
    """Let the first vendor call the picture too large and both give up."""
    house.sim.fail("openai", "image_too_large")
    house.sim.fail("openai", "refusal")
    house.sim.fail("grok", "refusal")
    with pytest.raises(HomeAssistantError):
        await house.describe()


@pytest.mark.parametrize("source", SOURCES)
async def test_what_the_vendors_and_the_media_folder_get(
    hass: HomeAssistant,
    house: House,
    sim: Simulator,
    camera: FakeCamera,
    quick: None,
    media: Path,
    source: str,
) -> None:
    """The first picture, the small one after a 413, the next vendor's and the one that is kept."""
    failed = async_capture_events(hass, EVENT_FAILED)
    camera.sends = SOURCES[source]
    await house.set_up("openai", "grok")
    await fail(house)
    plain, plain_small, plain_next = seen(sim)
    upright = Image.open(BytesIO(plain)).size
    assert (upright[0] < upright[1]) == source.startswith("portrait")
    for shape in SHAPES:
        rules = rules_of(camera_rules(shape))
        house.runtime.cameras = (rules,)
        await fail(house)
        first, small, following = seen(sim)
        assert check(first, rules.masks, plain) > 0
        check(small, rules.masks, plain_small, around=3)
        check(following, rules.masks, plain_next, around=3)
        assert max(Image.open(BytesIO(small)).size) == min(768, max(upright))
        kept = media / "eyewitness" / f"{failed[-1].data['event_id']}.jpg"
        assert await hass.async_add_executor_job(kept.read_bytes) == first


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("source", SOURCES)
async def test_every_shape_in_every_size(hass: HomeAssistant, source: str, shape: str) -> None:
    """So it is for each of the two sizes that exist, without the way there."""
    masks = rules_of(camera_rules(shape)).masks
    plain, masked = (_prepare(SOURCES[source], 1280, 80, given) for given in ((), masks))
    assert check(masked.jpeg, masks, plain.jpeg) > 0
    plain, masked = await async_shrink(hass, plain), await async_shrink(hass, masked)
    check(masked.jpeg, masks, plain.jpeg, around=3)


async def test_the_copy_is_masked_anew(hass: HomeAssistant) -> None:
    """A smaller copy mixes pixels of both sides of an edge: it would be grey there."""
    masks = rules_of(camera_rules("triangles")).masks
    bare = _prepare(SOURCES["1280x720"], 1280, 80)
    small = await async_shrink(hass, Frame(bare.jpeg, bare.width, bare.height, masks))
    assert small.masks == masks
    check(small.jpeg, masks, (await async_shrink(hass, bare)).jpeg)


@st.composite
def polygons(draw: st.DrawFn) -> Polygon:
    """Draw three to eight corners anywhere, crossing themselves or not."""
    share = st.floats(0, 1, width=32) | st.integers(0, 100).map(lambda percent: percent / 100)
    return tuple(draw(st.lists(st.tuples(share, share), min_size=3, max_size=8)))


_LARGEST = glaring(420, 420)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.integers(1, 420), st.integers(1, 420), st.lists(polygons(), min_size=1, max_size=3))
@example(320, 320, [((0.05, 0.05), (0.1, 0.05), (0.1, 0.95), (0.05, 0.95))])
@example(1, 1, [((0.0, 0.0), (1.0, 0.0), (1.0, 1.0))])
@example(400, 16, [((0.0, 0.999), (1.0, 0.001), (1.0, 0.002))])
def test_any_polygon_in_any_size(width: int, height: int, masks: list[Polygon]) -> None:
    """Whatever somebody draws."""
    out = BytesIO()
    _LARGEST.crop((0, 0, width, height)).save(out, "BMP")
    plain, masked = (_prepare(out.getvalue(), 300, 80, each) for each in ((), tuple(masks)))
    check(masked.jpeg, masks, plain.jpeg)
    plain, masked = (_prepare(each.jpeg, 200, 71, each.masks) for each in (plain, masked))
    check(masked.jpeg, masks, plain.jpeg, around=3)
