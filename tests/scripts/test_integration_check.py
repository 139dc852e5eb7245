"""The check of the integration's files: silent where all is well, and blind to no fault."""

import json
from pathlib import Path
from typing import Any

import pytest

from scripts.lib.integration_check import check
from scripts.lib.integration_check.__main__ import main
from tests.scripts import tiny
from tests.sources import ROOT

GONE = object()
"""Not another value but none at all."""
FILE = ""
"""Not a place in a file but all of it."""
IN_ENGLISH = "translations/en.json"
OWN_IMPORT = "from homeassistant.components.{} import it"
TEXT = "config.step.user.title"
HOW = "look.fields.how"
FAR = "look.fields.more.fields.far"
SIGHT = "entity.sensor.sight"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Return the checkout of a tiny integration."""
    tiny.write(tmp_path)
    return tmp_path


def plant(repository: Path, file: str, place: str, value: Any) -> None:
    """Change one thing in the tiny integration; a place is the way to it, with dots."""
    folder = repository if file == "hacs.json" else repository / "custom_components" / "tiny"
    path = folder / file
    if place == FILE and value is GONE:
        path.unlink()
    elif place == FILE:
        tiny.put(path, value)
    else:
        content = json.loads(path.read_text("utf-8"))
        *above, name = place.split(".")
        group = content
        for step in above:
            group = group.setdefault(step, {})
        if value is GONE:
            del group[name]
        else:
            group[name] = value
        tiny.put(path, content)


FAULTS: list[tuple[str, str, Any, str]] = [
    # What cannot be read.
    ("hacs.json", FILE, GONE, "error: hacs.json: cannot be read"),
    ("manifest.json", FILE, GONE, "error: manifest.json: cannot be read"),
    ("manifest.json", FILE, "{", "error: manifest.json: cannot be read"),
    ("icons.json", FILE, "[]", "error: icons.json: cannot be read: it holds no mapping"),
    ("services.yaml", FILE, "look: [", "error: services.yaml: cannot be read"),
    ("sensor.py", FILE, "def", "error: sensor.py: cannot be read"),
    ("../other/__init__.py", FILE, "", "error: custom_components: HACS expects one"),
    # The manifest.
    ("manifest.json", "iot_class", GONE, "iot_class: required key"),
    ("manifest.json", "issue_tracker", GONE, "issue_tracker: required key"),
    ("manifest.json", "colour", "red", "error: manifest.json: colour"),
    ("manifest.json", "iot_class", "psychic", "error: manifest.json: iot_class"),
    ("manifest.json", "version", "soon", "version: is no version"),
    ("manifest.json", "documentation", "tiny", "documentation: expected a URL"),
    ("manifest.json", "documentation", "http://example.com", "documentation: has to start"),
    (
        "manifest.json",
        "documentation",
        "https://www.home-assistant.io/integrations/tiny",
        "documentation: leads to",
    ),
    ("manifest.json", "dependencies", "http", "error: manifest.json: dependencies"),
    ("manifest.json", "domain", "small", "the domain small is not the folder's name tiny"),
    ("manifest.json", "integration_type", GONE, "asks for an integration_type"),
    ("config_flow.py", FILE, GONE, "there is no config_flow.py"),
    ("manifest.json", "requirements", ["tiny >= 1"], "'tiny >= 1' contains a space"),
    ("manifest.json", "dependencies", ["recorder"], "recorder is both in"),
    (
        "manifest.json",
        FILE,
        dict(reversed(tiny.MANIFEST.items())),
        "the order domain, name, after_dependencies, codeowners",
    ),
    ("../../docs/manifest.json", FILE, {}, "error: docs/manifest.json: hassfest would"),
    ("more/manifest.json", FILE, {}, "error: custom_components/tiny/more/manifest.json"),
    # What is imported.
    ("sensor.py", FILE, "import homeassistant.components.lovelace", "sensor.py: uses lovelace"),
    ("sensor.py", FILE, OWN_IMPORT.format("intent.x"), "error: sensor.py: uses intent"),
    ("sub/deep.py", FILE, "from homeassistant.components import mqtt", "sub/deep.py: uses mqtt"),
    ("sensor.py", FILE, f"def f():\n    {OWN_IMPORT.format('backup')}", "uses backup"),
    ("diagnostics.py", FILE, GONE, "error: __init__.py: uses diagnostics"),
    # What the code makes necessary.
    ("services.yaml", FILE, GONE, "error: __init__.py: registers what services.yaml"),
    ("triggers.yaml", FILE, GONE, "error: trigger.py: registers what triggers.yaml"),
    ("conditions.yaml", FILE, GONE, "error: condition.py: registers what conditions.yaml"),
    ("__init__.py", FILE, "def setup(hass, config): ...", "warning: __init__.py: has a set-up"),
    # The texts.
    (IN_ENGLISH, TEXT, "A <b>bold</b> title", f"{IN_ENGLISH}: {TEXT}: contains HTML"),
    (IN_ENGLISH, TEXT, "See https://example.com", f"{TEXT}: contains an address"),
    (IN_ENGLISH, TEXT, "See www.example.com", f"{TEXT}: contains an address"),
    (IN_ENGLISH, TEXT, "Tiny ", f"{TEXT}: begins or ends with a space"),
    (IN_ENGLISH, TEXT, "The '{name}'", f"{TEXT}: has a placeholder in single quotes"),
    (IN_ENGLISH, TEXT, "[%key:common::action::close%]", f"{TEXT}: has a reference"),
    (IN_ENGLISH, TEXT, "The {name", f"{TEXT}: has braces that do not match"),
    (IN_ENGLISH, TEXT, "The {first name}", f"{TEXT}: has a placeholder that is no name"),
    (IN_ENGLISH, TEXT, 7, f"error: {IN_ENGLISH}: {TEXT}: is no text"),
    (IN_ENGLISH, f"{SIGHT}.state.dim", "Dim {x}", "dim: has a placeholder where none"),
    (IN_ENGLISH, f"{SIGHT}.unit_of_measurement", "{x}", "has a placeholder where none"),
    ("translations/de.json", "title", " Winzig", "error: translations/de.json: title: begins"),
    # Their form.
    ("strings.json", FILE, {}, "warning: strings.json"),
    (IN_ENGLISH, "colours", {}, "error: translations/en.json: colours"),
    (IN_ENGLISH, TEXT, {"a": "b"}, f"{TEXT}: a text is expected here"),
    (IN_ENGLISH, "config.step.user.hint", "A hint", "config.step.user.hint"),
    (IN_ENGLISH, "config_subentries.eye.entry_type", GONE, "eye.entry_type: required"),
    (IN_ENGLISH, "config_subentries.eye.initiate_flow.user", GONE, "initiate_flow.user: required"),
    (IN_ENGLISH, "services.look.description", GONE, "services.look.description: required"),
    (IN_ENGLISH, "triggers.seen.name", GONE, "triggers.seen.name: required"),
    (IN_ENGLISH, "conditions.dark.name", GONE, "conditions.dark.name: required"),
    (IN_ENGLISH, "entity.sensor.Sight_", {}, "error: translations/en.json: entity.sensor.Sight_"),
    (IN_ENGLISH, "issues.gone.title", GONE, "issues.gone.title: required"),
    (IN_ENGLISH, "issues.gone.description", GONE, "error: translations/en.json: issues.gone: "),
    (IN_ENGLISH, "issues.gone.fix_flow", tiny.FLOW, "error: translations/en.json: issues.gone"),
    (IN_ENGLISH, "config.step.user.data.b", "B", "warning: translations/en.json: config.step"),
    (IN_ENGLISH, "config.step.user.data_description.b", "B", "b: there is no such field"),
    (IN_ENGLISH, "config.step.user.sections.more.data.b", "B", "more.data.b: has no data"),
    (IN_ENGLISH, "config_subentries.eye.step.user.data", {}, "key: there is no such field"),
    (IN_ENGLISH, "issues.shut.fix_flow.step.open.data", {"b": "B"}, "open.data.b: has no data"),
    # Actions, triggers and conditions.
    ("services.yaml", "look", "all day", "error: services.yaml: look"),
    ("services.yaml", "look.colour", "red", "error: services.yaml: look.colour"),
    ("services.yaml", f"{HOW}.colour", "red", f"services.yaml: {HOW}.colour"),
    ("services.yaml", f"{HOW}.default", None, f"{HOW}.default: is empty"),
    ("services.yaml", f"{HOW}.required", "yes", f"{HOW}.required"),
    ("services.yaml", f"{HOW}.context", {}, f"{HOW}.context"),
    ("services.yaml", f"{HOW}.selector", {"crystal": {}}, f"{HOW}.selector: Unknown selector"),
    ("services.yaml", f"{FAR}.selector", {"number": {"min": "x"}}, f"{FAR}.selector.min"),
    ("services.yaml", f"{FAR}.filter", {"supported_features": ["x"]}, f"{FAR}.filter"),
    ("services.yaml", "look.target", GONE, f"error: services.yaml: {FAR}.filter"),
    ("services.yaml", "look.target.device", {}, "error: services.yaml: look.target"),
    ("services.yaml", "look.fields.far", {}, "error: services.yaml: look.far: is there twice"),
    ("services.yaml", "look.fields.near", {}, "warning: services.yaml: look.near: has no name"),
    ("services.yaml", "listen", {"name": "Listen"}, "warning: services.yaml: listen: has no desc"),
    ("triggers.yaml", "seen", {"fields": {"a": {"name": "A", "context": 7}}}, "a.context"),
    ("triggers.yaml", "seen", {"fields": {"a": {"name": "A", "filter": {}}}}, "a.filter"),
    ("conditions.yaml", "dark", {"fields": {"a": {}}}, "conditions.yaml: dark.a: has no name"),
    (IN_ENGLISH, "selector.how", GONE, "look.how: translations/en.json has no selector.how"),
    # Icons and pictures.
    ("icons.json", "services.look.service", "eye", "error: icons.json: services.look"),
    ("icons.json", "services.look", "fa:eye", "error: icons.json: services.look"),
    ("icons.json", f"{SIGHT}.default", "hass:eye", f"{SIGHT}.default: an icon starts"),
    ("icons.json", "pictures", {}, "error: icons.json: pictures"),
    ("icons.json", f"{SIGHT}.state.dim", "mdi:eye", f"{SIGHT}.state.dim: is the default"),
    ("icons.json", "entity.sensor.smell", {}, "warning: icons.json: entity.sensor.smell"),
    ("brand/icon.png", FILE, GONE, "warning: brand/icon.png: is missing"),
    ("brand/icon@3x.png", FILE, "", "warning: brand/icon@3x.png: is shown nowhere"),
    # HACS.
    ("hacs.json", "name", GONE, "error: hacs.json: name: required"),
    ("hacs.json", "colour", "red", "error: hacs.json: colour"),
    ("hacs.json", "homeassistant", "soon", "error: hacs.json: homeassistant: is no version"),
    ("hacs.json", "zip_release", True, "error: hacs.json: filename: a zip_release needs"),
]


def test_this_project_is_without_fault() -> None:
    """Without warnings too, though they would not fail the check."""
    assert check(ROOT) == []


def test_a_good_integration_is_without_fault(repository: Path) -> None:
    """Or each of the faults below might be found for another reason."""
    assert check(repository) == []


@pytest.mark.parametrize(
    ("file", "place", "value", "expected"), FAULTS, ids=[fault[-1] for fault in FAULTS]
)
def test_a_planted_fault_is_found(
    repository: Path, file: str, place: str, value: Any, expected: str
) -> None:
    """It, and nothing else."""
    plant(repository, file, place, value)
    [finding] = map(str, check(repository))
    assert expected in finding


def test_english_texts_are_expected(repository: Path) -> None:
    """Without them nothing that refers to them holds either."""
    plant(repository, IN_ENGLISH, FILE, GONE)
    assert f"warning: {IN_ENGLISH}: is missing" in map(str, check(repository))


@pytest.mark.parametrize(
    ("file", "place", "status"),
    [("brand/icon.png", FILE, 0), ("hacs.json", "name", 1)],
    ids=["warning", "error"],
)
def test_only_errors_fail(
    repository: Path, capsys: pytest.CaptureFixture[str], file: str, place: str, status: int
) -> None:
    """A warning is told and no more."""
    plant(repository, file, place, GONE)
    [finding] = check(repository)
    assert main([str(repository)]) == status
    told = capsys.readouterr().out.splitlines()
    assert told == [str(finding), f"{status} errors, {1 - status} warnings"]
