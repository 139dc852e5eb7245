"""Tell the activity list what was seen, and what could not be described.

Home Assistant does not translate these texts: its own integrations write them in English as well.
Anybody may fire an event with our name, so nothing in one is taken for granted.
"""

from collections.abc import Callable
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

SAW: Final = 'saw "{title}"'
SEES_STILL: Final = 'still sees "{title}"'
"""The answer of an earlier event was given again: nothing has changed since."""
SAW_SOMETHING: Final = "was described"
BY: Final = " ({provider})"
FAILURES: Final[dict[str, str]] = {
    Status.FAILED: "was not described: no provider had an answer",
    Status.REFUSED: "was not described: every provider declined to answer",
    Status.OFFLINE: "was not described: no provider could be reached",
    Status.FAILED_CAMERA: "gave no picture",
    Status.NO_PROVIDER: "was not described: there is no provider with a working key",
    Status.NOT_ALLOWED: "was not described: none of the providers may see it",
    Status.INTERRUPTED: "was not described: Eyewitness was stopped meanwhile",
    Status.BUDGET: "was not described: the budget is used up",
    Status.DROPPED: "was not described: its turn did not come in time",
}
UNKNOWN_FAILURE: Final = "was not described"
NAMELESS: Final = "A camera"
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
    async_describe_event(DOMAIN, EVENT_DESCRIBED, _described)
    async_describe_event(DOMAIN, EVENT_FAILED, _failed)


@callback
def _described(event: LazyEventPartialState) -> Entry:
    title = _text(event, "title", TITLE_CHARS)
    provider = NAMES.get(_text(event, "provider", _NAME_CHARS))
    words = SEES_STILL if event.data.get("reused") is True else SAW
    message = words.format(title=title) if title else SAW_SOMETHING
    if provider:
        message += BY.format(provider=provider)
    return _entry(event, message, SEEN_ICON)


@callback
def _failed(event: LazyEventPartialState) -> Entry:
    status = _text(event, "status", _NAME_CHARS)
    return _entry(event, FAILURES.get(status, UNKNOWN_FAILURE), FAILED_ICON)


def _entry(event: LazyEventPartialState, message: str, icon: str) -> Entry:
    camera = _text(event, "camera", _NAME_CHARS)
    entry = {
        LOGBOOK_ENTRY_NAME: _text(event, "camera_name", _NAME_CHARS) or camera or NAMELESS,
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
