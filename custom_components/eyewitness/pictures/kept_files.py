"""Find the kept pictures by their place and their names; nobody else's files are ever touched."""

from datetime import datetime
from pathlib import Path
import re
from threading import Lock
from typing import Final

from homeassistant.core import HomeAssistant, split_entity_id, valid_entity_id
from homeassistant.util import dt as dt_util
from homeassistant.util.ulid import ulid_to_bytes

from ..const import DOMAIN

FILES: Final = Lock()
"""Held while files are looked at and changed, never while a picture is painted: a mark and what
lies beside it always fit together."""
MEDIA: Final = "local"
"""Home Assistant's name of the media folder."""
MARK: Final = ".masks"
"""Says in a camera's folder under which masks all its pictures are painted; without it, none."""
UNFINISHED: Final = ".part"
"""Ends the name of a file that is being written; after a power cut one may be left."""

PUBLIC: Final = 0o666
"""As the system makes files: who may read the media folder is not for us to say."""
PRIVATE: Final = 0o600
_TIME: Final = "%Y-%m-%d_%H-%M-%S"
"""Local time, in an order that sorts and with nothing that a disk or an address does not take."""
_NAME: Final = re.compile(r"([\d-]{10}_[\d-]{8})_[a-z0-9_]+_[a-z0-9]{4}")
_FIRST_NAME: Final = re.compile(r"[0-9A-Z]{26}")
"""Up to version 0.1.0 a picture was named like its event."""
_CAMERA_LENGTH: Final = 200
"""Characters; a name must have at most 255, and an entity's may have 248."""


def name(event_id: str, camera: str) -> str:
    """Return the name of an event's picture: when it began and which camera it was.

    The end of the event's id tells two of one second apart.
    """
    began = dt_util.as_local(dt_util.utc_from_timestamp(_seconds(event_id)))
    shown = split_entity_id(camera)[1][:_CAMERA_LENGTH]
    return f"{began.strftime(_TIME)}_{shown}_{event_id[-4:].lower()}.jpg"


def began(file: Path) -> float | None:
    """Return when the event of a picture began, in seconds since 1970, None if it is not ours.

    Its name says so; a copy may have changed the file's own times.
    """
    if _FIRST_NAME.fullmatch(file.stem):
        return _seconds(file.stem)
    if (named := _NAME.fullmatch(file.stem)) is None:
        return None
    try:
        local = datetime.strptime(named[1], _TIME)  # noqa: DTZ007 - the zone follows
    except ValueError:
        return None
    return local.replace(tzinfo=dt_util.get_default_time_zone()).timestamp()


def _seconds(event_id: str) -> float:
    """Return when an event began: its id, a ULID, starts with the milliseconds."""
    return int.from_bytes(ulid_to_bytes(event_id)[:6]) / 1000


def root(hass: HomeAssistant) -> Path | None:
    """Return the folder of the pictures of failed events, None when there is no place for any."""
    media = hass.config.media_dirs.get(MEDIA)
    return None if media is None else Path(media) / DOMAIN


def link(file: Path) -> str:
    """Return the path at which Home Assistant serves the picture of a failed event."""
    return f"/media/{MEDIA}/{DOMAIN}/{file.parent.name}/{file.name}"


def last_root(hass: HomeAssistant) -> Path:
    """Return the folder of the last described pictures, which no address leads to."""
    return Path(hass.config.path(DOMAIN, "last_described"))


def newest(folder: Path) -> Path | None:
    """Return the picture in a folder whose event began last, None in an empty one."""
    return max(pictures(folder), key=lambda file: began(file) or 0.0, default=None)


def camera_folders(root: Path) -> list[Path]:
    """Return the folders that are named like an entity, links to folders included."""
    return [path for path in _listed(root) if valid_entity_id(path.name) and path.is_dir()]


def pictures(folder: Path) -> list[Path]:
    """Return the pictures that were kept in a folder."""
    return [path for path in _listed(folder) if path.suffix == ".jpg" and began(path) is not None]


def unfinished(folder: Path) -> list[Path]:
    """Return the files that somebody began to write in a folder."""
    return [
        path
        for path in _listed(folder)
        if path.suffix == UNFINISHED and (path.stem == MARK or began(path) is not None)
    ]


def write(file: Path, content: bytes, mode: int = PUBLIC) -> None:
    """Write all of a file or nothing: a full disk leaves no half of it."""
    part = file.with_suffix(UNFINISHED)
    try:
        part.touch(mode)
        part.write_bytes(content)
        part.replace(file)
    except OSError:
        part.unlink(missing_ok=True)
        raise


def _listed(folder: Path) -> list[Path]:
    """Return what is in a folder, so that it can be deleted meanwhile."""
    return list(folder.iterdir()) if folder.is_dir() else []
