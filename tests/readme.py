"""The README's YAML, as a person copies it."""

import re
from typing import Any

import yaml

from tests.harness.config import PROJECT

README = (PROJECT / "README.md").read_text("utf-8")


def block(first_line: str) -> dict[str, Any]:
    """Return the one piece of YAML that begins with a line."""
    (text,) = re.findall(rf"```yaml\n({re.escape(first_line)}\n.*?)```", README, re.DOTALL)
    return dict(yaml.safe_load(text))


def dashboard() -> dict[str, Any]:
    """Return the stack of cards that it recommends."""
    return block("type: vertical-stack")
