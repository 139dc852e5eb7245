"""Serve the pictures of events at addresses that open nothing else, and not for everybody."""

from datetime import timedelta
from http import HTTPStatus
from typing import Final

from aiohttp import web
from homeassistant.components.http.auth import async_sign_path
from homeassistant.components.http.const import KEY_HASS_USER
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.http import KEY_HASS, HomeAssistantView

from ..const import DOMAIN
from ..ledger.errors import LedgerError
from ..runtime.history import History, PictureSize
from .access import may_see
from .commands import loaded_entry

_FOLDER: Final = f"/api/{DOMAIN}/events"
_VALID: Final = timedelta(days=1)
"""A dashboard may stay open all day; Home Assistant's own media addresses hold as long."""
_HEADERS: Final = {
    # New masks and rights reach a browser that has the picture within the hour.
    "Cache-Control": "private, max-age=3600",
    "X-Content-Type-Options": "nosniff",
}
_NOTHING: Final = {"Cache-Control": "no-store"}
"""A picture may be withheld for a moment only."""


@callback
def async_signed(
    hass: HomeAssistant, event_id: str, size: PictureSize, refresh_token_id: str | None = None
) -> str:
    """Return the address of a picture for a user's own eyes: theirs who is served, by default."""
    path = f"{_FOLDER}/{event_id}/{size}"
    return async_sign_path(hass, path, _VALID, refresh_token_id=refresh_token_id)


class EventPictureView(HomeAssistantView):
    """The picture of an event, whole or small."""

    url = f"{_FOLDER}/{{event_id:[0-9A-Za-z]{{26}}}}/{{size:{'|'.join(PictureSize)}}}"
    name = f"api:{DOMAIN}:events:picture"

    async def get(self, request: web.Request, event_id: str, size: str) -> web.Response:
        """Answer with the picture if the user may see it now, else as if there were none."""
        if (entry := loaded_entry(request.app[KEY_HASS])) is None:
            return web.Response(status=HTTPStatus.SERVICE_UNAVAILABLE, headers=_NOTHING)
        try:
            picture = await self._async_picture(request, entry.runtime_data.history, event_id, size)
        except LedgerError:
            return web.Response(status=HTTPStatus.SERVICE_UNAVAILABLE, headers=_NOTHING)
        if picture is None:
            return web.Response(status=HTTPStatus.NOT_FOUND, headers=_NOTHING)
        return web.Response(body=picture, content_type="image/jpeg", headers=_HEADERS)

    async def _async_picture(
        self, request: web.Request, history: History, event_id: str, size: str
    ) -> bytes | None:
        event = await history.async_event(event_id)
        if event is None or not may_see(request[KEY_HASS_USER], event.camera):
            return None
        return await history.async_picture(event_id, PictureSize(size))
