"""A hundred cameras that show the photos that lie beside this file."""

from pathlib import Path
from typing import Final, override

from homeassistant.components.camera import Camera
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

CAMERAS: Final = 100
PHOTOS: Final = [Path(__file__).with_name(f"photo_{number}.jpg") for number in range(2)]


async def async_setup_entry(
    hass: HomeAssistant,
    entry: ConfigEntry[None],
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add them."""
    photos = [await hass.async_add_executor_job(photo.read_bytes) for photo in PHOTOS]
    async_add_entities(LiveCamera(number, photos) for number in range(CAMERAS))


class LiveCamera(Camera):
    """A camera that shows the photos in turn: the same one again would be an old one."""

    def __init__(self, number: int, photos: list[bytes]) -> None:
        super().__init__()
        self._attr_name = f"Probe {number}"
        self._attr_unique_id = f"probe_{number}"
        self._photos = photos
        self._asked = 0

    @override
    async def async_camera_image(
        self, width: int | None = None, height: int | None = None
    ) -> bytes | None:
        self._asked += 1
        return self._photos[self._asked % len(self._photos)]
