"""Hold the tests against what the client asked for, and the manifest against the pins.

The wording is short here; ``docs/architecture.md`` tells the story behind it.
"""

import ast
from functools import cache
from importlib.metadata import files, metadata
import json
from pathlib import Path
import re

import homeassistant
from homeassistant.const import __version__
from packaging.requirements import Requirement
from packaging.version import Version
import pytest

from tests.harness.demo.options import read_options
from tests.sources import INTEGRATION, ROOT

ASKED_FOR = {
    "AC1": "Grok follows the same interface as the other providers",
    "AC2": "the OpenAI-compatible API at api.x.ai through AsyncOpenAI; grok-2-vision-1212 first",
    "AC3": "base64-encoded images in the messages",
    "AC4": "the key is stored encrypted",
    "AC5": "when Grok fails, the next provider is asked within 2 seconds",
    "AC6": "2 retries with 500 ms between them before falling back",
    "AC7": "usage is tracked in a table ai_usage",
    "AC8": "Grok is in the list; default order OpenAI, Grok, Gemini, Anthropic, configurable",
    "T1": "30 s default timeout for Grok",
    "T2": "401: invalid key",
    "T3": "429: rate limit with backoff",
    "T4": "500 and 503: retry, then fall back",
    "T5": "a timeout falls back",
    "T6": "a model that is unavailable",
    "T7": "output cap of 300 tokens",
    "T8": "every field in the result",
    "T9": "the other providers: 3 retries after 2, 4, 8 s",
    "T10": "no secret in a log",
    "T11": "a manual check with a real key is easy: scripts/demo with the vendor's variable set",
}
CORE = Path(homeassistant.__file__).parent
MANIFEST = json.loads((INTEGRATION / "manifest.json").read_text("utf-8"))
REQUIREMENTS = [Requirement(text) for text in MANIFEST["requirements"]]
SDKS = ("openai", "anthropic", "google-genai")
MINIMUM = Version(json.loads((ROOT / "hacs.json").read_text("utf-8"))["homeassistant"])


@cache
def names_and_docstrings() -> str:
    """Return those of every test."""
    functions = (
        node
        for path in (ROOT / "tests").rglob("test_*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        if node.name.startswith("test_")
    )
    return "\n".join(
        f"{node.name.replace('_', ' ').upper()} {ast.get_docstring(node)}" for node in functions
    )


@pytest.mark.parametrize("item", ASKED_FOR)
def test_each_demand_has_a_test_that_names_it(item: str) -> None:
    """So that nobody has to guess which test stands for what."""
    assert re.search(rf"\b{item}\b", names_and_docstrings()), ASKED_FOR[item]


@pytest.mark.parametrize(
    ("vendor", "variable"),
    [
        *(("openai", "OPENAI_API_KEY"), ("grok", "XAI_API_KEY")),
        *(("gemini", "GEMINI_API_KEY"), ("anthropic", "ANTHROPIC_API_KEY")),
    ],
)
def test_t11_the_demo_asks_a_vendor_whose_key_is_in_the_environment(
    socket_enabled: None, vendor: str, variable: str
) -> None:
    """T11: one variable, which the README names, is all that a try with a real key takes."""
    options = read_options(["--once"], {variable: "a-key", "OTHER_API_KEY": "another"})
    assert options.real == {vendor: "a-key"}
    assert variable in (ROOT / "README.md").read_text("utf-8")


def pins(file: Path) -> dict[str, Version]:
    """Return the exact versions that a requirements file names."""
    found = re.findall(r"^([\w.-]+)==([^\s;\\]+)", file.read_text("utf-8"), re.MULTILINE)
    return {name.lower().replace("_", "-"): Version(version) for name, version in found}


def pinned_by_core() -> dict[str, Version]:
    """Return the versions that Home Assistant itself asks for."""
    found = pins(CORE / "package_constraints.txt")
    for manifest in (CORE / "components").glob("*/manifest.json"):
        for text in json.loads(manifest.read_text("utf-8")).get("requirements", []):
            name, equal, version = text.partition("==")
            if equal:
                found[name.partition("[")[0].lower().replace("_", "-")] = Version(version)
    return found


@pytest.mark.parametrize("requirement", REQUIREMENTS, ids=lambda requirement: requirement.name)
def test_a_requirement_is_a_floor_below_what_is_pinned(requirement: Requirement) -> None:
    """Home Assistant moves its pins monthly; with a ceiling below one nobody could install us."""
    assert {specifier.operator for specifier in requirement.specifier} == {">="}
    assert pins(ROOT / "requirements" / "test.txt")[requirement.name] in requirement.specifier


@pytest.mark.parametrize("name", SDKS)
def test_the_floors_are_the_pins_of_the_oldest_home_assistant(name: str) -> None:
    """Nobody is offered anything older; ``scripts/test --matrix`` runs this on the oldest one."""
    (floor,) = next(item for item in REQUIREMENTS if item.name == name).specifier
    pin = pinned_by_core()[name]
    assert pin >= Version(floor.version)
    assert pin == Version(floor.version) or Version(__version__) > MINIMUM


def test_nothing_is_asked_for_that_is_not_used() -> None:
    """Three SDKs, which core pins (or the floors above would prove nothing), prices and JSON."""
    assert {requirement.name for requirement in REQUIREMENTS} == {
        *SDKS,
        "genai-prices",
        "json-repair",
    }
    assert set(SDKS) <= pinned_by_core().keys()


@pytest.mark.parametrize("requirement", REQUIREMENTS, ids=lambda requirement: requirement.name)
def test_each_library_is_open_and_typed(requirement: Requirement) -> None:
    """Anybody may read what handles the keys, and mypy knows what is called."""
    facts = metadata(requirement.name).json
    licence = [facts.get(name) for name in ("license_expression", "license", "classifier")]
    assert re.search(r"\b(MIT|Apache)", str(licence))
    assert "py.typed" in {file.name for file in files(requirement.name) or ()}


def test_the_minimum_home_assistant_is_named_where_people_look() -> None:
    """HACS offers us to nobody older, and the README says so."""
    assert pins(ROOT / "requirements" / "test.txt")["homeassistant"] >= MINIMUM
    assert f"Home Assistant {MINIMUM} or newer" in (ROOT / "README.md").read_text("utf-8")
