"""Start on what release 0.1.0 left behind, and do and say exactly what it did and said."""

from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
import shutil
import sqlite3
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er, issue_registry as ir
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import flush_store

from custom_components.eyewitness.const import DOMAIN
from custom_components.eyewitness.runtime.former_units import FORMER_UNITS
from custom_components.eyewitness.sensor_kinds import STATUSES
from tests.fixtures.release import (
    DATABASE,
    MARKS,
    RELEASE,
    SHOWN,
    dump,
    plain,
    read,
    text,
)
from tests.fixtures.start import lay_out, registered, started, stored
from tests.kit import CAMERA, FakeCamera, House
from tests.ledger.kit import opened
from tests.simulator import Simulator

SEEN: Final = read(SHOWN)
SPOKEN: Final = SEEN["states"]["sensor.eyewitness_last_description"]["attributes"]
NEW: Final = {
    *("sensor.eyewitness_what_happened", "sensor.eyewitness_last_event"),
    *(f"sensor.eyewitness_{name}" for name in ("cost_today", "cost_this_month")),
    *(f"sensor.eyewitness_{name}" for name in ("descriptions_today", "requests_saved")),
    "sensor.eyewitness_money_saved",
    *(f"sensor.{name}_success_rate" for name in ("openai", "xai_grok", "google_gemini")),
    "sensor.anthropic_claude_success_rate",
    "sensor.openai_compatible_server_success_rate",
}
"""The entities that it did not have."""
LATER: Final = datetime.fromisoformat(SEEN["at"]) + timedelta(hours=1)

pytestmark = pytest.mark.freeze_time(LATER, tick=True)


@pytest.fixture
def hass_config_dir(tmp_path: Path) -> str:
    """Copy what was left behind."""
    lay_out(RELEASE, tmp_path)
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
    """Start an hour later."""
    return await started(hass, RELEASE, sim, monkeypatch)


def described() -> int:
    """Return how many events the release described, tests apart."""
    with closing(sqlite3.connect(f"file:{RELEASE / DATABASE}?immutable=1", uri=True)) as database:
        ((events,),) = database.execute(
            "SELECT count(DISTINCT event_id) FROM ai_usage WHERE success AND camera LIKE 'camera.%'"
        )
    return int(events)


def now(entity_id: str, state: dict[str, Any]) -> dict[str, Any]:
    """Return what is shown of it since, where that is something else."""
    attributes = dict(state["attributes"])
    if attributes.get("unit_of_measurement") in FORMER_UNITS:
        del attributes["unit_of_measurement"]
    state = state | {"attributes": attributes}
    match entity_id.removeprefix("sensor.eyewitness_"):
        case "descriptions":  # it counted tests
            state["state"] = str(described())
        case "cameras_shown_to_providers":
            attributes["friendly_name"] = "Eyewitness Cameras used"
        case "answering_provider":
            attributes["friendly_name"] = "Eyewitness Answered by"
            attributes["options"] = [*attributes["options"], "nobody"]
            attributes |= {"timestamp": SPOKEN["timestamp"], "reason": None}
        case "last_description":
            attributes |= {"status": "described", "reason": None}
        case "button.eyewitness_test_the_chain":
            attributes["friendly_name"] = "Eyewitness Test all providers"
    if entity_id.endswith("_status"):
        attributes["options"] = STATUSES
    return state


async def test_the_entities_are_the_same_and_show_the_same(
    hass: HomeAssistant, entry: ConfigEntry, camera: FakeCamera
) -> None:
    """Nobody is asked for a key; what a person has to mend is told again."""
    known = registered(RELEASE)
    found = er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
    entity_ids = {item.unique_id: item.entity_id for item in found}
    assert entity_ids.items() >= known.items()
    assert set(entity_ids.values()) - set(known.values()) == NEW
    shown = {state.entity_id: state for state in hass.states.async_all()}
    assert {name: now(name, state) for name, state in SEEN["states"].items()} == {
        entity_id: {"state": shown[entity_id].state, "attributes": shown[entity_id].attributes}
        for entity_id in known.values()
    }
    assert "sensor.eyewitness_what_happened" not in shown, "disabled where it is new"
    assert SEEN["issues"] == sorted(
        [item.issue_id, item.translation_key, item.translation_placeholders, item.is_fixable]
        for item in ir.async_get(hass).issues.values()
        if item.domain == DOMAIN
    )
    assert hass.config_entries.flow.async_progress() == []


async def test_one_event_adds_its_rows_and_changes_nothing_else(
    hass: HomeAssistant,
    entry: ConfigEntry,
    house: House,
    sim: Simulator,
    camera: FakeCamera,
    tmp_path: Path,
) -> None:
    """The marks hold: two providers come first in the order and are not asked.

    The database has the new layout and nothing else that is new.
    """
    shutil.copyfile(RELEASE / DATABASE, tmp_path / "old.db")
    response = await house.describe()
    assert [request.vendor for request in sim.requests()] == ["openai"]
    assert response["provider"] == "openai_compatible"
    *_, last, row = await house.usage()
    differs = {name for name in row if row[name] != last[name]}
    assert differs - {"response_time_ms", "image_bytes", "day"} == {"id", "event_id", "timestamp"}

    assert await hass.config_entries.async_unload(entry.entry_id)
    hass.config_entries._async_schedule_save()
    await flush_store(hass.config_entries._store)
    folder = Path(hass.config.config_dir)
    assert text(stored(folder)) == text(stored(RELEASE))
    assert text(read(folder / MARKS)) == text(read(RELEASE / MARKS))
    opened(tmp_path / "old.db", dt_util.now).close()
    old, new = (
        [line for line in dump(file) if "event_words" not in line]
        for file in (tmp_path / "old.db", folder / DATABASE)
    )
    gone, came = ([line for line in a if line not in b] for a, b in ((old, new), (new, old)))
    assert [line for line in old if line not in gone] == [line for line in new if line not in came]
    kept = ("usage_sums", "last_requests", "last_viewers")
    gone, came = ([line for line in a if line.split('"')[1] not in kept] for a in (gone, came))
    assert [line.split('"')[1] for line in gone] == ["last_descriptions"]
    assert [line.split('"')[1] for line in came] == ["ai_usage", "events", "last_descriptions"]
    assert all(response["event_id"] in line for line in came)
    assert f"'{CAMERA}'" in gone[0]
    assert came[2].split(",")[3:] == gone[0].split(",")[3:], "the same title and description"


async def test_every_key_opens(hass: HomeAssistant, entry: ConfigEntry, sim: Simulator) -> None:
    """The self-test asks everybody and says the same, with what was said about a larger picture.

    The model that ``auto`` is has become a cheaper one.
    """
    response: Any = await hass.services.async_call(
        DOMAIN, "test_chain", blocking=True, return_response=True
    )
    number = response.pop("number")
    for row, before in zip(response["providers"], SEEN["self_test"]["providers"], strict=True):
        assert row.pop("title")
        assert number in row.pop("description")
        assert (row.pop("cost") > 0) is (before.pop("cost") > 0)
        if row["name"] == "OpenAI":
            before["model"] = "gpt-6-luna"
    assert text(plain(response)) == text(SEEN["self_test"])
    assert {request.key for request in sim.requests()} == {"ok"}
