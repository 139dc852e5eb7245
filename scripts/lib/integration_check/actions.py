"""The files that describe actions, triggers and conditions to the editor of automations."""

from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any, Final

from homeassistant.helpers import selector, service
import voluptuous as vol

from .model import ENGLISH, Finding, Integration, against, error, warning

KINDS: Final = ("services", "triggers", "conditions")


def _something(value: Any) -> Any:
    if value is None:
        raise vol.Invalid("is empty")
    return value


def _no_device(value: Any) -> Any:
    if "device" in value:
        raise vol.Invalid("a target takes no filter for devices")
    return value


TARGET: Final = vol.Any(None, vol.All(selector.TargetSelector.CONFIG_SCHEMA, _no_device))
WORDS: Final = {vol.Optional("name"): str, vol.Optional("description"): str}
FIELD: Final = {
    **WORDS,
    vol.Optional("advanced"): bool,
    vol.Optional("default"): _something,
    vol.Optional("example"): _something,
    vol.Optional("required"): bool,
    vol.Optional("selector"): selector.validate_selector,
}
FILTER: Final = {
    vol.Exclusive("attribute", "either"): {
        str: [vol.All(str, service.validate_attribute_option)],
    },
    vol.Exclusive("supported_features", "either"): [
        vol.All(str, service.validate_supported_feature)
    ],
}


def _schema(kind: str, *, targeted: bool) -> vol.Schema:
    """Return the schema of one action; only the target of one can be filtered."""
    field = {**FIELD}
    if kind != "services":
        field[vol.Optional("context")] = {str: str}
    elif targeted:
        field[vol.Optional("filter")] = FILTER
    plain = vol.Schema(field)
    section = vol.Schema(
        {**WORDS, vol.Optional("collapsed"): bool, vol.Required("fields"): {str: plain}}
    )

    def either(value: Any) -> Any:
        return section(value) if _is_section(value) else plain(value)

    return vol.Schema(
        {**WORDS, vol.Optional("target"): TARGET, vol.Optional("fields"): {str: either}}
    )


def _is_section(value: Any) -> bool:
    return isinstance(value, Mapping) and "fields" in value


def check(integration: Integration) -> Iterator[Finding]:
    """Check the form of each description, and, if that is right, its fields and texts."""
    for kind in KINDS:
        file = f"{kind}.yaml"
        for name, told in integration.documents.get(file, {}).items():
            spec = {} if told is None else told
            schema = _schema(kind, targeted=isinstance(spec, Mapping) and "target" in spec)
            faults = list(against(schema, spec, file, [name]))
            yield from faults or _about(integration, kind, name, spec)


def _about(
    integration: Integration, kind: str, name: str, spec: Mapping[str, Any]
) -> Iterator[Finding]:
    file = f"{kind}.yaml"
    if not integration.texts(kind, name):  # texts without one of the two are translations' affair
        for part in ("name", "description"):
            if part not in spec:
                yield warning(file, f"{name}: has no {part} in {ENGLISH}")
    fields = list(_fields(spec))
    names = [field for field, _ in fields]
    for field in sorted({field for field in names if names.count(field) > 1}):
        yield error(file, f"{name}.{field}: is there twice")
    for field, about in fields:
        if "name" not in about and field not in integration.texts(kind, name, "fields"):
            yield warning(file, f"{name}.{field}: has no name in {ENGLISH}")
        select = about.get("selector", {}).get("select") or {}
        key = select.get("translation_key")
        if key is not None and key not in integration.texts("selector"):
            yield error(file, f"{name}.{field}: {ENGLISH} has no selector.{key}")


def _fields(spec: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Return every field with its name, those of sections too."""
    fields = spec.get("fields", {})
    sections = (field["fields"].items() for field in fields.values() if _is_section(field))
    plain = ((name, field) for name, field in fields.items() if not _is_section(field))
    return chain(plain, *sections)
