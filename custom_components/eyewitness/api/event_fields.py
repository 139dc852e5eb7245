"""Put an event into the fields that cards read."""

from typing import Any

from homeassistant.core import HomeAssistant, callback

from ..const import NAMES
from ..ledger.events import EventRow
from ..runtime import EyewitnessConfigEntry
from ..runtime.history import PictureSize
from ..runtime.settings import numbered_titles
from .pictures import async_signed


@callback
def async_fields(
    hass: HomeAssistant,
    entry: EyewitnessConfigEntry,
    event: EventRow,
    refresh_token_id: str | None,
) -> dict[str, Any]:
    """Return what a list shows of an event; the token is that of the user who will see it."""
    return {
        "event_id": event.event_id,
        "camera": event.camera,
        "camera_name": event.camera_name,
        "timestamp": event.timestamp,
        "status": event.status,
        "title": event.title,
        "description": event.description,
        "objects": event.objects,
        "confidence": event.confidence,
        "importance": event.importance,
        "provider": event.provider,
        "provider_name": _name(entry, event.provider, event.provider_id),
        "model": event.model,
        "reason": event.reason,
        "cost": event.cost,
        "total_time_ms": event.total_time_ms,
        "reused": event.reused,
        "stale": event.stale,
        "thumbnail": _address(hass, event, PictureSize.THUMBNAIL, refresh_token_id),
    }


@callback
def async_details(
    hass: HomeAssistant,
    entry: EyewitnessConfigEntry,
    event: EventRow,
    refresh_token_id: str | None,
) -> dict[str, Any]:
    """Return all that is known of an event."""
    attempts = [
        {**each, "provider_name": _name(entry, each["provider"], each.get("provider_id"))}
        for each in event.attempts
    ]
    return {
        **async_fields(hass, entry, event, refresh_token_id),
        "attempts": attempts,
        "picture": _address(hass, event, PictureSize.FULL, refresh_token_id),
    }


def _address(
    hass: HomeAssistant, event: EventRow, size: PictureSize, refresh_token_id: str | None
) -> str | None:
    if not event.picture_bytes:
        return None
    return async_signed(hass, event.event_id, size, refresh_token_id)


def _name(entry: EyewitnessConfigEntry, kind: str | None, provider_id: str | None) -> str | None:
    """Return what the user calls a provider, the vendor's name when it was removed since."""
    if kind is None:
        return None
    return numbered_titles(entry).get(provider_id or "") or NAMES.get(kind, kind)
