"""The icons of entities, actions and forms."""

from collections.abc import Iterator
from typing import Any, Final

from homeassistant.helpers import config_validation as cv
import voluptuous as vol

from .model import ENGLISH, Finding, Integration, against, error, warning

FILE: Final = "icons.json"


def _icon(value: Any) -> str:
    if not isinstance(value, str) or not value.startswith("mdi:"):
        raise vol.Invalid("an icon starts with mdi:")
    return value


ICONS: Final = {str: _icon}
STATES: Final = {
    vol.Optional("default"): _icon,
    vol.Optional("range"): ICONS,
    vol.Optional("state"): ICONS,
}
STEPS: Final = {"step": {str: {"sections": ICONS}}}
SCHEMA: Final = vol.Schema(
    {
        vol.Optional("conditions"): {str: {vol.Optional("condition"): _icon}},
        vol.Optional("config"): STEPS,
        vol.Optional("entity"): {
            cv.slug: {str: {**STATES, vol.Optional("state_attributes"): {str: STATES}}}
        },
        vol.Optional("issues"): {str: {"fix_flow": STEPS}},
        vol.Optional("options"): STEPS,
        vol.Optional("services"): {
            str: vol.Any(_icon, {vol.Optional("service"): _icon, vol.Optional("sections"): ICONS})
        },
        vol.Optional("triggers"): {str: {vol.Optional("trigger"): _icon}},
    }
)


def check(integration: Integration) -> Iterator[Finding]:
    """Check the form, and, if that is right, the icons of entities."""
    told = integration.documents.get(FILE, {})
    faults = list(against(SCHEMA, told, FILE))
    yield from faults or _entities(integration, told.get("entity", {}))


def _entities(integration: Integration, told: dict[str, Any]) -> Iterator[Finding]:
    for platform, entities in told.items():
        for key, icons in entities.items():
            place = f"entity.{platform}.{key}"
            if key not in integration.texts("entity", platform):
                yield warning(FILE, f"{place}: {ENGLISH} has no such entity")
            for state, icon in icons.get("state", {}).items():
                if icon == icons.get("default"):
                    yield error(FILE, f"{place}.state.{state}: is the default icon")
