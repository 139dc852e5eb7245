"""Find the kept pictures by their place and their names; nobody else's files are ever touched."""

from pathlib import Path
import re
from typing import Final

from homeassistant.core import HomeAssistant, valid_entity_id

from ..const import DOMAIN

MEDIA: Final = "local"
"""Home Assistant's name of the media folder."""
MARK: Final = ".masks"
"""Says in a camera's folder under which masks all its pictures are painted; without it, none."""
UNFINISHED: Final = ".part"
"""Ends the name of a file that is being written; after a power cut one may be left."""

_PICTURE: Final = re.compile(r"[0-9A-Z]{26}\.jpg")
_UNFINISHED: Final = re.compile(r"([0-9A-Z]{26}|\.masks)\.part")


def root(hass: HomeAssistant) -> Path | None:
    """Return the folder of all kept pictures, None when there is no place for any."""
    media = hass.config.media_dirs.get(MEDIA)
    return None if media is None else Path(media) / DOMAIN


def camera_folders(root: Path) -> list[Path]:
    """Return the folders that are named like an entity, links to folders included."""
    return [path for path in _listed(root) if valid_entity_id(path.name) and path.is_dir()]


def pictures(folder: Path) -> list[Path]:
    """Return the pictures that were kept in a folder."""
    return [path for path in _listed(folder) if _PICTURE.fullmatch(path.name)]


def unfinished(folder: Path) -> list[Path]:
    """Return the files that somebody began to write in a folder."""
    return [path for path in _listed(folder) if _UNFINISHED.fullmatch(path.name)]


def _listed(folder: Path) -> list[Path]:
    """Return what is in a folder, so that it can be deleted meanwhile."""
    return list(folder.iterdir()) if folder.is_dir() else []
