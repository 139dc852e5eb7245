"""What the checks look at, and what they find."""

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, override

import voluptuous as vol

ENGLISH: Final = "translations/en.json"


class Severity(StrEnum):
    """How bad it is."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong."""

    severity: Severity
    file: str
    """Below the integration, or ``hacs.json``."""
    text: str

    @override
    def __str__(self) -> str:
        return f"{self.severity}: {self.file}: {self.text}"


def error(file: str, text: str) -> Finding:
    """Return what keeps the integration from being accepted."""
    return Finding(Severity.ERROR, file, text)


def warning(file: str, text: str) -> Finding:
    """Return what would be better otherwise."""
    return Finding(Severity.WARNING, file, text)


@dataclass(frozen=True)
class Module:
    """One file of Python."""

    name: str
    """Its path below the integration."""
    text: str
    tree: ast.Module


@dataclass(frozen=True)
class Integration:
    """A custom integration, as ``reading`` found it on the disk."""

    repository: Path
    folder: Path
    documents: Mapping[str, Mapping[str, Any]]
    """What its JSON and YAML files say, by their names."""
    modules: tuple[Module, ...]

    @property
    def manifest(self) -> Mapping[str, Any]:
        """Return what the manifest says."""
        return self.documents["manifest.json"]

    def listed(self, *keys: str) -> set[str]:
        """Return what lists of the manifest name, as far as they are lists of names."""
        lists = (self.manifest.get(key) for key in keys)
        found = (name for names in lists if isinstance(names, list) for name in names)
        return {name for name in found if isinstance(name, str)}

    def texts(self, *path: str) -> Mapping[str, Any]:
        """Return the English texts below a path; none where it leads nowhere."""
        found: Any = self.documents.get(ENGLISH)
        for name in path:
            found = found.get(name) if isinstance(found, Mapping) else None
        return found if isinstance(found, Mapping) else {}


def against(
    schema: vol.Schema, data: Any, file: str, path: Iterable[str] = ()
) -> Iterator[Finding]:
    """Hold data against a schema, and name the place of each fault."""
    try:
        schema(data)
    except vol.Invalid as err:
        for fault in err.errors if isinstance(err, vol.MultipleInvalid) else [err]:
            place = ".".join(map(str, [*path, *fault.path]))
            yield error(file, f"{place}: {fault.error_message}")
