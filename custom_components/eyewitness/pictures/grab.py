"""Fetch the picture of a camera or image entity."""

from math import ceil
from typing import Literal

from homeassistant.components.camera import async_get_image as async_get_camera_image
from homeassistant.components.image import async_get_image as async_get_entity_image
from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er

from ..const import DOMAIN, LOGGER
from .decode import BAD_IMAGE
from .foreign import ForeignError, async_bounded
from .limits import LEAST_SECONDS
from .masks import Polygon
from .prepare import CameraPicture, async_prepare
from .views import is_own


class CameraError(HomeAssistantError):
    """A camera that gives no usable picture."""

    def __init__(
        self,
        hass: HomeAssistant,
        key: Literal["camera_unavailable", "camera_bad_image", "camera_blank", "camera_ours"],
        entity_id: str,
    ) -> None:
        """Name the camera as people know it."""
        state = hass.states.get(entity_id)
        super().__init__(
            translation_domain=DOMAIN,
            translation_key=key,
            translation_placeholders={"camera": state.name if state else entity_id},
        )


async def async_grab(
    hass: HomeAssistant,
    entity_id: str,
    *,
    seconds: float,
    side: int,
    masks: tuple[Polygon, ...] = (),
    with_scene: bool = False,
) -> CameraPicture:
    """Return the picture of a camera or image entity, ``side`` pixels long at most and masked.

    Raises ``CameraError``. The camera has ``seconds`` to answer, and what is left of them is for
    the decoder, but at least ``LEAST_SECONDS``.
    """
    if (entity := er.async_get(hass).async_get(entity_id)) and is_own(entity):
        # Under its name, those could see the camera whom its rules shut out.
        raise CameraError(hass, "camera_ours", entity_id)
    ends = hass.loop.time() + seconds
    state = hass.states.get(entity_id)
    if state is None or state.state == STATE_UNAVAILABLE:
        raise CameraError(hass, "camera_unavailable", entity_id)
    content = await _fetch(hass, entity_id, seconds)
    if content is None:
        raise CameraError(hass, "camera_unavailable", entity_id)
    left = max(LEAST_SECONDS, ends - hass.loop.time())
    try:
        return await async_prepare(
            hass,
            content,
            entity_id=entity_id,
            seconds=left,
            side=side,
            masks=masks,
            with_scene=with_scene,
        )
    except BAD_IMAGE as err:
        raise CameraError(hass, "camera_bad_image", entity_id) from err


async def _fetch(hass: HomeAssistant, entity_id: str, seconds: float) -> bytes | None:
    """Return what the camera sends, None when its integration fails in any way at all."""
    try:
        return await async_bounded(_get_image(hass, entity_id, ceil(seconds)), seconds)
    except ForeignError as err:
        LOGGER.debug("%s gave no picture: %s", entity_id, err)
        return None


async def _get_image(hass: HomeAssistant, entity_id: str, seconds: int) -> bytes:
    if entity_id.startswith("camera."):
        return (await async_get_camera_image(hass, entity_id, timeout=seconds)).content
    return (await async_get_entity_image(hass, entity_id, timeout=seconds)).content
