"""Gather what the integration can show: every form, error, entity, action and exception.

Each gatherer returns paths of texts in the form in which the translation file is laid out.
"""

import ast
from collections.abc import Iterator, Mapping
import importlib
from typing import Any

from homeassistant.components.sensor import SensorEntityDescription
from homeassistant.config_entries import SOURCE_USER
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import section
from homeassistant.helpers.entity import EntityDescription
from homeassistant.helpers.selector import ObjectSelector, Selector, validate_selector
from homeassistant.util.yaml import load_yaml_dict

from custom_components.eyewitness import PLATFORMS
from custom_components.eyewitness.const import DOMAIN, KINDS
from tests.kit import House
from tests.sources import INTEGRATION, PACKAGE, called, calls, modules, words

ACTIONS: dict[str, Any] = {
    action: told or {"fields": {}}
    for action, told in load_yaml_dict(str(INTEGRATION / "services.yaml")).items()
}

type Function = ast.FunctionDef | ast.AsyncFunctionDef


def selector_texts(selector: object) -> Iterator[str]:
    """Return the paths of the texts that a selector shows."""
    if not isinstance(selector, Selector) or "translation_key" not in selector.config:
        return
    base = f"selector.{selector.config['translation_key']}"
    if isinstance(selector, ObjectSelector):
        for name in selector.config["fields"]:
            yield from (f"{base}.fields.{name}.{part}" for part in ("name", "description"))
    else:
        yield from (f"{base}.options.{option}" for option in selector.config["options"])


def form_texts(base: str, schema: Any) -> Iterator[str]:
    """Return the paths of the texts of a form's fields: each has a name and a description."""
    for name, value in schema.schema.items():
        if isinstance(value, section):
            yield from (f"{base}.sections.{name}.{part}" for part in ("name", "description"))
            yield from form_texts(f"{base}.sections.{name}", value.schema)
        else:
            yield f"{base}.data.{name}"
            yield f"{base}.data_description.{name}"
            yield from selector_texts(value)


async def shown_forms(hass: HomeAssistant, house: House) -> dict[str, Any]:
    """Open every form of every flow; return them by where their texts lie."""
    entries = hass.config_entries
    first = await entries.flow.async_init(DOMAIN, context={"source": SOURCE_USER})
    entry = await house.set_up("openai", house.subentry("grok", ciphertext="lost"))
    (lost,) = entries.flow.async_progress_by_handler(
        DOMAIN, match_context={"entry_id": entry.entry_id}
    )
    add = await entries.subentries.async_init(
        (entry.entry_id, "provider"), context={"source": SOURCE_USER}
    )
    change = await house.entry_for_tests.start_subentry_reconfigure_flow(
        hass, house.provider("openai").subentry_id
    )
    found: dict[str, Any] = {
        "config": [first, await entries.flow.async_configure(lost["flow_id"])],
        "config_subentries.provider": [add, change],
        "options": [await entries.options.async_init(entry.entry_id)],
    }
    return {f"{place}.step.{f['step_id']}": f for place, forms in found.items() for f in forms}


def steps_of_the_flows() -> set[str]:
    """Return the names of the forms that the code can show."""
    return {
        word
        for name in ("config_flow", "provider_flow", "options_flow")
        for call in calls(modules()[name])
        if called(call) == "async_show_form"
        for node in call.keywords
        if node.arg == "step_id"
        for word in words(node.value)
    }


def flow_words(flow: str, *, of_class: bool) -> tuple[set[str], set[str]]:
    """Return the errors and abort reasons that a flow's class, or what is beside it, can give."""
    errors: set[str] = set()
    reasons: set[str] = set()
    parts = [
        part
        for part in modules()[flow].tree.body
        if isinstance(part, ast.ClassDef) is of_class and not isinstance(part, ast.Expr)
    ]
    for node in (node for part in parts for node in ast.walk(part)):
        match node:
            case ast.Call() if called(node) == "async_abort":
                reasons |= {w for k in node.keywords if k.arg == "reason" for w in words(k.value)}
            case ast.Assign(targets=[ast.Subscript()], value=ast.Constant(value=str(name))):
                errors.add(name)
            case ast.Assign(value=ast.Dict()) | ast.Return(value=ast.Dict() | ast.Tuple()):
                values = [v for d in ast.walk(node) if isinstance(d, ast.Dict) for v in d.values]
                errors |= {w for v in values if isinstance(v, ast.Constant) for w in words(v)}
            case ast.Return(value=ast.Constant(value=str(name))):
                errors.add(name)
            case ast.Return(
                value=ast.JoinedStr(values=[ast.FormattedValue(), ast.Constant() as tail])
            ):
                errors |= {f"{kind}{word}" for kind in KINDS for word in words(tail)}
    return errors, reasons


def flow_texts() -> Iterator[str]:
    """Return the paths of the errors and abort reasons of all flows."""
    shared, _ = flow_words("provider_flow", of_class=False)
    for place, flow, more in (
        ("config", "config_flow", shared),
        ("config_subentries.provider", "provider_flow", shared),
        ("options", "options_flow", set()),
    ):
        errors, reasons = flow_words(flow, of_class=True)
        yield from (f"{place}.error.{name}" for name in errors | more)
        yield from (f"{place}.abort.{name}" for name in reasons)
    yield "config_subentries.provider.entry_type"
    yield from (f"config_subentries.provider.initiate_flow.{s}" for s in ("user", "reconfigure"))


def raised() -> dict[str, set[str]]:
    """Return the keys of all translated exceptions, with the placeholders each is given."""
    found: dict[str, set[str]] = {}
    for function in functions():
        for call in (node for node in ast.walk(function) if isinstance(node, ast.Call)):
            given = {keyword.arg: keyword.value for keyword in call.keywords}
            is_error = called(call).endswith(("Error", "NotReady", "Failed", "__init__"))
            if not is_error or "translation_key" not in given:
                continue
            placeholders = given.get("translation_placeholders")
            names = set()
            if isinstance(placeholders, ast.Dict):
                names = {word for name in placeholders.keys if name for word in words(name)}
            for key in keys_of(given["translation_key"], function):
                found.setdefault(key, set()).update(names)
    return found


def functions() -> Iterator[Function]:
    """Return every function of the integration."""
    for module in modules().values():
        for node in ast.walk(module.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield node


def keys_of(key: ast.expr, function: Function) -> set[str]:
    """Return what a ``translation_key`` can be: a text, a variable's texts or an argument's."""
    if not isinstance(key, ast.Name):
        return set(words(key))
    assigned = {
        word
        for node in ast.walk(function)
        if isinstance(node, ast.Assign)
        and any(isinstance(t, ast.Name) and t.id == key.id for t in node.targets)
        for word in words(node.value)
    }
    arguments = [argument.arg for argument in function.args.args]
    if key.id not in arguments:
        return assigned
    place = arguments.index(key.id) - 1  # without self
    names = {
        node.name
        for module in modules().values()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ClassDef) and function in node.body
    }
    return assigned | {
        word
        for module in modules().values()
        for call in calls(module)
        if called(call) in names
        for word in words(call.args[place])
    }


def entities() -> Iterator[tuple[str, EntityDescription]]:
    """Return every entity that we can have and that we name, with its platform.

    One without a translation key is named by Home Assistant after its device class.
    """
    for platform in PLATFORMS:
        module = importlib.import_module(f"{PACKAGE}.{platform}")
        for value in vars(module).values():
            for found in value if isinstance(value, tuple) else (value,):
                # Home Assistant makes its own descriptions in a way that isinstance does not see.
                described = type(found).__name__.endswith("EntityDescription")
                described |= isinstance(found, EntityDescription)
                if described and found.translation_key:
                    yield platform, found


def entity_texts() -> Iterator[str]:
    """Return the paths of the entities' names, states and units."""
    for platform, description in entities():
        base = f"entity.{platform}.{description.translation_key}"
        yield f"{base}.name"
        if isinstance(description, SensorEntityDescription):
            yield from (f"{base}.state.{option}" for option in description.options or ())
            if description.state_class and not description.native_unit_of_measurement:
                yield f"{base}.unit_of_measurement"


def action_texts() -> Iterator[str]:
    """Return the paths of the actions' texts."""
    for action, told in ACTIONS.items():
        base = f"services.{action}"
        yield from (f"{base}.{part}" for part in ("name", "description"))
        for name, field in flat(told["fields"]):
            kind = "fields" if "selector" in field else "sections"
            yield from (f"{base}.{kind}.{name}.{part}" for part in ("name", "description"))
            if "selector" in field:
                ((selector_type, config),) = field["selector"].items()
                validate_selector(field["selector"])
                if config and "translation_key" in config:
                    assert selector_type == "select"
                    options = config["options"]
                    yield from (
                        f"selector.{config['translation_key']}.options.{o}" for o in options
                    )


def flat(fields: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Return sections and fields, those inside sections too."""
    for name, field in fields.items():
        yield name, field
        yield from flat(field.get("fields", {}))


async def attribute_texts(house: House) -> set[str]:
    """Return the paths of the names of our own attributes, read off the living entities."""
    await house.describe()
    known = {
        "options",
        "device_class",
        "state_class",
        "unit_of_measurement",
        "friendly_name",
        "icon",
    }
    keys = {f"{platform}.{d.key}": d.translation_key for platform, d in entities()}
    found = set()
    for entity_id in house.hass.states.async_entity_ids("sensor"):
        state = house.hass.states.get(entity_id)
        assert state is not None
        if own := state.attributes.keys() - known:
            key = keys[entity_id.replace("eyewitness_", "")]
            found |= {f"entity.sensor.{key}.state_attributes.{name}.name" for name in own}
    return found


async def everything(hass: HomeAssistant, house: House) -> tuple[set[str], dict[str, Any]]:
    """Return the paths of all texts that can be shown, and the forms; needs a camera."""
    forms = await shown_forms(hass, house)
    paths = {*flow_texts(), *entity_texts(), *action_texts(), *await attribute_texts(house)}
    for base, form in forms.items():
        paths |= {f"{base}.title", f"{base}.description", *form_texts(base, form["data_schema"])}
    paths |= {f"exceptions.{key}.message" for key in raised()}
    return paths, forms
