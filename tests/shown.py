"""Record what the integration shows while it runs, as paths in the translation file."""

from collections.abc import Iterator, Mapping
import json
import re
from typing import Any

from homeassistant.components.repairs import RepairsFlow
from homeassistant.components.sensor import SensorEntityDescription
from homeassistant.config_entries import ConfigSubentryFlow, OptionsFlow
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowManager, section
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.entity import Entity
from homeassistant.helpers.entity_component import DATA_INSTANCES
from homeassistant.helpers.selector import ObjectSelector, Selector, selector
from homeassistant.util.yaml import load_yaml_dict
import pytest

from custom_components.eyewitness import PLATFORMS
from custom_components.eyewitness.const import DOMAIN
from custom_components.eyewitness.event import CameraEvent
from custom_components.eyewitness.pipeline import (
    budget_texts,
    budget_watch,
    failing_cameras,
    reasons,
)
from custom_components.eyewitness.runtime import outcome_texts
from tests.sources import INTEGRATION, PACKAGE

ACTIONS: dict[str, Any] = {
    action: description or {"fields": {}}
    for action, description in load_yaml_dict(str(INTEGRATION / "services.yaml")).items()
}
PLACEHOLDER = re.compile(r"{(\w+)}")


def as_read(markdown: str) -> str:
    """Return a text as a page shows it, without the backslashes that keep it from acting."""
    return re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", markdown)


def leaves(tree: Mapping[str, Any], path: str = "") -> dict[str, str]:
    """Return every text by its path."""
    found: dict[str, str] = {}
    for name, value in tree.items():
        here = f"{path}.{name}" if path else name
        found |= leaves(value, here) if isinstance(value, Mapping) else {here: value}
    return found


TEXTS = leaves(json.loads((INTEGRATION / "translations" / "en.json").read_text("utf-8")))


class Shown(dict[str, set[str]]):
    """Paths of the texts that were shown, and the placeholders that came with them each time."""

    def add(self, base: str, *parts: str, placeholders: Mapping[str, str] | None = None) -> None:
        """Note that the texts with these names below a path were shown."""
        names = set(placeholders or ())
        for path in (f"{base}.{part}" for part in parts):
            self[path] = self.get(path, names) & names

    def faults(self, texts: Mapping[str, str] = TEXTS) -> list[str]:
        """Return what was shown without a text, or without what its text has a place for."""
        found = []
        for path in sorted(self):
            if path not in texts:
                found.append(f"shown, but without a text: {path}")
            elif not self[path].issuperset(PLACEHOLDER.findall(texts[path])):
                found.append(f"shown without a placeholder: {path}")
        return found

    def add_flow_result(self, flow: Any, result: Mapping[str, Any]) -> None:
        """Note a form or menu, its errors, or the reason for which a flow was aborted."""
        place = _place(flow)
        given = result.get("description_placeholders")
        if result["type"] == "abort" and "translation_domain" not in result:
            self.add(f"{place}.abort", result["reason"], placeholders=given)
        if result["type"] == "create_entry" and result.get("description"):
            self.add(f"{place}.create_entry", result["description"], placeholders=given)
        if result["type"] == "progress":
            self.add(place, f"step.{result['step_id']}.title")
            self.add(f"{place}.progress", result["progress_action"], placeholders=given)
        if result["type"] in {"form", "menu"}:
            step = f"{place}.step.{result['step_id']}"
            self.add(step, "title", "description", placeholders=given)
            self.add(f"{step}.menu_options", *result.get("menu_options", ()), placeholders=given)
            self.add(f"{place}.error", *(result.get("errors") or {}).values(), placeholders=given)
        if result["type"] == "form":
            self._add_fields(step, result["data_schema"], given)
            if isinstance(flow, RepairsFlow) or f"{step}.submit" in TEXTS:
                self.add(step, "submit", placeholders=given)  # or the button says *Submit*
        if isinstance(flow, ConfigSubentryFlow):
            self.add(place, "entry_type", f"initiate_flow.{flow.source}")

    def _add_fields(self, base: str, schema: Any, given: Mapping[str, str] | None) -> None:
        for name, field in schema.schema.items():
            if isinstance(field, section):
                part = f"{base}.sections.{name}"
                self.add(part, "name", "description", placeholders=given)
                self._add_fields(part, field.schema, given)
            else:
                self.add(base, f"data.{name}", f"data_description.{name}", placeholders=given)
                self.add_selector(field)

    def add_selector(self, field: object) -> None:
        """Note the texts of a field's options, or of an object's own fields."""
        if isinstance(field, Selector) and "translation_key" in field.config:
            base = f"selector.{field.config['translation_key']}"
            if isinstance(field, ObjectSelector):
                for name in field.config["fields"]:
                    self.add(f"{base}.fields.{name}", "name", "description")
            else:
                self.add(f"{base}.options", *field.config["options"])

    def add_entities(self, hass: HomeAssistant) -> None:
        """Note the entities' names, states, units and attributes."""
        for platform, entity in entities(hass):
            description = entity.entity_description
            base = f"entity.{platform}.{description.translation_key}"
            self.add(base, "name")
            for name in entity.extra_state_attributes or ():
                self.add(f"{base}.state_attributes.{name}", "name")
            if isinstance(entity, CameraEvent):
                attributes = f"{base}.state_attributes"
                for name in (*entity._unrecorded_attributes, "event_id", "event_type"):
                    self.add(f"{attributes}.{name}", "name")
                self.add(f"{attributes}.event_type.state", *entity.event_types)
                self.add(f"{attributes}.importance.state", "low", "normal", "high")
            if isinstance(description, SensorEntityDescription):
                self.add(f"{base}.state", *description.options or ())

    def add_actions(self) -> None:
        """Note the actions, as the editor of automations shows them."""
        for action, description in ACTIONS.items():
            self.add(f"services.{action}", "name", "description")
            for name, field in flat(description["fields"]):
                kind = "fields" if "selector" in field else "sections"
                self.add(f"services.{action}.{kind}.{name}", "name", "description")
                if "selector" in field:
                    self.add_selector(selector(field["selector"]))


def _place(flow: Any) -> str:
    match flow:
        case RepairsFlow():
            # Of a provider's report the id ends with the provider's.
            known = f"issues.{flow.issue_id}.title" in TEXTS
            name = flow.issue_id if known else flow.issue_id.rpartition("_")[0]
            return f"issues.{name}.fix_flow"
        case ConfigSubentryFlow():
            return f"config_subentries.{flow.handler[1]}"
        case OptionsFlow():
            return "options"
    return "config"


def entities(hass: HomeAssistant) -> Iterator[tuple[str, Entity]]:
    """Return our entities with their platforms, but for those named after their device class."""
    for platform in PLATFORMS:
        for entity in hass.data[DATA_INSTANCES][platform].entities:
            if type(entity).__module__.startswith(PACKAGE) and entity.translation_key:
                yield platform, entity


def flat(fields: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Return an action's sections and fields, those inside sections too."""
    for name, field in fields.items():
        yield name, field
        yield from flat(field.get("fields", {}))


def record(monkeypatch: pytest.MonkeyPatch) -> Shown:
    """Note every form, menu, error, report and exception from now on."""
    shown = Shown()
    handle, create = FlowManager._async_handle_step, ir.async_create_issue
    init, sentence = HomeAssistantError.__init__, outcome_texts.async_sentence
    text = outcome_texts.text

    async def handle_step(manager: Any, flow: Any, *args: Any) -> Any:
        result = await handle(manager, flow, *args)
        if type(flow).__module__.startswith(PACKAGE):
            shown.add_flow_result(flow, result)
        return result

    def create_issue(*args: Any, **issue: Any) -> None:
        create(*args, **issue)
        if DOMAIN in args:
            parts = ("title",) if issue["is_fixable"] else ("title", "description")
            given = issue.get("translation_placeholders")
            shown.add(f"issues.{issue['translation_key']}", *parts, placeholders=given)

    def init_error(err: HomeAssistantError, *args: Any, **texts: Any) -> None:
        init(err, *args, **texts)
        if err.translation_domain == DOMAIN:
            given = err.translation_placeholders
            shown.add(f"exceptions.{err.translation_key}", "message", placeholders=given)

    async def make_sentence(hass: HomeAssistant, key: str, **placeholders: str) -> str:
        shown.add(f"exceptions.{key}", "message", placeholders=placeholders)
        return await sentence(hass, key, **placeholders)

    def find_text(hass: HomeAssistant, path: str, **placeholders: str) -> str:
        shown.add(*path.rsplit(".", 1), placeholders=placeholders)
        return text(hass, path, **placeholders)

    monkeypatch.setattr(outcome_texts, "text", find_text)
    for module in (outcome_texts, reasons, failing_cameras, budget_texts, budget_watch):
        monkeypatch.setattr(module, "async_sentence", make_sentence)
    monkeypatch.setattr(FlowManager, "_async_handle_step", handle_step)
    monkeypatch.setattr(ir, "async_create_issue", create_issue)
    monkeypatch.setattr(HomeAssistantError, "__init__", init_error)
    return shown
