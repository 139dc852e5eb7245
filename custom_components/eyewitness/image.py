"""Show the last described picture of each camera, as it was sent."""

from typing import Final, override

from homeassistant.auth.permissions.const import POLICY_READ
from homeassistant.components.http.const import KEY_HASS_USER
from homeassistant.components.image import ImageEntity, ImageEntityDescription
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.http import current_request
from homeassistant.util import dt as dt_util

from .const import LAST_PICTURE_KEY
from .entity import CameraEntity, async_add_for_cameras
from .pictures import kept_files
from .pictures.keep import SIGNAL_KEPT
from .pictures.rules import EntityRef
from .runtime import EyewitnessConfigEntry

PARALLEL_UPDATES = 0

LAST_PICTURE: Final = ImageEntityDescription(key=LAST_PICTURE_KEY, translation_key="last_picture")


async def async_setup_entry(
    hass: HomeAssistant,
    entry: EyewitnessConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the picture of every camera."""
    async_add_for_cameras(
        hass, entry, async_add_entities, lambda camera: [LastPicture(hass, entry, camera)]
    )


class LastPicture(CameraEntity, ImageEntity):
    """The last described picture of a camera."""

    def __init__(
        self, hass: HomeAssistant, entry: EyewitnessConfigEntry, camera: EntityRef
    ) -> None:
        """Have no picture before the folder was looked at."""
        CameraEntity.__init__(self, entry, LAST_PICTURE, camera)
        ImageEntity.__init__(self, hass)

    @override
    async def async_added_to_hass(self) -> None:
        """Show what is kept, from now on."""
        await super().async_added_to_hass()
        self.async_on_remove(async_dispatcher_connect(self.hass, SIGNAL_KEPT, self._async_kept))
        # Not awaited: unloaded meanwhile, it would come back as a state without an entity, and
        # keep the next one away.
        self._entry.async_create_background_task(
            self.hass, self._async_kept(None), "eyewitness last picture"
        )

    async def _async_kept(self, camera: str | None) -> None:
        """Show what has changed, at an address that no browser has seen yet."""
        if camera in (None, self.camera_id):
            await self._async_look()
            self.async_update_token()
            self.async_write_ha_state()

    async def _async_look(self) -> None:
        file = await self.runtime.last_pictures.async_newest(self.hass, self.camera_id)
        began = kept_files.began(file) if file else None
        self._attr_image_last_updated = dt_util.utc_from_timestamp(began) if began else None

    @override
    async def async_image(self) -> bytes | None:
        """Return the picture, None for a user who may not see this entity.

        Home Assistant lets everybody who is logged in fetch every image whose name they know.
        """
        if not self._is_allowed():
            return None
        return await self.runtime.last_pictures.async_read_newest(self.hass, self.camera_id)

    @callback
    def _is_allowed(self) -> bool:
        request = current_request.get()
        user = request.get(KEY_HASS_USER) if request else None
        return user is None or user.permissions.check_entity(self.entity_id, POLICY_READ)
