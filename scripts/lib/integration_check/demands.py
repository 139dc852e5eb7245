"""What code makes necessary: files that describe what it registers, and a schema."""

import ast
from collections.abc import Iterator
from pathlib import PurePath
import re
from typing import Final

from .model import Finding, Integration, Module, error, warning

DESCRIBED: Final = (
    (
        "services.yaml",
        "*.py",
        re.compile(
            r"\bservices\.(async_)?register\b"
            r"|\basync_register_(admin|entity|platform_entity)_service\b"
        ),
    ),
    ("triggers.yaml", "trigger.py", re.compile(r"\basync_get_triggers\b")),
    ("conditions.yaml", "condition.py", re.compile(r"\basync_get_conditions\b")),
)
"""A file, the modules that may ask for it, and what they do then."""


def check(integration: Integration) -> Iterator[Finding]:
    """Find what is registered without a description, and a set-up without a schema."""
    for file, pattern, registers in DESCRIBED:
        if file in integration.documents:
            continue
        for module in integration.modules:
            if PurePath(module.name).match(pattern) and registers.search(module.text):
                yield error(module.name, f"registers what {file} would have to describe")
    for module in integration.modules:
        if module.name == "__init__.py" and _lacks_schema(module):
            yield warning(module.name, "has a set-up, but no CONFIG_SCHEMA")


def _lacks_schema(module: Module) -> bool:
    """Say whether it is set up from YAML without saying what may stand there."""
    functions = {
        node.name
        for node in module.tree.body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    return bool(functions & {"setup", "async_setup"}) and "CONFIG_SCHEMA" not in module.text
