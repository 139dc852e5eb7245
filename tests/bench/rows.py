"""What the bench compares: each row is one action of Home Assistant and its data."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from tests.bench.home import PROBE, VendorProcess
from tests.bench.photos import SIZES
from tests.harness.eyewitness import ACTION

CORE_ACTION: Final = "ai_task.generate_data"
CORE_ENTITY: Final = "ai_task.openai_ai_task"
EYEWITNESS: Final = "Eyewitness"
CORE: Final = "core `ai_task`"
PEER: Final = "LLM Vision's recipe"
FLOOR: Final = "floor: "


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table."""

    name: str
    action: str
    data: Mapping[str, Any]


def camera(kind: str, number: int = 0, *, peer: bool = False) -> str:
    """Return the entity id of a camera for Eyewitness, or of one like it for the others."""
    return f"camera.{kind.lower()}_{'peer_' if peer else ''}{number}"


def burst_name(name: str, cameras: int, seconds: float) -> str:
    """Return the name of a burst's row."""
    return f"{name}, {cameras} cameras, vendor {seconds:g} s"


def describers(vendor: VendorProcess, kind: str, number: int = 0, suffix: str = "") -> list[Row]:
    """Return the three that describe one picture."""
    peers = camera(kind, number, peer=True)
    attachment = {
        "media_content_id": f"media-source://camera/{peers}",
        "media_content_type": "image/jpeg",
    }
    task = {
        "task_name": "bench",
        "entity_id": CORE_ENTITY,
        "instructions": "Say in two sentences what this camera sees.",
        "attachments": [attachment],
    }
    recipe = {"entity_id": peers, "url": vendor.chat_url}
    return [
        Row(EYEWITNESS + suffix, ACTION, {"entity_id": camera(kind, number)}),
        Row(PEER + suffix, f"{PROBE}.peer", recipe),
        Row(CORE + suffix, CORE_ACTION, task),
    ]


def floors(vendor: VendorProcess, kind: str) -> list[Row]:
    """Return what no description can do without."""
    shown = {"entity_id": camera(kind, peer=True)}
    return [
        Row(f"{FLOOR}action that does nothing", f"{PROBE}.nothing", {}),
        Row(f"{FLOOR}fetch of the picture", f"{PROBE}.fetch", shown),
        Row(f"{FLOOR}decode, scale, encode", f"{PROBE}.encode", {}),
        Row(f"{FLOOR}POST of a ready body", f"{PROBE}.post", {"url": vendor.chat_url}),
    ]


def all_rows(vendor: VendorProcess) -> list[Row]:
    """Return every row, the 1080p camera first."""
    first, *others = SIZES
    found = describers(vendor, first) + floors(vendor, first)
    for kind in others:
        found += describers(vendor, kind, suffix=f", {kind}")
    return found
