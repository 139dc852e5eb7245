"""Insist on a picture of now: ask a camera again that sends none, an old or a blank one."""

import asyncio
from contextlib import suppress
from datetime import timedelta
import random
from threading import Event
import time

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
from PIL import Image
import pytest

from custom_components.eyewitness.pictures import capture, freshness, prepare
from custom_components.eyewitness.pictures.capture import Capture, async_capture
from custom_components.eyewitness.pictures.freshness import UNKNOWN, SeenPictures
from custom_components.eyewitness.pictures.grab import CameraError
from tests.kit import CAMERA, FakeCamera, FakeImage, picture, until
from tests.pictures.scenes import BLACK, encoded

IMAGE = "image.last_visitor"
SECONDS = 0.3
"""Of a camera, in tests in which it is asked until its patience ends."""


async def take(
    hass: HomeAssistant, seen: SeenPictures, entity_id: str = CAMERA, seconds: float = SECONDS
) -> Capture:
    """Take a picture as for an event."""
    return await async_capture(hass, entity_id, seconds=seconds, side=1280, masks=(), seen=seen)


async def error_of(hass: HomeAssistant, seen: SeenPictures, seconds: float = SECONDS) -> str:
    """Take one in vain; return the key of the error's text."""
    with pytest.raises(CameraError) as caught:
        await take(hass, seen, seconds=seconds)
    return str(caught.value.translation_key)


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> SeenPictures:
    """Remember pictures, and take one that comes again at once for an old one."""
    monkeypatch.setattr(freshness, "_REPEATED_SECONDS", 0.0)
    return SeenPictures()


@pytest.mark.parametrize("bad", [None, b"<html>", picture()[:2000], OSError()], ids=str)
async def test_a_bad_picture_is_asked_for_once_again(
    hass: HomeAssistant, camera: FakeCamera, seen: SeenPictures, bad: bytes | Exception | None
) -> None:
    """A good one makes up for it; a second bad one does not."""
    camera.first = [bad]
    assert (await take(hass, seen, seconds=30)).freshness == UNKNOWN
    assert camera.asked == 2
    camera.first = [bad, bad]
    assert await error_of(hass, seen, seconds=30) in {"camera_unavailable", "camera_bad_image"}
    assert camera.asked == 4


async def test_who_took_all_the_time_is_not_asked_again(
    hass: HomeAssistant, camera: FakeCamera, seen: SeenPictures
) -> None:
    """There is none left."""
    camera.hangs = True
    began = time.perf_counter()
    assert await error_of(hass, seen) == "camera_unavailable"
    assert (camera.asked, time.perf_counter() - began < 2 * SECONDS) == (1, True)


async def test_an_old_picture_is_asked_for_until_there_is_a_new_one(
    hass: HomeAssistant, camera: FakeCamera, seen: SeenPictures
) -> None:
    """The previous event's picture comes twice again; a failure between does no harm."""
    await take(hass, seen)
    camera.first, camera.sends = [camera.sends, None, b"<html>", camera.sends], picture(640, 360)
    found = await take(hass, seen, seconds=30)
    assert (found.picture.width, found.freshness, camera.asked) == (640, UNKNOWN, 6)


@pytest.mark.parametrize("afterwards", ["old", None, BLACK], ids=["old", "none", "black"])
async def test_an_old_picture_is_better_than_none(
    hass: HomeAssistant,
    camera: FakeCamera,
    seen: SeenPictures,
    afterwards: bytes | str | None,
) -> None:
    """Patience ends after a third of the camera's seconds, whatever it sends meanwhile."""
    old = camera.sends
    await take(hass, seen)
    camera.first, camera.sends = [old], old if isinstance(afterwards, str) else afterwards
    began = time.perf_counter()
    found = await take(hass, seen)
    assert time.perf_counter() - began < SECONDS
    assert (found.picture.width, found.stale) == (1280, True)
    assert found.freshness.age_seconds is not None
    assert camera.asked > 3


async def test_who_never_changes_is_not_slowed_down_for_ever(
    hass: HomeAssistant, camera: FakeCamera, seen: SeenPictures
) -> None:
    """After three events in vain it is asked once an event; a new picture changes that."""
    asked = []
    for number in range(7):
        if number == 5:
            camera.sends = picture(640, 360)
        before = camera.asked
        assert (await take(hass, seen)).stale == (number not in {0, 5})
        asked.append(camera.asked - before)
    assert [count == 1 for count in asked] == [True, False, False, False, True, True, False]


async def test_a_blank_frame_is_asked_for_again(
    hass: HomeAssistant, camera: FakeCamera, seen: SeenPictures
) -> None:
    """The camera wakes up; or it never does, and there is nothing to describe."""
    camera.first = [BLACK, BLACK]
    assert (await take(hass, seen, seconds=30)).picture.width == 1280
    assert camera.asked == 3
    camera.sends = BLACK
    assert [await error_of(hass, seen) for _ in range(4)] == ["camera_blank"] * 4
    before = camera.asked
    assert await error_of(hass, seen) == "camera_blank"
    assert camera.asked == before + 1, "it does not hold up further events"


async def test_what_is_masked_says_nothing(
    hass: HomeAssistant, camera: FakeCamera, seen: SeenPictures
) -> None:
    """All that there is to see is black, though there is a clock where nobody may look."""
    scene = Image.new("RGB", (640, 360))
    scene.paste("white", (0, 0, 64, 36))
    camera.sends = encoded(scene)
    corner = ((0.0, 0.0), (0.2, 0.0), (0.2, 0.2), (0.0, 0.2))
    with pytest.raises(CameraError):
        await async_capture(hass, CAMERA, seconds=0.1, side=640, masks=(corner,), seen=seen)
    assert (await take(hass, seen)).picture.width == 640


@pytest.mark.parametrize(("age", "stale"), [(20.0, False), (5 * 86400.0, True)])
async def test_the_age_of_an_image(
    hass: HomeAssistant,
    image: FakeImage,
    monkeypatch: pytest.MonkeyPatch,
    age: float,
    stale: bool,
) -> None:
    """By nature it is the last event's; five days are too much, but it is shown all the same."""
    asked = 0

    async def send() -> bytes:
        nonlocal asked
        asked += 1
        return picture(640, 480 if asked == 1 else 320)

    monkeypatch.setattr(image, "async_image", send)
    image._attr_image_last_updated = dt_util.utcnow() - timedelta(seconds=age)
    image.async_write_ha_state()
    found = await take(hass, SeenPictures(), IMAGE)
    assert found.stale is stale
    assert found.picture.height == (320 if stale else 480), "of several old ones the newest"
    assert found.freshness.age_seconds == pytest.approx(age, abs=2)
    assert (asked > 1) is stale


async def test_an_image_that_is_renewed_meanwhile(
    hass: HomeAssistant, image: FakeImage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its state says so."""
    image._attr_image_last_updated = dt_util.utcnow() - timedelta(days=5)
    image.async_write_ha_state()
    task = asyncio.create_task(take(hass, SeenPictures(), IMAGE, seconds=30))
    await asyncio.sleep(0.05)
    image._attr_image_last_updated = dt_util.utcnow()
    image.async_write_ha_state()
    assert not (await task).stale


async def test_a_caller_may_give_up_between_two_pictures(
    hass: HomeAssistant, camera: FakeCamera, seen: SeenPictures, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stop is a stop."""
    monkeypatch.setattr(capture, "PAUSE_SECONDS", 1.0)
    camera.sends = BLACK
    task = asyncio.create_task(take(hass, seen, seconds=30))
    await until(lambda: camera.asked == 1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_decoder_takes_no_more_than_the_cameras_seconds(
    hass: HomeAssistant, camera: FakeCamera, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or one hostile picture would cost the time of those who describe it."""
    go_on = Event()
    monkeypatch.setattr(prepare, "prepare", lambda *_: go_on.wait(10))
    began = time.perf_counter()
    assert await error_of(hass, SeenPictures()) == "camera_bad_image"
    assert time.perf_counter() - began < SECONDS + 0.6
    go_on.set()


async def test_a_camera_that_does_anything_keeps_to_its_seconds(
    hass: HomeAssistant, camera: FakeCamera, seen: SeenPictures, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It hangs, is slow, fails, sends rubbish, black or old pictures, in any order."""
    chance = random.Random(9)
    monkeypatch.setattr(capture, "PAUSE_SECONDS", 0.1)

    async def send(width: int | None = None, height: int | None = None) -> bytes | None:
        match chance.randrange(8):
            case 0:
                await asyncio.Event().wait()
            case 1:
                await asyncio.sleep(chance.random())
            case 2:
                raise OSError
            case 3:
                return None
        return chance.choice([b"<html>", BLACK, picture()])

    monkeypatch.setattr(camera, "async_camera_image", send)

    async def one() -> float:
        seconds, began = chance.uniform(0.1, 1.0), time.perf_counter()
        with suppress(CameraError):
            await take(hass, seen, seconds=seconds)
        return time.perf_counter() - began - seconds

    assert max(await asyncio.gather(*(one() for _ in range(20)))) < 0.6
