"""The device of a camera in a real Home Assistant: its event, its picture and its last title."""

import asyncio
import io
from typing import Any

import aiohttp
from PIL import Image

from tests.e2e.world import E2E, World
from tests.harness.eyewitness import DOMAIN
from tests.harness.flows import delete_subentry, start_subentry, subentries
from tests.harness.loop import on_loop

pytestmark = E2E
LEFT = {"name": "Left", "left": 0, "top": 0, "right": 50, "bottom": 100}


@on_loop
async def test_a_description_is_an_event_with_a_picture(home: World) -> None:
    """What was sent is served with its token and to nobody without one."""
    api, name = home.hass.api, home.camera.removeprefix("camera.")
    flow = await start_subentry(api, home.entry_id, "camera")
    fields = {"entity_id": home.camera, "masks": [LEFT], "keep_pictures": True}
    rules = (await flow.answer(fields))["type"]
    assert rules == "create_entry"
    try:
        async with api.events("state_changed") as changes:
            said = await home.describe()
            async with asyncio.timeout(10):
                while (await _picture(home, name))["state"] == "unknown":  # noqa: ASYNC110
                    await asyncio.sleep(0.05)
        states = [each["data"]["new_state"] for each in changes.events]
        told = [state for state in states if state["entity_id"] == f"event.{name}_event"]
        told = [state for state in told if state["attributes"].get("event_id") == said["event_id"]]
        first, *seen = (state["attributes"]["event_type"] for state in told)
        assert first == "described"
        assert set(seen) == set(said["objects"]) - {"other"}
        title = await api.state(f"sensor.{name}_last_description")
        assert title is not None
        assert title["state"] == said["title"]

        address = (await _picture(home, name))["attributes"]["entity_picture"]
        async with aiohttp.ClientSession(home.hass.url) as stranger:
            async with stranger.get(address) as reply:
                jpeg = await reply.read()
            async with stranger.get(address.partition("?")[0]) as refused:
                assert refused.status == 403
        (*_, request) = await home.vendors.requests("openai", "describe")
        assert jpeg == await home.vendors.image(request["seq"])
        assert await _from_the_history(home, said["event_id"]) == jpeg
        assert Image.open(io.BytesIO(jpeg)).getpixel((50, 300)) == (0, 0, 0)
    finally:
        for item in await subentries(api, home.entry_id):
            if item["subentry_type"] == "camera":
                await delete_subentry(api, home.entry_id, item["subentry_id"])


async def _from_the_history(home: World, event_id: str) -> bytes:
    """Return the picture of an event, as a stranger gets it who has its address."""
    api, place = home.hass.api, f"media-source://{DOMAIN}/{event_id}"
    listed = await api.ws(f"{DOMAIN}/events/list", limit=1)
    assert listed["events"][0]["event_id"] == event_id
    details = await api.ws(f"{DOMAIN}/events/get", event_id=event_id)
    media = await api.ws("media_source/resolve_media", media_content_id=place)
    assert media["mime_type"] == "image/jpeg"
    whole, _, signature = details["picture"].partition("?")
    async with aiohttp.ClientSession(home.hass.url) as stranger:
        for address in (whole, f"{listed['events'][0]['thumbnail'].partition('?')[0]}?{signature}"):
            async with stranger.get(address) as refused:
                assert refused.status == 401
        async with stranger.get(listed["events"][0]["thumbnail"]) as reply:
            assert Image.open(io.BytesIO(await reply.read())).width == 320
        async with stranger.get(media["url"]) as same, stranger.get(details["picture"]) as reply:
            jpeg = await reply.read()
            assert jpeg == await same.read()
            return jpeg


async def _picture(home: World, name: str) -> dict[str, Any]:
    state = await home.hass.api.state(f"image.{name}_last_picture")
    return state or {"state": "unknown"}
