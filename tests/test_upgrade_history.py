"""Start on what the last version without a history left behind: it begins, and nothing is lost."""

from collections.abc import Mapping
from datetime import datetime, timedelta
import logging
from pathlib import Path
from typing import Any, Final

from homeassistant.components import frontend
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er, issue_registry as ir
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.eyewitness.cards import LOADER_URL
from custom_components.eyewitness.const import DOMAIN, MASKS_PATH
from tests.fixtures.release import BEFORE_HISTORY, read
from tests.fixtures.start import lay_out, registered, started
from tests.simulator import Simulator

SEEN: Final = read(BEFORE_HISTORY / "shown.json")
CAMERAS: Final = ("front_door", "garden")
NEW: Final = {
    entity_id
    for camera in CAMERAS
    for entity_id in (
        f"event.{camera}_event",
        f"image.{camera}_last_picture",
        f"sensor.{camera}_last_description",
    )
}
"""The entities that it did not have."""
LATER: Final = datetime.fromisoformat(SEEN["at"]) + timedelta(hours=1)

pytestmark = pytest.mark.freeze_time(LATER, tick=True)


@pytest.fixture
def hass_config_dir(tmp_path: Path) -> str:
    """Copy what was left behind."""
    lay_out(BEFORE_HISTORY, tmp_path)
    return str(tmp_path)


@pytest.fixture
def load_registries() -> bool:
    """Let the registries be read from the folder, as at a real start."""
    return False


@pytest.fixture
def hass_storage() -> dict[str, Any]:
    """Let Home Assistant's storage be the real one."""
    return {}


@pytest.fixture
async def entry(
    hass: HomeAssistant, sim: Simulator, monkeypatch: pytest.MonkeyPatch
) -> ConfigEntry:
    """Start an hour later, with a front end that cards can be added to."""
    await hass.config.async_set_time_zone("Europe/Amsterdam")  # as in the harness
    assert await async_setup_component(hass, "http", {})
    hass.config.components.add(frontend.DOMAIN)
    hass.data[frontend.DATA_EXTRA_MODULE_URL] = frontend.UrlManager(lambda *_change: None, [])
    return await started(hass, BEFORE_HISTORY, sim, monkeypatch)


async def test_it_starts_without_a_word_and_with_a_history(
    hass: HomeAssistant,
    entry: ConfigEntry,
    hass_ws_client: WebSocketGenerator,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The ids and the states of before, cards, and the last words about each camera."""
    known = registered(BEFORE_HISTORY)
    found = er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
    entity_ids = {item.unique_id: item.entity_id for item in found}
    assert entity_ids.items() >= known.items()
    assert set(entity_ids.values()) - set(known.values()) == NEW
    assert shown(hass, SEEN["states"]) == SEEN["states"]

    client = await hass_ws_client(hass)
    await client.send_json_auto_id({"type": "eyewitness/events/list"})
    listed = (await client.receive_json())["result"]["events"]
    assert [(each["camera"], each["status"], each["title"]) for each in listed] == [
        ("camera.front_door", "refused", ""),
        ("camera.garden", "described", "Mostly black and green"),
        ("camera.front_door", "described", "Mostly blue"),
    ]
    assert LOADER_URL in hass.data[frontend.DATA_EXTRA_MODULE_URL].urls
    assert MASKS_PATH in hass.data[frontend.DATA_PANELS]

    assert [issue for issue in ir.async_get(hass).issues.values() if issue.domain == DOMAIN] == []
    assert hass.config_entries.flow.async_progress() == []
    said = [record for record in caplog.records if record.levelno >= logging.WARNING]
    assert [one.getMessage() for one in said if "eyewitness" in f"{one.name} {one.msg}"] == []


def shown(hass: HomeAssistant, names: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is shown now of these entities."""
    states = {name: hass.states.get(name) for name in names}
    return {
        name: state and {"state": state.state, "attributes": dict(state.attributes)}
        for name, state in states.items()
    }
