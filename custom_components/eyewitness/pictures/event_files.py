"""The pictures of the history on the disk: a folder for each day, two files for each event.

Nobody but us can read them, and no address leads to them. All functions block and raise
``OSError``. Nothing is said of a folder that could not be read, so that nobody takes it for empty.
"""

from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
import json
from pathlib import Path
import re
import shutil
from typing import Final

from homeassistant.core import HomeAssistant

from ..const import DOMAIN
from .kept_files import PRIVATE, UNFINISHED, write
from .masks import Polygon

_PRIVATE_FOLDER: Final = 0o700
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")
_EVENT: Final = re.compile(r"[0-9A-HJKMNP-TV-Z]{26}")
_PICTURE: Final = ".jpg"
_THUMBNAIL: Final = ".thumb.jpg"


def root(hass: HomeAssistant) -> Path:
    """Return the folder of the history's pictures."""
    return Path(hass.config.path(DOMAIN, "history"))


@lru_cache(maxsize=256)  # asked for each event of a list
def names(masks: tuple[Polygon, ...]) -> frozenset[str]:
    """Return a short name for each black area, to know it by."""
    return frozenset(sha256(json.dumps(mask).encode()).hexdigest()[:16] for mask in masks)


@dataclass(frozen=True, slots=True)
class EventFiles:
    """The files of one event."""

    root: Path
    day: str
    """Like ``2026-11-26``."""
    event_id: str

    @property
    def picture(self) -> Path:
        """Return the file of the picture."""
        return self.root / self.day / f"{self.event_id}{_PICTURE}"

    @property
    def thumbnail(self) -> Path:
        """Return the file of its small copy."""
        return self.root / self.day / f"{self.event_id}{_THUMBNAIL}"

    def write(self, picture: bytes, thumbnail: bytes) -> int:
        """Write both, the picture last: where it is, all is; return how many bytes that is."""
        for folder in (self.root, self.root / self.day):
            folder.mkdir(_PRIVATE_FOLDER, parents=True, exist_ok=True)
        write(self.thumbnail, thumbnail, PRIVATE)
        write(self.picture, picture, PRIVATE)
        return len(picture) + len(thumbnail)

    def remove(self) -> None:
        """Delete both, the picture first, and the day's folder with its last one."""
        self.picture.unlink(missing_ok=True)
        self.thumbnail.unlink(missing_ok=True)
        with suppress(OSError):  # others lie there
            self.picture.parent.rmdir()


@dataclass(slots=True)
class Found:
    """What is in the folder of a day."""

    sizes: dict[str, int] = field(default_factory=dict)
    """Of picture and thumbnail together, by the id of their event."""
    bare: list[str] = field(default_factory=list)
    """The events that have a picture without a thumbnail."""
    empty: list[str] = field(default_factory=list)
    """The events that have no picture although there are files of them."""
    unfinished: list[Path] = field(default_factory=list)
    """What was being written when Home Assistant was killed."""


def days(root: Path) -> list[str]:
    """Return the days that have a folder, newest first."""
    try:
        found = list(root.iterdir())
    except FileNotFoundError:
        return []
    return sorted((each.name for each in found if _DAY.fullmatch(each.name)), reverse=True)


def look(root: Path, day: str) -> Found:
    """Return what is in the folder of a day; files that are not ours are not seen."""
    found = Found()
    pictures: dict[str, int] = {}
    thumbnails: dict[str, int] = {}
    try:
        files = list((root / day).iterdir())
    except FileNotFoundError:
        return found
    for file in files:
        event_id, dot, kind = file.name.partition(".")
        if not _EVENT.fullmatch(event_id):
            continue
        if file.suffix == UNFINISHED:
            found.unfinished.append(file)
        elif dot + kind == _PICTURE:
            pictures[event_id] = file.stat().st_size
        elif dot + kind == _THUMBNAIL:
            thumbnails[event_id] = file.stat().st_size
    for event_id in pictures.keys() | thumbnails.keys():
        picture, thumbnail = pictures.get(event_id, 0), thumbnails.get(event_id, 0)
        # After a power cut, files may be there without what was written into them.
        if picture and thumbnail:
            found.sizes[event_id] = picture + thumbnail
        elif picture:
            found.bare.append(event_id)
        else:
            found.empty.append(event_id)
    return found


def remove_all(root: Path) -> None:
    """Delete the history's folder."""
    with suppress(FileNotFoundError):
        shutil.rmtree(root)
