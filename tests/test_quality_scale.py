"""Hold the checklist of Home Assistant's quality scale against the tests that prove it."""

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
FOR_PEOPLE = {"integration-owner", *(rule for rule in RULES if rule.startswith("docs-"))}
"""What a person has to read: no program can say whether it is done well."""


def test_the_rules_are_home_assistants_own() -> None:
    """All of them, and no others."""
    core = load_yaml_dict(str(CORE / "anthropic" / "quality_scale.yaml"))["rules"]
    assert isinstance(core, dict)
    assert len(core) == 54
    assert set(RULES) == set(core)
    assert list(SCALE) == ["rules"]


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
