"""Our blueprints are offered without copying files, and a person's changes are left alone."""

from collections.abc import Callable
from pathlib import Path
import shutil
from typing import Any
from unittest.mock import patch

from homeassistant.components.automation.helpers import async_get_blueprints
from homeassistant.components.blueprint.models import Blueprint
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest

from custom_components.eyewitness.runtime import blueprints
from tests.kit import House

NAMES = ("eyewitness/daily_summary.yaml", "eyewitness/describe_and_notify.yaml")
SUMMARY = NAMES[0]
USER = "# mine\n"


@pytest.fixture
async def folder(hass: HomeAssistant) -> Path:
    """Set automations up; return the folder of their blueprints."""
    assert await async_setup_component(hass, "automation", {})
    blueprints_of_automations: Path = async_get_blueprints(hass).blueprint_folder
    return blueprints_of_automations


@pytest.fixture
def newer(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[], None]:
    """Return what puts a newer Eyewitness in the place of this one."""

    def update() -> None:
        source = tmp_path / "newer"
        shutil.copytree(blueprints.SOURCE, source)
        file = source / "daily_summary.yaml"
        file.write_text(file.read_text("utf-8").replace("Once a day", "Each day"), "utf-8")
        monkeypatch.setattr(blueprints, "SOURCE", source)

    return update


async def test_they_are_offered_after_the_set_up(
    hass: HomeAssistant, house: House, folder: Path
) -> None:
    """All of them can be loaded, and nothing of Home Assistant's own is touched."""
    await house.set_up("openai")
    offered = await async_get_blueprints(hass).async_get_blueprints()
    assert tuple(sorted(path for path in offered if path.startswith("eyewitness/"))) == NAMES
    for path in NAMES:
        blueprint = offered[path]
        assert isinstance(blueprint, Blueprint)
        assert blueprint.name.startswith("Eyewitness: ")
        assert blueprint.validate() is None
    assert (folder / "homeassistant" / "motion_light.yaml").is_file()


@pytest.mark.parametrize(
    ("change", "after"),
    [
        (lambda _file: None, "Each day"),
        (lambda file: file.write_text(file.read_text("utf-8") + USER, "utf-8"), USER),
        (lambda file: file.unlink(), None),
    ],
    ids=["unchanged", "changed", "deleted"],
)
async def test_a_newer_version_replaces_only_what_is_as_we_wrote_it(
    hass: HomeAssistant,
    house: House,
    folder: Path,
    newer: Callable[[], None],
    change: Callable[[Path], Any],
    after: str | None,
) -> None:
    """What a person changed or deleted is theirs."""
    entry = await house.set_up("openai")
    file = folder / SUMMARY
    before = file.read_bytes()
    change(file)
    newer()
    assert await hass.config_entries.async_reload(entry.entry_id)
    if after is None:
        assert not file.exists()
    else:
        assert after in file.read_text("utf-8")
        assert file.read_bytes() != before
    assert await hass.config_entries.async_remove(entry.entry_id)
    assert not (folder / NAMES[1]).exists()
    assert file.exists() == (after == USER)
    assert file.parent.exists() == (after == USER)


async def test_one_that_is_used_outlives_the_entry(
    hass: HomeAssistant, house: House, folder: Path, newer: Callable[[], None]
) -> None:
    """The automation goes on, and Eyewitness knows the file again when it comes back."""
    entry = await house.set_up("openai")
    config = {"id": "a", "use_blueprint": {"path": SUMMARY, "input": {"phones": []}}}
    with patch("homeassistant.config.load_yaml_config_file", return_value={"automation": [config]}):
        await hass.services.async_call("automation", "reload", blocking=True)
    await hass.config_entries.async_remove(entry.entry_id)
    assert (folder / SUMMARY).exists()
    assert not (folder / NAMES[1]).exists()

    await house.set_up("openai")
    newer()
    await hass.config_entries.async_reload(house.entry.entry_id)
    assert "Each day" in (folder / SUMMARY).read_text("utf-8")
    await hass.services.async_call("automation", "turn_off", {"entity_id": "all"}, blocking=True)


@pytest.mark.parametrize("trouble", ["disk", "store"])
async def test_trouble_with_them_stops_nothing(
    hass: HomeAssistant,
    house: House,
    folder: Path,
    hass_storage: dict[str, Any],
    caplog: pytest.LogCaptureFixture,
    trouble: str,
) -> None:
    """A description is worth more than a blueprint."""
    if trouble == "disk":
        (folder / "eyewitness").write_text("no folder", "utf-8")
    else:
        hass_storage["eyewitness.blueprints"] = {"version": 9, "data": {}}
    entry = await house.set_up("openai")
    assert house.state().recoverable
    assert "The blueprints cannot be offered" in caplog.text
    await hass.config_entries.async_remove(entry.entry_id)


async def test_without_automations_there_are_none(hass: HomeAssistant, house: House) -> None:
    """Home Assistant can be set up without them."""
    await house.set_up("openai")
    assert not async_get_blueprints(hass).blueprint_folder.exists()
