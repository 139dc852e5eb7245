"""Our blueprints are offered without copying files, and a person's changes are left alone."""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
import re
import shutil
from typing import Any
from unittest.mock import patch

from homeassistant.components.automation.config import (
    ValidationStatus,
    async_validate_config_item,
)
from homeassistant.components.automation.helpers import async_get_blueprints
from homeassistant.components.blueprint.models import Blueprint, DomainBlueprints
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from homeassistant.util.yaml import load_yaml_dict
import pytest

from custom_components.eyewitness.runtime import blueprints
from tests.kit import House
from tests.test_translations import LANGUAGES, texts

NAMES = ("eyewitness/daily_summary.yaml", "eyewitness/describe_and_notify.yaml")
SUMMARY = NAMES[0]
USER = "# mine\n"
TEMPLATE = re.compile(r"{[{%]")
ID = re.compile(r"[a-z0-9_.:-]*")
USES: dict[str, dict[str, Any]] = {
    NAMES[0]: {"phones": ["a"], "at": "08:00:00", "quiet_days": True},
    NAMES[1]: {
        "motion": ["binary_sensor.door"],
        "camera": "camera.door",
        "phones": ["a"],
        "objects": ["person"],
        "importance": "high",
        "after": "22:00:00",
        "before": "06:00:00",
        "pause": 5,
        "critical": True,
        **dict.fromkeys(("event_context", "prompt", "moved_text", "failed_text"), "a"),
        **dict.fromkeys(("live_text", "silence_text"), "a"),
    },
}
"""An automation of each with every input, as it was saved in a house of any language."""


def said(part: Any, name: str = "") -> Iterator[str]:
    """Return what people read in a part of a blueprint: neither templates, nor ids and actions."""
    if isinstance(part, dict):
        for key, each in part.items():
            yield from said(each, key)
    elif isinstance(part, list):
        for each in part:
            yield from said(each)
    elif isinstance(part, str) and name != "author" and not TEMPLATE.search(part):
        yield from [part] if name == "unit_of_measurement" or not ID.fullmatch(part) else []


def texts_of(folder: Path) -> set[str]:
    """Return what people read in our blueprints."""
    return {text for file in folder.glob("*.yaml") for text in said(load_yaml_dict(file))}


def ours(language: str) -> list[str]:
    """Return the texts that are for the blueprints."""
    return [text for name, text in texts(language).items() if name.startswith("common.blueprint_")]


@pytest.fixture
async def folder(hass: HomeAssistant) -> Path:
    """Set automations up; return the folder of their blueprints."""
    assert await async_setup_component(hass, "automation", {})
    await hass.async_block_till_done()  # until those of Home Assistant's own are there
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


def test_each_text_of_theirs_can_be_translated() -> None:
    """They are found by their English, which therefore must not mean two things."""
    assert texts_of(blueprints.SOURCE) == set(ours("en"))
    assert len(set(ours("en"))) == len(ours("en"))


@pytest.mark.parametrize("language", ["en", *LANGUAGES])
async def test_they_are_offered_in_the_language_of_the_house(
    hass: HomeAssistant, house: House, folder: Path, language: str
) -> None:
    """Every text, and nothing else: the inputs are those of every language."""
    await hass.config.async_update(language=language)
    await house.set_up("openai")
    assert texts_of(folder / "eyewitness") == set(ours(language))
    await async_get_blueprints(hass).async_reset_cache()  # they are read from the disk
    for path, inputs in USES.items():
        blueprint = await async_get_blueprints(hass).async_get_blueprint(path)
        assert blueprint.inputs.keys() == inputs.keys()
        use = {"alias": "a", "use_blueprint": {"path": path, "input": inputs}}
        config = await async_validate_config_item(hass, "a", use)
        assert config is not None
        assert config.validation_status is ValidationStatus.OK, config.validation_error


async def test_they_follow_the_language_of_the_house(
    hass: HomeAssistant, house: House, folder: Path
) -> None:
    """An automation goes on, and what a person changed stays."""
    await house.set_up("openai")
    config = {"id": "a", "use_blueprint": {"path": SUMMARY, "input": USES[SUMMARY]}}
    with patch("homeassistant.config.load_yaml_config_file", return_value={"automation": [config]}):
        await hass.services.async_call("automation", "reload", blocking=True)
        (folder / NAMES[1]).write_text(USER, "utf-8")
        for language in ("de", "en", "zh-Hans"):
            await hass.config.async_update(language=language)
            await hass.async_block_till_done()
            assert set(said(load_yaml_dict(folder / SUMMARY))) <= set(ours(language))
            assert [state.state for state in hass.states.async_all("automation")] == ["on"]
    assert (folder / NAMES[1]).read_text("utf-8") == USER
    await hass.services.async_call("automation", "turn_off", {"entity_id": "all"}, blocking=True)


async def test_the_last_of_two_languages_wins(
    hass: HomeAssistant, house: House, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk may take longer for the first."""
    await house.set_up("openai")
    seconds, add = iter((0.1, 0, 0, 0)), DomainBlueprints.async_add_blueprint

    async def add_slowly(*args: Any, **options: Any) -> bool:
        await asyncio.sleep(next(seconds))
        return await add(*args, **options)

    monkeypatch.setattr(DomainBlueprints, "async_add_blueprint", add_slowly)
    for language in ("fr", "de"):
        await hass.config.async_update(language=language)
    await hass.async_block_till_done()
    assert texts_of(folder / "eyewitness") == set(ours("de"))


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
