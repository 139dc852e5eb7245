"""Prepare every test: our integration is found, and Home Assistant may load it."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from datetime import datetime
from importlib import import_module
from pathlib import Path
from unittest.mock import AsyncMock

from genai_prices import UpdatePrices
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant
from homeassistant.helpers.entity import Entity
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import (
    async_capture_events,
    setup_test_component_platform,
)

from custom_components.eyewitness.chain import policy
from custom_components.eyewitness.const import EVENT_DESCRIBED, EVENT_FAILED, VENDORS

# The test plugin ships a package custom_components of its own. Whoever is imported first wins.
from custom_components.eyewitness.keys import master_key
from custom_components.eyewitness.pictures import capture
from custom_components.eyewitness.pipeline import rehearsal
from custom_components.eyewitness.runtime import build, reload_timer
from tests.kit import FakeCamera, FakeImage, House
from tests.results import Fired
from tests.simulator import Simulator


def pytest_collection_finish(session: pytest.Session) -> None:
    """Import the vendors' SDKs now, where no test's time limit runs: cold they take long."""
    if any("sim" in getattr(item, "fixturenames", ()) for item in session.items):
        for name in (*VENDORS, "compatible"):
            import_module(f"custom_components.eyewitness.providers.{name}")


@pytest.fixture(autouse=True)
def _allow_custom_integrations(request: pytest.FixtureRequest) -> None:
    """Let Home Assistant load us, in the tests that have a Home Assistant at all."""
    if "hass" in request.fixturenames:
        request.getfixturevalue("enable_custom_integrations")


@pytest.fixture(autouse=True)
def _no_master_key_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Start without what a developer may have set."""
    for name in (master_key.ENV_KEY, master_key.ENV_KEY_FILE):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(autouse=True)
def _reload_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take changed providers up at once, where a test is not about the wait for more changes."""

    def call_now(
        hass: HomeAssistant, delay: float, action: Callable[[datetime], None]
    ) -> CALLBACK_TYPE:
        handle = hass.loop.call_soon(action, dt_util.utcnow())
        hass.async_create_task(asyncio.sleep(0))  # so that async_block_till_done waits for it
        return handle.cancel

    monkeypatch.setattr(reload_timer, "async_call_later", call_now)


@pytest.fixture(autouse=True)
def _no_price_table_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the installed prices, however far a test turns the clock."""
    monkeypatch.setattr(UpdatePrices, "fetch", lambda _self: None)


@pytest.fixture(autouse=True)
def prepare(monkeypatch: pytest.MonkeyPatch) -> Callable[[HomeAssistant, ConfigEntry], None]:
    """Ask for no list of models at set-up, or faults and requests would depend on who is first.

    Return what does it, for the tests that are about it.
    """
    original = build.async_prepare
    monkeypatch.setattr(build, "async_prepare", lambda *_: None)
    return original


@pytest.fixture(autouse=True)
def rehearse(
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[[HomeAssistant, ConfigEntry], Awaitable[None]]:
    """Rehearse nothing at set-up: it takes time in every test, and shows in none.

    Return what does it, for the tests that are about it.
    """
    original = rehearsal.async_rehearse
    monkeypatch.setattr(rehearsal, "async_rehearse", AsyncMock())
    return original


@pytest.fixture(autouse=True)
def _ask_again_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shorten the pauses before a camera is asked again."""
    monkeypatch.setattr(capture, "PAUSE_SECONDS", 0.01)


@pytest.fixture(autouse=True)
def media(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Give every Home Assistant a media folder of its own, which is not there yet."""
    folder = tmp_path / "media"
    if "hass" in request.fixturenames:
        request.getfixturevalue("hass").config.media_dirs = {"local": str(folder)}
    return folder


@pytest.fixture
def all_enabled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Enable the entities that most people do not want, too."""
    monkeypatch.setattr(Entity, "entity_registry_enabled_default", True)


@pytest.fixture
def hass_config_dir(tmp_path: Path) -> str:
    """Give every Home Assistant a folder of its own, since we write files into it."""
    return str(tmp_path)


@pytest.fixture
async def sim(socket_enabled: None) -> AsyncGenerator[Simulator]:
    """Run the four vendors."""
    async with Simulator() as simulator:
        yield simulator


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shorten the chain's delays, where a test is not about them."""
    monkeypatch.setattr(policy, "DEFAULT_DELAYS", (0.01, 0.01, 0.01))
    monkeypatch.setattr(policy, "DELAYS", {"grok": (0.01, 0.01)})


@pytest.fixture
async def camera(hass: HomeAssistant) -> FakeCamera:
    """Set up a camera that sends a picture."""
    entity = FakeCamera("Front door")
    setup_test_component_platform(hass, "camera", [entity])
    assert await async_setup_component(hass, "camera", {"camera": {"platform": "test"}})
    await hass.async_block_till_done()
    return entity


@pytest.fixture
async def image(hass: HomeAssistant) -> FakeImage:
    """Set up an image entity."""
    entity = FakeImage(hass, "Last visitor")
    setup_test_component_platform(hass, "image", [entity])
    assert await async_setup_component(hass, "image", {"image": {"platform": "test"}})
    await hass.async_block_till_done()
    return entity


@pytest.fixture
def house(hass: HomeAssistant, sim: Simulator) -> House:
    """Return the means to set Eyewitness up with simulated vendors."""
    return House(hass, sim)


@pytest.fixture
def fired(hass: HomeAssistant) -> Fired:
    """Collect our events."""
    return Fired(
        described=async_capture_events(hass, EVENT_DESCRIBED),
        failed=async_capture_events(hass, EVENT_FAILED),
    )
