"""Keep the house as it was drawn: who may look at whom, and who alone does what.

A comment that asks for it is not enough: see Frigate in the project's study of other integrations.
"""

import ast
import subprocess
import sys

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
PLATFORMS = ("sensor", "binary_sensor", "event", "entity")
"""Some of them do not exist yet; ``entity`` is what they share."""
DEFAULTS = {"chain.models": {300}}
"""Numbers outside the policy that repeat one of its own."""


def within(name: str, *packages: str) -> bool:
    """Say whether a module is one of these or lies in one of them."""
    return any(name == package or name.startswith(f"{package}.") for package in packages)


def of(*packages: str) -> list[Module]:
    """Return the modules of some packages."""
    found = [module for name, module in modules().items() if within(name, *packages)]
    assert found
    return found


def looks_at(module: Module) -> set[str]:
    """Return our own modules that a module imports."""
    return {item.target for item in imports(module) if item.ours}


def foreign(module: Module) -> set[str]:
    """Return the packages of others that a module imports, by their first name."""
    return {item.target.partition(".")[0] for item in imports(module) if not item.ours}


@pytest.mark.parametrize("module", of("chain"), ids=lambda module: module.name)
def test_the_chain_needs_the_standard_library_only(module: Module) -> None:
    """So it runs, and is tested, without a Home Assistant and without a vendor."""
    assert foreign(module) <= sys.stdlib_module_names
    assert all(within(name, "chain") for name in looks_at(module))


@pytest.mark.parametrize("module", of("providers"), ids=lambda module: module.name)
def test_providers_know_the_chain_and_the_sdks(module: Module) -> None:
    """They never see Home Assistant."""
    assert foreign(module) <= sys.stdlib_module_names | SDKS
    assert all(within(name, "providers", "chain", "const") for name in looks_at(module))


@pytest.mark.parametrize(
    ("package", "libraries"), [("ledger", {"sqlalchemy"}), ("vault", {"cryptography"})]
)
def test_ledger_and_vault_stand_alone(package: str, libraries: set[str]) -> None:
    """Each knows its own library, and nothing of Home Assistant or of the chain."""
    for module in of(package):
        assert foreign(module) <= sys.stdlib_module_names | libraries
        assert all(within(name, package, "const") for name in looks_at(module))


@pytest.mark.parametrize("name", [name for name in PLATFORMS if name in modules()])
def test_platforms_look_at_the_runtime_only(name: str) -> None:
    """They show what it holds; of the others they know names and the types it holds."""
    allowed = {"runtime", "entity", "const", "ledger", "chain.kinds"}
    assert looks_at(modules()[name]) <= allowed


def test_nobody_looks_up_the_stairs() -> None:
    """Chain ← providers ← describer ← services ← set-up, and the flows beside them."""
    stairs = [
        {"const", "chain", "vault"},
        {"providers", "ledger"},
        {"memory", "cameras"},
        {"runtime"},
        {"bus", "issues", "snapshot", "entity", "keepsake", "report", "words", "logbook"},
        {"describer", "sensor", "binary_sensor", "self_test", "provider_check"},
        {"diagnostics", "system_health", "button", "assembly", "options_flow", "camera_flow"},
        {"rekey", "provider_flow"},
        {"services", "reauth_flow", "repairs"},
        {"config_flow"},
        {""},
    ]
    floor = {name: i for i, names in enumerate(stairs) for name in names}
    for name, module in modules().items():
        top = name.partition(".")[0]
        assert top in floor, f"{top} has no place in the house yet"
        for target in looks_at(module):
            other = target.partition(".")[0]
            assert other == top or floor[other] <= floor[top], f"{name} looks up at {target}"


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
        ({"bus"}, ("async_fire", "async_fire_internal")),
        ({"issues"}, ("async_start_reauth", "async_start_reauth_if_available", "issue_registry")),
        (
            {"snapshot"},
            ("homeassistant.components.camera", "homeassistant.components.image", "PIL"),
        ),
        ({"ledger.store"}, ("create_engine", "sqlite3")),
        ({"vault"}, ("Fernet", "cryptography.fernet")),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, set) else None,
)
def test_one_module_alone(who: set[str], what: tuple[str, ...]) -> None:
    """One fires events, one asks the user, one looks at cameras, one opens files of ours."""
    assert users(*what) == who


def test_the_numbers_live_in_the_policy() -> None:
    """The chain's other modules hold no number that somebody could want to tune.

    The shape of an answer (``chain.answer``) is the action's contract and no policy.
    """
    harmless = {0, 1, 2, -1, 1000}  # nothing, one, both; milliseconds in a second
    for module in of("chain"):
        if module.name in {"chain.policy", "chain.answer"}:
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
def test_setting_up_imports_no_sdk() -> None:
    """They take seconds on a small machine, and only those of the vendors in use are needed."""
    program = f"""
import sys
import {PACKAGE}, {PACKAGE}.config_flow, {PACKAGE}.sensor
print(sorted({SDKS - {"httpx"}!r} & set(sys.modules)))
print("google.genai" in sys.modules)
"""
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    assert done.stdout.splitlines() == ["[]", "False"]


@pytest.mark.parametrize("module", modules().values(), ids=lambda module: module.name or "init")
def test_every_file_can_be_read_in_one_sitting(module: Module) -> None:
    """Above 300 lines there is a second idea in it."""
    assert len(module.path.read_text("utf-8").splitlines()) <= 300
    assert ast.get_docstring(module.tree), "says what it is"


def test_nothing_but_code_and_texts_is_shipped() -> None:
    """HACS copies this folder to people's machines."""
    known = {".py", ".json", ".yaml", ".png"}
    files = [path for path in INTEGRATION.rglob("*") if path.is_file()]
    assert not [p for p in files if "__pycache__" not in p.parts and p.suffix not in known]
