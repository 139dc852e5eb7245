"""Gather what the integration can show: every form, error, entity, action and exception.

Each gatherer returns paths of texts in the form in which the translation file is laid out.
"""

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
import importlib
from inspect import iscoroutine
from typing import Any, Final

from homeassistant.components.sensor import SensorEntityDescription
from homeassistant.config_entries import SOURCE_USER
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, section
from homeassistant.helpers import entity_registry as er, issue_registry as ir
from homeassistant.helpers.entity import EntityDescription
from homeassistant.helpers.selector import ObjectSelector, Selector, validate_selector
from homeassistant.setup import async_setup_component
from homeassistant.util.yaml import load_yaml_dict
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.eyewitness import PLATFORMS, system_health
from custom_components.eyewitness.chain.attempt import Attempt
from custom_components.eyewitness.chain.failures import Kind
from custom_components.eyewitness.config_flow import EyewitnessConfigFlow
from custom_components.eyewitness.const import DOMAIN, KINDS
from custom_components.eyewitness.runtime import issues
from tests.kit import CAMERA, House
from tests.simulator import Model
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
    """Open every form and menu of every flow; return them by where their texts lie."""
    entries = hass.config_entries
    first = await entries.flow.async_init(DOMAIN, context={"source": SOURCE_USER})
    entry = await house.set_up("openai", house.subentry("grok", ciphertext="lost"))
    reauth = await house.entry_for_tests.start_reauth_flow(hass)
    change_all = await house.entry_for_tests.start_reconfigure_flow(hass)
    found: dict[str, Any] = {
        "config": [first, reauth, change_all, await _damaged(hass, house)],
        "config_subentries.provider": await _provider_forms(hass, house),
        "config_subentries.camera": await _camera_forms(hass, house),
        "options": [await entries.options.async_init(entry.entry_id)],
    }
    return {f"{place}.step.{f['step_id']}": f for place, forms in found.items() for f in forms}


async def _damaged(hass: HomeAssistant, house: House) -> Any:
    """Return the form for a damaged master key, which is mended again."""
    good = house.put_master_key("damaged")
    form = await house.entry_for_tests.start_reauth_flow(hass)
    house.put_master_key(good)
    return form


async def _provider_forms(hass: HomeAssistant, house: House) -> list[Any]:
    """Add a provider, try it out with each result, and do not store it."""
    flows = hass.config_entries.subentries
    known, sim = house.provider("openai"), house.sim
    change = await house.entry_for_tests.start_subentry_reconfigure_flow(hass, known.subentry_id)
    add = await flows.async_init(
        (house.entry.entry_id, "provider"), context={"source": SOURCE_USER}
    )
    typed = {
        "kind": "gemini",
        "api_key": sim.keys["gemini"],
        "advanced": {"base_url": sim.urls.gemini},
    }

    async def go(**user_input: Any) -> Any:
        return await flows.async_configure(add["flow_id"], user_input)

    shown = [change, add, await go(**typed), await go(model="auto")]
    shown.append(await go(next_step_id="test"))
    sim.fail("gemini", "refusal")
    shown.append(await go(next_step_id="test"))
    sim.set_models("gemini", [Model(id="unheard-of")])
    await go(next_step_id="model")
    await go(model="unheard-of")
    shown.append(await go(next_step_id="test"))
    return shown


async def _camera_forms(hass: HomeAssistant, house: House) -> list[Any]:
    flows = hass.config_entries.subentries
    handler = (house.entry.entry_id, "camera")
    add = await flows.async_init(handler, context={"source": SOURCE_USER})
    again = await flows.async_init(handler, context={"source": SOURCE_USER})
    await flows.async_configure(again["flow_id"], {"entity_id": CAMERA, "keep_pictures": True})
    await hass.async_block_till_done()
    (rules,) = house.entry.get_subentries_of_type("camera")
    change = await house.entry_for_tests.start_subentry_reconfigure_flow(hass, rules.subentry_id)
    return [add, change]


async def shown_issues(
    hass: HomeAssistant, house: House
) -> tuple[dict[str, ir.IssueEntry], dict[str, Any]]:
    """Make every issue and open its fix flow; return both by where their texts lie.

    In the end there is no provider any more.
    """
    assert await async_setup_component(hass, "repairs", {})
    provider_id = house.provider("openai").subentry_id
    house.runtime.chain.standing(provider_id).bench(Kind.BAD_REQUEST, 60)
    for kind in Kind:
        failed = Attempt(
            provider_id=provider_id, provider="openai", model="m", number=1, kind=kind, started=0.0
        )
        issues.async_reflect(hass, house.entry, house.runtime, [failed])
    registry = ir.async_get(hass)
    found = {f"issues.{issue.translation_key}": issue for issue in registry.issues.values()}
    forms: dict[str, Any] = {}
    for base, issue in found.items():
        form = await hass.data["repairs"]["flow_manager"].async_init(
            DOMAIN, context={"issue_id": issue.issue_id}
        )
        forms[f"{base}.fix_flow.step.{form['step_id']}"] = form
    for subentry_id in list(house.entry.subentries):
        hass.config_entries.async_remove_subentry(house.entry, subentry_id)
        await hass.async_block_till_done()
    (none,) = registry.issues.values()
    return {**found, f"issues.{none.translation_key}": none}, forms


_FLOWS: Final = (
    "flows.setup",
    "flows.reauth",
    "flows.provider",
    "flows.camera",
    "flows.options",
    "repairs",
)


def steps_of_the_flows() -> set[str]:
    """Return the names of the forms and menus that the code can show."""
    steps: set[str] = set()
    for call in (call for name in _FLOWS for call in calls(modules()[name])):
        if called(call) == "async_show_form":
            steps |= {w for k in call.keywords if k.arg == "step_id" for w in words(k.value)}
        elif called(call) == "_menu":
            steps |= set(words(call.args[0]))
    return steps


def flow_words(parts: Iterable[ast.stmt]) -> tuple[set[str], set[str]]:
    """Return the errors and abort reasons that classes or functions can give."""
    errors: set[str] = set()
    reasons: set[str] = set()
    for node in (node for part in parts for node in ast.walk(part)):
        match node:
            case ast.Call() if called(node) == "async_abort":
                reasons |= {w for k in node.keywords if k.arg == "reason" for w in words(k.value)}
            case ast.Call() if called(node) == "AbortFlow":
                reasons |= set(words(node.args[0]))
            case ast.Call(args=[ast.Constant(value=str(name)), *_]) if called(node) == "Found":
                errors.add(name)
            case ast.Assign(
                targets=[ast.Subscript(value=ast.Name(id="errors"))],
                value=ast.Constant(value=str(name)),
            ):
                errors.add(name)
            case ast.Return(value=ast.Dict() | ast.Tuple()):
                values = [v for d in ast.walk(node) if isinstance(d, ast.Dict) for v in d.values]
                errors |= {w for v in values if isinstance(v, ast.Constant) for w in words(v)}
            case ast.Return(value=ast.Constant(value=str(name))):
                errors.add(name)
            case ast.Return(
                value=ast.JoinedStr(values=[ast.FormattedValue(), ast.Constant() as tail])
            ):
                errors |= {f"{kind}{word}" for kind in KINDS for word in words(tail)}
    return errors, reasons


def classes(flow: str) -> dict[str, list[ast.stmt]]:
    """Return the classes of a module, and under an empty name what is beside them."""
    found: dict[str, list[ast.stmt]] = {"": []}
    for part in modules()[flow].tree.body:
        if isinstance(part, ast.ClassDef):
            found[part.name] = [part]
        elif isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef):
            found[""].append(part)
    return found


def flow_texts() -> Iterator[str]:
    """Return the paths of the errors and abort reasons of all flows."""
    shared, _ = flow_words([*classes("flows.key_check")[""], *classes("flows.address")[""]])
    camera, _ = flow_words(classes("flows.camera")[""])
    retry, pick = (classes("repairs")[name] for name in ("TryAgainFlow", "PickModelFlow"))
    fixes = dict.fromkeys(issues._ISSUES.values(), retry) | {issues.MODEL_MISSING: pick}
    first = classes("flows.setup")["SetupFlow"] + classes("flows.reauth")["ReauthFlow"]
    for place, parts, more in (
        ("config", first, shared),
        ("config_subentries.provider", classes("flows.provider")["ProviderFlow"], shared),
        ("config_subentries.camera", classes("flows.camera")["CameraFlow"], camera),
        ("options", classes("flows.options")["EyewitnessOptionsFlow"], set()),
        *((f"issues.{name}.fix_flow", parts, set()) for name, parts in fixes.items()),
    ):
        errors, reasons = flow_words(parts)
        yield from (f"{place}.error.{name}" for name in errors | more)
        yield from (f"{place}.abort.{name}" for name in reasons)
    for kind in EyewitnessConfigFlow.async_get_supported_subentry_types(MockConfigEntry()):
        yield f"config_subentries.{kind}.entry_type"
        for source in ("user", "reconfigure"):
            yield f"config_subentries.{kind}.initiate_flow.{source}"


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
    found = set()
    for entity_id in house.hass.states.async_entity_ids("sensor"):
        state = house.hass.states.get(entity_id)
        entity = er.async_get(house.hass).async_get(entity_id)
        assert state is not None
        assert entity is not None
        own = state.attributes.keys() - known
        key = entity.translation_key
        found |= {f"entity.sensor.{key}.state_attributes.{name}.name" for name in own}
    return found


async def health_texts(hass: HomeAssistant) -> set[str]:
    """Return the paths of the labels on the system page; every vendor may be in use."""
    info = await system_health.async_info(hass)
    for check in filter(iscoroutine, info.values()):
        check.close()
    keys = {*info, *(f"can_reach_{kind}" for kind in system_health.HOSTS)}
    return {f"system_health.info.{key}" for key in keys}


@dataclass(frozen=True)
class Shown:
    """Hold what can be shown."""

    paths: set[str]
    forms: dict[str, Any]
    """Forms and menus, by where their texts lie."""
    given: dict[str, set[str]]
    """Placeholders, by the beginning of the paths in whose texts they may stand."""


async def everything(hass: HomeAssistant, house: House) -> Shown:
    """Return the paths of all texts that can be shown, and the forms; needs a camera."""
    forms = await shown_forms(hass, house)
    paths = {*flow_texts(), *entity_texts(), *action_texts(), *await attribute_texts(house)}
    paths |= await health_texts(hass)
    reported, fixes = await shown_issues(hass, house)
    forms |= fixes
    given: dict[str, set[str]] = {}
    for base, form in forms.items():
        paths |= {f"{base}.title", f"{base}.description"}
        if form["type"] is FlowResultType.MENU:
            paths |= {f"{base}.menu_options.{option}" for option in form["menu_options"]}
        else:
            paths |= set(form_texts(base, form["data_schema"]))
        told = set(form["description_placeholders"] or ())
        given[f"{base}."] = told
        if form.get("errors") is not None:
            # An error is shown with the placeholders of its form, whichever form that is.
            place = f"{base.rpartition('.step.')[0]}.error."
            given[place] = given.get(place, told) & told
    for base, issue in reported.items():
        paths.add(f"{base}.title")
        given[f"{base}.title"] = set(issue.translation_placeholders or ())
        if not issue.is_fixable:
            paths.add(f"{base}.description")
    paths |= {f"exceptions.{key}.message" for key in raised()}
    return Shown(paths, forms, given)
