"""Fetch the pictures of events."""

from http import HTTPStatus
from io import BytesIO
from threading import Event
from time import sleep
from typing import Any, Final, cast
from unittest.mock import AsyncMock

from aiohttp.test_utils import TestClient
from homeassistant.core import HomeAssistant
from homeassistant.util.ulid import ulid_now
from PIL import Image
import pytest

from custom_components.eyewitness.ledger.errors import LedgerError
from custom_components.eyewitness.ledger.event_store import EventStore
from custom_components.eyewitness.ledger.events import EventFilter
from custom_components.eyewitness.runtime.history import History, PictureSize
from tests.api.conftest import Connect
from tests.api.kit import GARDEN, NewClient, allow, guest, token_of
from tests.kit import CAMERA, ENTRY_ID, FakeCamera, House, until
from tests.pictures.scenes import RED, add_rules, near
from tests.results import error_key
from tests.simulator import Simulator
from tests.waiting import landed

BLACK: Final = (0, 0, 0)


def without_signature(address: str) -> str:
    """Return the path of an address."""
    return address.partition("?")[0]


async def colour(client: TestClient[Any, Any], address: str) -> tuple[int, ...] | None:
    """Return which colour the upper left of a picture has, None when there is no picture."""
    reply = await client.get(address)
    if reply.status == HTTPStatus.NOT_FOUND:
        return None
    found = Image.open(BytesIO(await reply.read())).getpixel((20, 20))
    return RED if near(found, RED) else cast("tuple[int, ...]", found)


async def addresses(house: House, connect: Connect, entity_id: str) -> list[str]:
    """Return both addresses of the picture of a new event, signed for the administrator."""
    response = await house.describe(entity_id=entity_id)
    details = await (await connect()).ask("events/get", event_id=response["event_id"])
    return [details["thumbnail"], details["picture"]]


async def test_a_signed_address_shows_its_picture(
    house: House,
    sim: Simulator,
    cameras: list[FakeCamera],
    connect: Connect,
    hass_client_no_auth: NewClient,
) -> None:
    """And no other; at once, and without a signature or a token nothing is shown."""
    await house.set_up("openai")
    thumbnail, whole = await addresses(house, connect, CAMERA)
    client = await hass_client_no_auth()
    for address in (thumbnail, whole):
        reply = await client.get(address)
        assert (reply.status, reply.content_type) == (HTTPStatus.OK, "image/jpeg")
        assert reply.headers["Cache-Control"] == "private, max-age=3600"
        assert reply.headers["X-Content-Type-Options"] == "nosniff"
        assert (await reply.read())[:3] == b"\xff\xd8\xff"
    (request,) = sim.requests("openai", "describe")
    assert await (await client.get(whole)).read() == sim.image(request.seq)
    signature = thumbnail.partition("?")[2]
    for refused in (
        without_signature(whole),
        f"{without_signature(whole)}?{signature}",
        f"{thumbnail}x",
        f"{thumbnail}&more=1",
    ):
        assert (await client.get(refused)).status == HTTPStatus.UNAUTHORIZED


@pytest.mark.parametrize("read", ["event", "events"])
async def test_a_picture_on_its_way_to_the_disk_is_there(
    hass: HomeAssistant,
    house: House,
    cameras: list[FakeCamera],
    monkeypatch: pytest.MonkeyPatch,
    read: str,
) -> None:
    """What was read of the event just before does not know of its file yet."""
    await house.set_up("openai")
    history = house.runtime.history
    original, reading = getattr(EventStore, read), Event()

    def slow(*args: Any) -> Any:
        found = original(*args)
        reading.set()
        while history._pictures._waiting:
            sleep(0.01)
        return found

    async with history._pictures.lock:
        event_id = (await house.describe())["event_id"]
        monkeypatch.setattr(EventStore, read, slow)
        page = hass.async_create_task(history.async_events(EventFilter(), None, 1))
        jpeg = hass.async_create_task(history.async_picture(event_id, PictureSize.FULL))
        await until(reading.is_set)
    assert (await page).events[0].picture_bytes
    assert await jpeg


async def test_who_may_not_see_a_camera_finds_nothing(
    hass: HomeAssistant,
    house: House,
    cameras: list[FakeCamera],
    connect: Connect,
    hass_client: NewClient,
    hass_client_no_auth: NewClient,
) -> None:
    """Not with the administrator's address either; what they get is what nobody finds."""
    await house.set_up("openai")
    mine, other = [await addresses(house, connect, each) for each in (CAMERA, GARDEN)]
    user = guest(hass, CAMERA)
    client = await hass_client(await token_of(hass, user))
    unknown = await client.get(f"/api/eyewitness/events/{ulid_now()}/picture")
    assert unknown.status == HTTPStatus.NOT_FOUND
    for address in other:
        for asked in (address, without_signature(address)):
            reply = await client.get(asked)
            assert (reply.status, await reply.read()) == (unknown.status, await unknown.read())
            assert reply.headers == {**unknown.headers, "Date": reply.headers["Date"]}
    for address in mine:
        assert (await client.get(without_signature(address))).status == HTTPStatus.OK
    allow(user)
    assert (await client.get(without_signature(mine[0]))).status == HTTPStatus.NOT_FOUND
    # What the administrator has passed on stays the administrator's.
    assert (await (await hass_client_no_auth()).get(other[0])).status == HTTPStatus.OK


@pytest.mark.parametrize("expected_lingering_timers", [True])  # Home Assistant's own heartbeat
async def test_a_signature_goes_with_its_user(
    hass: HomeAssistant,
    house: House,
    cameras: list[FakeCamera],
    connect: Connect,
    hass_client_no_auth: NewClient,
) -> None:
    """With their rights, while they are active, and as long as they are there."""
    await house.set_up("openai")
    response = await house.describe()
    user = guest(hass, CAMERA)
    client = await hass_client_no_auth()
    (listed,) = (await (await connect(user)).ask("events/list"))["events"]
    assert listed["event_id"] == response["event_id"]

    async def status() -> int:
        return (await client.get(listed["thumbnail"])).status

    assert await status() == HTTPStatus.OK
    allow(user, GARDEN)
    assert await status() == HTTPStatus.NOT_FOUND
    allow(user, CAMERA)
    user.is_active = False
    assert await status() == HTTPStatus.UNAUTHORIZED
    user.is_active = True
    allow(user, CAMERA)
    assert await status() == HTTPStatus.OK
    await hass.auth.async_remove_user(user)
    assert await status() == HTTPStatus.UNAUTHORIZED


async def test_what_has_no_picture_has_no_address(
    house: House, cameras: list[FakeCamera], connect: Connect, hass_client: NewClient
) -> None:
    """As when the camera gave none; whoever makes one up finds nothing."""
    await house.set_up("openai")
    cameras[0].sends = None
    assert await error_key(house.describe()) is not None
    socket = await connect()
    (listed,) = (await socket.ask("events/list"))["events"]
    details = await socket.ask("events/get", event_id=listed["event_id"])
    assert (details["status"], details["thumbnail"], details["picture"]) == (
        "failed:camera",
        None,
        None,
    )
    client = await hass_client()
    folder = "/api/eyewitness/events"
    for path in (
        f"{listed['event_id']}/picture",
        f"{listed['event_id']}/thumbnail",
        f"{listed['event_id']}/.thumb",
        f"{listed['event_id']}/thumbnail/",
        "..%2f..%2feyewitness.key/picture",
        "%00/picture",
        f"{'x' * 26}/picture",
    ):
        status = (await client.get(f"{folder}/{path}")).status
        assert status in {HTTPStatus.NOT_FOUND, HTTPStatus.BAD_REQUEST}  # HA's own filter


async def test_new_black_areas_hold_behind_every_door(
    house: House, cameras: list[FakeCamera], connect: Connect, hass_client: NewClient
) -> None:
    """An address that was handed out before shows nothing else; the next list has it again."""
    await house.set_up("openai")
    old = await addresses(house, connect, CAMERA)
    await landed(house)
    client = await hass_client()
    assert await colour(client, old[1]) == RED
    await add_rules(house, masks=[{"left": 0, "top": 0, "right": 50, "bottom": 50}])
    assert await colour(client, old[1]) in {None, BLACK}
    await landed(house)
    (listed,) = (await (await connect()).ask("events/list"))["events"]
    for address in (*old, listed["thumbnail"]):
        assert await colour(client, address) == BLACK
    await add_rules(house, keep_pictures=False)
    await landed(house)
    (listed,) = (await (await connect()).ask("events/list"))["events"]
    assert listed["title"]
    assert listed["thumbnail"] is None
    assert await colour(client, old[1]) is None


async def test_for_a_moment_there_may_be_nothing(
    hass: HomeAssistant,
    house: House,
    cameras: list[FakeCamera],
    connect: Connect,
    hass_client: NewClient,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """While the entry is away or the database cannot be read; no browser remembers that."""
    await house.set_up("openai")
    (address, _) = await addresses(house, connect, CAMERA)
    client = await hass_client()
    with monkeypatch.context() as patch:
        patch.setattr(History, "async_event", AsyncMock(side_effect=LedgerError))
        assert (await client.get(address)).status == HTTPStatus.SERVICE_UNAVAILABLE
    await hass.config_entries.async_unload(ENTRY_ID)
    reply = await client.get(address)
    assert reply.status == HTTPStatus.SERVICE_UNAVAILABLE
    assert reply.headers["Cache-Control"] == "no-store"
