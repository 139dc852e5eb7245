"""Manifests elsewhere: hassfest takes each file of that name for an integration of its own."""

from collections.abc import Iterator
from pathlib import Path

from .model import Finding, Integration, error


def check(integration: Integration) -> Iterator[Finding]:
    """Look through all of the checkout but its hidden folders, .venv among them."""
    for folder, folders, files in integration.repository.walk():
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        if "manifest.json" in files and folder != integration.folder:
            yield error(_name(folder, integration.repository), "hassfest would judge it as well")


def _name(folder: Path, repository: Path) -> str:
    return (folder.relative_to(repository) / "manifest.json").as_posix()
