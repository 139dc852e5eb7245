"""Fetch pictures: whatever a camera sends or does, there is a picture or a clear error."""

import asyncio
from io import BytesIO
import struct
from threading import Event
import time
import zlib

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from PIL import Image
import pytest

from custom_components.eyewitness.chain.task import Picture
from custom_components.eyewitness.pictures import prepare
from custom_components.eyewitness.pictures.grab import CameraError, async_grab
from custom_components.eyewitness.pictures.limits import MAX_BYTES
from tests.kit import CAMERA, FakeCamera, FakeImage, until
from tests.pictures.scenes import check_corners, corners, encoded

IMAGE = "image.last_visitor"


async def grab(hass: HomeAssistant, entity_id: str = CAMERA, seconds: float = 10) -> Picture:
    """Grab as for an event."""
    return await async_grab(hass, entity_id, seconds=seconds, side=1280)


async def error_of(hass: HomeAssistant, entity_id: str = CAMERA, seconds: float = 10) -> str:
    """Grab in vain; return the key of the error's text."""
    with pytest.raises(CameraError) as caught:
        await grab(hass, entity_id, seconds)
    state = hass.states.get(entity_id)
    name = state.name if state else entity_id
    assert caught.value.translation_placeholders == {"camera": name}
    return str(caught.value.translation_key)


def png_header(width: int, height: int) -> bytes:
    """Return a PNG that says it is this large and has next to no data."""

    def chunk(name: bytes, data: bytes) -> bytes:
        check = zlib.crc32(name + data)
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", check)

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    pixels = chunk(b"IDAT", zlib.compress(b"\x00" * 1000))
    return b"\x89PNG\r\n\x1a\n" + head + pixels + chunk(b"IEND", b"")


GOOD = encoded(corners(1600, 1200), quality=95)
BAD = {
    "one byte": b"\xff",
    "html": b"<!doctype html><html><title>Sign in</title></html>",
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"/>',
    "text": b"Camera is offline",
    "zeros": b"\x00" * 5000,
    "truncated": GOOD[: len(GOOD) // 2],
    "head only": GOOD[:400],
    "100 megapixels": png_header(10_000, 10_000),
    "endless": png_header(2**31 - 1, 2**31 - 1),
    "no data": png_header(100, 100),
    # Pillow would start Ghostscript for this one.
    "postscript": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n%%EndComments\nshowpage\n",
    "tiff": encoded(corners(), "TIFF"),
    "too many bytes": GOOD + b"\x00" * MAX_BYTES,
}


@pytest.mark.parametrize("data", BAD.values(), ids=BAD)
@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
async def test_rows_53_to_55_bad_pictures(
    hass: HomeAssistant, camera: FakeCamera, data: bytes
) -> None:
    """What is no picture, or too large a one, is refused, and quickly."""
    camera.sends = data
    began = time.perf_counter()
    assert await error_of(hass) == "camera_bad_image"
    assert time.perf_counter() - began < 1


async def test_a_camera_and_an_image_entity(
    hass: HomeAssistant, camera: FakeCamera, image: FakeImage
) -> None:
    """The picture of either arrives, as small as it has to be, and is shown in no log."""
    camera.sends = encoded(corners(2560, 1440))
    picture = await grab(hass)
    assert (picture.width, picture.height) == (1280, 720)
    check_corners(Image.open(BytesIO(picture.jpeg)))
    assert "jpeg" not in repr(picture)
    picture = await grab(hass, IMAGE)
    assert (picture.width, picture.height) == (640, 480)


@pytest.mark.parametrize(
    "sends",
    [
        HomeAssistantError("no"),
        KeyError("stream"),
        OSError(5, "broken pipe"),
        TimeoutError(),
        ValueError("a-canary-0123"),
        NotImplementedError(),
        StopAsyncIteration(),
        ExceptionGroup("several", [OSError()]),
        pytest.param(None, id="row_52_nothing"),
        pytest.param(b"", id="row_52_empty"),
    ],
    ids=lambda err: type(err).__name__,
)
async def test_row_52_a_camera_that_fails(
    hass: HomeAssistant,
    camera: FakeCamera,
    caplog: pytest.LogCaptureFixture,
    sends: Exception | bytes | None,
) -> None:
    """However a camera's integration fails, there is no picture, and no foreign text."""
    caplog.set_level("DEBUG", "custom_components.eyewitness")
    camera.sends = sends
    with pytest.raises(CameraError) as caught:
        await grab(hass)
    assert caught.value.translation_placeholders == {"camera": "Front door"}
    assert caught.value.translation_key == "camera_unavailable"
    assert caught.value.__cause__ is None
    assert "a-canary" not in caplog.text


@pytest.mark.parametrize("entity_id", ["camera.nobody", "image.nobody", CAMERA])
async def test_rows_49_50_56_an_entity_that_is_not_there(
    hass: HomeAssistant, camera: FakeCamera, image: FakeImage, entity_id: str
) -> None:
    """Who is unknown or unavailable is not asked; who goes away meanwhile has no picture."""
    for state in ("unavailable",) if entity_id == CAMERA else (None, "idle"):
        if state is not None:
            hass.states.async_set(entity_id, state)
        assert await error_of(hass, entity_id) == "camera_unavailable"
    assert camera.asked == 0


async def test_row_51_a_camera_that_hangs(hass: HomeAssistant, camera: FakeCamera) -> None:
    """It gets its time and no more."""
    camera.hangs = True
    began = time.perf_counter()
    assert await error_of(hass, seconds=0.2) == "camera_unavailable"
    assert 0.15 < time.perf_counter() - began < 1


@pytest.mark.parametrize("entity_id", [CAMERA, IMAGE])
async def test_row_75_a_caller_that_gives_up(
    hass: HomeAssistant,
    camera: FakeCamera,
    image: FakeImage,
    monkeypatch: pytest.MonkeyPatch,
    entity_id: str,
) -> None:
    """A stopped automation or a deadline is no broken camera; Home Assistant swallows both."""
    camera.hangs = True
    monkeypatch.setattr(image, "async_image", asyncio.Event().wait)
    task = asyncio.create_task(grab(hass, entity_id))
    await asyncio.sleep(0.05)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(grab(hass, entity_id), 0.05)


async def test_e9_a_camera_whose_last_picture_still_costs_work(
    hass: HomeAssistant, camera: FakeCamera, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its next one is refused until the work has ended, although its caller has given up."""
    begun, go_on = Event(), Event()

    def slowly(*args: object) -> Picture:
        begun.set()
        go_on.wait(10)
        return Picture.encode(b"", 1, 1)

    with monkeypatch.context() as patch:
        patch.setattr(prepare, "prepare", slowly)
        task = asyncio.create_task(grab(hass))
        await until(begun.is_set)
        task.cancel()
    assert await error_of(hass) == "camera_bad_image"
    go_on.set()
    await hass.async_block_till_done(wait_background_tasks=True)  # the thread is one
    assert (await grab(hass)).width == 1280


async def longest_stall(hass: HomeAssistant) -> float:
    """Return the longest time for which the loop did nothing else during a grab, in seconds."""
    worst, last = 0.0, time.perf_counter()
    task = asyncio.create_task(grab(hass))
    while not task.done():
        await asyncio.sleep(0.001)
        now = time.perf_counter()
        worst, last = max(worst, now - last), now
    assert (await task).width > 900
    return worst


@pytest.mark.parametrize(("kind", "mode"), [("JPEG", "RGB"), ("PNG", "RGB"), ("PNG", "RGBA")])
async def test_row_55_the_loop_goes_on(
    hass: HomeAssistant, camera: FakeCamera, kind: str, mode: str
) -> None:
    """A picture of 12 megapixels does not hold up the house."""
    image = Image.effect_noise((4000, 3000), 40).convert(mode)
    camera.sends = encoded(image, kind, **({"compress_level": 1} if kind == "PNG" else {}))
    # The best of a few, since other programs may hold up this one.
    stalls: list[float] = []
    while len(stalls) < 10 and not (stalls and min(stalls) < 0.05):
        stalls.append(await longest_stall(hass))
    assert min(stalls) < 0.05
