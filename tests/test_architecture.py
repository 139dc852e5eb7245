"""Keep the house as it was drawn: who may look at whom, and who alone does what.

A comment that asks for it is not enough: sooner or later somebody does not read it.
"""

import ast
import re
import subprocess
import sys

from homeassistant.const import Platform
import pytest

from tests.sources import (
    INTEGRATION,
    PACKAGE,
    ROOT,
    Module,
    called,
    calls,
    imports,
    modules,
)

SDKS = {"openai", "anthropic", "google", "genai_prices", "httpx", "httpx2"}
HOME_ASSISTANT = {"homeassistant", "voluptuous"}
BELOW_RUNTIME = {"chain", "keys", "ledger", "providers", "pictures"}

MAY_IMPORT: dict[str, set[str]] = {
    "chain": set(),
    "keys": set(),
    "ledger": set(),
    "providers": {"chain"},
    "pictures": {"chain"},
    "runtime": BELOW_RUNTIME,
    "pipeline": {"runtime", *BELOW_RUNTIME},
    "flows": {"pipeline", "runtime", *BELOW_RUNTIME},
    "api": {"flows", "pipeline", "runtime", *BELOW_RUNTIME},
}
"""The map: each room, and the rooms that it may look into. Files at the top may look into all of
them, and no room looks at a file at the top, but for the names in ``const``."""

LIBRARIES: dict[str, set[str]] = {
    "chain": set(),
    "keys": {"cryptography"},
    "ledger": {"sqlalchemy"},
    "providers": {"idna", *SDKS},
    "pictures": {"PIL", *HOME_ASSISTANT},
    "runtime": HOME_ASSISTANT,
    "pipeline": {"json_repair", *HOME_ASSISTANT},
    "flows": HOME_ASSISTANT,
    "api": {"aiohttp", *HOME_ASSISTANT},
}
"""What a room may use besides the standard library."""

RESERVED = {platform.value for platform in Platform} | {"backup", "trigger", "recorder", "energy"}
"""Home Assistant takes a folder at the top for a platform of that name."""
TOP_SEES: dict[str, set[str]] = {
    "": {"cards", "const", "services", "websocket_api"},
    "config_flow": {"const"},
    "const": set(),
    "entity": {"const"},
    "cards": {"const"},
    "services": {"const"},
    "websocket_api": set(),
    "media_source": {"const"},
    "sensor": {"const", "entity", "sensor_kinds"},
    "sensor_kinds": {"const"},
    "binary_sensor": {"const", "entity"},
    "button": {"const", "entity"},
    "event": {"const", "entity"},
    "image": {"const", "entity"},
    "repairs": {"const"},
    "diagnostics": {"const"},
    "system_health": {"const"},
    "logbook": {"const"},
    "backup": {"const"},
}
"""The files at the top, whose names Home Assistant knows, and what they may use of each other."""
PLATFORMS_SEE = {
    "sensor": {
        "runtime",
        "runtime.former_units",
        "pictures.rules",
        "ledger.rows",
        "pipeline.last_event",
        "pipeline.record",
    },
    "sensor_kinds": {"runtime", "ledger.rows", "chain.failures", "pipeline.last_event"},
    "binary_sensor": {"runtime", "chain.failures"},
    "event": {"runtime", "runtime.outcome_texts", "chain.attempt", "pipeline.record"},
    "image": {"runtime", "pictures", "pictures.kept_files", "pictures.keep", "pictures.rules"},
    "button": {
        "runtime",
        "flows",
        "flows.test_report",
        "pipeline",
        "pipeline.look",
        "pipeline.permission",
        "pipeline.self_test",
    },
    "entity": {
        "pictures.rules",
        "pipeline.publish",
        "pipeline.record",
        "providers.spec",
        "runtime",
        "runtime.accounts",
        "runtime.camera_devices",
    },
}
"""The rooms' modules that a platform may use: sensors read the runtime, the buttons start the
self-test and a description, and the base class of all hears of every event and camera."""
DEFAULTS = {"chain.task": {300}}
"""Numbers outside the policy that repeat one of its own."""


def within(name: str, *packages: str) -> bool:
    """Say whether a module is one of these or lies in one of them."""
    return any(name == package or name.startswith(f"{package}.") for package in packages)


def of(*packages: str) -> list[Module]:
    """Return the modules of some packages."""
    found = [module for name, module in modules().items() if within(name, *packages)]
    assert found
    return found


def room(name: str) -> str:
    """Return the room of a module, an empty text for a file at the top."""
    first = name.partition(".")[0]
    return first if first in MAY_IMPORT else ""


def looks_at(module: Module) -> set[str]:
    """Return our own modules that a module imports."""
    return {item.target for item in imports(module) if item.ours}


def foreign(module: Module) -> set[str]:
    """Return the packages of others that a module imports, by their first name."""
    return {item.target.partition(".")[0] for item in imports(module) if not item.ours}


def test_every_folder_is_a_room() -> None:
    """A new one gets a line in the table above, and says in its docstring what lives there."""
    folders = {path.parent.name for path in INTEGRATION.glob("*/__init__.py")}
    assert folders == MAY_IMPORT.keys()
    assert not folders & RESERVED
    for name in folders:
        assert len((ast.get_docstring(modules()[name].tree) or "").split()) > 5


def test_the_map_names_every_module_once() -> None:
    """Whoever adds one says in a line what it is for."""
    text = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    for name in MAY_IMPORT:
        section = text.partition(f"### {name}\n")[2].partition("\n### ")[0]
        named = re.findall(r"^- `([\w/]+)`: .{5,100}$", section, re.MULTILINE)
        here = {path.relative_to(INTEGRATION / name) for path in (INTEGRATION / name).rglob("*.py")}
        known = sorted(str(file.with_suffix("")) for file in here if file.stem != "__init__")
        assert sorted(set(named) - {"__init__"}) == known, name
        assert len(set(named)) == len(named)


def test_only_known_files_stand_at_the_top() -> None:
    """Everything else has a room."""
    assert {name for name in modules() if not room(name)} == TOP_SEES.keys()


@pytest.mark.parametrize("name", TOP_SEES)
def test_files_at_the_top_are_thin(name: str) -> None:
    """They know Home Assistant and the rooms; what needs a library of its own is in a room."""
    module = modules()[name]
    assert {target for target in looks_at(module) if not room(target)} <= TOP_SEES[name]
    assert foreign(module) <= sys.stdlib_module_names | HOME_ASSISTANT | {"aiohttp", "yarl"}


@pytest.mark.parametrize("module", of(*MAY_IMPORT), ids=lambda module: module.name)
def test_rooms_look_only_where_they_may(module: Module) -> None:
    """Each arrow of the map, both ways: towards our own rooms and towards libraries."""
    here = room(module.name)
    for target in looks_at(module):
        if room(target):
            assert room(target) in {here, *MAY_IMPORT[here]}, f"imports {target}"
        else:
            assert target == "const", f"imports {target}, which is a file at the top"
            assert here != "chain"
    assert foreign(module) <= sys.stdlib_module_names | LIBRARIES[here]


def test_the_map_has_no_circles() -> None:
    """Each room needs only rooms that stand on their own without it."""
    built: set[str] = set()
    while able := {name for name, needs in MAY_IMPORT.items() if needs <= built} - built:
        built |= able
    assert built == MAY_IMPORT.keys()


@pytest.mark.parametrize("name", PLATFORMS_SEE)
def test_platforms_look_at_the_runtime_only(name: str) -> None:
    """They show what it holds; of the others they know names and the types it holds."""
    assert {target for target in looks_at(modules()[name]) if room(target)} <= PLATFORMS_SEE[name]


def test_no_circles() -> None:
    """Two modules that import each other are one module in two files."""
    graph = {name: looks_at(module) - {name} for name, module in modules().items()}
    while leaves := [name for name, targets in graph.items() if not targets & graph.keys()]:
        for name in leaves:
            del graph[name]
    assert graph == {}


def users(*names: str) -> set[str]:
    """Return the modules that call or import something with one of these names."""
    return {
        name
        for name, module in modules().items()
        if any(called(node) in names for node in calls(module))
        or any(
            part in names
            for item in imports(module)
            if not item.ours
            for part in (item.target, item.target.rpartition(".")[2])
        )
        or any(
            alias.name in names
            for node in ast.walk(module.tree)
            if isinstance(node, ast.ImportFrom) and not node.level
            for alias in node.names
        )
    }


@pytest.mark.parametrize(
    ("who", "what"),
    [
        ({"pipeline.publish"}, ("async_fire", "async_fire_internal")),
        (
            {"runtime.issues", "runtime.budget_reports"},
            ("async_start_reauth", "async_start_reauth_if_available", "issue_registry"),
        ),
        (
            {"pictures.grab", "image"},  # the latter is such an entity itself
            ("homeassistant.components.camera", "homeassistant.components.image"),
        ),
        (
            {
                "pictures.blank",
                "pictures.decode",
                "pictures.drawing",
                "pictures.masks",
                "pictures.prepare",
                "pictures.scene",
                "pictures.turbo",
            },
            ("PIL",),
        ),
        ({"pipeline.answer_fields"}, ("json_repair",)),
        ({"pictures.turbo"}, ("ctypes",)),
        ({"ledger.store"}, ("create_engine",)),
        ({"ledger.errors"}, ("sqlite3",)),
        ({"keys.vault", "keys.master_key"}, ("Fernet", "cryptography.fernet")),
    ],
    ids=lambda value: "+".join(sorted(value)) if isinstance(value, set) else None,
)
def test_one_module_alone(who: set[str], what: tuple[str, ...]) -> None:
    """One fires events, one asks the user, one looks at cameras, one opens files of ours."""
    assert users(*what) == who


def test_the_numbers_live_in_the_policy() -> None:
    """The chain's other modules hold no number that somebody could want to tune."""
    harmless = {0, 1, 2, -1, 1000}  # nothing, one, both; milliseconds in a second
    for module in of("chain"):
        if module.name == "chain.policy":
            continue
        numbers = {
            node.value
            for node in ast.walk(module.tree)
            if isinstance(node, ast.Constant) and isinstance(node.value, int | float)
        }
        assert {n for n in numbers if n not in harmless} <= DEFAULTS.get(module.name, set())


def test_an_sdk_is_imported_only_where_it_is_needed() -> None:
    """Outside its own provider nobody imports an SDK, and the shared modules not at their top."""
    for name, module in modules().items():
        for item in imports(module):
            root = item.target.partition(".")[0]
            if item.ours or root not in SDKS or item.deferred:
                continue
            assert within(name, "providers"), f"{name} imports {root}"
            assert name not in {"providers", "providers.base", "providers.registry"}


@pytest.mark.timeout(130)
@pytest.mark.parametrize(
    ("kinds", "sdk"),
    [
        ([], None),
        (["openai", "grok", "openai_compatible"], "openai"),
        (["gemini"], "google.genai"),
        (["anthropic"], "anthropic"),
    ],
)
def test_only_what_a_provider_needs_is_imported(kinds: list[str], sdk: str | None) -> None:
    """Libraries take seconds and memory on a small machine; without a provider none is needed.

    httpx and, from 2026.11 on, httpx2 are there before us: Home Assistant itself imports them.
    """
    program = f"""
import ssl, sys
import {PACKAGE}, {PACKAGE}.config_flow, {PACKAGE}.sensor
from {PACKAGE}.pipeline.rehearsal import rehearse
from {PACKAGE}.providers import registry
from {PACKAGE}.providers.spec import Spec
tls, address = ssl.create_default_context(), "http://127.0.0.1:1/v1"
specs = [Spec(id=kind, kind=kind, api_key="k", base_url=address) for kind in {kinds!r}]
if providers := [registry.build(spec, tls) for spec in specs]:
    rehearse(providers)
print(*sorted({{"openai", "anthropic", "google.genai", "genai_prices"}} & set(sys.modules)))
print(*sorted({{"json_repair", "PIL.ImageDraw", "PIL.ImageFont"}} & set(sys.modules)))
"""
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    sdks, helpers = done.stdout.splitlines()
    assert set(sdks.split()) == ({sdk, "genai_prices"} if sdk else set())
    assert bool(helpers) is bool(sdk)


@pytest.mark.parametrize("module", modules().values(), ids=lambda module: module.name or "init")
def test_every_file_can_be_read_in_one_sitting(module: Module) -> None:
    """Above 300 lines there is a second idea in it."""
    assert len(module.path.read_text("utf-8").splitlines()) <= 300
    assert ast.get_docstring(module.tree), "says what it is"


def test_nothing_but_code_and_texts_is_shipped() -> None:
    """HACS copies this folder to people's machines."""
    known = {".py", ".json", ".js", ".yaml", ".png"}
    files = [path for path in INTEGRATION.rglob("*") if path.is_file()]
    assert not [p for p in files if "__pycache__" not in p.parts and p.suffix not in known]
