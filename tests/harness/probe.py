"""Custom integrations that measure from within a real Home Assistant."""

import json
from pathlib import Path
import shutil
from typing import Final

from tests.harness.hass import Hass

_MANIFEST: Final = {
    "codeowners": [],
    "config_flow": True,
    "dependencies": ["camera"],
    "documentation": "https://example.com",
    "iot_class": "calculated",
    "version": "0.0.1",
}
"""Not a file beside the code: hassfest would take that for one more integration of ours."""


def install(hass: Hass, folder: Path) -> Path:
    """Copy an integration, whose folder has its domain's name, into a home; return its place."""
    target = hass.path("custom_components", folder.name)
    shutil.copytree(folder, target, ignore=shutil.ignore_patterns("__pycache__"))
    manifest = {"domain": folder.name, "name": folder.name, **_MANIFEST}
    (target / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    return target
