"""Keep the picture of an event that nobody could describe, so that a person still can.

It goes into a folder for its camera below Home Assistant's local media, where the media browser
shows it and notifications can fetch it with the user's login. What is kept is painted over as the
camera's rules say, also when they say so later.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
import json
from pathlib import Path
from threading import Lock
from typing import Final

from homeassistant.core import HomeAssistant
from homeassistant.util.ulid import ulid_now

from ..const import DOMAIN, LOGGER
from . import kept_files
from .decode import BAD_IMAGE
from .kept_files import MARK, MEDIA, camera_folders, pictures
from .masks import Polygon
from .prepare import MAX_SIDE, QUALITY, prepare
from .rules import CameraRules

KEPT: Final = 50
"""Pictures that stay, of all cameras; the oldest go first."""

_FILES: Final = Lock()
"""A thread goes on when its caller is cancelled, so the next one has to wait for it here."""


@dataclass(slots=True)
class KeptPictures:
    """The pictures of failed events."""

    rules_for: Callable[[HomeAssistant, str], CameraRules]
    """Returns the rules that a camera has now."""
    masked: Callable[[], bool]
    """Returns whether any camera has masks now."""
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Rules are read under it: what is kept under old ones is there when new ones are applied."""

    async def async_keep(
        self,
        hass: HomeAssistant,
        event_id: str,
        camera: str,
        jpeg: bytes,
        painted: tuple[Polygon, ...],
    ) -> str | None:
        """Return the path at which Home Assistant serves the picture, None if it is not kept.

        ``painted`` are the masks that it has already; the rules may have changed meanwhile.
        """
        async with self._lock:
            rules = self.rules_for(hass, camera)
            if (root := kept_files.root(hass)) is None or not rules.keep:
                return None
            try:
                await hass.async_add_executor_job(
                    _keep, root, camera, event_id, jpeg, painted, rules.masks
                )
            except BAD_IMAGE as err:
                LOGGER.warning(
                    "The picture of event %s cannot be kept: %s", event_id, type(err).__name__
                )
                return None
        return f"/media/{MEDIA}/{DOMAIN}/{camera}/{event_id}.jpg"

    async def async_repaint(self, hass: HomeAssistant) -> None:
        """Paint what is kept as the rules say now."""
        async with self._lock:
            await self._repaint(hass)

    async def async_rename(self, hass: HomeAssistant, old: str, new: str) -> None:
        """Let the pictures of a renamed camera follow it: its rules have to find them."""
        async with self._lock:
            if (root := kept_files.root(hass)) is None:
                return
            try:
                await hass.async_add_executor_job(_move, root / old, root / new)
            except OSError as err:
                LOGGER.warning("The pictures of %s cannot be moved: %s", old, type(err).__name__)
            await self._repaint(hass)

    async def _repaint(self, hass: HomeAssistant) -> None:
        if (root := kept_files.root(hass)) is None:
            return
        try:
            names = await hass.async_add_executor_job(_camera_names, root)
            masks = {name: self.rules_for(hass, name).masks for name in names}
            await hass.async_add_executor_job(_apply, root, masks, self.masked())
        except OSError as err:
            LOGGER.warning("The kept pictures cannot be painted over: %s", type(err).__name__)


def _keep(
    root: Path,
    camera: str,
    event_id: str,
    jpeg: bytes,
    painted: tuple[Polygon, ...],
    masks: tuple[Polygon, ...],
) -> None:
    """Write a picture, and delete the oldest ones that are too many."""
    with _FILES:
        folder = root / camera
        folder.mkdir(parents=True, exist_ok=True)
        if not masks:
            (folder / MARK).unlink(missing_ok=True)
        # The older ones first: this one is painted already, and drawing it twice would blur it.
        _paint_folder(folder, masks)
        file = folder / f"{event_id}.jpg"
        _write(file, jpeg if painted == masks else _painted(jpeg, masks))
        _delete_oldest(root, file)


def _write(file: Path, content: bytes) -> None:
    """Write all of a file or nothing: a full disk leaves no half of it."""
    part = file.with_suffix(kept_files.UNFINISHED)
    try:
        part.write_bytes(content)
        part.replace(file)
    except OSError:
        part.unlink(missing_ok=True)
        raise


def _delete_oldest(root: Path, newest: Path) -> None:
    """Delete the oldest pictures, never the one that was just written."""
    now = ulid_now()
    others = [file for folder in (root, *camera_folders(root)) for file in pictures(folder)]
    others.remove(newest)
    # Event ids sort by time. Those of the future are of a clock that was ahead, and will never be
    # the oldest by their name.
    others.sort(key=lambda file: (file.name <= now, file.name))
    for file in others[: max(0, len(others) + 1 - KEPT)]:
        file.unlink(missing_ok=True)
        if file.parent != root and not pictures(file.parent):
            (file.parent / MARK).unlink(missing_ok=True)
            with suppress(OSError):  # somebody else's files may lie there
                file.parent.rmdir()


def _move(old: Path, new: Path) -> None:
    """Move a camera's pictures to its new name, and forget how any that lie there are painted."""
    with _FILES:
        if not old.is_dir():
            return
        new.mkdir(exist_ok=True)
        for mark in (old / MARK, new / MARK):
            mark.unlink(missing_ok=True)
        for file in pictures(old):
            file.replace(new / file.name)
        _delete_unfinished(old)
        with suppress(OSError):  # somebody else's files may lie there
            old.rmdir()


def _apply(root: Path, masks: dict[str, tuple[Polygon, ...]], masked: bool) -> None:
    """Paint every camera's pictures; ``masked`` says whether any camera at all has masks."""
    with _FILES:
        for name, areas in masks.items():
            _delete_unfinished(root / name)
            _paint_folder(root / name, areas)
        # Before pictures had a folder for each camera they lay here. Nobody knows what they show,
        # so none can stay where anything must not be shown.
        for file in pictures(root) if masked else ():
            file.unlink(missing_ok=True)


def _delete_unfinished(folder: Path) -> None:
    """Delete what a power cut left: it shows what was not hidden then."""
    for file in kept_files.unfinished(folder):
        file.unlink(missing_ok=True)


def _paint_folder(folder: Path, masks: tuple[Polygon, ...]) -> None:
    """Paint all pictures of a camera unless they are; what cannot be painted is deleted."""
    mark, wanted = folder / MARK, json.dumps(masks).encode()
    if not masks or (mark.exists() and mark.read_bytes() == wanted):
        return
    for file in pictures(folder):
        try:
            _write(file, _painted(file.read_bytes(), masks))
        except BAD_IMAGE as err:
            LOGGER.warning("%s cannot be painted over: %s", file.name, type(err).__name__)
            file.unlink(missing_ok=True)
    _write(mark, wanted)


def _painted(jpeg: bytes, masks: tuple[Polygon, ...]) -> bytes:
    return prepare(jpeg, MAX_SIDE, QUALITY, masks).jpeg


def _camera_names(root: Path) -> list[str]:
    return [folder.name for folder in camera_folders(root)]
