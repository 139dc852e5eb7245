"""The form of the English texts: what there may be, and what goes together."""

from collections.abc import Iterator, Mapping
import re
from typing import Any, Final

from homeassistant.helpers import config_validation as cv
import voluptuous as vol

from .model import ENGLISH, Finding, Integration, against, error, warning

KEY: Final = re.compile(r"[a-z0-9]+([-_][a-z0-9]+)*")
UNJUDGED: Final = (
    "application_credentials",
    "common",
    "config_panel",
    "conversation",
    "device",
    "device_automation",
    "entity_component",
    "preview_features",
    "system_health",
)
"""Known, but with an inner form that is not looked into here."""


def _text(value: Any) -> Any:
    """Tell a text from a group; the text itself is judged in ``wording``."""
    if isinstance(value, Mapping):
        raise vol.Invalid("a text is expected here, not a group")
    return value


def _key(value: Any) -> str:
    if not isinstance(value, str) or not KEY.fullmatch(value):
        raise vol.Invalid("is no key: small letters, digits, and single - or _ between them")
    return value


type Group = dict[Any, Any]


def _group(required: tuple[str, ...] = (), *optional: str) -> Group:
    """Return the schema of a group with these texts."""
    group: Group = {vol.Required(name): _text for name in required}
    return group | {vol.Optional(name): _text for name in optional}


TEXTS: Final[Group] = {str: _text}
KEYED_TEXTS: Final[Group] = {_key: _text}
FIELDS: Final[Group] = {vol.Optional("data"): TEXTS, vol.Optional("data_description"): TEXTS}
STEP: Final[Group] = {
    **_group((), "title", "description", "submit"),
    **FIELDS,
    vol.Optional("menu_options"): TEXTS,
    vol.Optional("menu_option_descriptions"): TEXTS,
    vol.Optional("sections"): {str: {**_group((), "name", "description"), **FIELDS}},
}
FLOW: Final[Group] = {
    vol.Optional("flow_title"): _text,
    vol.Required("step"): {str: STEP},
    **{vol.Optional(key): TEXTS for key in ("abort", "create_entry", "error", "progress")},
}
SUBENTRY: Final[Group] = {
    **FLOW,
    vol.Required("entry_type"): _text,
    vol.Required("initiate_flow"): {vol.Required("user"): _text, str: _text},
}
ENTITY: Final[Group] = {
    **_group((), "name", "unit_of_measurement"),
    vol.Optional("state"): KEYED_TEXTS,
    vol.Optional("state_attributes"): {
        _key: {**_group((), "name"), vol.Optional("state"): KEYED_TEXTS}
    },
}
ACTION: Final[Group] = {
    **_group(("name", "description")),
    vol.Optional("fields"): {_key: _group(("name", "description"), "example")},
    vol.Optional("sections"): {_key: _group(("name",), "description")},
}
ISSUE: Final = vol.All(
    cv.has_at_least_one_key("description", "fix_flow"),
    {
        vol.Required("title"): _text,
        vol.Exclusive("description", "either"): _text,
        vol.Exclusive("fix_flow", "either"): FLOW,
    },
)
SELECTOR: Final[Group] = {
    **{vol.Optional(key): KEYED_TEXTS for key in ("choices", "options", "unit_of_measurement")},
    vol.Optional("fields"): {_key: vol.Any(_text, _group(("name", "description")))},
}
SCHEMA: Final = vol.Schema(
    {
        vol.Optional("title"): _text,
        vol.Optional("config"): FLOW,
        vol.Optional("options"): FLOW,
        vol.Optional("config_subentries"): {_key: SUBENTRY},
        vol.Optional("selector"): {_key: SELECTOR},
        vol.Optional("entity"): {cv.slug: {_key: ENTITY}},
        vol.Optional("exceptions"): {_key: _group(("message",))},
        vol.Optional("issues"): {_key: ISSUE},
        **{vol.Optional(kind): {_key: ACTION} for kind in ("conditions", "services", "triggers")},
        **{vol.Optional(key): dict for key in UNJUDGED},
    }
)


def check(integration: Integration) -> Iterator[Finding]:
    """Check the form, and, if that is right, whether every field of a form is explained."""
    if "strings.json" in integration.documents:
        yield warning("strings.json", f"is Home Assistant's own; the place is {ENGLISH}")
    if ENGLISH not in integration.documents:
        yield warning(ENGLISH, "is missing")
        return
    faults = list(against(SCHEMA, integration.texts(), ENGLISH))
    yield from faults or _unexplained(integration)


def _unexplained(integration: Integration) -> Iterator[Finding]:
    for place, form in _forms(integration):
        fields, explained = set(form.get("data", ())), set(form.get("data_description", ()))
        for name in sorted(explained - fields):
            yield error(ENGLISH, f"{place}.data_description.{name}: there is no such field")
        for name in sorted(fields - explained):
            yield warning(ENGLISH, f"{place}.data.{name}: has no data_description")


def _forms(integration: Integration) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Return every form and every section of one, with its place."""
    flows = {
        **{name: integration.texts(name) for name in ("config", "options")},
        **{
            f"config_subentries.{name}": flow
            for name, flow in integration.texts("config_subentries").items()
        },
        **{
            f"issues.{name}.fix_flow": issue.get("fix_flow", {})
            for name, issue in integration.texts("issues").items()
        },
    }
    for name, flow in flows.items():
        for step, form in flow.get("step", {}).items():
            yield f"{name}.step.{step}", form
            for part, section in form.get("sections", {}).items():
                yield f"{name}.step.{step}.sections.{part}", section
