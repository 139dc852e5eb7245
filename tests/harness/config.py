"""A throw-away configuration folder for a real Home Assistant."""

import json
from pathlib import Path
from typing import Any

import yaml

PROJECT = Path(__file__).resolve().parents[2]
PHOTO = Path(__file__).with_name("front_door.jpg")

_QUIET = {"default": "warning"}
_CHATTY = {
    "default": "warning",
    "logs": {
        "custom_components.eyewitness": "debug",
        "anthropic": "debug",
        "google_genai": "debug",
        "httpcore": "debug",
        "httpx": "debug",
        "openai": "debug",
        "homeassistant.components.http": "debug",
        "homeassistant.helpers.translation": "debug",
    },
}

_HELPERS: dict[str, Any] = {
    "front_door_motion": {"name": "Front door motion", "icon": "mdi:motion-sensor"}
}


def write_config(
    folder: Path,
    port: int,
    *,
    debug: bool = False,
    automations: list[dict[str, Any]] | None = None,
) -> None:
    """Write everything that Home Assistant reads at its first start."""
    (folder / "custom_components").mkdir(parents=True)
    (folder / "www").mkdir()
    (folder / ".storage").mkdir()
    (folder / "custom_components" / "eyewitness").symlink_to(
        PROJECT / "custom_components" / "eyewitness", target_is_directory=True
    )
    (folder / "www" / "front_door.jpg").write_bytes(PHOTO.read_bytes())
    (folder / ".storage" / "onboarding").write_text(
        json.dumps(
            {
                "version": 4,
                "minor_version": 1,
                "key": "onboarding",
                "data": {"done": ["core_config"]},
            }
        ),
        encoding="utf-8",
    )
    (folder / "automations.yaml").write_text(
        yaml.safe_dump(automations or [], sort_keys=False), encoding="utf-8"
    )
    write_yaml(folder, port, debug=debug, first_start=True)


def write_yaml(folder: Path, port: int, *, debug: bool, first_start: bool) -> None:
    """Write configuration.yaml, with the address only for the first start."""
    settings: dict[str, Any] = {
        "frontend": {},
        "config": {},
        "recorder": {"commit_interval": 1},
        "history": {},
        "logbook": {},
        "media_source": {},
        "camera": [],
        "image": [],
        "person": [],
        "sun": {},
        "input_boolean": _HELPERS,
        "script": {},
        "template": [
            {
                "image": {
                    "name": "Front door photo",
                    "unique_id": "front_door_photo",
                    "url": f"http://127.0.0.1:{port}/local/front_door.jpg",
                }
            }
        ],
        "logger": _CHATTY if debug else _QUIET,
    }
    if first_start:
        settings["http"] = {"server_host": ["127.0.0.1"], "server_port": port}
    text = yaml.safe_dump(settings, sort_keys=False)
    text += "automation: !include automations.yaml\n"
    (folder / "configuration.yaml").write_text(text, encoding="utf-8")
