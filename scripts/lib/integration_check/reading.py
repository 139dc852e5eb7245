"""Read an integration from the disk, once for all checks."""

import ast
from collections.abc import Iterator
import json
from pathlib import Path
from typing import Any, Final

from homeassistant.exceptions import HomeAssistantError
from homeassistant.util.yaml import load_yaml_dict

from .model import Finding, Integration, Module, error

REQUIRED: Final = "manifest.json"
OPTIONAL: Final = (
    "icons.json",
    "strings.json",
    "translations/*.json",
    "services.yaml",
    "triggers.yaml",
    "conditions.yaml",
)


class UnreadableError(Exception):
    """Nothing can be judged before these faults are mended."""

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__(*map(str, findings))
        self.findings = findings


def read(repository: Path) -> Integration:
    """Read the one integration of a repository, with hacs.json beside it."""
    parent = repository / "custom_components"
    folders = [path for path in sorted(parent.glob("[!._]*")) if path.is_dir()]
    if len(folders) != 1:
        text = f"HACS expects one integration in a repository, not {len(folders)}"
        raise UnreadableError([error(parent.name, text)])
    [folder] = folders
    documents: dict[str, dict[str, Any]] = {}
    modules: list[Module] = []
    faults: list[Finding] = []
    for name, path in _files(repository, folder):
        try:
            if path.suffix == ".py":
                text = path.read_text("utf-8")
                modules.append(Module(name, text, ast.parse(text)))
            else:
                documents[name] = _document(path)
        except (OSError, ValueError, SyntaxError, HomeAssistantError) as err:
            faults.append(error(name, f"cannot be read: {err}"))
    if faults:
        raise UnreadableError(faults)
    return Integration(repository, folder, documents, tuple(modules))


def _files(repository: Path, folder: Path) -> Iterator[tuple[str, Path]]:
    yield "hacs.json", repository / "hacs.json"
    yield REQUIRED, folder / REQUIRED
    for pattern in (*OPTIONAL, "**/*.py"):
        for path in sorted(folder.glob(pattern)):
            yield path.relative_to(folder).as_posix(), path


def _document(path: Path) -> dict[str, Any]:
    """Return what a file says; it has to be a mapping."""
    if path.suffix == ".yaml":
        return load_yaml_dict(path)
    match json.loads(path.read_text("utf-8")):
        case dict() as told:
            return told
    raise ValueError("it holds no mapping")
