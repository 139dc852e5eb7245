"""C4: of what a mask covers not one pixel leaves the house."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
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

from custom_components.eyewitness.const import EVENT_FAILED
from custom_components.eyewitness.pictures import kept_files
from custom_components.eyewitness.pictures.masks import Polygon, polygon
from custom_components.eyewitness.pictures.prepare import SMALL_SIDE, async_prepare, prepare
from custom_components.eyewitness.pictures.rules import CameraRules, EntityRef, StoredRules
from tests.kit import CAMERA, FakeCamera, House
from tests.pictures.scenes import encoded, held_as

SQUARE = 16


def glaring(width: int, height: int) -> Image.Image:
    """Return a picture of which each pixel is as far from black as can be, in loud colours."""
    random = Random(f"{width}x{height}")
    small = Image.new("RGB", (ceil(width / 8), ceil(height / 8)))
    colours = [(255, 0, 0), (255, 255, 0), (255, 0, 255), (255, 255, 255)]
    small.putdata([random.choice(colours) for _ in range(small.width * small.height)])
    large = small.resize((small.width * 8, small.height * 8), Image.Resampling.NEAREST)
    return large.crop((0, 0, width, height))


TRANSPARENT = glaring(801, 603)
TRANSPARENT.putalpha(Image.linear_gradient("L").resize(TRANSPARENT.size))
SOURCES = {
    "1920x1080": encoded(glaring(1920, 1080), quality=95),
    "1280x720": encoded(glaring(1280, 720), quality=95),
    "641x479": encoded(glaring(641, 479), quality=95),
    "300x200": encoded(glaring(300, 200), quality=95),
    "portrait": encoded(glaring(720, 1280), quality=95),
    "portrait by EXIF": encoded(glaring(1920, 1080), quality=95, exif=held_as(6)),
    "transparent PNG": encoded(TRANSPARENT, "PNG"),
}


def box(left: float, top: float, right: float, bottom: float) -> str:
    """Return the corners of a rectangle."""
    return f"{left},{top} {right},{top} {right},{bottom} {left},{bottom}"


SHAPES = {
    "rectangles": [box(10, 20, 40, 55), box(35, 50, 60, 60), box(80, 80, 95, 90)],
    "on the squares' edges": [box(12.5, 20, 50, 60)],
    "triangles": ["5,5 45,10 20,50", "60,90 95,95 80,40"],
    "concave": ["10,10 90,10 90,90 70,90 70,30 30,30 30,90 10,90"],
    "a star": ["50,5 61,38 95,38 68,59 79,92 50,72 21,92 32,59 5,38 39,38"],
    "thin": [
        box(20, 0, 20.1, 100),
        box(0, 33, 100, 33.15),
        "0,50 100,50.1 100,50.3 0,50.2",
        "5,95 95,5 95.1,5.1",
    ],
    "at the edges": [box(0, 0, 1, 1), box(99, 99, 100, 100), box(0, 40, 3, 60)],
    "a frame": [box(0, 0, 100, 2), box(0, 98, 100, 100), box(0, 0, 2, 100), "98,0 100,0 100,100"],
    "whole": [box(0, 0, 100, 100)],
}


def masks_of(shape: str) -> tuple[Polygon, ...]:
    """Return the masks of a shape."""
    return tuple(polygon(corners) for corners in SHAPES[shape])


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
    spans: set[tuple[int, int, int]] = set()
    inside = 0
    for mask in masks:
        spans.update((y, x, x + 1) for x, y in touched(mask, width, height))
        for y, start, end in runs(mask, width, height):
            span = data[3 * (y * width + start) : 3 * (y * width + end)]
            assert not span.strip(b"\0"), f"{found.size}: row {y}, {start} to {end} of {mask}"
            spans.add((y // SQUARE, start // SQUARE, (end - 1) // SQUARE + 1))
            inside += end - start
    squares = Image.new("L", (ceil(width / SQUARE), ceil(height / SQUARE)))
    for row, left, right in spans:
        squares.paste(255, (left, row, right, row + 1))
    near = squares.filter(ImageFilter.MaxFilter(2 * around + 1))
    area = near.resize((near.width * SQUARE, near.height * SQUARE), Image.Resampling.NEAREST)
    difference.paste("black", mask=area.crop((0, 0, width, height)))
    assert difference.getbbox() is None
    return inside


async def fail(house: House) -> list[bytes]:
    """Let one vendor call the picture too large and two give up; return what they were sent."""
    house.sim.clear_requests()
    house.sim.fail("openai", "image_too_large")
    house.sim.fail("openai", "refusal")
    house.sim.fail("grok", "refusal")
    with pytest.raises(HomeAssistantError):
        await house.describe()
    return [house.sim.image(request.seq) for request in house.sim.requests(endpoint="describe")]


@pytest.mark.parametrize("source", SOURCES)
async def test_what_the_vendors_and_the_media_folder_get(
    house: House, camera: FakeCamera, quick: None, media: Path, source: str
) -> None:
    """The first picture, a small one after a 413, the next vendor's and the one that is kept."""
    failed = async_capture_events(house.hass, EVENT_FAILED)
    camera.sends = SOURCES[source]
    await house.set_up("openai", "grok")
    plain, *others = await fail(house)
    upright = Image.open(BytesIO(plain)).size
    assert (upright[0] < upright[1]) == source.startswith("portrait")
    for shape in SHAPES:
        rules = CameraRules(masks=masks_of(shape))
        stored = StoredRules(entities=(EntityRef(CAMERA),), rules=rules)
        house.runtime.settings = replace(house.runtime.settings, cameras=(stored,))
        first, *later = await fail(house)
        await house.hass.async_block_till_done(wait_background_tasks=True)
        assert check(first, rules.masks, plain) > 0
        for found, unmasked in zip(later, others, strict=True):
            check(found, rules.masks, unmasked, around=3)
            assert max(Image.open(BytesIO(found)).size) <= SMALL_SIDE
        name = kept_files.name(failed[-1].data["event_id"], CAMERA)
        kept = media / "eyewitness" / CAMERA / name
        assert await house.hass.async_add_executor_job(kept.read_bytes) == first


@pytest.mark.usefixtures("decoder")
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("source", SOURCES)
async def test_every_shape_in_every_size(hass: HomeAssistant, source: str, shape: str) -> None:
    """So it is for each of the two copies that exist; the edges of the small one are not grey."""
    masks = masks_of(shape)
    plain, masked = [
        await async_prepare(
            hass, SOURCES[source], entity_id=CAMERA, seconds=30, side=1280, masks=given
        )
        for given in ((), masks)
    ]
    assert check(masked.jpeg, masks, plain.jpeg) > 0
    is_small = max(plain.width, plain.height) <= SMALL_SIDE
    assert (plain.shrink is None, masked.shrink is None) == (is_small, is_small)
    if plain.shrink and masked.shrink:
        check((await masked.shrink()).jpeg, masks, (await plain.shrink()).jpeg, around=3)


@st.composite
def polygons(draw: st.DrawFn) -> Polygon:
    """Draw three to eight corners anywhere, crossing themselves or not."""
    share = st.floats(0, 1, width=32) | st.integers(0, 100).map(lambda percent: percent / 100)
    return tuple(draw(st.lists(st.tuples(share, share), min_size=3, max_size=8)))


_LARGEST = glaring(420, 420)


@pytest.mark.usefixtures("decoder")
@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.integers(1, 420), st.integers(1, 420), st.lists(polygons(), min_size=1, max_size=3))
@example(320, 320, [((0.05, 0.05), (0.1, 0.05), (0.1, 0.95), (0.05, 0.95))])
@example(1, 1, [((0.0, 0.0), (1.0, 0.0), (1.0, 1.0))])
@example(400, 16, [((0.0, 0.999), (1.0, 0.001), (1.0, 0.002))])
def test_any_polygon_in_any_size(width: int, height: int, masks: list[Polygon]) -> None:
    """Whatever somebody draws, in the first picture and in the small copy of it."""
    jpegs = [encoded(_LARGEST.crop((0, 0, width, height)), "BMP")] * 2
    for side, around in ((300, 2), (200, 3)):
        plain, masked = jpegs = [
            prepare(jpeg, side, each).jpeg
            for jpeg, each in zip(jpegs, ((), tuple(masks)), strict=True)
        ]
        check(masked, masks, plain, around=around)
