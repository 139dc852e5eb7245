"""Keep the picture of an event that nobody could describe."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from datetime import datetime
import errno
from http import HTTPStatus
from pathlib import Path
import threading
import time
from typing import Any
from unittest.mock import Mock
from zoneinfo import ZoneInfo

from aiohttp.test_utils import TestClient
from homeassistant.core import Event, HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
from homeassistant.util.ulid import ulid_at_time, ulid_now
from PIL import Image
import pytest
from pytest_homeassistant_custom_component.common import async_capture_events

from custom_components.eyewitness.const import EVENT_DESCRIBED, EVENT_FAILED
from custom_components.eyewitness.pictures import keep, kept_files, repaint
from custom_components.eyewitness.pictures.keep import KeptPictures
from custom_components.eyewitness.pictures.masks import Polygon
from custom_components.eyewitness.pictures.prepare import prepare
from custom_components.eyewitness.pictures.removal import async_remove_kept
from custom_components.eyewitness.pictures.rules import CameraRules
from tests.kit import CAMERA, FakeCamera, House, picture, until
from tests.pictures.scenes import add_rules, corners, encoded, put
from tests.results import error_key
from tests.simulator import Simulator
from tests.waiting import landed

type NewClient = Callable[..., Awaitable[TestClient[Any, Any]]]
type Failed = list[Event[dict[str, Any]]]
BOX = {"left": 0, "top": 0, "right": 50, "bottom": 100}
LEFT: Polygon = ((0.0, 0.0), (0.5, 0.0), (0.5, 1.0), (0.0, 1.0))


@pytest.fixture
def failed(hass: HomeAssistant) -> Failed:
    """Collect the events that report a failure."""
    return async_capture_events(hass, EVENT_FAILED)


def kept(media: Path) -> list[str] | None:
    """Return the names of the files in our folder, None when not even a folder was made."""
    if not media.exists():
        return None
    return sorted(path.name for path in (media / "eyewitness" / CAMERA).iterdir())


async def fail(house: House) -> str:
    """Describe in vain; return the key of the error's text."""
    house.sim.fail("openai", "refusal")
    with pytest.raises(HomeAssistantError) as raised:
        await house.describe()
    return str(raised.value.translation_key)


async def test_the_link_shows_the_picture_that_was_sent(
    house: House,
    camera: FakeCamera,
    failed: Failed,
    media: Path,
    hass_client: NewClient,
    hass_client_no_auth: NewClient,
    hass_ws_client: Callable[..., Awaitable[Any]],
) -> None:
    """A notification can fetch it with the user's login; the media browser lists it as well."""
    for component in ("media_source", "websocket_api"):
        assert await async_setup_component(house.hass, component, {})
    await house.set_up("openai")
    await fail(house)
    (event,) = failed
    name = kept_files.name(event.data["event_id"], CAMERA)
    link = event.data["snapshot"]
    assert link == f"/media/local/eyewitness/{CAMERA}/{name}"
    (request,) = house.sim.requests("openai", "describe")
    reply = await (await hass_client()).get(link)
    assert (reply.status, reply.content_type) == (HTTPStatus.OK, "image/jpeg")
    assert await reply.read() == house.sim.image(request.seq)
    assert request.images[0]["width"] == 1280
    stranger = await hass_client_no_auth()
    assert (await stranger.get(link)).status == HTTPStatus.UNAUTHORIZED

    browser = await hass_ws_client()
    folder = f"media-source://media_source/local/eyewitness/{CAMERA}"
    await browser.send_json_auto_id(
        {"type": "media_source/browse_media", "media_content_id": folder}
    )
    children = (await browser.receive_json())["result"]["children"]
    assert [item["title"] for item in children] == kept(media) == [name]


async def test_nothing_is_kept_when_a_provider_answered(
    house: House, sim: Simulator, camera: FakeCamera, media: Path
) -> None:
    """Nor does the event of an answer carry a link."""
    described = async_capture_events(house.hass, EVENT_DESCRIBED)
    await house.set_up("openai", "grok")
    sim.fail("openai")
    assert "snapshot" not in await house.describe()
    assert "snapshot" not in described[0].data
    assert kept(media) is None


@pytest.mark.parametrize("reason", ["no picture", "no media folder", "the rules"])
async def test_nothing_is_kept_without_a_picture_a_place_or_permission(
    house: House, camera: FakeCamera, failed: Failed, media: Path, reason: str
) -> None:
    """Other media folders are not ours to write to; without any of this the event has no link."""
    await house.set_up("openai")
    if reason == "no picture":
        camera.sends = b"<html>login</html>"
    elif reason == "no media folder":
        house.hass.config.media_dirs = {"films": str(media)}
    else:
        await add_rules(house, keep_pictures=False)
    await fail(house)
    assert failed[0].data.get("snapshot") is None
    assert ("snapshot" in failed[0].data) == (reason != "no picture")
    assert kept(media) is None


async def test_nothing_is_kept_of_a_stopped_event(
    house: House, sim: Simulator, camera: FakeCamera, media: Path
) -> None:
    """Nobody would learn of it."""
    await house.set_up("openai")
    sim.fail("openai", "hang")
    call = house.hass.async_create_task(house.describe())
    await sim.wait_for_requests(2, "openai")
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    await landed(house)
    assert kept(media) is None


def pictures(hass: HomeAssistant, masks: list[Polygon] | None = None) -> KeptPictures:
    """Keep pictures of cameras that have these masks, a list that may change."""
    wanted = masks if masks is not None else []
    return KeptPictures(
        rules_for=lambda _hass, _camera: CameraRules(masks=tuple(wanted)),
        masked=lambda: bool(wanted),
    )


async def test_the_fifty_newest_stay(hass: HomeAssistant, media: Path) -> None:
    """Of all cameras, and of those without a folder; only files that we named are deleted."""
    folder = media / "eyewitness"
    others = [
        "holiday.jpg",
        "01ARZ3NDEKTSV4RRFFQ69G5FAV.png",
        "01arz3ndektsv4rrffq69g5fav.jpg",
        "01ARZ3NDEKTSV4RRFFQ69G5FAV.jpg.bak",
        "x01ARZ3NDEKTSV4RRFFQ69G5FAV.jpg",
        "2026-02-30_12-00-00_front_door_5fav.jpg",
        "2026-02-03_12-00-00_front_door_5fav.jpg.bak",
    ]
    old = [f"01ARZ3NDEKTSV4RRFFQ69G{number:04}.jpg" for number in range(60)]
    # Age is in the name; a copy may have changed the files' times.
    put(media, old[0])
    put(folder / "holiday", old[0])
    put(folder, *others, *old[20::-2])
    put(folder / CAMERA, *others, *old[59::-2])
    put(folder / "camera.garden", *old[22:60:2])
    put(folder / "camera.gone", "01AAA3NDEKTSV4RRFFQ69G5FAV.jpg")
    event_id = ulid_now()
    newest = kept_files.name(event_id, CAMERA)
    assert await pictures(hass).async_keep(hass, event_id, CAMERA, picture(), ()) is not None
    folders = (folder, *kept_files.camera_folders(folder), folder / "holiday")
    found = [path.name for each in folders for path in kept_files.pictures(each)]
    assert sorted(found) == sorted([old[0], *old[60 - keep.KEPT + 1 :], newest])
    assert kept(media) == sorted([*others, *old[11::2], newest])
    assert (media / old[0]).exists()
    assert set(others) <= {path.name for path in folder.iterdir()}
    assert not (folder / "camera.gone").exists()


@pytest.mark.parametrize("zone", ["Europe/Berlin", "Pacific/Kiritimati", "America/New_York"])
async def test_a_name_says_when_and_which_camera(hass: HomeAssistant, zone: str) -> None:
    """By the clock on the wall; two of one moment differ, and none is too long for a disk."""
    await hass.config.async_set_time_zone(zone)
    began = datetime(2026, 11, 26, 14, 30, 5, 999_000, ZoneInfo(zone))
    ids = [ulid_at_time(began.timestamp()) for _ in range(2)]
    names = [kept_files.name(event_id, CAMERA) for event_id in ids]
    tails = [event_id[-4:].lower() for event_id in ids]
    assert names == [f"2026-11-26_14-30-05_front_door_{tail}.jpg" for tail in tails]
    assert len(kept_files.name(ids[0], f"camera.{'x' * 248}")) <= 255
    assert {kept_files.began(Path(name)) for name in names} == {began.timestamp() // 1}
    assert kept_files.began(Path(f"{ids[0]}.jpg")) == pytest.approx(began.timestamp())


async def test_the_oldest_goes_first_however_it_is_named(hass: HomeAssistant, media: Path) -> None:
    """Half of them were kept by version 0.1.0, in turn with the others."""
    folder = media / "eyewitness" / CAMERA
    ids = [ulid_at_time(1_795_000_000.0 + 60 * number) for number in range(keep.KEPT)]
    old = [f"{event_id}.jpg" for event_id in ids[::2]]
    new = [kept_files.name(event_id, CAMERA) for event_id in ids[1::2]]
    put(folder, *old, *new)
    for _ in range(5):
        await pictures(hass).async_keep(hass, ulid_now(), CAMERA, picture(), ())
    left = set(kept(media) or [])
    assert left & {*old, *new} == {*old[3:], *new[2:]}
    assert len(left) == keep.KEPT


@pytest.mark.parametrize("name", ["7ZZZ3NDEKTSV4RRFFQ69GF{:04}", "2999-12-31_23-59-59_door_{:04}"])
async def test_after_a_clock_that_was_ahead(hass: HomeAssistant, media: Path, name: str) -> None:
    """What was just written stays, and what is of the future goes first."""
    future = [f"{name.format(number)}.jpg" for number in range(keep.KEPT)]
    put(media / "eyewitness" / CAMERA, *future)
    kept_pictures, new = pictures(hass), []
    for _ in range(3):
        event_id = ulid_now()
        new.append(kept_files.name(event_id, CAMERA))
        file = await kept_pictures.async_keep(hass, event_id, CAMERA, picture(), ())
        assert file == media / "eyewitness" / CAMERA / new[-1]
    assert kept(media) == sorted([*future[3:], *new])


async def test_a_full_disk_leaves_no_half_of_a_picture(
    hass: HomeAssistant, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor a file of nothing that counts."""

    def write(path: Path, content: bytes) -> int:
        with path.open("wb") as file:
            file.write(content[:10])
        assert kept_files.pictures(path.parent) == [], "a power cut leaves nothing that counts"
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as full:
        full.setattr(Path, "write_bytes", write)
        assert await pictures(hass).async_keep(hass, ulid_now(), CAMERA, picture(), ()) is None
    assert kept(media) == []


async def test_what_a_power_cut_left_goes_at_the_next_start(
    hass: HomeAssistant, media: Path
) -> None:
    """Nobody would ever paint it over; it follows no renamed camera either."""
    name = kept_files.name(ulid_now(), CAMERA).replace(".jpg", ".part")
    left = (name, f"{ulid_now()}.part", ".masks.part")
    old, new = (media / "eyewitness" / name for name in (CAMERA, "camera.new"))
    put(old, *left)
    await pictures(hass).async_repaint(hass)
    assert kept(media) == []
    put(old, *left)
    await pictures(hass).async_rename(hass, CAMERA, new.name)
    assert not old.exists()
    assert list(new.iterdir()) == []


def hidden(file: Path) -> bool:
    """Return whether the left half of a kept picture is black and the right half is not."""
    with Image.open(file) as image:
        left, right = (image.crop((x, 0, x + 300, 360)).getextrema() for x in (0, 340))
    return all(high == 0 for _, high in left) and any(high > 100 for _, high in right)  # type: ignore[misc]


async def test_painting_makes_no_picture_smaller(hass: HomeAssistant, media: Path) -> None:
    """It was as large as somebody wanted it."""
    folder = media / "eyewitness" / CAMERA
    name = f"{ulid_now()}.jpg"
    put(folder, name, content=encoded(corners(2048, 1152)))
    await pictures(hass, [LEFT]).async_repaint(hass)
    with Image.open(folder / name) as image:
        assert image.size == (2048, 1152)
        assert image.getpixel((500, 500)) == (0, 0, 0)


async def test_what_was_kept_before_a_mask_was_drawn_is_painted(
    hass: HomeAssistant, media: Path
) -> None:
    """Once; what cannot be painted, or whose camera nobody knows, is deleted."""
    masks: list[Polygon] = []
    kept_pictures, folder = pictures(hass, masks), media / "eyewitness"
    ids = [ulid_now() for _ in range(3)]
    first, late, broken = (kept_files.name(event_id, CAMERA) for event_id in ids)
    old, flat = (f"{ulid_now()}.jpg" for _ in range(2))
    jpeg = encoded(corners(640, 360))
    await kept_pictures.async_keep(hass, ids[0], CAMERA, jpeg, ())
    put(folder / CAMERA, old, content=jpeg)
    put(folder / CAMERA, broken, content=b"")
    put(folder, flat, "holiday.jpg")
    await kept_pictures.async_repaint(hass)
    assert kept(media) == sorted([first, old, broken])
    assert (folder / flat).exists(), "as long as nothing is hidden anywhere"
    masks.append(LEFT)
    await kept_pictures.async_repaint(hass)
    # Its picture was taken before there was a mask.
    await kept_pictures.async_keep(hass, ids[1], CAMERA, jpeg, ())
    assert kept(media) == sorted([kept_files.MARK, first, old, late])
    assert all(hidden(folder / CAMERA / name) for name in (first, old, late))
    assert [path.name for path in folder.iterdir() if path.is_file()] == ["holiday.jpg"]
    before = (folder / CAMERA / first).read_bytes()
    await kept_pictures.async_repaint(hass)
    assert (folder / CAMERA / first).read_bytes() == before, "painting twice costs quality"
    masks.clear()
    await kept_pictures.async_keep(hass, ids[2], CAMERA, jpeg, ())
    masks.append(LEFT)
    await kept_pictures.async_repaint(hass)
    assert hidden(folder / CAMERA / broken), "the mask was away for a while"


async def test_new_masks_reach_what_is_kept(house: House, camera: FakeCamera, media: Path) -> None:
    """Those drawn now, and at a start those drawn since the last one."""
    camera.sends = encoded(corners(640, 360))
    await house.set_up("openai")
    await fail(house)
    (name,) = kept(media) or []
    file = media / "eyewitness" / CAMERA / name
    assert not hidden(file)
    await add_rules(house, masks=[BOX])
    await house.hass.async_block_till_done(wait_background_tasks=True)
    assert hidden(file)
    put(file.parent, name, content=camera.sends)
    (file.parent / kept_files.MARK).unlink()
    await house.hass.config_entries.async_reload(house.entry.entry_id)
    await house.hass.async_block_till_done(wait_background_tasks=True)
    assert hidden(file)


async def test_pictures_stay_where_they_are_when_they_cannot_be_moved(
    hass: HomeAssistant, media: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Somebody's file has the name of the new folder, or there is no media folder at all."""
    name = f"{ulid_now()}.jpg"
    put(media / "eyewitness" / CAMERA, name)
    put(media / "eyewitness", "camera.new")
    await pictures(hass).async_rename(hass, CAMERA, "camera.new")
    assert kept(media) == [name]
    assert f"The pictures of {CAMERA} cannot be moved: FileExistsError" in caplog.text
    hass.config.media_dirs = {"films": str(media)}
    await pictures(hass, [LEFT]).async_rename(hass, CAMERA, "camera.other")
    await pictures(hass, [LEFT]).async_repaint(hass)
    assert kept(media) == [name]


async def test_a_folder_that_cannot_be_listed(
    hass: HomeAssistant,
    media: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """It is said, since what lies there is not painted."""
    monkeypatch.setattr(keep, "camera_folders", Mock(side_effect=PermissionError))
    await pictures(hass, [LEFT]).async_repaint(hass)
    assert "The kept pictures cannot be painted over: PermissionError" in caplog.text


async def test_a_picture_is_drawn_twice_only_for_new_masks(
    hass: HomeAssistant, media: Path
) -> None:
    """It would blur; so it is remembered of as many as are kept, and of no more."""
    masks = [LEFT]
    keeping = pictures(hass, masks)
    now = time.time()
    put(media / "eyewitness" / CAMERA, f"{ulid_at_time(now - 99)}.jpg")
    # A second apart: that is how they are told from each other, and which of them stay.
    names = [ulid_at_time(now - age) for age in range(keep.KEPT + 3, 0, -1)]
    for name in names:
        await keeping.async_keep(hass, name, CAMERA, picture(), (LEFT,))
    await hass.async_block_till_done(wait_background_tasks=True)
    newest = media / "eyewitness" / CAMERA / kept_files.name(names[-1], CAMERA)
    assert await hass.async_add_executor_job(newest.read_bytes) == picture()
    assert len(keeping._drawn) == keep.KEPT
    masks[:] = [((0.5, 0.0), (1.0, 0.0), (1.0, 1.0), (0.5, 1.0))]
    await keeping.async_repaint(hass)
    assert await hass.async_add_executor_job(newest.read_bytes) != picture()


@pytest.mark.parametrize("taken", [False, True])
async def test_pictures_follow_a_renamed_camera(house: House, media: Path, taken: bool) -> None:
    """Its rules would not find them under the old name; another camera's may lie at the new one."""
    registry = er.async_get(house.hass)
    old = registry.async_get_or_create("camera", "test", "1", suggested_object_id="old").entity_id
    await house.set_up("openai")
    await add_rules(house, entity_id="camera.new", masks=[BOX])
    mine, other = f"{ulid_now()}.jpg", kept_files.name(ulid_now(), "camera.new")
    also = kept_files.name(ulid_now(), old)
    folder = media / "eyewitness" / "camera.new"
    put(folder.parent / old, mine, also, content=encoded(corners(640, 360)))
    if taken:
        put(folder, other, content=encoded(corners(640, 360)))
    registry.async_update_entity(old, new_entity_id="camera.new")
    await house.hass.async_block_till_done(wait_background_tasks=True)
    assert all(hidden(folder / name) for name in [mine, also, *[other][:taken]])
    assert not (folder.parent / old).exists()


async def test_a_mask_that_is_drawn_while_the_providers_are_asked(
    house: House, sim: Simulator, camera: FakeCamera, media: Path, failed: Failed
) -> None:
    """The picture went out as it was; what is kept of it is painted, or nothing is kept."""
    camera.sends = encoded(corners(640, 360))
    await house.set_up("openai")
    sim.fail("openai", "refusal", latency=0.5)
    call = house.hass.async_create_task(error_key(house.describe()))
    await sim.wait_for_requests(2, "openai")
    await add_rules(house, masks=[BOX])
    await call
    await landed(house)
    (event,) = failed
    name = kept_files.name(event.data["event_id"], CAMERA)
    assert hidden(media / "eyewitness" / CAMERA / name)


async def test_a_folder_that_cannot_be_written_costs_only_the_picture(
    house: House,
    camera: FakeCamera,
    failed: Failed,
    media: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The caller gets its error and everybody the event, without a link."""
    await house.hass.async_add_executor_job(media.write_text, "no folder")
    await house.set_up("openai")
    assert await fail(house) == "all_failed"
    (event,) = failed
    assert event.data["snapshot"] is None
    (line,) = [line for line in caplog.text.splitlines() if "cannot be kept" in line]
    assert str(media) not in line


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[threading.Event, threading.Event]]:
    """Let a picture be painted when a test says so; return that it has begun, and the go-ahead."""
    begun, go_on, painted = threading.Event(), threading.Event(), repaint.painted_over

    def slowly(jpeg: bytes, masks: tuple[Polygon, ...]) -> bytes:
        begun.set()
        go_on.wait(10)
        return painted(jpeg, masks)

    monkeypatch.setattr(repaint, "painted_over", slowly)
    yield begun, go_on
    go_on.set()


@pytest.mark.parametrize("painting", [True, False])
async def test_an_event_does_not_wait_for_older_pictures(
    hass: HomeAssistant,
    media: Path,
    slow: tuple[threading.Event, threading.Event],
    painting: bool,
) -> None:
    """Fifty of them take more than a second, and somebody stands at the door."""
    begun, go_on = slow
    masks: list[Polygon] = [LEFT]
    kept_pictures, folder = pictures(hass, masks), media / "eyewitness" / CAMERA
    jpeg, old, new = encoded(corners(640, 360)), f"{ulid_now()}.jpg", ulid_now()
    put(folder, old, content=jpeg)
    if painting:
        hass.async_create_background_task(kept_pictures.async_repaint(hass), "test")
        await until(begun.is_set)
    async with asyncio.timeout(2):
        await kept_pictures.async_keep(hass, new, CAMERA, prepare(jpeg, 640, (LEFT,)).jpeg, (LEFT,))
    assert not hidden(folder / old)
    go_on.set()
    await hass.async_block_till_done(wait_background_tasks=True)
    newer = kept_files.name(new, CAMERA)
    assert kept(media) == sorted([kept_files.MARK, old, newer])
    assert all(hidden(folder / name) for name in (old, newer))


@pytest.mark.parametrize("stopped", [True, False])
@pytest.mark.parametrize("first", ["keep", "repaint"])
async def test_a_mask_that_is_drawn_while_a_picture_is_written(
    hass: HomeAssistant, media: Path, monkeypatch: pytest.MonkeyPatch, first: str, stopped: bool
) -> None:
    """Whoever writes first, and whether or not somebody still waits, it is painted in the end."""
    masks: list[Polygon] = []
    kept_pictures, folder = pictures(hass, masks), media / "eyewitness" / CAMERA
    put(folder, f"{ulid_now()}.jpg", content=encoded(corners(640, 360)))
    begun, go_on, write = threading.Event(), threading.Event(), keep._add

    def slowly(*args: Any) -> bool:
        begun.set()
        go_on.wait(10)
        return write(*args)

    monkeypatch.setattr(keep, "_add", slowly)
    call = kept_pictures.async_keep(hass, ulid_now(), CAMERA, encoded(corners(640, 360)), ())
    task = asyncio.create_task(call)
    await until(begun.is_set)
    masks.append(LEFT)
    if stopped:
        task.cancel()
    if first == "keep":
        go_on.set()
    await kept_pictures.async_repaint(hass)
    go_on.set()
    await asyncio.wait([task])
    await hass.async_block_till_done(wait_background_tasks=True)
    names = [name for name in kept(media) or [] if name != kept_files.MARK]
    assert len(names) == 2
    assert all(hidden(folder / name) for name in names)


async def test_a_picture_that_is_painted_does_not_come_back(
    hass: HomeAssistant, media: Path, slow: tuple[threading.Event, threading.Event]
) -> None:
    """Eyewitness is removed meanwhile."""
    begun, go_on = slow
    put(media / "eyewitness" / CAMERA, f"{ulid_now()}.jpg", content=encoded(corners(640, 360)))
    put(media / "eyewitness" / CAMERA, "holiday.jpg")
    repaint = asyncio.create_task(pictures(hass, [LEFT]).async_repaint(hass))
    await until(begun.is_set)
    await async_remove_kept(hass)
    go_on.set()
    await repaint
    assert kept(media) == ["holiday.jpg"]


async def test_a_picture_is_withheld_until_it_is_painted(
    hass: HomeAssistant, media: Path, slow: tuple[threading.Event, threading.Event]
) -> None:
    """A mask was drawn, and somebody looks while a large picture is being painted."""
    begun, go_on = slow
    masks: list[Polygon] = []
    kept_pictures = pictures(hass, masks)
    jpeg = encoded(corners(640, 360))
    file = await kept_pictures.async_keep(hass, ulid_now(), CAMERA, jpeg, ())
    assert await kept_pictures.async_newest(hass, CAMERA) == file
    masks.append(LEFT)
    painting = asyncio.create_task(kept_pictures.async_repaint(hass))
    await until(begun.is_set)
    assert await kept_pictures.async_newest(hass, CAMERA) is None
    go_on.set()
    await painting
    assert await kept_pictures.async_newest(hass, CAMERA) == file
    assert hidden(media / "eyewitness" / CAMERA / str(file and file.name))


async def test_a_picture_that_is_being_written_is_waited_for(
    hass: HomeAssistant, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A phone was told of it, and would show the one before."""
    kept_pictures, write, go_on = pictures(hass), keep._add, threading.Event()
    jpeg = encoded(corners(640, 360))
    await kept_pictures.async_keep(hass, ulid_at_time(1_800_000_000), CAMERA, jpeg, ())

    def slowly(*args: Any) -> bool:
        go_on.wait(10)
        return write(*args)

    monkeypatch.setattr(keep, "_add", slowly)
    new = ulid_at_time(1_800_000_001)
    call = asyncio.create_task(kept_pictures.async_keep(hass, new, CAMERA, jpeg, ()))
    await asyncio.sleep(0)
    asked = asyncio.create_task(kept_pictures.async_newest(hass, CAMERA))
    await asyncio.sleep(0.05)
    go_on.set()
    assert await asked == await call
