"""Read our own source code as a tree, for the tests that hold it to its rules."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
INTEGRATION = ROOT / "custom_components" / "eyewitness"
PACKAGE = "custom_components.eyewitness"


@dataclass(frozen=True)
class Module:
    """One source file of the integration."""

    name: str
    """Dotted, below the integration: ``chain.walk``; empty for ``__init__``."""
    path: Path
    tree: ast.Module

    @property
    def package(self) -> str:
        """Return what a relative import starts from."""
        return self.name if self.path.stem == "__init__" else self.name.rpartition(".")[0]


@cache
def modules() -> dict[str, Module]:
    """Return every module of the integration by its name."""
    found = {}
    for path in sorted(INTEGRATION.rglob("*.py")):
        parts = path.relative_to(INTEGRATION).with_suffix("").parts
        name = ".".join(part for part in parts if part != "__init__")
        found[name] = Module(name, path, ast.parse(path.read_text("utf-8")))
    return found


@dataclass(frozen=True)
class Import:
    """One imported module: ours by its name below the integration, or somebody else's."""

    target: str
    ours: bool
    deferred: bool
    """Inside a function: it happens when that runs."""


def imports(module: Module) -> Iterator[Import]:
    """Return what a module imports; a name imported from one of our packages may be a module."""
    for node, deferred in _with_scope(module.tree, deferred=False):
        match node:
            case ast.Import():
                for alias in node.names:
                    yield Import(alias.name, ours=False, deferred=deferred)
            case ast.ImportFrom(level=0):
                yield Import(node.module or "", ours=False, deferred=deferred)
            case ast.ImportFrom():
                base = module.package.split(".") if module.package else []
                base = base[: len(base) - node.level + 1]
                parent = ".".join([*base, *(node.module.split(".") if node.module else [])])
                for alias in node.names:
                    child = f"{parent}.{alias.name}" if parent else alias.name
                    name = child if child in modules() else parent
                    yield Import(name, ours=True, deferred=deferred)


def _with_scope(node: ast.AST, *, deferred: bool) -> Iterator[tuple[ast.AST, bool]]:
    for child in ast.iter_child_nodes(node):
        yield child, deferred
        inside = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        yield from _with_scope(child, deferred=deferred or inside)


def called(node: ast.Call) -> str:
    """Return the last part of the name of what is called."""
    match node.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def calls(module: Module) -> Iterator[ast.Call]:
    """Return every call in a module."""
    return (node for node in ast.walk(module.tree) if isinstance(node, ast.Call))


def words(node: ast.AST) -> Iterator[str]:
    """Return every text constant below a node."""
    for child in ast.walk(node):
        if isinstance(child, ast.Constant) and isinstance(child.value, str):
            yield child.value
