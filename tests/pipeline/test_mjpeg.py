"""Describe what a camera of Home Assistant's own ``mjpeg`` sends over HTTP, faults and all."""

import asyncio
from collections.abc import Generator
from typing import Any
from unittest.mock import Mock

from aiohttp import ClientConnectionError, ClientResponse
from aioresponses import CallbackResult, aioresponses
from homeassistant.components.mjpeg.const import DOMAIN as MJPEG
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.eyewitness.chain import policy
from tests.kit import House, picture
from tests.results import Fired, error_key
from tests.simulator import Simulator

STILL = "http://192.0.2.10/still.jpg"
CAMERA = "camera.drive"


class Response(ClientResponse):
    """Give aiohttp 3.14 the argument that aioresponses 0.7.9 does not know yet."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Pretend that the request was sent."""
        super().__init__(*args, stream_writer=Mock(output_size=0), **kwargs)


def sends(body: bytes, content_type: str = "image/jpeg", status: int = 200) -> dict[str, Any]:
    """Return what the web server says."""
    how = {"body": body, "content_type": content_type, "status": status}
    return {**how, "response_class": Response}


GOOD = sends(picture(640, 360))
LOGIN = b"<!doctype html><title>Sign in</title>"


@pytest.fixture
def web() -> Generator[aioresponses]:
    """Be the camera's web server, and leave the vendors' alone."""
    with aioresponses(passthrough=["http://127.0.0.1"]) as answers:
        yield answers


@pytest.fixture(autouse=True)
async def _drive(hass: HomeAssistant, web: aioresponses) -> None:
    """Set the camera up as its own flow stores it."""
    options = {
        "authentication": "basic",
        "mjpeg_url": "http://192.0.2.10/stream",
        "still_image_url": STILL,
        "username": "viewer",
        "password": "secret",
        "verify_ssl": True,
    }
    entry = MockConfigEntry(domain=MJPEG, title="Drive", options=options)
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert entry.state is ConfigEntryState.LOADED


async def test_a_picture_over_http(house: House, web: aioresponses) -> None:
    """The camera is asked once, with its user's name, and what it sent is described."""
    await house.set_up("openai")
    web.get(STILL, **GOOD)
    response = await house.describe(entity_id=CAMERA)
    assert "640x360" in response["description"]
    ((call,),) = web.requests.values()
    assert call.kwargs["headers"]["Authorization"].startswith("Basic ")


@pytest.mark.parametrize(
    "fault",
    [
        sends(b"Internal error", "text/plain", 500),
        sends(LOGIN, "text/html", 401),
        sends(LOGIN, "text/html"),
        sends(picture(640, 360)[:1500]),
        sends(b""),
        {"exception": ClientConnectionError("192.0.2.10 is not there")},
    ],
    ids=["500", "401", "html", "truncated", "empty", "unreachable"],
)
async def test_a_fault_once_and_for_good(
    house: House, web: aioresponses, sim: Simulator, fired: Fired, fault: dict[str, Any]
) -> None:
    """A second picture makes up for a bad one; two bad ones are one failed event."""
    await house.set_up("openai")
    web.get(STILL, **fault)
    web.get(STILL, **GOOD)
    assert "640x360" in (await house.describe(entity_id=CAMERA))["description"]
    web.get(STILL, repeat=True, **fault)
    asked = len(sim.requests(endpoint="describe"))
    key = await error_key(house.describe(entity_id=CAMERA))
    assert key in {"camera_bad_image", "camera_unavailable"}
    assert (fired.counts(), fired.statuses) == ((1, 1), ["failed:camera"])
    assert len(sim.requests(endpoint="describe")) == asked
    assert sum(len(calls) for calls in web.requests.values()) == 4


async def test_a_camera_that_is_slow(
    house: House, web: aioresponses, fired: Fired, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has its seconds; who needs more gives no picture and is not asked again."""
    monkeypatch.setattr(policy, "CAMERA_SECONDS", 0.5)
    await house.set_up("openai")

    seconds = 0.1

    async def answer(*_: object, **__: object) -> CallbackResult:
        await asyncio.sleep(seconds)
        return CallbackResult(**GOOD)

    web.get(STILL, callback=answer, repeat=True)
    assert "640x360" in (await house.describe(entity_id=CAMERA))["description"]
    seconds = 60.0
    assert await error_key(house.describe(entity_id=CAMERA)) == "camera_unavailable"
    assert sum(len(calls) for calls in web.requests.values()) == 2
    assert fired.statuses == ["failed:camera"]
