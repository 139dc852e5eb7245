"""What the code imports of Home Assistant's integrations, which the manifest has to name."""

import ast
from collections.abc import Iterator
from typing import Final

from homeassistant.const import Platform

from .model import Finding, Integration, error

ALWAYS_THERE: Final = frozenset(
    {
        "alert",
        "automation",
        "conversation",
        "default_config",
        "device_automation",
        "frontend",
        "group",
        "homeassistant",
        "input_boolean",
        "input_button",
        "input_datetime",
        "input_number",
        "input_select",
        "input_text",
        "labs",
        "media_source",
        "mjpeg",
        "onboarding",
        "panel_custom",
        "persistent_notification",
        "person",
        "script",
        "shopping_list",
        "stream",
        "sun",
        "system_health",
        "system_log",
        "timer",
        "webhook",
        "websocket_api",
        "zone",
    }
)
"""hassfest lets these be used without being named, as it does the kinds of entities."""


def check(integration: Integration) -> Iterator[Finding]:
    """Name each integration that a module uses and that nothing has announced."""
    announced = integration.listed("dependencies", "after_dependencies")
    announced |= ALWAYS_THERE | set(Platform) | {integration.folder.name}
    for module in integration.modules:
        for domain in sorted(set(_imported(module.tree)) - announced):
            if not _is_served(integration, domain):
                yield error(module.name, f"uses {domain}, which the manifest does not name")


def _is_served(integration: Integration, domain: str) -> bool:
    """Say whether we offer that integration a module, which only it loads."""
    folder = integration.folder
    return (folder / f"{domain}.py").is_file() or (folder / domain).is_dir()


def _imported(tree: ast.Module) -> Iterator[str]:
    for node in _running(tree):
        match node:
            case ast.Import(names=names):
                paths = [alias.name for alias in names]
            case ast.ImportFrom(module=str(module), names=names, level=0):
                paths = [f"{module}.{alias.name}" for alias in names]
            case _:
                continue
        for path in paths:
            match path.split("."):
                case ["homeassistant", "components", domain, *_]:
                    yield domain


def _running(node: ast.AST) -> Iterator[ast.AST]:
    """Return all that a module does; what is there for type checkers only is not."""
    for child in ast.iter_child_nodes(node):
        match child:
            case ast.If(test=ast.Name(id="TYPE_CHECKING")):
                continue
        yield child
        yield from _running(child)
