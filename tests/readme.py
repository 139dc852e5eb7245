"""The README's YAML, as a person copies it."""

import re
from typing import Any

import yaml

from tests.harness.config import PROJECT


def block(first_line: str) -> dict[str, Any]:
    """Return the one piece of YAML that begins with a line."""
    readme = (PROJECT / "README.md").read_text("utf-8")
    (text,) = re.findall(rf"```yaml\n({re.escape(first_line)}\n.*?)```", readme, re.DOTALL)
    return dict(yaml.safe_load(text))


def dashboard() -> dict[str, Any]:
    """Return the stack of cards that it recommends."""
    return block("type: vertical-stack")


def entities(node: Any) -> set[str]:
    """Return the ids of all entities that a part of a dashboard names."""
    match node:
        case {"entity": str(entity_id)}:
            return {entity_id}
        case dict():
            return set().union(*map(entities, node.values()))
        case list():
            return set().union(*map(entities, node))
    return set()
