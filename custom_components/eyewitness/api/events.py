"""Answer what cards ask of the history: lists, single events, and which cameras there are."""

from collections.abc import Iterable
from typing import Any, Final

from homeassistant.auth.models import User
from homeassistant.components.websocket_api.connection import ActiveConnection
from homeassistant.components.websocket_api.const import ERR_NOT_FOUND
from homeassistant.components.websocket_api.decorators import async_response, websocket_command
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import config_validation as cv
from homeassistant.util import dt as dt_util
import voluptuous as vol

from ..const import DOMAIN
from ..ledger.events import EventFilter
from ..pictures.views import name_of
from ..runtime import EyewitnessConfigEntry
from ..runtime.camera_devices import cameras
from .access import may_see, may_see_all, seen_by
from .commands import Message, send_error, with_entry
from .event_fields import async_details, async_fields
from .live import LiveEvents

_MOST: Final = 100
"""Events of one answer, some 300 kB with the longest descriptions."""
_TEXT: Final = vol.All(str, vol.Length(max=200))
_TEXTS: Final = vol.All([_TEXT], vol.Length(max=200))


def _time(value: Any) -> str:
    """Return a time in UTC; one without a zone is the house's."""
    try:
        return dt_util.as_utc(cv.datetime(value)).isoformat()
    except OverflowError as err:
        raise vol.Invalid("is no time of this world") from err


@websocket_command(
    {
        vol.Required("type"): f"{DOMAIN}/events/list",
        vol.Optional("cameras", default=[]): _TEXTS,
        vol.Optional("objects", default=[]): _TEXTS,
        vol.Optional("statuses", default=[]): _TEXTS,
        vol.Optional("search", default=""): _TEXT,
        vol.Optional("start", default=None): vol.Maybe(_time),
        vol.Optional("end", default=None): vol.Maybe(_time),
        vol.Optional("before", default=None): vol.Maybe(_TEXT),
        vol.Optional("limit", default=20): vol.All(int, vol.Range(1, _MOST)),
    }
)
@async_response
@with_entry
async def list_events(
    hass: HomeAssistant, entry: EyewitnessConfigEntry, connection: ActiveConnection, msg: Message
) -> None:
    """Answer with the newest events, of those before ``before``; no camera named means all."""
    wanted = EventFilter(
        cameras=await _async_seen(entry, connection.user, msg["cameras"]),
        search=msg["search"],
        objects=frozenset(msg["objects"]),
        statuses=frozenset(msg["statuses"]),
        first=msg["start"],
        last=msg["end"],
    )
    page = await entry.runtime_data.history.async_events(wanted, msg["before"], msg["limit"])
    token = connection.refresh_token_id
    events = [async_fields(hass, entry, event, token) for event in page.events]
    connection.send_result(msg["id"], {"events": events, "next": page.next})


@websocket_command({vol.Required("type"): f"{DOMAIN}/events/get", vol.Required("event_id"): _TEXT})
@async_response
@with_entry
async def get_event(
    hass: HomeAssistant, entry: EyewitnessConfigEntry, connection: ActiveConnection, msg: Message
) -> None:
    """Answer with one event; one that the user may not see is as good as gone."""
    event = await entry.runtime_data.history.async_event(msg["event_id"])
    if event is None or not may_see(connection.user, event.camera):
        gone = HomeAssistantError(translation_domain=DOMAIN, translation_key="event_gone")
        send_error(connection, msg, ERR_NOT_FOUND, gone)
        return
    details = async_details(hass, entry, event, connection.refresh_token_id)
    connection.send_result(msg["id"], details)


@websocket_command({vol.Required("type"): f"{DOMAIN}/events/subscribe"})
@async_response
@with_entry
async def subscribe_events(
    hass: HomeAssistant, entry: EyewitnessConfigEntry, connection: ActiveConnection, msg: Message
) -> None:
    """Tell of events as they come and go, until the user unsubscribes or leaves."""
    connection.subscriptions[msg["id"]] = LiveEvents(hass, connection, msg["id"]).async_begin()
    connection.send_result(msg["id"])


@websocket_command({vol.Required("type"): f"{DOMAIN}/events/cameras"})
@async_response
@with_entry
async def list_cameras(
    hass: HomeAssistant, entry: EyewitnessConfigEntry, connection: ActiveConnection, msg: Message
) -> None:
    """Answer with the cameras that have events or a device of ours, as all with rules have."""
    days = await entry.runtime_data.history.async_days(None)
    former = {day.camera: day.camera_name for day in reversed(days)}
    found = {*former, *(camera.entity_id for camera in cameras(hass, entry))}
    shown = [
        {
            "entity_id": camera,
            "name": name_of(hass, camera) if exists else former.get(camera, camera),
            "can_describe": exists,
        }
        for camera in seen_by(connection.user, found)
        for exists in (hass.states.get(camera) is not None,)
    ]
    shown.sort(key=lambda each: (str(each["name"]).casefold(), each["entity_id"]))
    connection.send_result(msg["id"], {"cameras": shown})


async def _async_seen(
    entry: EyewitnessConfigEntry, user: User, asked: Iterable[str]
) -> frozenset[str] | None:
    """Return of which cameras somebody gets events, None for all."""
    if may_see_all(user):
        return frozenset(asked) or None
    return seen_by(user, asked or await entry.runtime_data.history.async_cameras())
