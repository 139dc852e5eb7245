"""Keep the picture of an event that nobody could describe, so that a person still can.

It goes into a folder for its camera below Home Assistant's local media, where the media browser
shows it and notifications can fetch it with the user's login. What is kept is painted over as the
camera's rules say, also when they say so later.
"""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
import json
from pathlib import Path
from threading import Lock
import time
from typing import Final

from homeassistant.core import HomeAssistant

from ..const import DOMAIN, LOGGER
from . import kept_files
from .decode import BAD_IMAGE
from .kept_files import MARK, MEDIA, UNFINISHED, camera_folders, pictures
from .masks import Polygon
from .prepare import prepare
from .rules import CameraRules
from .size import Detail

KEPT: Final = 50
"""Pictures that stay, of all cameras; the oldest go first."""

FILES: Final = Lock()
"""Held while files are looked at and changed, never while a picture is painted: a mark and what
lies beside it always fit together."""


@dataclass(slots=True)
class KeptPictures:
    """The pictures of failed events."""

    rules_for: Callable[[HomeAssistant, str], CameraRules]
    """Returns the rules that a camera has now."""
    masked: Callable[[], bool]
    """Returns whether any camera has masks now."""
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Pictures are painted and moved one after the other; what is kept does not wait for that."""
    _drawn: dict[str, tuple[Polygon, ...]] = field(default_factory=dict)
    """Under which masks the newest pictures were kept: drawing one twice would blur it."""

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

        async def keep() -> str | None:
            rules = self.rules_for(hass, camera)
            if (root := kept_files.root(hass)) is None or not rules.keep:
                return None
            name = kept_files.name(event_id, camera)
            self._remember(name, rules.masks)
            content = jpeg
            try:
                if painted != rules.masks:
                    content = await hass.async_add_executor_job(_painted, jpeg, rules.masks)
                whole = await hass.async_add_executor_job(
                    _add, root / camera / name, content, rules.masks
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
            return f"/media/{MEDIA}/{DOMAIN}/{camera}/{name}"

        # A thread goes on when its caller is cancelled, and what it did has to be looked at.
        return await asyncio.shield(hass.async_create_background_task(keep(), "eyewitness keep"))

    def _remember(self, name: str, masks: tuple[Polygon, ...]) -> None:
        self._drawn[name] = masks
        for oldest in list(self._drawn)[:-KEPT]:
            del self._drawn[oldest]

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
            folders = await hass.async_add_executor_job(camera_folders, root)
            masks = {each.name: self.rules_for(hass, each.name).masks for each in folders}
            known = dict(self._drawn)
            await hass.async_add_executor_job(_apply, root, masks, known, self.masked())
        except OSError as err:
            LOGGER.warning("The kept pictures cannot be painted over: %s", type(err).__name__)


def _add(file: Path, jpeg: bytes, masks: tuple[Polygon, ...]) -> bool:
    """Write a picture that has these masks, and delete the oldest ones that are too many.

    Return whether all of the camera's pictures have them; if not, none has the mark any more.
    """
    with FILES:
        folder = file.parent
        folder.mkdir(parents=True, exist_ok=True)
        whole = not masks or _is_painted(folder, masks)
        if masks and not any(pictures(folder)):
            _write(folder / MARK, _mark(masks))
            whole = True
        elif not masks or not whole:
            (folder / MARK).unlink(missing_ok=True)
        _write(file, jpeg)
        _delete_oldest(folder.parent, file)
    return whole


def _write(file: Path, content: bytes) -> None:
    """Write all of a file or nothing: a full disk leaves no half of it."""
    part = file.with_suffix(UNFINISHED)
    try:
        part.write_bytes(content)
        part.replace(file)
    except OSError:
        part.unlink(missing_ok=True)
        raise


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
        _delete_unfinished(old)
        for file in pictures(old):
            file.replace(new / file.name)
        with suppress(OSError):  # somebody else's files may lie there
            old.rmdir()


def _apply(
    root: Path,
    masks: Mapping[str, tuple[Polygon, ...]],
    known: Mapping[str, tuple[Polygon, ...]],
    masked: bool,
) -> None:
    """Paint every camera's pictures; ``masked`` says whether any camera at all has masks."""
    for name, areas in masks.items():
        with FILES:
            _delete_unfinished(root / name)
        _paint_folder(root / name, areas, known)
    # Before pictures had a folder for each camera they lay here. Nobody knows what they show, so
    # none can stay where anything must not be shown.
    for file in pictures(root) if masked else ():
        file.unlink(missing_ok=True)


def _delete_unfinished(folder: Path) -> None:
    """Delete what a power cut left: it shows what was not hidden then."""
    for file in kept_files.unfinished(folder):
        file.unlink(missing_ok=True)


def _paint_folder(
    folder: Path, masks: tuple[Polygon, ...], known: Mapping[str, tuple[Polygon, ...]]
) -> None:
    """Paint all pictures of a camera unless they are; what cannot be painted is deleted."""
    if not masks or _is_painted(folder, masks):
        return
    done = {name for name, painted in known.items() if painted == masks}
    while (file := _next(folder, done, masks)) is not None:
        done.add(file.name)
        try:
            painted = _painted(file.read_bytes(), masks)  # takes long, so nobody waits for it
            with FILES:
                if file.exists():
                    _write(file, painted)
        except FileNotFoundError:
            continue  # it was one too many
        except BAD_IMAGE as err:
            LOGGER.warning("%s cannot be painted over: %s", file.name, type(err).__name__)
            file.unlink(missing_ok=True)


def _next(folder: Path, done: set[str], masks: tuple[Polygon, ...]) -> Path | None:
    """Return a picture that is not painted yet; mark the folder when there is none."""
    with FILES:
        files = pictures(folder)
        left = next((file for file in files if file.name not in done), None)
        if files and left is None:
            _write(folder / MARK, _mark(masks))
    return left


def _is_painted(folder: Path, masks: tuple[Polygon, ...]) -> bool:
    mark = folder / MARK
    return mark.exists() and mark.read_bytes() == _mark(masks)


def _mark(masks: tuple[Polygon, ...]) -> bytes:
    return json.dumps(masks).encode()


def _painted(jpeg: bytes, masks: tuple[Polygon, ...]) -> bytes:
    return prepare(jpeg, Detail.HIGH.side, masks).jpeg
