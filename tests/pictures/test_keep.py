"""Keep the picture of an event that nobody could describe."""

import asyncio
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from io import BytesIO
from pathlib import Path
from typing import Any

from aiohttp.test_utils import TestClient
from homeassistant.core import Event, HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.setup import async_setup_component
from homeassistant.util.ulid import ulid_now
from PIL import Image
import pytest
from pytest_homeassistant_custom_component.common import async_capture_events

from custom_components.eyewitness.const import EVENT_DESCRIBED, EVENT_FAILED
from custom_components.eyewitness.pictures import keep
from tests.kit import FakeCamera, House, picture
from tests.simulator import Simulator
from tests.waiting import landed

type NewClient = Callable[..., Awaitable[TestClient[Any, Any]]]


@pytest.fixture(autouse=True)
def media(hass: HomeAssistant, tmp_path: Path) -> Path:
    """Give Home Assistant a media folder that is not there yet."""
    folder = tmp_path / "media"
    hass.config.media_dirs = {"local": str(folder)}
    return folder


@pytest.fixture
def failed(hass: HomeAssistant) -> list[Event[dict[str, Any]]]:
    """Collect the events that tell of a failure."""
    return async_capture_events(hass, EVENT_FAILED)


def kept(media: Path) -> list[str]:
    """Return the names of the files in our folder."""
    folder = media / "eyewitness"
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def nothing_in(media: Path) -> bool:
    """Say whether not even a folder was made."""
    return not media.exists()


def block(media: Path) -> None:
    """Put a file where a folder should be."""
    media.write_text("no folder")


async def fail(house: House) -> None:
    """Describe and see it fail."""
    with pytest.raises(HomeAssistantError):
        await house.describe()


async def test_the_link_shows_the_picture_that_was_sent(
    hass: HomeAssistant,
    house: House,
    sim: Simulator,
    camera: FakeCamera,
    failed: list[Event[dict[str, Any]]],
    hass_client: NewClient,
    hass_client_no_auth: NewClient,
    media: Path,
) -> None:
    """A notification can fetch it with the user's login, and nobody without one."""
    assert await async_setup_component(hass, "media_source", {})
    await house.set_up("openai")
    sim.fail("openai", "refusal")
    await fail(house)

    (event,) = failed
    link = event.data["snapshot"]
    assert link == f"/media/local/eyewitness/{event.data['event_id']}.jpg"
    (request,) = sim.requests("openai", "describe")
    user = await hass_client()
    reply = await user.get(link)
    assert reply.status == HTTPStatus.OK
    assert reply.content_type == "image/jpeg"
    body = await reply.read()
    assert body == sim.image(request.seq)
    with Image.open(BytesIO(body)) as image:
        assert image.size == (1280, 720)
    stranger = await hass_client_no_auth()
    assert (await stranger.get(link)).status == HTTPStatus.UNAUTHORIZED


async def test_the_media_browser_lists_it(
    hass: HomeAssistant,
    house: House,
    sim: Simulator,
    camera: FakeCamera,
    hass_ws_client: Callable[..., Awaitable[Any]],
    media: Path,
) -> None:
    """A person finds it without the link."""
    assert await async_setup_component(hass, "media_source", {})
    await house.set_up("openai")
    sim.fail("openai", "refusal")
    await fail(house)
    browser = await hass_ws_client()
    await browser.send_json_auto_id(
        {
            "type": "media_source/browse_media",
            "media_content_id": "media-source://media_source/local/eyewitness",
        }
    )
    reply = await browser.receive_json()
    assert [item["title"] for item in reply["result"]["children"]] == kept(media)
    assert len(kept(media)) == 1


async def test_nothing_is_kept_when_a_provider_answered(
    hass: HomeAssistant, house: House, sim: Simulator, camera: FakeCamera, media: Path
) -> None:
    """Nor does the event of an answer carry a link."""
    described = async_capture_events(hass, EVENT_DESCRIBED)
    await house.set_up("openai", "grok")
    sim.fail("openai")
    assert "snapshot" not in await house.describe()
    assert "snapshot" not in described[0].data
    assert nothing_in(media)


async def test_nothing_is_kept_when_there_was_no_picture(
    house: House,
    camera: FakeCamera,
    failed: list[Event[dict[str, Any]]],
    media: Path,
) -> None:
    """A camera that failed has nothing to show."""
    await house.set_up("openai")
    camera.sends = b"<html>login</html>"
    await fail(house)
    assert failed[0].data.get("snapshot") is None
    assert nothing_in(media)


async def test_nothing_is_kept_of_a_stopped_event(
    hass: HomeAssistant, house: House, sim: Simulator, camera: FakeCamera, media: Path
) -> None:
    """Nobody would be told of it."""
    await house.set_up("openai")
    sim.fail("openai", "hang")
    call = hass.async_create_task(house.describe())
    await sim.wait_for_requests(2, "openai")
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    await landed(house)
    assert nothing_in(media)


async def test_the_fifty_newest_stay(hass: HomeAssistant, media: Path) -> None:
    """Only files that we named are ever deleted, whatever else lies there."""
    folder = media / "eyewitness"
    folder.mkdir(parents=True)
    others = [
        "holiday.jpg",
        "01ARZ3NDEKTSV4RRFFQ69G5FAV.png",
        "01arz3ndektsv4rrffq69g5fav.jpg",
        "01ARZ3NDEKTSV4RRFFQ69G5FAV.jpg.bak",
        "x01ARZ3NDEKTSV4RRFFQ69G5FAV.jpg",
    ]
    for name in others:
        (folder / name).write_bytes(b"mine")
    (media / "01ARZ3NDEKTSV4RRFFQ69G5FAV.jpg").write_bytes(b"mine")
    ids = [f"01ARZ3NDEKTSV4RRFFQ69G{number:04}" for number in range(60)]
    for event_id in ids[::-1]:  # age is in the name; a copy may have changed the files' times
        (folder / f"{event_id}.jpg").write_bytes(b"old")

    newest = ulid_now()
    assert await keep.async_keep(hass, newest, picture()) is not None

    ours = [f"{event_id}.jpg" for event_id in [*ids[-(keep.KEPT - 1) :], newest]]
    assert kept(media) == sorted([*others, *ours])
    assert (media / "01ARZ3NDEKTSV4RRFFQ69G5FAV.jpg").exists()
    for _ in range(3):
        await keep.async_keep(hass, ulid_now(), picture())
    assert len(kept(media)) == len(others) + keep.KEPT


async def test_a_folder_that_cannot_be_written_costs_only_the_picture(
    house: House,
    sim: Simulator,
    camera: FakeCamera,
    failed: list[Event[dict[str, Any]]],
    media: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The caller gets its error and everybody the event, without a link."""
    block(media)
    await house.set_up("openai")
    sim.fail("openai", "refusal")
    with pytest.raises(HomeAssistantError) as raised:
        await house.describe()
    assert raised.value.translation_key == "all_failed"
    (event,) = failed
    assert event.data["snapshot"] is None
    assert caplog.text.count("cannot be kept") == 1
    assert str(media) not in caplog.text.split("cannot be kept")[1].splitlines()[0]


async def test_without_a_media_folder_nothing_is_kept(
    hass: HomeAssistant,
    house: House,
    sim: Simulator,
    camera: FakeCamera,
    failed: list[Event[dict[str, Any]]],
    media: Path,
) -> None:
    """Somebody may have named other media folders only; they are not ours to write to."""
    hass.config.media_dirs = {"films": str(media)}
    await house.set_up("openai")
    sim.fail("openai", "refusal")
    await fail(house)
    assert failed[0].data["snapshot"] is None
    assert nothing_in(media)
