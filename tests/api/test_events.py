"""Ask for events as a card does."""

from datetime import timedelta
from typing import Any, Final
from unittest.mock import AsyncMock

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest

from custom_components.eyewitness.ledger.errors import LedgerError
from custom_components.eyewitness.runtime.history import History
from tests.api.conftest import Connect
from tests.api.kit import BEGIN, GARDEN, Socket, allow, event, guest, put
from tests.hostile_texts import HOST, HOSTILE
from tests.kit import CAMERA, ENTRY_ID, FakeCamera, House
from tests.pictures.scenes import add_rules
from tests.results import error_key
from tests.simulator import Simulator

COMMANDS: Final[dict[str, dict[str, Any]]] = {
    "events/list": {},
    "events/get": {"event_id": "01M8CHDVSZKY94MS5KWV0BPJSW"},
    "events/subscribe": {},
    "events/cameras": {},
}


async def titles(socket: Socket, **fields: Any) -> list[str]:
    """Return the titles of a list."""
    return [each["title"] for each in (await socket.ask("events/list", **fields))["events"]]


async def test_a_described_event_is_listed_at_once(
    house: House, cameras: list[FakeCamera], connect: Connect
) -> None:
    """With all that the action has answered, under the name that the user gave the provider."""
    await house.set_up(house.subentry("openai", title="Our own account"))
    socket = await connect()
    response = await house.describe()
    answer = await socket.ask("events/list")
    (listed,) = answer["events"]
    assert answer["next"] is None
    same = listed.keys() & response.keys()
    assert {key: listed[key] for key in same} == {key: response[key] for key in same}
    assert listed.keys() - same == {"provider_name", "reason", "status", "thumbnail"}
    assert (listed["status"], listed["provider_name"]) == ("described", "Our own account")
    details = await socket.ask("events/get", event_id=response["event_id"])
    assert details.keys() - listed.keys() == {"attempts", "picture"}
    (attempt,) = details["attempts"]
    assert attempt["provider_name"] == "Our own account"
    assert attempt["cost"] == response["attempts"][0]["cost"]
    for size in ("thumbnail", "picture"):
        begin = f"/api/eyewitness/events/{response['event_id']}/{size}?authSig="
        assert details[size].startswith(begin)


async def test_a_failed_event_says_why(
    house: House, cameras: list[FakeCamera], sim: Simulator, connect: Connect
) -> None:
    """With the picture, whoever was asked, and the name of a provider that is gone since."""
    await house.set_up(house.subentry("openai", title="Ours"), "grok")
    sim.fail("openai", "quota", repeat=True)
    sim.fail("grok", "quota", repeat=True)
    assert await error_key(house.describe()) == "all_failed"
    (provider,) = [key for key, each in house.entry.subentries.items() if each.title == "Ours"]
    house.hass.config_entries.async_remove_subentry(house.entry, provider)
    await house.hass.async_block_till_done()
    socket = await connect()
    (listed,) = (await socket.ask("events/list", statuses=["failed"]))["events"]
    assert (listed["title"], listed["provider"], listed["provider_name"]) == ("", None, None)
    assert "Ours" in listed["reason"]
    assert listed["thumbnail"]
    details = await socket.ask("events/get", event_id=listed["event_id"])
    names = [each["provider_name"] for each in details["attempts"]]
    assert names == ["OpenAI", "xAI Grok"]


async def test_pages_stay_while_events_come(
    house: House, cameras: list[FakeCamera], connect: Connect
) -> None:
    """Each is shown once, however many are new; what is gone does not end the list."""
    await house.set_up("openai")
    ids = put(house, *(event(number) for number in range(7)))
    socket = await connect()
    seen: list[str] = []
    fields: dict[str, Any] = {"limit": 3}
    for turn in range(3):
        page = await socket.ask("events/list", **fields)
        seen += [each["event_id"] for each in page["events"]]
        fields["before"] = page["next"]
        put(house, event(20 + turn))
    assert seen == ids[::-1]
    assert page["next"] is None


FILTERS: Final[tuple[tuple[dict[str, Any], list[int]], ...]] = (
    ({}, [4, 3, 2, 1, 0]),
    ({"cameras": [GARDEN]}, [3, 2]),
    ({"cameras": [GARDEN, CAMERA], "limit": 1}, [4]),
    ({"objects": ["dog", "cat"]}, [3, 1]),
    ({"statuses": ["failed", "offline"]}, [4]),
    ({"search": "postman"}, [2, 1]),
    ({"start": (BEGIN + timedelta(minutes=2)).isoformat()}, [4, 3, 2]),
    ({"end": (BEGIN + timedelta(minutes=2)).isoformat(), "objects": []}, [1, 0]),
    ({"start": "2026-11-26T09:01:00+01:00", "end": "2026-11-26T08:04:00Z"}, [3, 2, 1]),
    ({"search": "postman", "cameras": [GARDEN]}, [2]),
    ({"search": "postman", "objects": ["cat"], "statuses": ["described"]}, [1]),
    ({"search": "postman", "objects": ["dog"]}, []),
    ({"cameras": ["camera.nobody"]}, []),
    ({"search": "' OR 1=1 --"}, []),
    ({"before": "no such event' --", "cameras": ["*"]}, []),
)


@pytest.mark.parametrize(("fields", "found"), FILTERS)
async def test_filters_hold_at_once(
    house: House,
    cameras: list[FakeCamera],
    connect: Connect,
    fields: dict[str, Any],
    found: list[int],
) -> None:
    """Camera, objects, status, words and time."""
    await house.set_up("openai")
    postman = {"description": "The postman rings."}
    put(
        house,
        event(0),
        event(1, objects=("cat", "person"), **postman),
        event(2, camera=GARDEN, **postman),
        event(3, camera=GARDEN, objects=("dog",)),
        event(4, status="failed"),
    )
    assert await titles(await connect(), **fields) == [f"Number {number}" for number in found]


@pytest.mark.parametrize(
    "fields",
    [
        {"limit": 0},
        {"limit": 101},
        {"limit": "20"},
        {"start": "yesterday"},
        {"start": 7},
        {"end": "9999-12-31T23:59:59-12:00"},
        {"search": "x" * 201},
        {"search": None},
        {"cameras": "camera.front_door"},
        {"objects": [["x"]]},
        {"statuses": ["x"] * 201},
        {"before": "x" * 201},
        {"unknown": 1},
    ],
    ids=str,
)
async def test_what_is_no_question_is_refused(
    house: House, connect: Connect, fields: dict[str, Any]
) -> None:
    """Before anything is read."""
    await house.set_up("openai")
    error = await (await connect()).error("events/list", **fields)
    assert error["code"] == "invalid_format"


async def test_an_event_that_is_not_there(house: House, connect: Connect) -> None:
    """Has a sentence of ours, in the language of the house."""
    await house.set_up("openai")
    error = await (await connect()).error("events/get", **COMMANDS["events/get"])
    assert (error["code"], error["translation_key"]) == ("not_found", "event_gone")
    assert error["message"] == "This event is not kept any more"


async def test_cameras_that_have_something_to_show(
    hass: HomeAssistant, house: House, cameras: list[FakeCamera], connect: Connect
) -> None:
    """Those with events, also when they are gone, and those with rules; by name."""
    await house.set_up("openai")
    socket = await connect()
    assert await socket.ask("events/cameras") == {"cameras": []}
    await add_rules(house)
    er.async_get(hass).async_update_entity(CAMERA, name="porch")
    put(house, event(0, camera="camera.old", camera_name="Old"), event(1, camera=GARDEN))
    await hass.async_block_till_done()
    assert (await socket.ask("events/cameras"))["cameras"] == [
        {"entity_id": GARDEN, "name": "Garden", "can_describe": True},
        {"entity_id": "camera.old", "name": "Old", "can_describe": False},
        {"entity_id": CAMERA, "name": "porch", "can_describe": True},
    ]


async def test_while_the_entry_is_away(hass: HomeAssistant, house: House, connect: Connect) -> None:
    """Every command says so; each is there again afterwards, on the same connection."""
    await house.set_up("openai")
    socket = await connect()
    await hass.config_entries.async_unload(ENTRY_ID)
    for command, fields in COMMANDS.items():
        error = await socket.error(command, **fields)
        assert (error["code"], error["translation_key"]) == ("not_loaded", "not_loaded")
    await hass.config_entries.async_setup(ENTRY_ID)
    assert house.state() is ConfigEntryState.LOADED
    assert await socket.ask("events/list") == {"events": [], "next": None}


async def test_a_history_that_cannot_be_read(
    house: House,
    connect: Connect,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Is an answer like any other, and nothing for the log: the ledger's own report says it."""
    await house.set_up("openai")
    monkeypatch.setattr(History, "async_events", AsyncMock(side_effect=LedgerError))
    error = await (await connect()).error("events/list")
    assert (error["code"], error["translation_key"]) == (
        "home_assistant_error",
        "history_unreadable",
    )
    assert "Error handling message" not in caplog.text


async def test_who_may_see_one_camera_sees_that_one(
    house: House, cameras: list[FakeCamera], connect: Connect
) -> None:
    """Whatever they ask for, and from the moment that their rights say so."""
    await house.set_up("openai")
    mine, other = put(house, event(0), event(1, camera=GARDEN, camera_name="Garden"))
    user = guest(house.hass, CAMERA)
    socket = await connect(user)
    for fields in ({}, {"cameras": [GARDEN, CAMERA]}, {"search": "number"}, {"before": other}):
        assert await titles(socket, **fields) == ["Number 0"]
    assert await titles(socket, cameras=[GARDEN]) == []
    hidden = await socket.error("events/get", event_id=other)
    gone = await socket.error("events/get", **COMMANDS["events/get"])
    assert hidden == gone
    listed = (await socket.ask("events/cameras"))["cameras"]
    assert [each["entity_id"] for each in listed] == [CAMERA]
    allow(user)
    assert await titles(socket) == []
    assert (await socket.error("events/get", event_id=mine))["code"] == "not_found"
    allow(user, GARDEN)
    assert await titles(socket) == ["Number 1"]
    user.is_active = False
    allow(user, GARDEN)
    assert await titles(socket) == []


async def test_hostile_texts_stay_texts(house: House, connect: Connect) -> None:
    """What is listed is what was said, and nothing around it: cards show texts as texts."""
    await house.set_up("openai")
    put(house, *(event(i, title=text, description=text) for i, text in enumerate(HOSTILE)))
    page = await (await connect()).ask("events/list", limit=100)
    assert [each["title"] for each in reversed(page["events"])] == list(HOSTILE)
    assert not any(HOST in (each["thumbnail"] or "") for each in page["events"])


async def test_a_page_of_the_longest_events_is_bounded(house: House, connect: Connect) -> None:
    """A hundred with descriptions of 2,000 characters of four bytes."""
    await house.set_up("openai")
    long = {"title": "\U0001f408" * 80, "description": "\U0001f408" * 2000, "picture_bytes": 1}
    put(house, *(event(number, **long) for number in range(101)))
    socket = await connect()
    await socket.client.send_json_auto_id({"type": "eyewitness/events/list", "limit": 100})
    message = await socket.client.receive()
    assert len(message.data.encode()) < 1_000_000
