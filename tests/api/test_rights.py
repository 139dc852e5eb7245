"""Try every door as a user who may see one of two cameras."""

from http import HTTPStatus
import json
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component

from custom_components.eyewitness.const import EVENT_DESCRIBED
from tests.api.conftest import Connect
from tests.api.kit import GARDEN, NewClient, Socket, guest, token_of
from tests.kit import CAMERA, FakeCamera, House

ROOT = "media-source://eyewitness"


async def call(socket: Socket, action: str, **data: Any) -> dict[str, Any]:
    """Run an action as the front end does."""
    return await socket.send(
        "call_service",
        domain="eyewitness",
        service=action,
        service_data=data,
        return_response=True,
    )


async def test_every_door_shows_one_camera(
    hass: HomeAssistant,
    house: House,
    cameras: list[FakeCamera],
    connect: Connect,
    hass_client: NewClient,
) -> None:
    """Whatever is said behind it: not a name, a text, an id or a picture of the other one."""
    assert await async_setup_component(hass, "media_source", {})
    await house.set_up("openai")
    socket = await connect(user := guest(hass, CAMERA))
    await socket.ask("events/subscribe")
    other = await house.describe(entity_id=GARDEN)
    mine = await house.describe(entity_id=CAMERA)
    heard: list[Any] = [await socket.told()]
    assert heard[0]["event"]["event_id"] == mine["event_id"]
    for fields in ({}, {"search": mine["title"]}, {"cameras": [GARDEN, CAMERA]}):
        heard.append(await socket.ask("events/list", **fields))
        assert [each["event_id"] for each in heard[-1]["events"]] == [mine["event_id"]]
    for fields in ({"search": "garden"}, {"cameras": [GARDEN]}, {"before": mine["event_id"]}):
        assert (await socket.ask("events/list", **fields))["events"] == []
    heard.append(details := await socket.ask("events/get", event_id=mine["event_id"]))
    heard.append(await socket.ask("events/cameras"))
    assert (await socket.error("events/get", event_id=other["event_id"]))["code"] == "not_found"

    day = mine["timestamp"][:10]
    for place in ("", f"/{CAMERA}", f"/{CAMERA}/{day}"):
        shown = await socket.send("media_source/browse_media", media_content_id=f"{ROOT}{place}")
        heard.append(shown["result"])
        assert len(shown["result"]["children"]) == 1
    for place in (f"/{GARDEN}", f"/{GARDEN}/{day}"):
        shown = await socket.send("media_source/browse_media", media_content_id=f"{ROOT}{place}")
        assert not shown["success"]
    for event_id, opens in ((mine["event_id"], True), (other["event_id"], False)):
        place = f"{ROOT}/{CAMERA}/{day}/{event_id}"
        found = await socket.send("media_source/resolve_media", media_content_id=place)
        assert found["success"] is opens

    client = await hass_client(await token_of(hass, user))
    for size in ("thumbnail", "picture"):
        assert (await client.get(details[size])).status == HTTPStatus.OK
        path = f"/api/eyewitness/events/{other['event_id']}/{size}"
        assert (await client.get(path)).status == HTTPStatus.NOT_FOUND

    heard.append(await call(socket, "describe_camera_event", entity_id=CAMERA))
    assert heard[-1]["success"]
    heard.append(await socket.told())
    for action, data in (
        ("describe_camera_event", {"entity_id": GARDEN}),
        ("get_usage", {"rows": 10}),
        ("export_usage", {}),
        ("test_chain", {}),
    ):
        answer = await call(socket, action, **data)
        assert answer["error"]["message"] == "Unauthorized"
    answer = await socket.send("subscribe_events", event_type=EVENT_DESCRIBED)
    assert answer["error"]["code"] == "unauthorized"

    said = json.dumps(heard).lower()
    assert "front" in said
    assert "garden" not in said
    assert other["event_id"].lower() not in said
