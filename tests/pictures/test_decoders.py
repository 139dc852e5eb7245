"""A few pictures are decoded at a time, and a camera whose last one still is gets no other."""

import asyncio
from collections.abc import Iterator
import contextlib
from threading import Event

from homeassistant.core import HomeAssistant
import pytest

from custom_components.eyewitness.pictures import decoders
from custom_components.eyewitness.pictures.decoders import async_get_decoders
from custom_components.eyewitness.pictures.limits import AT_A_TIME
from custom_components.eyewitness.pictures.prepare import async_prepare
from tests.kit import CAMERA, picture, until


class SlowPictures:
    """Pictures that are decoded as soon as a test lets them."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Begin with none."""
        self._decoders = async_get_decoders(hass)
        self.begun: list[str] = []
        self.go_on = Event()

    def decode(self, entity_id: str) -> asyncio.Task[str]:
        """Have a camera's picture decoded."""

        def slowly() -> str:
            self.begun.append(entity_id)
            self.go_on.wait(10)
            return entity_id

        return asyncio.create_task(self._decoders.async_run(entity_id, slowly, 30))


@pytest.fixture
def slow(hass: HomeAssistant) -> Iterator[SlowPictures]:
    """Return slow pictures, and let no thread outlive the test."""
    slow = SlowPictures(hass)
    yield slow
    slow.go_on.set()


async def test_e9_a_few_at_a_time(hass: HomeAssistant, slow: SlowPictures) -> None:
    """The next one begins when one has ended."""
    cameras = [f"camera.{number}" for number in range(AT_A_TIME + 2)]
    calls = [slow.decode(camera) for camera in cameras]
    await until(lambda: len(slow.begun) == AT_A_TIME)
    await asyncio.sleep(0.05)
    assert set(slow.begun) == set(cameras[:AT_A_TIME])
    slow.go_on.set()
    assert await asyncio.gather(*calls) == cameras


async def test_e9_a_thread_outlives_its_call(hass: HomeAssistant, slow: SlowPictures) -> None:
    """Its camera is refused until it has ended; others are not."""
    call = slow.decode(CAMERA)
    await until(lambda: slow.begun == [CAMERA])
    call.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await call
    with pytest.raises(TimeoutError):
        await slow.decode(CAMERA)
    other = slow.decode("camera.other")
    await until(lambda: slow.begun == [CAMERA, "camera.other"])
    slow.go_on.set()
    assert await other == "camera.other"
    await until(lambda: not async_get_decoders(hass)._left_behind)
    assert await slow.decode(CAMERA) == CAMERA


async def test_e9_two_wishes_for_one_camera(hass: HomeAssistant, slow: SlowPictures) -> None:
    """They may be under way at once, as long as somebody waits for both."""
    calls = [slow.decode(CAMERA), slow.decode(CAMERA)]
    await until(lambda: slow.begun == [CAMERA, CAMERA])
    slow.go_on.set()
    assert await asyncio.gather(*calls) == [CAMERA, CAMERA]


async def test_e9_out_of_time(
    hass: HomeAssistant, slow: SlowPictures, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A decode takes too long, and another waits too long for a place; both places come back."""
    monkeypatch.setattr(decoders, "DECODE_SECONDS", 0.05)
    monkeypatch.setattr(decoders, "PLACE_SECONDS", 0.1)
    cameras = [f"camera.{number}" for number in range(AT_A_TIME + 1)]
    for call in [slow.decode(camera) for camera in cameras]:
        with pytest.raises(TimeoutError):
            await call
    assert set(slow.begun) == set(cameras[:AT_A_TIME])
    slow.go_on.set()
    await until(lambda: not async_get_decoders(hass)._left_behind)
    assert await asyncio.gather(*map(slow.decode, cameras[:AT_A_TIME])) == cameras[:AT_A_TIME]


async def test_the_wait_for_a_place_is_not_the_cameras(
    hass: HomeAssistant, slow: SlowPictures, monkeypatch: pytest.MonkeyPatch
) -> None:
    """32 cameras on a slow machine: the last one's picture is as good as the first one's."""
    monkeypatch.setattr(decoders, "DECODE_SECONDS", 0.2)
    first = [slow.decode(f"camera.{number}") for number in range(AT_A_TIME)]
    await until(lambda: len(slow.begun) == AT_A_TIME)
    last = asyncio.create_task(async_get_decoders(hass).async_run(CAMERA, lambda: "late", 0.05))
    await asyncio.wait(first)
    await asyncio.sleep(0.1)
    assert not last.done()
    slow.go_on.set()
    assert await last == "late"
    for call in first:
        with pytest.raises(TimeoutError):
            await call


async def test_e9_a_call_that_gives_up_while_it_waits(
    hass: HomeAssistant, slow: SlowPictures
) -> None:
    """It has not begun, so its camera is free at once."""
    full = [slow.decode(f"camera.{number}") for number in range(AT_A_TIME)]
    await until(lambda: len(slow.begun) == AT_A_TIME)
    waiting = slow.decode(CAMERA)
    await asyncio.sleep(0)
    waiting.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await waiting
    slow.go_on.set()
    await asyncio.gather(*full)
    assert await slow.decode(CAMERA) == CAMERA


async def test_a_smaller_copy_needs_a_place_too(hass: HomeAssistant, slow: SlowPictures) -> None:
    """A vendor may call the pictures of a whole storm too large at the same moment."""
    jpeg = await async_prepare(hass, picture(), entity_id=CAMERA, seconds=30, side=1280)
    assert jpeg.shrink is not None
    full = [slow.decode(f"camera.{number}") for number in range(AT_A_TIME)]
    await until(lambda: len(slow.begun) == AT_A_TIME)
    shrinking = asyncio.ensure_future(jpeg.shrink())
    await asyncio.sleep(0.2)
    assert not shrinking.done()
    slow.go_on.set()
    await asyncio.gather(*full)
    assert (await shrinking).width == 640


async def test_e9_an_error_of_a_thread(hass: HomeAssistant) -> None:
    """It is the caller's."""

    def fail() -> None:
        raise ValueError("no picture")

    with pytest.raises(ValueError, match="no picture"):
        await async_get_decoders(hass).async_run(CAMERA, fail, 30)
