"""Knock at the doors of the history as a user."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from aiohttp.test_utils import TestClient
from homeassistant.auth.models import User
from homeassistant.core import HomeAssistant
from homeassistant.util.ulid import ulid_at_time
from pytest_homeassistant_custom_component.common import MockUser

from custom_components.eyewitness.ledger.events import EventRow
from tests.kit import CAMERA, House, picture

type NewClient = Callable[..., Awaitable[TestClient[Any, Any]]]
GARDEN: Final = "camera.garden"
BEGIN: Final = datetime(2026, 11, 26, 8, 0, tzinfo=UTC)


def guest(hass: HomeAssistant, *entity_ids: str) -> MockUser:
    """Return a user who may see these entities and no others."""
    user = MockUser(name="Guest").add_to_hass(hass)
    allow(user, *entity_ids)
    return user


def allow(user: MockUser, *entity_ids: str) -> None:
    """Let a user see these entities from now on, and no others."""
    user.mock_policy({"entities": {"entity_ids": {key: {"read": True} for key in entity_ids}}})


async def token_of(hass: HomeAssistant, user: User) -> str:
    """Log a user in."""
    refresh_token = await hass.auth.async_create_refresh_token(user, "https://example.com/app")
    return hass.auth.async_create_access_token(refresh_token)


@dataclass
class Socket:
    """One connection of a user."""

    client: Any
    heard: list[Any] = field(default_factory=list)
    """What a subscription has told, and nobody has asked for yet."""

    async def ask(self, command: str, **fields: Any) -> Any:
        """Return the answer to a command of ours."""
        answer = await self.send(f"eyewitness/{command}", **fields)
        assert answer["success"], answer
        return answer["result"]

    async def error(self, command: str, **fields: Any) -> dict[str, Any]:
        """Return the error that a command of ours is answered with."""
        answer = await self.send(f"eyewitness/{command}", **fields)
        assert not answer["success"]
        error: dict[str, Any] = answer["error"]
        return error

    async def send(self, command: str, **fields: Any) -> dict[str, Any]:
        """Return Home Assistant's answer to any command."""
        await self.client.send_json_auto_id({"type": command, **fields})
        while True:
            answer: dict[str, Any] = await self.client.receive_json()
            if answer["type"] != "event":
                return answer
            self.heard.append(answer["event"])

    async def told(self) -> Any:
        """Return the next message of the subscription."""
        if not self.heard:
            message = await self.client.receive_json()
            assert message["type"] == "event", message
            self.heard.append(message["event"])
        return self.heard.pop(0)


def event(number: int = 0, **changes: Any) -> EventRow:
    """Return an event, so many minutes after the first."""
    time = BEGIN + timedelta(minutes=number)
    fields: dict[str, Any] = {
        "event_id": ulid_at_time(time.timestamp()),
        "camera": CAMERA,
        "camera_name": "Front door",
        "timestamp": time.isoformat(),
        "status": "described",
        "title": f"Number {number}",
        "description": f"Somebody walks by, number {number}.",
    }
    return EventRow(**{**fields, **changes})


def put(house: House, *events: EventRow) -> list[str]:
    """List events, those with a picture if they say so; return their ids."""
    for each in events:
        house.runtime.history.async_add(each, picture() if each.picture_bytes else None)
    return [each.event_id for each in events]
