"""Snapshots: whatever a camera sends or does, there is a frame or a clear error."""

import asyncio
from collections.abc import Callable
from io import BytesIO
import struct
import time
import zlib

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from PIL import Image
import pytest

from custom_components.eyewitness.pictures.grab import CameraError, async_grab
from custom_components.eyewitness.pictures.prepare import MAX_BYTES, _prepare, async_shrink
from tests.kit import CAMERA, FakeCamera, FakeImage
from tests.pictures.scenes import check_corners, corners, encoded

type Record = Callable[[str, object], None]


def _header(width: int, height: int) -> bytes:
    """Return a PNG that says it is this large and has next to no data."""

    def chunk(name: bytes, data: bytes) -> bytes:
        check = zlib.crc32(name + data)
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", check)

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"\x00" * 1000)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    )


GOOD = encoded(corners(1600, 1200), quality=95)
BAD = {
    "empty": b"",
    "one byte": b"\xff",
    "html": b"<!doctype html><html><title>Sign in</title></html>",
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"/>',
    "text": b"Camera is offline",
    "zeros": b"\x00" * 5000,
    "truncated": GOOD[: len(GOOD) // 2],
    "head only": GOOD[:400],
    "100 megapixels": _header(10_000, 10_000),
    "endless": _header(2**31 - 1, 2**31 - 1),
    "no data": _header(100, 100),
    # Pillow would start Ghostscript for this one.
    "postscript": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n%%EndComments\nshowpage\n",
    "tiff": encoded(corners(), "TIFF"),
    "too many bytes": GOOD + b"\x00" * MAX_BYTES,
}


@pytest.mark.parametrize("data", BAD.values(), ids=BAD)
@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
async def test_rows_52_to_55_bad_pictures(
    hass: HomeAssistant, camera: FakeCamera, data: bytes
) -> None:
    """What is no picture, or too large a one, is refused, and quickly (rows 53 to 55)."""
    if not data:
        pytest.skip("the camera component itself reports an empty picture")
    camera.sends = data
    began = time.perf_counter()
    with pytest.raises(CameraError) as caught:
        await async_grab(hass, CAMERA, 10)
    assert time.perf_counter() - began < 1
    assert caught.value.translation_key == "camera_bad_image"
    assert caught.value.translation_placeholders == {"entity_id": CAMERA}


async def test_a_camera(hass: HomeAssistant, camera: FakeCamera) -> None:
    """A camera's picture arrives as a frame."""
    camera.sends = encoded(corners(1920, 1080))
    frame = await async_grab(hass, CAMERA, 10)
    assert (frame.width, frame.height) == (1280, 720)
    check_corners(Image.open(BytesIO(frame.jpeg)))
    assert "jpeg" not in repr(frame)


async def test_an_image_entity(hass: HomeAssistant, image: FakeImage) -> None:
    """So does an image entity's."""
    frame = await async_grab(hass, "image.last_visitor", 10)
    assert (frame.width, frame.height) == (640, 480)


async def test_shrink(hass: HomeAssistant) -> None:
    """A vendor that calls the picture too large gets 768 pixels (row 22)."""
    frame = _prepare(encoded(Image.effect_noise((1600, 900), 60)), 1280, 80)
    small = await async_shrink(hass, frame)
    assert (small.width, small.height) == (768, 432)
    assert len(small.jpeg) < len(frame.jpeg) / 2
    again = await async_shrink(hass, small)
    assert (again.width, again.height) == (768, 432)


ODD: list[Exception] = [
    HomeAssistantError("no"),
    KeyError("stream"),
    OSError(5, "broken pipe"),
    TimeoutError(),
    ValueError("a-canary-0123"),
    NotImplementedError(),
    StopAsyncIteration(),
    ExceptionGroup("several", [OSError()]),
]


@pytest.mark.parametrize("err", ODD, ids=lambda err: type(err).__name__)
async def test_a_camera_that_fails(
    hass: HomeAssistant, camera: FakeCamera, err: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    """However a camera's integration fails, there is no picture, and no foreign text."""
    caplog.set_level("DEBUG", "custom_components.eyewitness")
    camera.sends = err
    with pytest.raises(CameraError) as caught:
        await async_grab(hass, CAMERA, 10)
    assert caught.value.translation_key == "camera_unavailable"
    assert caught.value.__cause__ is None
    assert "a-canary" not in caplog.text


@pytest.mark.parametrize("sends", [None, b""])
async def test_a_camera_that_sends_nothing(
    hass: HomeAssistant, camera: FakeCamera, sends: bytes | None
) -> None:
    """The camera component says of both that there is no image (row 52)."""
    camera.sends = sends
    with pytest.raises(CameraError) as caught:
        await async_grab(hass, CAMERA, 10)
    assert caught.value.translation_key == "camera_unavailable"


@pytest.mark.parametrize("entity_id", ["camera.nobody", "image.nobody"])
async def test_rows_49_56_an_entity_that_is_not_there(
    hass: HomeAssistant, camera: FakeCamera, image: FakeImage, entity_id: str
) -> None:
    """An unknown entity is not asked; one that goes away meanwhile is no picture (49, 56)."""
    for state in (None, "idle"):
        if state:
            hass.states.async_set(entity_id, state)
        with pytest.raises(CameraError) as caught:
            await async_grab(hass, entity_id, 10)
        assert caught.value.translation_key == "camera_unavailable"


async def test_an_unavailable_camera(hass: HomeAssistant, camera: FakeCamera) -> None:
    """A camera that is unavailable is not asked (row 50)."""
    hass.states.async_set(CAMERA, "unavailable")
    with pytest.raises(CameraError) as caught:
        await async_grab(hass, CAMERA, 10)
    assert caught.value.translation_key == "camera_unavailable"
    assert camera.asked == 0


async def test_a_camera_that_hangs(hass: HomeAssistant, camera: FakeCamera) -> None:
    """A camera gets its time and no more (row 51)."""
    camera.hangs = True
    began = time.perf_counter()
    with pytest.raises(CameraError) as caught:
        await async_grab(hass, CAMERA, 0.2)
    assert 0.15 < time.perf_counter() - began < 1
    assert caught.value.translation_key == "camera_unavailable"


@pytest.mark.parametrize("entity_id", [CAMERA, "image.last_visitor"])
async def test_a_cancelled_caller(
    hass: HomeAssistant,
    camera: FakeCamera,
    image: FakeImage,
    entity_id: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A stopped automation is cancelled, though the camera component swallows that (row 75)."""
    camera.hangs = True

    async def hang() -> bytes:
        await asyncio.Event().wait()
        return b""

    monkeypatch.setattr(image, "async_image", hang)
    task = asyncio.create_task(async_grab(hass, entity_id, 10))
    await asyncio.sleep(0.05)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_deadline_around_it(hass: HomeAssistant, camera: FakeCamera) -> None:
    """A caller's own deadline is a deadline, and no broken camera."""
    camera.hangs = True
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await async_grab(hass, CAMERA, 10)


async def _longest_stall(hass: HomeAssistant) -> float:
    """Return the longest time for which the loop did nothing else during a grab, in seconds."""
    worst, last = 0.0, time.perf_counter()
    task = asyncio.create_task(async_grab(hass, CAMERA, 10))
    while not task.done():
        await asyncio.sleep(0.001)
        now = time.perf_counter()
        worst, last = max(worst, now - last), now
    assert (await task).width == 1280
    return worst


@pytest.mark.parametrize(("kind", "mode"), [("JPEG", "RGB"), ("PNG", "RGB"), ("PNG", "RGBA")])
async def test_row_55_the_loop_goes_on(
    hass: HomeAssistant, camera: FakeCamera, kind: str, mode: str, record_property: Record
) -> None:
    """A picture of 12 megapixels does not hold up the house (row 55)."""
    image = Image.effect_noise((4000, 3000), 40).convert(mode)
    camera.sends = encoded(image, kind, **({"compress_level": 1} if kind == "PNG" else {}))
    # The best of a few, since other programs may hold up this one.
    stalls: list[float] = []
    while len(stalls) < 10 and not (stalls and min(stalls) < 0.05):
        stalls.append(await _longest_stall(hass))
    record_property("stalls_ms", [round(stall * 1000, 1) for stall in stalls])
    assert min(stalls) < 0.05
