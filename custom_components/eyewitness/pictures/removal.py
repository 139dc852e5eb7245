"""Delete the kept pictures when Eyewitness is removed."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
import re
from typing import Final

from homeassistant.core import HomeAssistant, valid_entity_id

from ..const import DOMAIN, LOGGER

_MEDIA: Final = "local"
"""Where ``keep`` puts them."""
_OURS: Final = re.compile(r"[0-9A-Z]{26}\.(jpg|part)|\.masks")
"""Names that we give. A file of any other name is somebody else's and stays, with its folder."""


async def async_remove_kept(hass: HomeAssistant) -> None:
    """Delete every picture that was kept, and what lies beside it."""
    if (media := hass.config.media_dirs.get(_MEDIA)) is None:
        return
    try:
        await hass.async_add_executor_job(_remove, Path(media) / DOMAIN)
    except OSError as err:
        LOGGER.warning("The kept pictures cannot be deleted: %s", type(err).__name__)


def _remove(root: Path) -> None:
    for folder in (*_camera_folders(root), root):
        for path in folder.iterdir() if folder.is_dir() else ():
            if _OURS.fullmatch(path.name) and not path.is_dir():
                path.unlink(missing_ok=True)
        with suppress(OSError):  # somebody else's files may lie there
            folder.rmdir()


def _camera_folders(root: Path) -> Iterator[Path]:
    """Return the folders that are named like a camera; a link leads out of ours."""
    found = root.iterdir() if root.is_dir() else ()
    return (
        path
        for path in found
        if valid_entity_id(path.name) and path.is_dir() and not path.is_symlink()
    )
