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
type _Words = Callable[..., str]


@callback
def async_describe_events(
    hass: HomeAssistant,
    async_describe_event: Callable[[str, str, Callable[[LazyEventPartialState], Entry]], None],
) -> None:
    """Offer the words for both events."""
    words = partial(_words, hass)
    async_describe_event(DOMAIN, EVENT_DESCRIBED, partial(_described, words))
    async_describe_event(DOMAIN, EVENT_FAILED, partial(_failed, words))


def _words(hass: HomeAssistant, key: str, **placeholders: str) -> str:
    return outcome_texts.text(hass, f"common.logbook_{key}", **placeholders)


def _described(words: _Words, event: LazyEventPartialState) -> Entry:
    title = _text(event, "title", TITLE_CHARS)
    provider = NAMES.get(_text(event, "provider", _NAME_CHARS))
    if not title:
        message = words("described")
    elif event.data.get("reused") is True:  # the answer of an earlier event: nothing has changed
        message = words("sees_still", title=title)
    else:
        message = words("saw", title=title)
    if provider:
        message = words("by", message=message, provider=provider)
    return _entry(words, event, message, SEEN_ICON)


def _failed(words: _Words, event: LazyEventPartialState) -> Entry:
    status = _text(event, "status", _NAME_CHARS)
    return _entry(words, event, words(FAILURES.get(status, "not_described")), FAILED_ICON)


def _entry(words: _Words, event: LazyEventPartialState, message: str, icon: str) -> Entry:
    camera = _text(event, "camera", _NAME_CHARS)
    entry = {
        LOGBOOK_ENTRY_NAME: _text(event, "camera_name", _NAME_CHARS) or camera or words("a_camera"),
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
