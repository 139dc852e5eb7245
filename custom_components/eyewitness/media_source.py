"""Show the events in the media browser: by camera, then by day."""

from datetime import date, timedelta
from textwrap import shorten
from typing import Final, override

from homeassistant.auth.models import User
from homeassistant.components.media_player.const import MediaClass
from homeassistant.components.media_player.errors import BrowseError
from homeassistant.components.media_source import (
    BrowseMediaSource,
    MediaSource,
    MediaSourceItem,
    PlayMedia,
    Unresolvable,
)
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import dt as dt_util

from .api.access import current_user, may_see
from .api.commands import loaded_entry
from .api.pictures import async_signed
from .const import DOMAIN
from .ledger.errors import LedgerError
from .ledger.events import EventDay, EventFilter, EventRow
from .pictures.views import name_of
from .pipeline.answer import TITLE_CHARS
from .runtime.history import History, PictureSize
from .runtime.outcome_texts import async_day

_JPEG: Final = "image/jpeg"
_MOST: Final = 500
"""Events of one day that are shown: the page of a browser has to hold them."""


async def async_get_media_source(hass: HomeAssistant) -> MediaSource:
    """Return the source, which outlives a reload of the entry."""
    return EventMediaSource(hass)


class EventMediaSource(MediaSource):
    """The events with their pictures; an event is ``camera/day/event``."""

    name = "Eyewitness"

    def __init__(self, hass: HomeAssistant) -> None:
        """Belong to Home Assistant and not to the entry."""
        super().__init__(DOMAIN)
        self.hass = hass

    @override
    async def async_resolve_media(self, item: MediaSourceItem) -> PlayMedia:
        """Return the address of a picture, signed for the user; raise ``Unresolvable``."""
        event_id = (item.identifier or "").rpartition("/")[2]
        try:
            event = await self._history(Unresolvable).async_event(event_id)
        except LedgerError as err:
            raise _error(Unresolvable, "history_unreadable") from err
        if event is None or not _sees(current_user(), event.camera):
            raise _error(Unresolvable, "event_gone")
        if not event.picture_bytes:
            raise _error(Unresolvable, "picture_gone")
        return PlayMedia(async_signed(self.hass, event_id, PictureSize.FULL), _JPEG)

    @override
    async def async_browse_media(self, item: MediaSourceItem) -> BrowseMediaSource:
        """Return one level; raise ``BrowseError``."""
        # None for the top, whatever the type says
        camera, _, day = (item.identifier or "").partition("/")
        try:
            return await self._async_browse(self._history(BrowseError), camera, day)
        except LedgerError as err:
            raise _error(BrowseError, "history_unreadable") from err

    async def _async_browse(self, history: History, camera: str, day: str) -> BrowseMediaSource:
        user = current_user()
        days = [
            each
            for each in await history.async_days(frozenset({camera}) if camera else None)
            if _sees(user, each.camera) and day in ("", each.day)
        ]
        if not camera:
            return await self._async_cameras(history, days)
        if not days:
            raise _error(BrowseError, "event_gone")
        if not day:
            return await self._async_days(days)
        return await self._async_events(history, days[0])

    async def _async_cameras(self, history: History, days: list[EventDay]) -> BrowseMediaSource:
        names: dict[str, str] = {}
        for each in days:
            names.setdefault(each.camera, self._name(each))
        children = [_folder(camera, name) for camera, name in names.items()]
        for child in children:
            wanted = EventFilter(cameras=frozenset({str(child.identifier)}))
            newest = await history.async_events(wanted, None, 1)
            child.thumbnail = next((self._thumbnail(event) for event in newest.events), None)
        children.sort(key=lambda child: child.title.casefold())
        return _folder(None, self.name, children)

    async def _async_days(self, days: list[EventDay]) -> BrowseMediaSource:
        children = [
            _folder(f"{each.camera}/{each.day}", await self._async_title(each)) for each in days
        ]
        return _folder(days[0].camera, self._name(days[0]), children)

    async def _async_events(self, history: History, day: EventDay) -> BrowseMediaSource:
        begin = date.fromisoformat(day.day)
        wanted = EventFilter(
            cameras=frozenset({day.camera}),
            first=dt_util.start_of_local_day(begin).isoformat(),
            last=dt_util.start_of_local_day(begin + timedelta(days=1)).isoformat(),
        )
        page = await history.async_events(wanted, None, _MOST)
        identifier = f"{day.camera}/{day.day}"
        children = [self._event(identifier, event) for event in page.events]
        folder = _folder(identifier, await self._async_title(day), children)
        folder.not_shown = max(0, day.events - len(children)) if page.next else 0
        return folder

    def _event(self, identifier: str, event: EventRow) -> BrowseMediaSource:
        time = dt_util.as_local(dt_util.parse_datetime(event.timestamp, raise_on_error=True))
        words = event.title or shorten(event.reason, TITLE_CHARS, placeholder="…")
        return BrowseMediaSource(
            domain=DOMAIN,
            identifier=f"{identifier}/{event.event_id}",
            media_class=MediaClass.IMAGE,
            media_content_type=_JPEG,
            title=f"{time:%H:%M} {words}",
            can_play=bool(event.picture_bytes),
            can_expand=False,
            thumbnail=self._thumbnail(event),
        )

    def _thumbnail(self, event: EventRow) -> str | None:
        if not event.picture_bytes:
            return None
        return async_signed(self.hass, event.event_id, PictureSize.THUMBNAIL)

    def _history(self, error: type[HomeAssistantError]) -> History:
        if (entry := loaded_entry(self.hass)) is None:
            raise _error(error, "not_loaded")
        return entry.runtime_data.history

    def _name(self, day: EventDay) -> str:
        """Return what the camera is called, or was called last when it is gone."""
        name = name_of(self.hass, day.camera)
        return day.camera_name if name == day.camera else name

    async def _async_title(self, day: EventDay) -> str:
        return await async_day(self.hass, date.fromisoformat(day.day))


def _sees(user: User | None, camera: str) -> bool:
    """Return whether a user may see a camera; where nobody asks, it is an automation."""
    return user is None or may_see(user, camera)


def _folder(
    identifier: str | None, title: str, children: list[BrowseMediaSource] | None = None
) -> BrowseMediaSource:
    return BrowseMediaSource(
        domain=DOMAIN,
        identifier=identifier,
        media_class=MediaClass.DIRECTORY,
        media_content_type="",
        title=title,
        can_play=False,
        can_expand=True,
        children=children,
    )


def _error[E: HomeAssistantError](error: type[E], key: str) -> E:
    return error(translation_domain=DOMAIN, translation_key=key)
