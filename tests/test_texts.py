"""Find a text for everything that is shown, and something that is shown for every text.

Home Assistant's own check of this is not in the test plugin: a missing text would go unnoticed
until somebody looks at an empty label.
"""

from collections.abc import Mapping
import json
import re
from typing import Any

from homeassistant.components.sensor import SensorDeviceClass, SensorEntityDescription
from homeassistant.core import HomeAssistant

from custom_components.eyewitness.chain import policy
from custom_components.eyewitness.const import KINDS
from custom_components.eyewitness.services import (
    _SCHEMA,
    SERVICE_DESCRIBE,
    SERVICE_ROTATE,
    SERVICE_TEST,
)
from tests.kit import FakeCamera, House
from tests.shown import ACTIONS, entities, everything, flat, raised, steps_of_the_flows
from tests.sources import INTEGRATION

TEXTS: dict[str, Any] = json.loads((INTEGRATION / "translations" / "en.json").read_text("utf-8"))
ICONS: dict[str, Any] = json.loads((INTEGRATION / "icons.json").read_text("utf-8"))
PLACEHOLDER = re.compile(r"{(\w+)}")
WITH_ICON = {SensorDeviceClass.MONETARY, SensorDeviceClass.DURATION}
"""Device classes that the front end has an icon for."""


def leaves(tree: Mapping[str, Any], path: str = "") -> dict[str, str]:
    """Return every text by its path."""
    found: dict[str, str] = {}
    for name, value in tree.items():
        here = f"{path}.{name}" if path else name
        found |= leaves(value, here) if isinstance(value, Mapping) else {here: value}
    return found


def differences(shown: set[str], texts: set[str]) -> list[str]:
    """Return what is wrong, in words."""
    missing = [f"shown, but without a text: {path}" for path in sorted(shown - texts)]
    return missing + [f"a text that nothing shows: {path}" for path in sorted(texts - shown)]


async def test_everything_shown_has_a_text_and_every_text_is_shown(
    hass: HomeAssistant, house: House, camera: FakeCamera
) -> None:
    """Take any one text away, or add one that nothing shows, and this fails."""
    found = await everything(hass, house)
    shown = found.paths
    texts = leaves(TEXTS)
    assert differences(shown, set(texts)) == []
    for planted in texts:
        assert differences(shown, set(texts) - {planted}) == [
            f"shown, but without a text: {planted}"
        ]
    assert {path.rpartition(".")[2] for path in found.forms} == steps_of_the_flows()
    for path, text in texts.items():
        given = [names for base, names in found.given.items() if path.startswith(base)]
        if wanted := set(PLACEHOLDER.findall(text)):
            assert given or path.startswith("exceptions."), path
        assert all(wanted <= names for names in given), path


def test_every_exception_has_its_placeholders() -> None:
    """A text that names a placeholder which is not given is shown with a hole."""
    assert len(raised()) >= 10
    for key, given in raised().items():
        wanted = set(PLACEHOLDER.findall(TEXTS["exceptions"][key]["message"]))
        assert wanted <= given, key


def test_texts_are_fit_to_be_read() -> None:
    """Each is a text, without spaces around it, and without HTML or an address in it."""
    for path, text in leaves(TEXTS).items():
        assert isinstance(text, str), path
        assert text, path
        assert text == text.strip(), path
        assert not re.search(r"<[a-z]|https?://|\[%key", text), path


def test_every_entity_has_an_icon() -> None:
    """From icons.json, or from its device class; and no icon is left over."""
    wanted = {
        f"{platform}.{d.translation_key}"
        for platform, d in entities()
        if d.device_class not in WITH_ICON
    }
    icons = {f"{platform}.{key}" for platform, keys in ICONS["entity"].items() for key in keys}
    assert icons == wanted
    options = {
        f"{platform}.{d.translation_key}": set(d.options or ())
        for platform, d in entities()
        if isinstance(d, SensorEntityDescription)
    }
    for platform, keys in ICONS["entity"].items():
        for key, icon in keys.items():
            assert set(icon.get("state", {})) <= options.get(f"{platform}.{key}", set())
            assert icon["default"] not in icon.get("state", {}).values()
    assert all(icon.startswith("mdi:") for icon in leaves(ICONS).values())


def test_every_action_and_section_has_an_icon() -> None:
    """The editor of automations shows them."""
    expected = {
        action: {"service", "sections"} if any_section else {"service"}
        for action, told in ACTIONS.items()
        for any_section in [[n for n, f in told["fields"].items() if "fields" in f]]
    }
    assert {action: set(icons) for action, icons in ICONS["services"].items()} == expected
    for action, told in ACTIONS.items():
        sections = {name for name, field in told["fields"].items() if "fields" in field}
        assert set(ICONS["services"][action].get("sections", {})) == sections


def test_the_editor_offers_what_the_action_takes() -> None:
    """services.yaml and the schema name the same fields, limits and defaults."""
    told = ACTIONS[SERVICE_DESCRIBE]["fields"]
    fields = {name: field for name, field in flat(told) if "selector" in field}
    assert set(fields) == {str(name) for name in _SCHEMA.schema}
    assert list(ACTIONS) == [SERVICE_DESCRIBE, SERVICE_TEST, SERVICE_ROTATE]
    for name in _SCHEMA.schema:
        required = type(name).__name__ == "Required"
        assert fields[str(name)].get("required", False) is required
    seconds = fields["timeout"]
    assert seconds["default"] == policy.TOTAL_SECONDS
    assert seconds["selector"]["number"]["min"] == policy.TOTAL_SECONDS_MIN
    assert seconds["selector"]["number"]["max"] == policy.TOTAL_SECONDS_MAX
    assert fields["max_tokens"]["default"] == policy.MAX_TOKENS
    assert fields["providers"]["selector"]["select"]["options"] == list(KINDS)
    for limit in ("min", "max"):
        value = fields["max_tokens"]["selector"]["number"][limit]
        assert _SCHEMA({"entity_id": "camera.a", "max_tokens": value})["max_tokens"] == value
