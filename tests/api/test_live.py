"""Hear of events as they come and go."""

import asyncio
from typing import Any

from aiohttp import WSMsgType
from homeassistant.core import HomeAssistant
from homeassistant.helpers.dispatcher import async_dispatcher_send
import jwt
import pytest

from custom_components.eyewitness.runtime.history import SIGNAL_UNLISTED
from tests.api.conftest import Connect
from tests.api.kit import GARDEN, Socket, allow, event, guest, put
from tests.kit import CAMERA, ENTRY_ID, FakeCamera, House


async def subscribed(connect: Connect, *args: Any) -> Socket:
    """Open a connection and subscribe."""
    socket = await connect(*args)
    await socket.ask("events/subscribe")
    return socket


async def hears_nothing(socket: Socket) -> None:
    """Fail if something was told: it would come before the answer to another command."""
    assert (await socket.send("ping"))["type"] == "pong"
    assert socket.heard == []


async def test_events_are_told_as_they_are_listed(
    hass: HomeAssistant, house: House, cameras: list[FakeCamera], connect: Connect
) -> None:
    """The same fields as in the list, but for the signature; until nobody listens any more."""
    await house.set_up("openai")
    socket = await subscribed(connect)
    response = await house.describe()
    told = await socket.told()
    assert told["type"] == "added"
    (listed,) = (await socket.ask("events/list"))["events"]
    assert listed["event_id"] == response["event_id"]
    assert {**told["event"], "thumbnail": ""} == {**listed, "thumbnail": ""}
    async_dispatcher_send(hass, SIGNAL_UNLISTED, (response["event_id"],))
    assert await socket.told() == {"type": "removed", "event_ids": [response["event_id"]]}
    async_dispatcher_send(hass, SIGNAL_UNLISTED, None)
    assert await socket.told() == {"type": "reload"}
    assert (await socket.send("unsubscribe_events", subscription=1))["success"]
    put(house, event())
    await hears_nothing(socket)


async def test_a_reload_of_the_entry_is_outlived(
    hass: HomeAssistant, house: House, connect: Connect
) -> None:
    """The card reads anew, once, when there is something to read."""
    await house.set_up("openai")
    socket = await subscribed(connect)
    await hass.config_entries.async_reload(ENTRY_ID)
    assert await socket.told() == {"type": "reload"}
    assert (await socket.ask("events/list"))["next"] is None
    put(house, event())
    assert (await socket.told())["event"]["title"] == "Number 0"
    await hass.config_entries.async_unload(ENTRY_ID)
    await hears_nothing(socket)


async def test_rights_hold_at_each_message(
    hass: HomeAssistant, house: House, connect: Connect
) -> None:
    """Also when they change while a page is open; an id says when something was."""
    await house.set_up("openai")
    user = guest(hass, CAMERA)
    socket = await subscribed(connect, user)
    put(house, event(0, camera=GARDEN))
    put(house, event(1))
    assert (await socket.told())["event"]["title"] == "Number 1"
    async_dispatcher_send(hass, SIGNAL_UNLISTED, ("01M8CHDVSZKY94MS5KWV0BPJSW",))
    assert await socket.told() == {"type": "reload"}
    allow(user, GARDEN)
    put(house, event(2), event(3, camera=GARDEN))
    assert (await socket.told())["event"]["title"] == "Number 3"
    user.is_active = False
    allow(user, GARDEN)
    put(house, event(4, camera=GARDEN))
    await hears_nothing(socket)


@pytest.mark.parametrize("expected_lingering_timers", [True])  # Home Assistant's own heartbeat
async def test_a_user_who_is_deleted_hears_no_more(
    hass: HomeAssistant, house: House, connect: Connect
) -> None:
    """Home Assistant closes the connection, and the subscription goes with it."""
    await house.set_up("openai")
    user = guest(hass, CAMERA)
    socket = await subscribed(connect, user)
    await hass.auth.async_remove_user(user)
    put(house, event(0))
    message = await asyncio.wait_for(socket.client.receive(), 5)
    assert message.type is WSMsgType.CLOSE
    await socket.client.close()


@pytest.mark.parametrize("from_whom", ["guest", "admin"])
async def test_addresses_are_signed_for_who_sees_them(
    hass: HomeAssistant,
    house: House,
    cameras: list[FakeCamera],
    connect: Connect,
    from_whom: str,
) -> None:
    """Not for who has caused the event: a guest would get the administrator's signature."""
    await house.set_up("openai")
    user = guest(hass, CAMERA)
    sockets = {"guest": await subscribed(connect, user), "admin": await subscribed(connect)}
    await sockets[from_whom].client.send_json_auto_id(
        {
            "type": "call_service",
            "domain": "eyewitness",
            "service": "describe_camera_event",
            "service_data": {"entity_id": CAMERA},
            "return_response": True,
        }
    )
    signers = {}
    for name, socket in sockets.items():
        address = (await socket.told())["event"]["thumbnail"]
        claims = jwt.decode(address.partition("=")[2], options={"verify_signature": False})
        signers[name] = claims["iss"]
    assert signers["guest"] in user.refresh_tokens
    assert signers["admin"] not in user.refresh_tokens
