"""Tell the activity list what was seen, and what could not be described.

Home Assistant does not translate these texts for us, so they are in the language of the house.
Anybody may fire an event with our name, so nothing in one is taken for granted.
"""

from collections.abc import Callable
from functools import partial
from typing import Any, Final

from homeassistant.components.logbook.const import (
    LOGBOOK_ENTRY_ENTITY_ID,
    LOGBOOK_ENTRY_ICON,
    LOGBOOK_ENTRY_MESSAGE,
    LOGBOOK_ENTRY_NAME,
)
from homeassistant.components.logbook.models import LazyEventPartialState
from homeassistant.core import HomeAssistant, callback, valid_entity_id

from .chain.text import clean
from .const import DOMAIN, EVENT_DESCRIBED, EVENT_FAILED, NAMES
from .pipeline.answer import TITLE_CHARS
from .pipeline.record import Status
from .runtime import outcome_texts

FAILURES: Final[dict[str, str]] = {
    Status.FAILED: "failed",
    Status.REFUSED: "refused",
    Status.OFFLINE: "offline",
    Status.FAILED_CAMERA: "failed_camera",
    Status.NO_PROVIDER: "no_provider",
    Status.NOT_ALLOWED: "not_allowed",
    Status.INTERRUPTED: "interrupted",
    Status.BUDGET: "budget",
    Status.DROPPED: "dropped",
}
"""The text of each way to fail."""
SEEN_ICON: Final = "mdi:cctv"
FAILED_ICON: Final = "mdi:cctv-off"
_NAME_CHARS: Final = 100

type Entry = dict[str, Any]


@callback
def async_describe_events(
    hass: HomeAssistant,
    async_describe_event: Callable[[str, str, Callable[[LazyEventPartialState], Entry]], None],
) -> None:
    """Offer the words for both events."""
    async_describe_event(DOMAIN, EVENT_DESCRIBED, partial(_described, hass))
    async_describe_event(DOMAIN, EVENT_FAILED, partial(_failed, hass))


def _words(hass: HomeAssistant, key: str, **placeholders: str) -> str:
    return outcome_texts.text(hass, f"common.logbook_{key}", **placeholders)


def _described(hass: HomeAssistant, event: LazyEventPartialState) -> Entry:
    title = _text(event, "title", TITLE_CHARS)
    provider = _text(event, "provider", _NAME_CHARS)
    if not title:
        message = _words(hass, "described")
    elif event.data.get("reused") is True:  # the answer of an earlier event: nothing has changed
        message = _words(hass, "sees_still", title=title)
    else:
        message = _words(hass, "saw", title=title)
    if provider in NAMES:
        name = outcome_texts.kind_name(hass, provider)
        message = _words(hass, "by", message=message, provider=name)
    return _entry(hass, event, message, SEEN_ICON)


def _failed(hass: HomeAssistant, event: LazyEventPartialState) -> Entry:
    status = _text(event, "status", _NAME_CHARS)
    return _entry(hass, event, _words(hass, FAILURES.get(status, "not_described")), FAILED_ICON)


def _entry(hass: HomeAssistant, event: LazyEventPartialState, message: str, icon: str) -> Entry:
    camera = _text(event, "camera", _NAME_CHARS)
    entry = {
        LOGBOOK_ENTRY_NAME: _text(event, "camera_name", _NAME_CHARS)
        or camera
        or _words(hass, "a_camera"),
        LOGBOOK_ENTRY_MESSAGE: message,
        LOGBOOK_ENTRY_ICON: icon,
    }
    if valid_entity_id(camera):
        entry[LOGBOOK_ENTRY_ENTITY_ID] = camera
    return entry


def _text(event: LazyEventPartialState, name: str, limit: int) -> str:
    """Return a field of the event in one line, an empty one when it is no text."""
    value = event.data.get(name)
    return clean(value, limit) if isinstance(value, str) else ""
