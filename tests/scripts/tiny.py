"""A tiny integration that has one of everything, to plant faults in."""

from collections.abc import Mapping
import json
from pathlib import Path
from typing import Any

CODE = """
import homeassistant.components.camera
from homeassistant.components import sensor, websocket_api
from homeassistant.components.diagnostics import REDACTED
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from homeassistant.components.recorder import Recorder

CONFIG_SCHEMA = None

async def async_setup(hass, config):
    hass.services.async_register("tiny", "look", None)
"""
STEP = {
    "title": "Tiny",
    "data": {"key": "Key"},
    "data_description": {"key": "From {place}."},
    "sections": {"more": {"name": "More", "data": {"a": "A"}, "data_description": {"a": "B"}}},
}
FLOW = {"step": {"user": STEP}, "error": {"bad": "This isn't a key."}}
ACTION = {"name": "Look", "description": "Looks.", "fields": {"how": {"name": "How"}}}
TEXTS = {
    "config": FLOW,
    "config_subentries": {
        "eye": {**FLOW, "entry_type": "Eye", "initiate_flow": {"user": "Add an eye"}}
    },
    "issues": {
        "gone": {"title": "It is gone", "description": "Get another one."},
        "shut": {"title": "It is shut", "fix_flow": {"step": {"open": {"title": "Open it"}}}},
    },
    "services": {
        "look": {
            **ACTION,
            "fields": {name: {"name": "N", "description": "D"} for name in ("how", "far")},
        }
    },
    "triggers": {"seen": {"name": "Seen", "description": "Saw something."}},
    "conditions": {"dark": {"name": "Dark", "description": "It is dark."}},
    "entity": {
        "sensor": {
            "sight": {"name": "Sight of {what}", "state": {"sharp": "Sharp", "dim": "Dim"}},
        }
    },
    "selector": {"how": {"options": {"close": "Closely"}}},
}
LOOK = {
    "target": {"entity": {"domain": "camera"}},
    "fields": {
        "how": {
            "required": True,
            "selector": {"select": {"options": ["close"], "translation_key": "how"}},
        },
        "more": {
            "collapsed": True,
            "fields": {
                "far": {
                    "example": 3,
                    "selector": {"number": {"min": 1, "max": 9}},
                    "filter": {"supported_features": ["camera.CameraEntityFeature.STREAM"]},
                }
            },
        },
    },
}
ICONS = {
    "entity": {"sensor": {"sight": {"default": "mdi:eye", "state": {"dim": "mdi:eye-off"}}}},
    "services": {"look": {"service": "mdi:eye", "sections": {"more": "mdi:tune"}}},
}
MANIFEST = {
    "domain": "tiny",
    "name": "Tiny",
    "after_dependencies": ["recorder"],
    "codeowners": ["@tiny"],
    "config_flow": True,
    "dependencies": ["http"],
    "documentation": "https://example.com/tiny",
    "integration_type": "service",
    "iot_class": "local_push",
    "issue_tracker": "https://example.com/tiny/issues",
    "requirements": ["tiny>=1,<2"],
    "version": "0.1.0",
}
FILES: Mapping[str, Any] = {
    "hacs.json": {"name": "Tiny", "homeassistant": "2026.10.0"},
    ".venv/lib/other/manifest.json": {},
    "custom_components/tiny/manifest.json": MANIFEST,
    "custom_components/tiny/__init__.py": CODE,
    "custom_components/tiny/config_flow.py": "",
    "custom_components/tiny/diagnostics.py": "",
    "custom_components/tiny/trigger.py": "def async_get_triggers(hass): ...",
    "custom_components/tiny/condition.py": "def async_get_conditions(hass): ...",
    "custom_components/tiny/services.yaml": {"look": LOOK},
    "custom_components/tiny/triggers.yaml": {"seen": None},
    "custom_components/tiny/conditions.yaml": {"dark": None},
    "custom_components/tiny/icons.json": ICONS,
    "custom_components/tiny/translations/en.json": TEXTS,
    "custom_components/tiny/translations/de.json": {"title": "Winzig"},
    "custom_components/tiny/brand/icon.png": "",
}


def write(repository: Path) -> None:
    """Write the tiny integration."""
    for name, content in FILES.items():
        put(repository / name, content)


def put(file: Path, content: Any) -> None:
    """Write a file: text as it is, and everything else as JSON, which is YAML as well."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
