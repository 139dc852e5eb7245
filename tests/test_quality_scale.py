"""Hold the checklist of Home Assistant's quality scale against the tests that prove it."""

import json
from pathlib import Path
import re
from typing import Any

import homeassistant.components
from homeassistant.util.yaml import load_yaml_dict
import pytest

from tests.sources import INTEGRATION, ROOT

CORE = Path(homeassistant.components.__file__).parent
SCALE: dict[str, Any] = load_yaml_dict(str(INTEGRATION / "quality_scale.yaml"))
RULES: dict[str, Any] = SCALE["rules"]
FOR_PEOPLE = ["integration-owner", *(rule for rule in RULES if rule.startswith("docs-"))]
"""What a person has to read: no program can say whether it is done well, only that it is there."""
SECTIONS = {
    "docs-actions": "eyewitness.describe_camera_event",
    "docs-installation-instructions": "Installation",
    "docs-removal-instructions": "Removal",
    "docs-configuration-parameters": "What you can change later",
    "docs-installation-parameters": "What you are asked for",
    "docs-data-update": "updated",
    "docs-examples": "automation",
    "docs-known-limitations": "Known limits",
    "docs-supported-functions": "Sensors",
    "docs-troubleshooting": "does not work",
    "docs-use-cases": "good for",
}
"""Words in the heading of the README's section for a rule."""


def test_the_rules_are_home_assistants_own() -> None:
    """All of them, and no others."""
    core = load_yaml_dict(str(CORE / "anthropic" / "quality_scale.yaml"))["rules"]
    assert isinstance(core, dict)
    assert len(core) == 54
    assert set(RULES) == set(core)
    assert list(SCALE) == ["rules"]


@pytest.mark.parametrize("rule", [rule for rule in FOR_PEOPLE if RULES[rule] == "done"])
def test_what_people_read_is_there(rule: str) -> None:
    """Each rule about the documentation has a section with something in it."""
    readme = (ROOT / "README.md").read_text("utf-8")
    match rule:
        case "integration-owner":
            assert json.loads((INTEGRATION / "manifest.json").read_text("utf-8"))["codeowners"]
        case "docs-high-level-description":
            assert re.match(r"# Eyewitness\n\n\*\*.{40,}", readme)
        case _:
            assert re.search(rf"^##+ .*{SECTIONS[rule]}.*\n+[^#\n]", readme, re.MULTILINE)


@pytest.mark.parametrize("rule", RULES)
def test_each_rule_has_a_reason_or_a_proof(rule: str) -> None:
    """Whoever is exempt says why; what is done names the test that proves it, and that exists."""
    entry = RULES[rule] if isinstance(RULES[rule], dict) else {"status": RULES[rule]}
    assert entry.keys() <= {"status", "comment"}
    assert entry["status"] in {"done", "todo", "exempt"}
    comment: str = entry.get("comment", "")
    if entry["status"] == "exempt":
        assert comment.endswith(".")
    if entry["status"] == "done" and rule not in FOR_PEOPLE:
        proofs = re.findall(r"([\w/]+\.py)::(\w+)", comment)
        assert proofs
        for path, name in proofs:
            source = (ROOT / path).read_text("utf-8")
            assert re.search(rf"^(async )?def {name}\(", source, re.MULTILINE), name
