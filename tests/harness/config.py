"""A throw-away configuration folder for a real Home Assistant."""

from collections.abc import Mapping, Sequence
import json
from pathlib import Path
from typing import Any

import yaml

PROJECT = Path(__file__).resolve().parents[2]
PHOTO = Path(__file__).with_name("front_door.jpg")
_CONFIGURATION = Path(__file__).with_name("configuration.yaml")

_CHATTY = (
    "custom_components.eyewitness",
    "anthropic",
    "google_genai",
    "httpcore",
    "httpx",
    "openai",
    "homeassistant.components.http",
    "homeassistant.helpers.translation",
)
"""What says everything that it does, when the log is what a test is about."""


def write_config(
    folder: Path, port: int, *, debug: bool, automations: Sequence[Mapping[str, Any]]
) -> None:
    """Write everything that Home Assistant reads at its first start."""
    for name in ("custom_components", "www", "media", ".storage"):
        (folder / name).mkdir(parents=True)
    integration = Path("custom_components", "eyewitness")
    (folder / integration).symlink_to(PROJECT / integration, target_is_directory=True)
    (folder / "www" / PHOTO.name).write_bytes(PHOTO.read_bytes())
    onboarding = {
        "version": 4,
        "minor_version": 1,
        "key": "onboarding",
        "data": {"done": ["core_config"]},
    }
    (folder / ".storage" / "onboarding").write_text(json.dumps(onboarding), encoding="utf-8")
    text = yaml.safe_dump(list(automations), sort_keys=False)
    (folder / "automations.yaml").write_text(text, encoding="utf-8")
    write_yaml(folder, port, debug=debug, first_start=True)


def write_yaml(folder: Path, port: int, *, debug: bool, first_start: bool) -> None:
    """Write configuration.yaml, with the address only for the first start."""
    logs = dict.fromkeys(_CHATTY if debug else (), "debug")
    settings: dict[str, Any] = {"logger": {"default": "warning", "logs": logs}}
    if first_start:
        settings["http"] = {"server_host": ["127.0.0.1"], "server_port": port}
    text = _CONFIGURATION.read_text("utf-8").replace("PORT", str(port))
    text = text.replace("FOLDER", str(folder.resolve())) + yaml.safe_dump(settings)
    (folder / "configuration.yaml").write_text(text, encoding="utf-8")
