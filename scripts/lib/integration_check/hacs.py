"""What HACS reads about a repository."""

from collections.abc import Iterator
from typing import Any, Final

import voluptuous as vol

from .manifest import version
from .model import Finding, Integration, against

FILE: Final = "hacs.json"


def _packed_under_a_name(value: dict[str, Any]) -> dict[str, Any]:
    if value.get("zip_release") and "filename" not in value:
        raise vol.Invalid("a zip_release needs a filename", path=["filename"])
    return value


SWITCHES: Final = ("content_in_root", "hide_default_branch", "render_readme", "zip_release")
KEYS: Final[dict[Any, Any]] = {
    vol.Required("name"): str,
    vol.Optional("country"): vol.Any(str, [str]),
    vol.Optional("homeassistant"): vol.All(str, version),
    **{vol.Optional(key): str for key in ("filename", "hacs", "persistent_directory")},
    **{vol.Optional(key): bool for key in SWITCHES},
}
SCHEMA: Final = vol.Schema(vol.All(KEYS, _packed_under_a_name))


def check(integration: Integration) -> Iterator[Finding]:
    """Check its form."""
    yield from against(SCHEMA, integration.documents[FILE], FILE)
