"""Set up two cameras, and the ways to ask about them."""

from collections.abc import Awaitable, Callable
from typing import Any

from homeassistant.auth.models import User
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import setup_test_component_platform

from tests.api.kit import Socket, token_of
from tests.kit import FakeCamera
from tests.pictures.scenes import corners, encoded

type Connect = Callable[..., Awaitable[Socket]]


@pytest.fixture
async def cameras(hass: HomeAssistant) -> list[FakeCamera]:
    """Set up two cameras that the registry knows."""
    cameras = [FakeCamera("Front door"), FakeCamera("Garden")]
    for camera in cameras:
        camera._attr_unique_id = str(camera.name)
        camera.sends = encoded(corners(640, 360))
    setup_test_component_platform(hass, "camera", cameras)
    assert await async_setup_component(hass, "camera", {"camera": {"platform": "test"}})
    await hass.async_block_till_done()
    return cameras


@pytest.fixture
def connect(hass: HomeAssistant, hass_ws_client: Callable[..., Awaitable[Any]]) -> Connect:
    """Return what opens a connection, as the administrator or as somebody else."""

    async def open_socket(user: User | None = None) -> Socket:
        if user is None:
            return Socket(await hass_ws_client(hass))
        return Socket(await hass_ws_client(hass, await token_of(hass, user)))

    return open_socket
