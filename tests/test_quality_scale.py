"""Hold the checklist of Home Assistant's quality scale against what is really there."""

import ast
from collections.abc import Callable
from importlib.metadata import metadata
from importlib.util import find_spec
import json
from pathlib import Path
import re
from typing import Any

import homeassistant.components
from homeassistant.util.yaml import load_yaml_dict
from packaging.requirements import Requirement
import pytest

from custom_components.eyewitness import PLATFORMS, config_flow
from tests.shown import entities
from tests.sources import INTEGRATION, ROOT, called, calls, modules

CORE = Path(homeassistant.components.__file__).parent
SCALE: dict[str, Any] = load_yaml_dict(str(INTEGRATION / "quality_scale.yaml"))
RULES: dict[str, Any] = SCALE["rules"]
MANIFEST: dict[str, Any] = json.loads((INTEGRATION / "manifest.json").read_text("utf-8"))
README = (ROOT / "README.md").read_text("utf-8")
STATUS = {rule: told if isinstance(told, str) else told["status"] for rule, told in RULES.items()}


def heading(pattern: str) -> Callable[[], bool]:
    """Check that the README has such a section, with something in it."""
    return lambda: bool(re.search(rf"^##+ .*(?:{pattern}).*\n+[^#\n]", README, re.MULTILINE))


def code(name: str) -> str:
    """Return the source of one of our modules."""
    return modules()[name].path.read_text("utf-8")


def called_in(name: str, function: str) -> set[str]:
    """Return what a function of ours calls."""
    return {
        called(call)
        for node in ast.walk(modules()[name].tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == function
        for call in ast.walk(node)
        if isinstance(call, ast.Call)
    }


def literals_raised() -> list[str]:
    """Return Home Assistant's exceptions that we raise without a translation key."""
    names = {"HomeAssistantError", "ServiceValidationError", "ConfigEntryError"}
    return [
        f"{name}:{call.lineno}"
        for name, module in modules().items()
        for call in calls(module)
        if called(call) in names and "translation_key" not in {k.arg for k in call.keywords}
    ]


def open_source() -> bool:
    """Say whether every library that we ask for has a licence that is known as open."""
    for text in MANIFEST["requirements"]:
        told = metadata(Requirement(text).name)
        licence = (
            f"{told.get('License-Expression')} {told.get('License')} {told.get_all('Classifier')}"
        )
        if not re.search(r"\b(MIT|Apache)", licence):
            return False
    return True


def typed() -> bool:
    """Say whether every library that we ask for ships its types."""
    packages = ("openai", "anthropic", "google.genai", "genai_prices")
    specs = [find_spec(package) for package in packages]
    return all(s and s.origin and (Path(s.origin).parent / "py.typed").exists() for s in specs)


CHECKS: dict[str, Callable[[], bool]] = {
    "action-setup": lambda: "async_setup_services" in called_in("", "async_setup"),
    "brands": (INTEGRATION / "brand" / "icon.png").is_file,
    "common-modules": lambda: "entity" in modules(),
    "config-flow": lambda: MANIFEST["config_flow"],
    "dependency-transparency": open_source,
    "docs-actions": heading("eyewitness.describe_camera_event"),
    "docs-high-level-description": lambda: bool(re.match(r"# Eyewitness\n\n\*\*.{40,}", README)),
    "docs-installation-instructions": heading("Installation"),
    "docs-removal-instructions": heading("Removal"),
    "entity-event-setup": lambda: "async_subscribe" in called_in("entity", "async_added_to_hass"),
    "entity-unique-id": lambda: "_attr_unique_id" in code("entity"),
    "has-entity-name": lambda: "_attr_has_entity_name = True" in code("entity"),
    "runtime-data": lambda: "entry.runtime_data = " in code("") and "hass.data" not in code(""),
    "test-before-configure": lambda: "async_ask" in called_in("flows.setup", "_take"),
    "test-before-setup": lambda: "ConfigEntryError" in called_in("", "async_setup_entry"),
    "unique-config-entry": lambda: MANIFEST["single_config_entry"],
    "action-exceptions": lambda: "ServiceValidationError" in code("services"),
    "config-entry-unloading": lambda: bool(called_in("", "async_unload_entry")),
    "docs-configuration-parameters": heading("What you can change later"),
    "docs-installation-parameters": heading("What you are asked for"),
    "integration-owner": lambda: len(MANIFEST["codeowners"]) > 0,
    "parallel-updates": lambda: all(
        re.search(r"^PARALLEL_UPDATES = \d", code(platform), re.MULTILINE) for platform in PLATFORMS
    ),
    "reauthentication-flow": lambda: hasattr(
        config_flow.EyewitnessConfigFlow, "async_step_reauth_confirm"
    ),
    "reconfiguration-flow": lambda: hasattr(
        config_flow.EyewitnessConfigFlow, "async_step_reconfigure"
    ),
    "devices": lambda: "DeviceInfo(" in code("entity"),
    "diagnostics": lambda: "diagnostics" in modules(),
    "docs-data-update": heading("updated|update"),
    "docs-examples": heading("automation"),
    "docs-known-limitations": heading("Known limits"),
    "docs-supported-functions": heading("Sensors"),
    "docs-troubleshooting": heading("does not work"),
    "docs-use-cases": heading("good for|use cases"),
    "entity-category": lambda: any(d.entity_category for _, d in entities()),
    "entity-device-class": lambda: any(d.device_class for _, d in entities()),
    "entity-translations": lambda: all(
        d.translation_key and not isinstance(d.name, str) for _, d in entities()
    ),
    "exception-translations": lambda: literals_raised() == [],
    "icon-translations": lambda: not any(d.icon for _, d in entities()),
    "repair-issues": lambda: "async_create_issue" in code("runtime.issues"),
    "async-dependency": lambda: all(
        name in code(module)
        for module, name in (
            ("providers.chat", "AsyncOpenAI"),
            ("providers.anthropic", "AsyncAnthropic"),
            ("providers.gemini", ".aio"),
        )
    ),
    "strict-typing": typed,
}
ELSEWHERE = {
    "config-flow-test-coverage",  # test_config_flow.py, and the coverage floor
    "dynamic-devices",  # test_init.py
    "stale-devices",  # test_sensor.py
    "test-coverage",  # scripts/test
    "log-when-unavailable",  # chain/test_matrix_breaker.py
}


def test_the_rules_are_home_assistants_own() -> None:
    """In its order too, so that the file can be compared by eye."""
    core = load_yaml_dict(str(CORE / "anthropic" / "quality_scale.yaml"))["rules"]
    assert isinstance(core, dict)
    assert len(core) == 54
    assert set(RULES) == set(core)
    assert list(SCALE) == ["rules"]


@pytest.mark.parametrize("rule", RULES)
def test_each_rule_has_a_status_and_a_reason(rule: str) -> None:
    """Whoever is exempt says why."""
    told = RULES[rule]
    assert STATUS[rule] in {"done", "todo", "exempt"}
    if isinstance(told, dict):
        assert set(told) == {"status", "comment"}
        assert told["comment"].strip().endswith(".")
    assert STATUS[rule] != "exempt" or isinstance(told, dict)


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule in CHECKS])
def test_what_is_done_holds(rule: str) -> None:
    """A rule that is marked as done passes its check; one that is to be done does not pass yet."""
    if STATUS[rule] == "exempt":
        pytest.fail("an exempt rule needs no check")
    assert CHECKS[rule]() is (STATUS[rule] == "done")


def test_silver_and_gold_name_the_test_that_proves_them() -> None:
    """And that test exists."""
    text = (INTEGRATION / "quality_scale.yaml").read_text("utf-8")
    named = load_yaml_dict(str(INTEGRATION / "quality_scale.yaml"))["rules"]
    rules = re.findall(
        r"^  ([a-z-]+):", text.partition("# Silver")[2].partition("# Platinum")[0], re.MULTILINE
    )
    assert len(rules) == 31
    for rule in rules:
        if STATUS[rule] == "done":
            path, _, name = named[rule]["comment"].rstrip(".").partition("::")
            assert re.search(
                rf"^(async )?def {name}\(", (ROOT / path).read_text("utf-8"), re.MULTILINE
            ), rule


def test_every_rule_that_is_done_is_checked() -> None:
    """Here, or by the tests that are named."""
    done = {rule for rule, status in STATUS.items() if status == "done"}
    assert done <= CHECKS.keys() | ELSEWHERE
