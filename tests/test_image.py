"""Show the last described picture of each camera, and only to those who may see it."""

# ruff: noqa: ASYNC240 - a few bytes in a folder of the test's own

import asyncio
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from io import BytesIO
from pathlib import Path
import stat
from typing import Any
from unittest.mock import patch

from aiohttp.test_utils import TestClient
from homeassistant.auth.models import User
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.helpers.service import async_get_all_descriptions
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from PIL import Image
import pytest
from pytest_homeassistant_custom_component.common import (
    MockUser,
    async_capture_events,
    setup_test_component_platform,
)

from custom_components.eyewitness.const import EVENT_DESCRIBED
from custom_components.eyewitness.pictures.keep import KeptPictures
from custom_components.eyewitness.pictures.kept_files import FILES
from tests.kit import CAMERA, ENTRY_ID, FakeCamera, House
from tests.pictures.scenes import add_rules, corners, encoded
from tests.results import error_key, error_of, state_of
from tests.runtime.test_camera_devices import remove
from tests.simulator import Simulator
from tests.waiting import landed

type NewClient = Callable[..., Awaitable[TestClient[Any, Any]]]
IMAGE = "image.front_door_last_picture"
LEFT = {"left": 0, "top": 0, "right": 50, "bottom": 100}


@pytest.fixture
async def registered(hass: HomeAssistant) -> list[FakeCamera]:
    """Set up two cameras that the registry knows."""
    cameras = [FakeCamera("Front door"), FakeCamera("Garden")]
    for camera in cameras:
        camera._attr_unique_id = str(camera.name)
        camera.sends = encoded(corners(640, 360))
    setup_test_component_platform(hass, "camera", cameras)
    assert await async_setup_component(hass, "camera", {"camera": {"platform": "test"}})
    await hass.async_block_till_done()
    return cameras


async def described(house: House, entity_id: str = CAMERA) -> dict[str, Any]:
    """Describe a camera and wait until its picture is kept."""
    response = await house.describe(entity_id=entity_id)
    await settled(house)
    return response


async def settled(house: House) -> None:
    """Wait for what goes on in the background."""
    await house.hass.async_block_till_done(wait_background_tasks=True)


def files(hass: HomeAssistant) -> list[Path]:
    """Return the pictures that are kept."""
    return sorted(Path(hass.config.path("eyewitness", "last_described")).rglob("*.jpg"))


def corner(jpeg: bytes) -> Any:
    """Return the colour of a pixel in the upper left."""
    return Image.open(BytesIO(jpeg)).getpixel((50, 50))


async def fetch(client: TestClient[Any, Any], address: str) -> tuple[int, bytes]:
    """Return what Home Assistant answers."""
    reply = await client.get(address)
    return reply.status, await reply.read()


async def test_it_is_the_picture_that_was_sent(
    hass: HomeAssistant,
    house: House,
    sim: Simulator,
    registered: list[FakeCamera],
    hass_client_no_auth: NewClient,
) -> None:
    """With its masks, in a private file, also after a restart; without a token there is none."""
    await house.set_up("openai")
    await add_rules(house, masks=[LEFT])
    assert state_of(hass, IMAGE).state == "unknown"
    response = await described(house)
    (request,) = sim.requests("openai", "describe")
    client = await hass_client_no_auth()
    taken = dt_util.parse_datetime(response["timestamp"], raise_on_error=True)
    for _ in range(2):
        shown = state_of(hass, IMAGE)
        moment = dt_util.parse_datetime(shown.state, raise_on_error=True)
        assert abs((taken - moment).total_seconds()) < 2
        address = shown.attributes["entity_picture"]
        assert await fetch(client, address) == (HTTPStatus.OK, sim.image(request.seq))
        assert (await fetch(client, address.partition("?")[0]))[0] == HTTPStatus.FORBIDDEN
        await hass.config_entries.async_reload(ENTRY_ID)
        await settled(house)
    assert corner(sim.image(request.seq)) == (0, 0, 0)
    (file,) = files(hass)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


async def test_only_the_last_description_is_shown(
    hass: HomeAssistant, house: House, sim: Simulator, registered: list[FakeCamera]
) -> None:
    """At an address that no browser knows; a failure leaves it as it was."""
    await house.set_up("openai")
    await described(house)
    first = state_of(hass, IMAGE).attributes["entity_picture"]
    old = files(hass)
    await described(house)
    assert len(files(hass)) == 1
    assert files(hass) != old
    second = state_of(hass, IMAGE)
    assert second.attributes["entity_picture"] != first
    sim.fail("openai", "quota")
    await error_of(house.describe())
    await settled(house)
    assert state_of(hass, IMAGE).state == second.state
    assert len(files(hass)) == 1


async def test_it_is_fetched_while_the_next_one_comes(
    hass: HomeAssistant, house: House, registered: list[FakeCamera], hass_client: NewClient
) -> None:
    """The older one is deleted as soon as nobody looks at the files, which is no error."""
    await house.set_up("openai")
    await described(house)
    client, address = await hass_client(), state_of(hass, IMAGE).attributes["entity_picture"]
    read = Path.read_bytes

    def overtaken(file: Path) -> bytes:
        if not FILES.locked():
            file.unlink()
        return read(file)

    with patch.object(Path, "read_bytes", overtaken):
        assert (await fetch(client, address))[0] == HTTPStatus.OK


async def test_new_rules_reach_it(
    hass: HomeAssistant, house: House, registered: list[FakeCamera], hass_client: NewClient
) -> None:
    """It is painted over at once, and gone when no picture is to be kept."""
    await house.set_up("openai")
    await described(house)
    await add_rules(house, masks=[LEFT])
    await settled(house)
    client = await hass_client()
    status, jpeg = await fetch(client, f"/api/image_proxy/{IMAGE}")
    assert (status, corner(jpeg)) == (HTTPStatus.OK, (0, 0, 0))
    (file,) = files(hass)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    await add_rules(house, keep_pictures=False)
    await settled(house)
    assert files(hass) == []
    assert state_of(hass, IMAGE).state == "unknown"
    assert (await fetch(client, f"/api/image_proxy/{IMAGE}"))[0] != HTTPStatus.OK
    await described(house)
    assert files(hass) == []


async def test_a_mask_that_is_drawn_while_the_providers_are_asked(
    hass: HomeAssistant, house: House, sim: Simulator, registered: list[FakeCamera]
) -> None:
    """The picture went out as it was; what is shown of it is painted."""
    await house.set_up("openai")
    sim.fail("openai", "latency", latency=0.5)
    call = hass.async_create_task(house.describe())
    await sim.wait_for_requests(2, "openai")
    await add_rules(house, masks=[LEFT])
    await call
    await landed(house)
    await settled(house)
    (file,) = files(hass)
    assert corner(await hass.async_add_executor_job(file.read_bytes)) == (0, 0, 0)


async def test_it_follows_its_camera(
    hass: HomeAssistant, house: House, registered: list[FakeCamera], hass_client: NewClient
) -> None:
    """A new name keeps it; it goes with the camera, with its device, and with the entry."""
    await house.set_up("openai")
    for entity_id in (CAMERA, "camera.garden"):
        await described(house, entity_id)
    registry = er.async_get(hass)
    registry.async_update_entity(CAMERA, new_entity_id="camera.porch", name="Porch")
    await settled(house)
    assert [file.parent.name for file in files(hass)] == ["camera.garden", "camera.porch"]
    client = await hass_client()
    assert (await fetch(client, f"/api/image_proxy/{IMAGE}"))[0] == HTTPStatus.OK
    await remove(house, "Garden")
    await settled(house)
    assert [file.parent.name for file in files(hass)] == ["camera.porch"]
    registry.async_remove("camera.porch")
    await settled(house)
    assert files(hass) == []
    await described(house, "camera.garden")
    assert len(files(hass)) == 1
    await hass.config_entries.async_remove(ENTRY_ID)
    assert not Path(hass.config.path("eyewitness", "last_described")).exists()


async def test_what_became_of_cameras_in_the_meantime_is_taken_up(
    hass: HomeAssistant, house: House, registered: list[FakeCamera]
) -> None:
    """A picture whose camera lost its device while nothing ran goes at the next start."""
    await house.set_up("openai")
    await described(house)
    await hass.config_entries.async_unload(ENTRY_ID)
    (device,) = [
        device
        for device in dr.async_entries_for_config_entry(dr.async_get(hass), ENTRY_ID)
        if device.name == "Front door"
    ]
    dr.async_get(hass).async_remove_device(device.id)
    await hass.config_entries.async_setup(ENTRY_ID)
    await settled(house)
    assert files(hass) == []


async def test_the_response_names_it(
    hass: HomeAssistant, house: House, registered: list[FakeCamera]
) -> None:
    """As soon as the camera has it, while it is enabled and pictures may be kept."""
    await house.set_up("openai")
    events = async_capture_events(hass, EVENT_DESCRIBED)
    assert (await described(house))["image_entity"] is None
    registry = er.async_get(hass)
    name = registry.async_update_entity(IMAGE, new_entity_id="image.door").entity_id
    assert (await described(house))["image_entity"] == name
    assert [event.data["image_entity"] for event in events] == [None, name]
    registry.async_update_entity(name, disabled_by=er.RegistryEntryDisabler.USER)
    assert (await described(house))["image_entity"] is None
    registry.async_update_entity(name, disabled_by=None)
    await add_rules(house, keep_pictures=False)
    assert (await described(house))["image_entity"] is None


async def test_the_editor_of_automations_does_not_offer_it(
    hass: HomeAssistant, house: House, registered: list[FakeCamera]
) -> None:
    """Not from its first second on, and under no later name."""
    await house.set_up("openai")

    async def left_out() -> list[str]:
        action = (await async_get_all_descriptions(hass))["eyewitness"]["describe_camera_event"]
        found: list[str] = action["fields"]["entity_id"]["selector"]["entity"]["exclude_entities"]
        return found

    assert await left_out() == []
    await described(house)
    assert await left_out() == [IMAGE]
    er.async_get(hass).async_update_entity(IMAGE, new_entity_id="image.door")
    await settled(house)
    assert await left_out() == ["image.door"]


async def test_it_cannot_be_described_itself(
    hass: HomeAssistant, house: House, sim: Simulator, registered: list[FakeCamera]
) -> None:
    """Under its name those could see a camera whom its rules shut out."""
    await house.set_up("openai", "grok")
    await add_rules(house, "openai")
    await described(house)
    asked = len(sim.requests())
    assert await error_key(house.describe(entity_id=IMAGE, providers=["grok"])) == "camera_ours"
    assert len(sim.requests()) == asked


def guest(hass: HomeAssistant, *entity_ids: str) -> User:
    """Return a user who may see these entities and no others."""
    user = MockUser(name="Guest").add_to_hass(hass)
    user.mock_policy({"entities": {"entity_ids": {key: {"read": True} for key in entity_ids}}})
    return user


async def test_a_user_with_rights_on_one_of_two_cameras(
    hass: HomeAssistant,
    house: House,
    registered: list[FakeCamera],
    hass_client: NewClient,
    hass_ws_client: Callable[..., Awaitable[Any]],
) -> None:
    """Sees the states and the picture of that one, and through no door those of the other."""
    await house.set_up("openai")
    for entity_id in (CAMERA, "camera.garden"):
        await described(house, entity_id)
    assert await async_setup_component(hass, "api", {})
    kinds = (
        *(("event", "event"), ("image", "last_picture"), ("button", "describe")),
        *(("sensor", name) for name in ("last_description", "descriptions", "cost")),
    )
    mine, other = (
        {f"{domain}.{camera}_{name}" for domain, name in kinds}
        for camera in ("front_door", "garden")
    )
    assert other <= set(hass.states.async_entity_ids())
    user = guest(hass, *mine)
    token = hass.auth.async_create_access_token(
        await hass.auth.async_create_refresh_token(user, "https://example.com/app")
    )
    socket = await hass_ws_client(hass, token)
    await socket.send_json_auto_id({"type": "get_states"})
    seen = (await socket.receive_json())["result"]
    assert {state["entity_id"] for state in seen} == mine
    assert "garden" not in str(seen).lower()
    client = await hass_client(token)
    assert (await fetch(client, f"/api/image_proxy/{IMAGE}"))[0] == HTTPStatus.OK
    for door in ("image_proxy", "image_proxy_stream"):
        _, found = await fetch(client, f"/api/{door}/image.garden_last_picture")
        assert b"\xff\xd8" not in found
    for entity_id in other:
        assert (await fetch(client, f"/api/states/{entity_id}"))[0] == HTTPStatus.UNAUTHORIZED
    asked = len(house.sim.requests())
    press = {"domain": "button", "service": "press"}
    describe = {"domain": "eyewitness", "service": "describe_camera_event"}
    for command in (
        {"type": "subscribe_events", "event_type": EVENT_DESCRIBED},
        {"type": "call_service", **press, "target": {"entity_id": "button.garden_describe"}},
        {"type": "call_service", **describe, "service_data": {"entity_id": "camera.garden"}},
    ):
        await socket.send_json_auto_id(command)
        assert (await socket.receive_json())["error"]["message"] == "Unauthorized"
    assert len(house.sim.requests()) == asked


async def test_it_is_gone_before_it_was_looked_for(
    house: House,
    camera: FakeCamera,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A slow disk: it does not come back as a state that keeps the next one away."""
    entry = await house.set_up("openai")
    gate, newest = asyncio.Event(), KeptPictures.async_newest

    async def slow(kept: KeptPictures, hass: HomeAssistant, camera_id: str) -> Path | None:
        await gate.wait()
        return await newest(kept, hass, camera_id)

    monkeypatch.setattr(KeptPictures, "async_newest", slow)
    await house.describe()  # which adds the entity
    await asyncio.sleep(0.1)
    entries = house.hass.config_entries
    unload = house.hass.async_create_task(entries.async_unload(entry.entry_id))
    await asyncio.sleep(0.1)
    gate.set()
    await unload
    await settled(house)
    assert state_of(house.hass, IMAGE).state == "unavailable"
    await entries.async_setup(entry.entry_id)
    await settled(house)
    assert state_of(house.hass, IMAGE).state not in {"unavailable", "unknown"}
    assert "does not generate unique IDs" not in caplog.text
