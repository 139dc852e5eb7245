"""Keep the picture of an event that nobody could describe, and the last one that was described.

The former go into a folder for their camera below Home Assistant's local media, where the media
browser shows them and notifications can fetch them with the user's login; the latter into a private
folder. What is kept is painted over as the camera's rules say, also when they say so later.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
import time
from typing import Final

from homeassistant.core import HomeAssistant
from homeassistant.helpers.dispatcher import async_dispatcher_send
from homeassistant.util.signal_type import SignalType

from ..const import DOMAIN, LOGGER
from . import kept_files
from .decode import BAD_IMAGE
from .kept_files import FILES, MARK, PRIVATE, PUBLIC, camera_folders, pictures, write
from .masks import Polygon
from .removal import remove_folder
from .repaint import apply, delete_unfinished, is_painted, mark_of, painted_over
from .rules import CameraRules

KEPT: Final = 50
"""Pictures of failed events that stay, of all cameras; the oldest go first."""

SIGNAL_KEPT: SignalType[str | None] = SignalType(f"{DOMAIN}_kept")
"""Sent when the kept pictures of a camera have changed, or with None when those of any may have."""


@dataclass(slots=True)
class KeptPictures:
    """Pictures in a folder for each camera."""

    rules_for: Callable[[HomeAssistant, str], CameraRules]
    """Returns the rules that a camera has now."""
    masked: Callable[[], bool]
    """Returns whether any camera has masks now."""
    root: Callable[[HomeAssistant], Path | None] = kept_files.root
    """Returns the folder of all of them, None when there is no place for any."""
    newest_only: bool = False
    """Whether one of each camera stays, in a file that only we can read."""
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Pictures are painted and moved one after the other; what is kept does not wait for that."""
    _drawn: dict[str, tuple[Polygon, ...]] = field(default_factory=dict)
    """Under which masks the newest pictures were kept: drawing one twice would blur it."""
    _under_way: dict[str, asyncio.Task[Path | None]] = field(default_factory=dict)
    """What was begun last to be kept of each camera."""

    async def async_keep(
        self,
        hass: HomeAssistant,
        event_id: str,
        camera: str,
        jpeg: bytes,
        painted: tuple[Polygon, ...],
    ) -> Path | None:
        """Return the file of the picture, None if it is not kept.

        ``painted`` are the masks that it has already; the rules may have changed meanwhile.
        """

        async def keep() -> Path | None:
            rules = self.rules_for(hass, camera)
            if (root := self.root(hass)) is None or not rules.keep:
                return None
            file = root / camera / kept_files.name(event_id, camera)
            self._remember(file.name, rules.masks)
            content = jpeg
            try:
                if painted != rules.masks:
                    content = await hass.async_add_executor_job(painted_over, jpeg, rules.masks)
                whole = await hass.async_add_executor_job(
                    _add, file, content, rules.masks, self.newest_only
                )
            except BAD_IMAGE as err:
                LOGGER.warning(
                    "The picture of event %s cannot be kept: %s", event_id, type(err).__name__
                )
                return None
            if not whole or self.rules_for(hass, camera).masks != rules.masks:
                hass.async_create_background_task(
                    self.async_repaint(hass), "eyewitness paint of kept pictures"
                )
            async_dispatcher_send(hass, SIGNAL_KEPT, camera)
            return file

        # A thread goes on when its caller is cancelled, and what it did has to be looked at.
        task = hass.async_create_background_task(keep(), "eyewitness keep")
        self._under_way[camera] = task
        return await asyncio.shield(task)

    def _remember(self, name: str, masks: tuple[Polygon, ...]) -> None:
        self._drawn[name] = masks
        for oldest in list(self._drawn)[:-KEPT]:
            del self._drawn[oldest]

    async def async_repaint(self, hass: HomeAssistant) -> None:
        """Paint what is kept as the rules say now."""
        async with self._lock:
            await self._repaint(hass)

    async def async_remove_others(
        self, hass: HomeAssistant, cameras: Callable[[], set[str]]
    ) -> None:
        """Delete the pictures of all cameras but these, given by their entity ids."""
        async with self._lock:
            if (root := self.root(hass)) is None:
                return
            stay = cameras()
            try:
                await hass.async_add_executor_job(_remove_others, root, stay)
            except OSError as err:
                LOGGER.warning("Old pictures cannot be deleted: %s", type(err).__name__)
            async_dispatcher_send(hass, SIGNAL_KEPT, None)

    async def async_newest(self, hass: HomeAssistant, camera: str) -> Path | None:
        """Return a camera's newest picture, None while it shows what is to be hidden now.

        One that is being written is waited for: whoever was told of it comes for it at once.
        """
        return await self._async_look(hass, camera, _newest)

    async def async_read_newest(self, hass: HomeAssistant, camera: str) -> bytes | None:
        """Return the content of the same picture, also when a newer one is taking its place."""
        return await self._async_look(hass, camera, _read_newest)

    async def _async_look[T](
        self,
        hass: HomeAssistant,
        camera: str,
        look: Callable[[Path, tuple[Polygon, ...]], T | None],
    ) -> T | None:
        if (under_way := self._under_way.get(camera)) is not None:
            await asyncio.wait({under_way})
        if (root := self.root(hass)) is None:
            return None
        masks = self.rules_for(hass, camera).masks
        try:
            return await hass.async_add_executor_job(look, root / camera, masks)
        except OSError as err:
            LOGGER.warning("The pictures of %s cannot be read: %s", camera, type(err).__name__)
            return None

    async def async_rename(self, hass: HomeAssistant, old: str, new: str) -> None:
        """Let the pictures of a renamed camera follow it: its rules have to find them."""
        async with self._lock:
            if (root := self.root(hass)) is None:
                return
            try:
                await hass.async_add_executor_job(_move, root / old, root / new)
            except OSError as err:
                LOGGER.warning("The pictures of %s cannot be moved: %s", old, type(err).__name__)
            await self._repaint(hass)

    async def _repaint(self, hass: HomeAssistant) -> None:
        if (root := self.root(hass)) is None:
            return
        try:
            folders = await hass.async_add_executor_job(camera_folders, root)
            masks = {each.name: self.rules_for(hass, each.name).masks for each in folders}
            await hass.async_add_executor_job(apply, root, masks, self._drawn, self.masked())
        except OSError as err:
            LOGGER.warning("The kept pictures cannot be painted over: %s", type(err).__name__)
        async_dispatcher_send(hass, SIGNAL_KEPT, None)


def _add(file: Path, jpeg: bytes, masks: tuple[Polygon, ...], newest_only: bool) -> bool:
    """Write a picture that has these masks, and delete the oldest ones that are too many.

    Return whether all of the camera's pictures have them; if not, none has the mark any more.
    """
    with FILES:
        folder = file.parent
        folder.mkdir(parents=True, exist_ok=True)
        whole = not masks or is_painted(folder, masks)
        if masks and not any(pictures(folder)):
            write(folder / MARK, mark_of(masks))
            whole = True
        elif not masks or not whole:
            (folder / MARK).unlink(missing_ok=True)
        write(file, jpeg, PRIVATE if newest_only else PUBLIC)
        if newest_only:
            for other in pictures(folder):
                if other != file:
                    other.unlink()
        else:
            _delete_oldest(folder.parent, file)
    return whole


def _delete_oldest(root: Path, newest: Path) -> None:
    """Delete the oldest pictures, never the one that was just written."""
    now = time.time()

    def first_to_go(file: Path) -> tuple[bool, float, str]:
        began = kept_files.began(file) or 0.0
        # One of the future is of a clock that was ahead, and will never be the oldest.
        return began <= now, began, file.name

    others = [file for folder in (root, *camera_folders(root)) for file in pictures(folder)]
    others.remove(newest)
    others.sort(key=first_to_go)
    for file in others[: max(0, len(others) + 1 - KEPT)]:
        file.unlink(missing_ok=True)
        if file.parent != root and not any(pictures(file.parent)):
            (file.parent / MARK).unlink(missing_ok=True)
            with suppress(OSError):  # somebody else's files may lie there
                file.parent.rmdir()


def _move(old: Path, new: Path) -> None:
    """Move a camera's pictures to its new name, and forget how any that lie there are painted."""
    with FILES:
        if not old.is_dir():
            return
        new.mkdir(exist_ok=True)
        for mark in (old / MARK, new / MARK):
            mark.unlink(missing_ok=True)
        delete_unfinished(old)
        for file in pictures(old):
            file.replace(new / file.name)
        with suppress(OSError):  # somebody else's files may lie there
            old.rmdir()


def _newest(folder: Path, masks: tuple[Polygon, ...]) -> Path | None:
    with FILES:
        return kept_files.newest(folder) if not masks or is_painted(folder, masks) else None


def _read_newest(folder: Path, masks: tuple[Polygon, ...]) -> bytes | None:
    with FILES:
        if masks and not is_painted(folder, masks):
            return None
        file = kept_files.newest(folder)
        return file.read_bytes() if file else None


def _remove_others(root: Path, stay: set[str]) -> None:
    with FILES:
        for folder in camera_folders(root):
            if folder.name not in stay:
                remove_folder(folder)
