"""Look at the events in the media browser."""

from datetime import timedelta
from http import HTTPStatus
from typing import Any
from unittest.mock import AsyncMock

from homeassistant.components.media_player.errors import BrowseError
from homeassistant.components.media_source import (
    Unresolvable,
    async_browse_media,
    async_resolve_media,
)
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest

from custom_components.eyewitness import media_source
from custom_components.eyewitness.ledger.errors import LedgerError
from custom_components.eyewitness.runtime.history import History
from tests.api.conftest import Connect
from tests.api.kit import BEGIN, GARDEN, NewClient, event, guest, put
from tests.hostile_texts import HOSTILE
from tests.kit import CAMERA, ENTRY_ID, FakeCamera, House

ROOT = "media-source://eyewitness"


@pytest.fixture
async def browser(hass: HomeAssistant, house: House) -> None:
    """Set the media browser up, and events of two cameras on two days."""
    await hass.config.async_set_time_zone("UTC")
    assert await async_setup_component(hass, "media_source", {})
    await house.set_up("openai")
    put(
        house,
        event(0, title="The first", picture_bytes=1),
        event(1, status="failed", title="", reason="Nobody answered. " * 9, picture_bytes=1),
        event(2, title="Without a picture"),
        event(1440, title="Next day", picture_bytes=1),
        event(3, camera=GARDEN, camera_name="Garden", title="Other", picture_bytes=1),
    )


async def level(hass: HomeAssistant, *path: str) -> list[tuple[str, str]]:
    """Return the titles and places that are shown below a place."""
    shown = await async_browse_media(hass, "/".join((ROOT, *path)))
    return [
        (child.title, child.media_content_id.removeprefix(f"{ROOT}/"))
        for child in shown.children or ()
    ]


async def test_the_way_to_an_event(
    hass: HomeAssistant, cameras: list[FakeCamera], browser: None, hass_client_no_auth: NewClient
) -> None:
    """Camera, day, event; the newest first, what failed too, and each opens its picture."""
    (found,) = [
        child
        for child in (await async_browse_media(hass, "media-source://")).children or ()
        if child.media_content_id == ROOT
    ]
    assert found.title == "Eyewitness"
    assert await level(hass) == [("Front door", CAMERA), ("Garden", GARDEN)]
    for child in (await async_browse_media(hass, ROOT)).children or ():
        assert child.thumbnail, "the newest picture"
    assert await level(hass, CAMERA) == [
        ("27 November 2026", f"{CAMERA}/2026-11-27"),
        ("26 November 2026", f"{CAMERA}/2026-11-26"),
    ]
    day = await async_browse_media(hass, f"{ROOT}/{CAMERA}/2026-11-26")
    assert day.title == "26 November 2026"
    assert day.not_shown == 0
    assert [child.title for child in day.children or ()] == [
        "08:02 Without a picture",
        "08:01 Nobody answered. Nobody answered. Nobody answered. Nobody answered. Nobody…",
        "08:00 The first",
    ]
    assert [child.can_play for child in day.children or ()] == [False, True, True]
    client = await hass_client_no_auth()
    for child in day.children or ():
        if not child.can_play:
            assert child.thumbnail is None
            with pytest.raises(Unresolvable, match="No picture of this event"):
                await async_resolve_media(hass, child.media_content_id, None)
            continue
        media = await async_resolve_media(hass, child.media_content_id, None)
        assert media.mime_type == "image/jpeg"
        for address in (child.thumbnail, media.url):
            assert address
            reply = await client.get(address)
            assert (reply.status, reply.content_type) == (HTTPStatus.OK, "image/jpeg")


async def test_a_full_day_is_cut(
    hass: HomeAssistant, house: House, browser: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Five thousand pictures fit into no page; how many are left out is said."""
    monkeypatch.setattr(media_source, "_MOST", 2)
    shown = await async_browse_media(hass, f"{ROOT}/{CAMERA}/2026-11-26")
    assert len(shown.children or ()) == 2
    assert shown.not_shown == 1


@pytest.mark.parametrize(
    "place",
    ["camera.nobody", f"{CAMERA}/2020-01-01", f"{CAMERA}/x/y", "../..", f"{CAMERA}/", "%00", "/"],
)
async def test_places_that_are_none(hass: HomeAssistant, browser: None, place: str) -> None:
    """Show nothing and open nothing."""
    if place != f"{CAMERA}/":
        with pytest.raises(BrowseError):
            await async_browse_media(hass, f"{ROOT}/{place}")
    with pytest.raises(Unresolvable):
        await async_resolve_media(hass, f"{ROOT}/{place}", None)


async def test_while_there_is_nothing_to_read(
    hass: HomeAssistant, browser: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A sentence of ours says why; afterwards all is there again."""

    async def refused(key: str) -> None:
        for call, error in ((async_browse_media, BrowseError), (async_resolve_media, Unresolvable)):
            with pytest.raises(error) as raised:
                await call(hass, f"{ROOT}/{CAMERA}", None) if call is async_resolve_media else (
                    await call(hass, f"{ROOT}/{CAMERA}")
                )
            assert raised.value.translation_key == key

    with monkeypatch.context() as patch:
        for name in ("async_days", "async_event"):
            patch.setattr(History, name, AsyncMock(side_effect=LedgerError))
        await refused("history_unreadable")
    await hass.config_entries.async_unload(ENTRY_ID)
    await refused("not_loaded")
    await hass.config_entries.async_setup(ENTRY_ID)
    assert await level(hass) is not None


async def test_a_guest_finds_one_camera(
    hass: HomeAssistant, house: House, browser: None, connect: Connect
) -> None:
    """Through the browser of Home Assistant, and nothing under the names of the other."""
    (other,) = put(house, event(5, camera=GARDEN, camera_name="Garden", picture_bytes=1))
    (mine,) = put(house, event(6, picture_bytes=1))
    socket = await connect(guest(hass, CAMERA))

    async def browse(place: str) -> dict[str, Any]:
        return await socket.send("media_source/browse_media", media_content_id=f"{ROOT}{place}")

    root = await browse("")
    assert [each["media_content_id"] for each in root["result"]["children"]] == [f"{ROOT}/{CAMERA}"]
    day = await browse(f"/{CAMERA}/2026-11-26")
    assert len(day["result"]["children"]) == 4
    unknown = await browse("/camera.nobody")
    for place in (f"/{GARDEN}", f"/{GARDEN}/2026-11-26"):
        assert (await browse(place))["error"] == unknown["error"]
    for place in (f"/{GARDEN}/2026-11-26/{other}", f"/{CAMERA}/2026-11-26/{other}", f"/{other}"):
        answer = await socket.send("media_source/resolve_media", media_content_id=f"{ROOT}{place}")
        assert answer["error"]["code"] == "resolve_media_failed"
    answer = await socket.send("media_source/resolve_media", media_content_id=f"{ROOT}/{mine}")
    assert answer["success"]


async def test_hostile_titles_are_shown_as_text(
    hass: HomeAssistant, house: House, browser: None
) -> None:
    """Behind the time, and in no other field."""
    later = {"timestamp": (BEGIN + timedelta(days=9)).isoformat(), "picture_bytes": 1}
    put(house, *(event(n, title=text, **later) for n, text in enumerate(HOSTILE)))
    shown = await async_browse_media(hass, f"{ROOT}/{CAMERA}/2026-12-05")
    assert {child.title for child in shown.children or ()} == {f"08:00 {text}" for text in HOSTILE}
    for child in shown.children or ():
        assert "evil" not in f"{child.media_content_id} {child.thumbnail}"
