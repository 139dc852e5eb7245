"""Keep the picture of an event that nobody could describe."""

import asyncio
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from pathlib import Path
from typing import Any

from aiohttp.test_utils import TestClient
from homeassistant.core import Event, HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.setup import async_setup_component
from homeassistant.util.ulid import ulid_now
import pytest
from pytest_homeassistant_custom_component.common import async_capture_events

from custom_components.eyewitness.const import EVENT_DESCRIBED, EVENT_FAILED
from custom_components.eyewitness.pictures import keep
from tests.kit import FakeCamera, House, picture
from tests.pictures.scenes import add_rules
from tests.simulator import Simulator
from tests.waiting import landed

type NewClient = Callable[..., Awaitable[TestClient[Any, Any]]]
type Failed = list[Event[dict[str, Any]]]


@pytest.fixture
def failed(hass: HomeAssistant) -> Failed:
    """Collect the events that report a failure."""
    return async_capture_events(hass, EVENT_FAILED)


def kept(media: Path) -> list[str] | None:
    """Return the names of the files in our folder, None when not even a folder was made."""
    if not media.exists():
        return None
    return sorted(path.name for path in (media / "eyewitness").iterdir())


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
    name = f"{event.data['event_id']}.jpg"
    link = event.data["snapshot"]
    assert link == f"/media/local/eyewitness/{name}"
    (request,) = house.sim.requests("openai", "describe")
    reply = await (await hass_client()).get(link)
    assert (reply.status, reply.content_type) == (HTTPStatus.OK, "image/jpeg")
    assert await reply.read() == house.sim.image(request.seq)
    assert request.images[0]["width"] == 1280
    stranger = await hass_client_no_auth()
    assert (await stranger.get(link)).status == HTTPStatus.UNAUTHORIZED

    browser = await hass_ws_client()
    folder = "media-source://media_source/local/eyewitness"
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
    old = [f"01ARZ3NDEKTSV4RRFFQ69G{number:04}.jpg" for number in range(60)]
    beside = media / "01ARZ3NDEKTSV4RRFFQ69G5FAV.jpg"
    # Age is in the name; a copy may have changed the files' times.
    for file in (beside, *(folder / name for name in others + old[::-1])):
        file.write_bytes(b"mine")
    newest = ulid_now()
    assert await keep.async_keep(hass, newest, picture()) is not None
    assert kept(media) == sorted([*others, *old[-(keep.KEPT - 1) :], f"{newest}.jpg"])
    assert beside.exists()
    for _ in range(3):
        await keep.async_keep(hass, ulid_now(), picture())
    assert len(kept(media) or []) == len(others) + keep.KEPT


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
