"""The manifest: what it has to say, what it may say, and in which order."""

from collections.abc import Iterator
from typing import Final

from awesomeversion import AwesomeVersion, AwesomeVersionException, AwesomeVersionStrategy
import voluptuous as vol

from .model import Finding, Integration, against, error

FILE: Final = "manifest.json"
IOT_CLASSES: Final = (
    "assumed_state",
    "calculated",
    "cloud_polling",
    "cloud_push",
    "local_polling",
    "local_push",
)
TYPES: Final = ("device", "entity", "hardware", "helper", "hub", "service", "system")
SCALES: Final = (
    "bronze",
    "silver",
    "gold",
    "platinum",
    "custom",
    "no_score",
    "internal",
    "legacy",
)
SWITCHES: Final = ("config_flow", "import_executor", "single_config_entry")
LISTS: Final = ("after_dependencies", "dependencies", "loggers", "mqtt", "requirements")
UNJUDGED: Final = (
    "bluetooth",
    "dhcp",
    "homekit",
    "lorawan",
    "preview_features",
    "ssdp",
    "usb",
    "zeroconf",
)
"""Known, but with an inner form that is not looked into here."""
VERSIONS: Final = [
    AwesomeVersionStrategy.BUILDVER,
    AwesomeVersionStrategy.CALVER,
    AwesomeVersionStrategy.PEP440,
    AwesomeVersionStrategy.SEMVER,
    AwesomeVersionStrategy.SIMPLEVER,
]


def _documentation(value: str) -> str:
    if not value.startswith("https://"):
        raise vol.Invalid("has to start with https")
    if value.startswith("https://www.home-assistant.io/integrations"):
        raise vol.Invalid("leads to the pages of the integrations that Home Assistant ships")
    return value


def version(value: str) -> str:
    """Return a version that Home Assistant can compare."""
    try:
        AwesomeVersion(value, ensure_strategy=VERSIONS)
    except AwesomeVersionException as err:
        raise vol.Invalid("is no version") from err
    return value


SCHEMA: Final = vol.Schema(
    {
        vol.Required("domain"): str,
        vol.Required("name"): str,
        vol.Required("codeowners"): [str],
        vol.Required("documentation"): vol.All(vol.Url(), _documentation),
        vol.Required("iot_class"): vol.In(IOT_CLASSES),
        vol.Required("issue_tracker"): vol.Url(),  # HACS asks for it
        vol.Required("version"): vol.All(str, version),
        vol.Optional("disabled"): str,
        vol.Optional("integration_type"): vol.In(TYPES),
        vol.Optional("quality_scale"): vol.In(SCALES),
        **{vol.Optional(key): bool for key in SWITCHES},
        **{vol.Optional(key): [str] for key in LISTS},
        **{vol.Optional(key): object for key in UNJUDGED},
    }
)


def check(integration: Integration) -> Iterator[Finding]:
    """Check its form, then its sense, and then its order: each only if all before was right."""
    told = integration.manifest
    faults = list(against(SCHEMA, told, FILE))
    faults = faults or [error(FILE, text) for text in _contradictions(integration)]
    order = sorted(told, key=lambda key: (key != "domain", key != "name", key))
    if not faults and list(told) != order:
        faults = [error(FILE, f"the keys belong in the order {', '.join(order)}")]
    yield from faults


def _contradictions(integration: Integration) -> Iterator[str]:
    told = integration.manifest
    if told["domain"] != integration.folder.name:
        yield f"the domain {told['domain']} is not the folder's name {integration.folder.name}"
    if told.get("config_flow") and "integration_type" not in told:
        yield "config_flow asks for an integration_type"
    if told.get("config_flow") and not (integration.folder / "config_flow.py").is_file():
        yield "config_flow is on, but there is no config_flow.py"
    for requirement in told.get("requirements", []):
        if " " in requirement:
            yield f"the requirement {requirement!r} contains a space"
    before, after = integration.listed("dependencies"), integration.listed("after_dependencies")
    for name in sorted(before & after):
        yield f"{name} is both in dependencies and in after_dependencies"
