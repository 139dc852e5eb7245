"""The README's automations do what it says of them."""

from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any

from aiohttp.test_utils import TestClient
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import async_mock_service

from custom_components.eyewitness.pictures.rules import EntityRef
from custom_components.eyewitness.runtime import camera_devices
from tests.kit import CAMERA, FakeCamera, House
from tests.readme import block, entities
from tests.simulator import VENDORS

type NewClient = Callable[..., Awaitable[TestClient[Any, Any]]]
MOTION = "binary_sensor.front_door_motion"


@pytest.fixture
async def told(house: House, camera: FakeCamera) -> list[ServiceCall]:
    """Set both automations up; return what the phone is told."""
    calls = async_mock_service(house.hass, "notify", "mobile_app_my_phone")
    names = ("Tell me who is at the door", "Show me the picture when nobody could describe it")
    automations = [block(f"alias: {name}") for name in names]
    house.hass.states.async_set(MOTION, "off")
    assert await async_setup_component(house.hass, "media_source", {})
    assert await async_setup_component(house.hass, "automation", {"automation": automations})
    await house.set_up()
    return calls


async def moved(house: House, told: list[ServiceCall]) -> dict[str, Any]:
    """Let something move; return the one notification."""
    house.hass.states.async_set(MOTION, "on")
    await house.hass.async_block_till_done(wait_background_tasks=True)
    (call,) = told
    return dict(call.data)


async def test_the_first_notification_has_a_picture(
    house: House, camera: FakeCamera, told: list[ServiceCall], hass_client: NewClient
) -> None:
    """The phone fetches what the camera shows, with its login."""
    said = await moved(house, told)
    assert (said["title"], said["data"]) == (
        "Mostly blue",
        {"image": "/api/camera_proxy/camera.front_door"},
    )
    assert "1280x720" in said["message"]
    reply = await (await hass_client()).get(said["data"]["image"])
    assert (reply.status, await reply.read()) == (HTTPStatus.OK, camera.sends)


async def test_the_second_one_shows_what_nobody_could_describe(
    house: House, told: list[ServiceCall], hass_client: NewClient
) -> None:
    """And no empty message comes of the first one."""
    for vendor in VENDORS:
        house.sim.fail(vendor, "refusal")
    said = await moved(house, told)
    who = ("OpenAI", "xAI Grok", "Google Gemini", "Anthropic Claude")
    reasons = " ".join(f"{name}: Declined to answer." for name in who)
    assert said["message"] == f"No provider could describe the picture. {reasons}"
    reply = await (await hass_client()).get(said["data"]["image"])
    assert (reply.status, reply.content_type) == (HTTPStatus.OK, "image/jpeg")


async def test_the_dashboard_about_the_usage_names_what_there_is(
    hass: HomeAssistant, house: House, camera: FakeCamera
) -> None:
    """With two of the providers and two cameras, as in the text above it."""
    await house.set_up("openai", "gemini")
    hass.states.async_set("camera.driveway", "idle", {"friendly_name": "Driveway"})
    for entity_id in (CAMERA, "camera.driveway"):
        camera_devices.async_add(hass, house.entry, EntityRef.find(hass, entity_id))
    await hass.async_block_till_done()
    named = entities(block("title: Eyewitness"))
    assert len(named) >= 15
    assert named - set(hass.states.async_entity_ids()) == set()
