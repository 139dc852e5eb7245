"""Cameras that show the pictures lying beside this file."""

from pathlib import Path
from typing import Final, override

from homeassistant.components.camera import Camera
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

_FOLDER: Final = Path(__file__).with_name("photos")
_MANY: Final = {"1080p": 100}
"""Of this kind there are enough for a burst."""
_TWICE: Final = ("", "peer ")
"""Eyewitness has cameras of its own: what others fetch would bring it the same picture again."""


async def async_setup_entry(
    hass: HomeAssistant,
    entry: ConfigEntry[None],
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add them."""
    photos = await hass.async_add_executor_job(_read)
    async_add_entities(
        LiveCamera(f"{kind} {whose}{number}", shown)
        for kind, shown in photos.items()
        for whose in _TWICE
        for number in range(_MANY.get(kind, 1))
    )


def _read() -> dict[str, list[bytes]]:
    """Return the pictures of each kind."""
    folders = sorted(path for path in _FOLDER.iterdir() if path.is_dir())
    return {
        folder.name: [file.read_bytes() for file in sorted(folder.iterdir())] for folder in folders
    }


class LiveCamera(Camera):
    """A camera that shows its pictures in turn: the same one again would be an old one."""

    def __init__(self, name: str, photos: list[bytes]) -> None:
        super().__init__()
        self._attr_name = name
        self._attr_unique_id = name
        self._photos = photos
        self._asked = 0

    @override
    async def async_camera_image(
        self, width: int | None = None, height: int | None = None
    ) -> bytes | None:
        self._asked += 1
        return self._photos[self._asked % len(self._photos)]
