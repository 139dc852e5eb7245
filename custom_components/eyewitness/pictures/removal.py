"""Delete the kept pictures when Eyewitness is removed."""

from contextlib import suppress
from pathlib import Path

from homeassistant.core import HomeAssistant

from ..const import LOGGER
from . import event_files, kept_files
from .kept_files import FILES


async def async_remove_kept(hass: HomeAssistant) -> None:
    """Delete every picture that was kept, and what lies beside it."""
    for root in (kept_files.root(hass), kept_files.last_root(hass)):
        if root is None:
            continue
        try:
            await hass.async_add_executor_job(_remove, root)
        except OSError as err:
            LOGGER.warning("The kept pictures cannot be deleted: %s", type(err).__name__)
    try:
        await hass.async_add_executor_job(event_files.remove_all, event_files.root(hass))
    except OSError as err:
        LOGGER.warning("The pictures of the history cannot be deleted: %s", type(err).__name__)


def _remove(root: Path) -> None:
    with FILES:  # or a picture that is just being painted would come back
        for folder in kept_files.camera_folders(root):
            remove_folder(folder)
        remove_folder(root)


def remove_folder(folder: Path) -> None:
    """Delete the pictures in a folder and what lies beside them, with ``FILES`` held; blocking."""
    if folder.is_symlink():
        return  # it leads out of ours
    for file in (
        *kept_files.pictures(folder),
        *kept_files.unfinished(folder),
        folder / kept_files.MARK,
    ):
        file.unlink(missing_ok=True)
    with suppress(OSError):  # somebody else's files may lie there
        folder.rmdir()
