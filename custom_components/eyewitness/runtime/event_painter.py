"""Let the pictures of the history follow the rules of their cameras, the newest first.

One after the other, with a rest after each: thousands of pictures take their time, and Home
Assistant has other things to do. What is not painted yet is not shown meanwhile.
"""

import asyncio
from collections.abc import Callable
from functools import partial
import time
from typing import Final

from homeassistant.core import HomeAssistant

from ..const import LOGGER
from ..ledger.events import EventRow
from ..pictures.decode import BAD_IMAGE
from ..pictures.event_files import EventFiles, names
from ..pictures.masks import Polygon
from ..pictures.repaint import painted_over
from ..pictures.rules import CameraRules
from ..pictures.thumbnails import thumbnail
from .accounts import Accounts
from .event_pictures import EventPictures

PORTION: Final = 100
"""Events that are looked at together."""
REST_SECONDS: Final = 0.02
"""After each picture, at least; as long as it took is the rule."""


class EventPainter:
    """Paints pictures over, and deletes those that are not to be kept any more."""

    def __init__(
        self,
        hass: HomeAssistant,
        accounts: Accounts,
        pictures: EventPictures,
        rules_for: Callable[[HomeAssistant, str], CameraRules],
        on_change: Callable[[None], None],
    ) -> None:
        """Take how to get a camera's rules, and whom to tell that other pictures are shown."""
        self._hass = hass
        self._writer = accounts.writer
        self._events = accounts.events
        self._pictures = pictures
        self._rules_for = rules_for
        self._on_change = on_change

    async def async_paint(self) -> bool:
        """Paint all; return whether it came to that, raise ``LedgerError`` and ``OSError``."""
        run = self._hass.async_add_executor_job
        changed = False
        for camera, masks in await run(self._events.paintings):
            while True:
                rules = self._rules_for(self._hass, camera)
                if rules.keep and names(rules.masks) <= masks:
                    break
                if not (events := await run(self._events.painted, camera, masks, PORTION)):
                    break
                changed = True
                if not rules.keep:
                    if not await self._pictures.async_remove(events):
                        return False
                    await asyncio.sleep(REST_SECONDS)
                elif not await self._async_paint_all(events, rules.masks):
                    return False
        if changed:
            self._on_change(None)
        return True

    async def _async_paint_all(self, events: list[EventRow], masks: tuple[Polygon, ...]) -> bool:
        for event in events:
            if self._rules_for(self._hass, event.camera).masks != masks:
                return True  # what is left is looked at once more
            began = time.monotonic()
            if not await self._async_paint_one(event, masks):
                return False
            await asyncio.sleep(max(REST_SECONDS, time.monotonic() - began))
        return True

    async def _async_paint_one(self, event: EventRow, masks: tuple[Polygon, ...]) -> bool:
        files = self._pictures.files(event)
        try:
            async with self._pictures.lock:
                size = await self._pictures.async_at_files(_repaint, files, masks)
                painted = names(masks) | event.masks
                paint = partial(self._events.paint, event.event_id, painted, size)
                return bool(await self._writer.async_change(paint))
        except _UnpaintableError as err:
            LOGGER.warning("The picture of event %s is deleted: %s", event.event_id, err)
            return await self._pictures.async_remove([event])


class _UnpaintableError(Exception):
    """A picture that is gone, or that is none."""


def _repaint(files: EventFiles, masks: tuple[Polygon, ...]) -> int:
    """Paint a picture over; return how many bytes it has now, raise ``OSError``."""
    try:
        before = files.picture.read_bytes()
    except FileNotFoundError as err:
        raise _UnpaintableError("it is gone") from err
    try:
        picture = painted_over(before, masks)
        small = thumbnail(picture)
    except BAD_IMAGE as err:
        raise _UnpaintableError(f"it cannot be painted over, {type(err).__name__}") from err
    return files.write(picture, small)
