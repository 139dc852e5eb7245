"""The README's automations do what it says of them, and its pictures and cards are there."""

from collections.abc import Awaitable, Callable
from http import HTTPStatus
import inspect
import re
from typing import Any

from aiohttp.test_utils import TestClient
from homeassistant.core import ServiceCall
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import async_mock_service

from tests.fixtures.release import read
from tests.harness import screenshots
from tests.harness.config import PROJECT
from tests.harness.screenshots import MAX_BYTES
from tests.kit import FakeCamera, House
from tests.readme import README, block
from tests.simulator import VENDORS
from tests.sources import INTEGRATION

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


def test_every_picture_is_shown_and_none_is_large() -> None:
    """And what is shown is there, from the script."""
    images = PROJECT / "docs" / "images"
    shown = re.findall(r"\(docs/images/([\w-]+\.png)\)", README)
    assert sorted(shown) == sorted(path.name for path in images.iterdir())
    source = inspect.getsource(screenshots)
    assert [name for name in shown if f'take("{name.removesuffix(".png")}"' not in source] == []
    assert [path.name for path in images.iterdir() if path.stat().st_size > MAX_BYTES] == []


@pytest.mark.parametrize(
    ("title", "module"),
    [("card_title", "events"), ("usage_card_title", "usage"), ("mask_title", "mask")],
)
def test_the_cards_are_what_the_table_says(title: str, module: str) -> None:
    """Their names in the list, their types, and every option."""
    texts = read(INTEGRATION / "translations" / "en.json")["common"]
    (row,) = re.findall(rf"^\| \*{texts[title]}\* \|.*\| `type: custom:(.*)$", README, re.MULTILINE)
    card, *named = re.findall(r"[\w-]+(?=`)", row)
    sources = "".join(
        path.read_text("utf-8") for path in (INTEGRATION / "frontend").glob(f"{module}-*.js")
    )
    assert f'define("{card}"' in sources
    options = set(re.findall(r'\{ name: "(\w+)"', sources))
    assert options <= set(named)
    assert [name for name in named if f'"{name}"' not in sources] == []
