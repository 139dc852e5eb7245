"""A hundred cameras that show the photo that lies beside this file."""

from pathlib import Path
from typing import Final, override

from homeassistant.components.camera import Camera
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

CAMERAS: Final = 100
PHOTO: Final = Path(__file__).with_name("photo.jpg")


async def async_setup_entry(
    hass: HomeAssistant,
    entry: ConfigEntry[None],
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add them."""
    photo = await hass.async_add_executor_job(PHOTO.read_bytes)
    async_add_entities(StillCamera(number, photo) for number in range(CAMERAS))


class StillCamera(Camera):
    """A camera that always shows the photo."""

    def __init__(self, number: int, photo: bytes) -> None:
        super().__init__()
        self._attr_name = f"Probe {number}"
        self._attr_unique_id = f"probe_{number}"
        self._photo = photo

    @override
    async def async_camera_image(
        self, width: int | None = None, height: int | None = None
    ) -> bytes | None:
        return self._photo
