"""Keep the picture of an event that nobody could describe, so that a person still can.

It goes into a folder of its own below Home Assistant's local media, where the media browser shows
it and notifications can fetch it with the user's login.
"""

from pathlib import Path
import re
from typing import Final

from homeassistant.core import HomeAssistant

from ..const import DOMAIN, LOGGER

KEPT: Final = 50
"""Pictures that stay; the oldest go first."""

_MEDIA: Final = "local"
_OUR_NAME: Final = re.compile(r"[0-9A-Z]{26}\.jpg")


async def async_keep(hass: HomeAssistant, event_id: str, jpeg: bytes) -> str | None:
    """Return the path at which Home Assistant serves the picture, None if it is not kept."""
    if (media := hass.config.media_dirs.get(_MEDIA)) is None:
        return None
    try:
        await hass.async_add_executor_job(_write, Path(media) / DOMAIN, event_id, jpeg)
    except OSError as err:
        LOGGER.warning("The picture of event %s cannot be kept: %s", event_id, type(err).__name__)
        return None
    return f"/media/{_MEDIA}/{DOMAIN}/{event_id}.jpg"


def _write(folder: Path, event_id: str, jpeg: bytes) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{event_id}.jpg").write_bytes(jpeg)
    # Event ids sort by time. Only files that we named are ever deleted.
    ours = sorted(path for path in folder.iterdir() if _OUR_NAME.fullmatch(path.name))
    for path in ours[:-KEPT]:
        path.unlink(missing_ok=True)
