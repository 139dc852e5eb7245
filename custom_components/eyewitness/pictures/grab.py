"""Fetch the picture of a camera or image entity."""

import asyncio
from math import ceil
from typing import Literal

from homeassistant.components.camera import async_get_image as async_get_camera_image
from homeassistant.components.image import async_get_image as async_get_entity_image
from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError

from ..chain.task import Picture
from ..const import DOMAIN, LOGGER
from .masks import Polygon
from .prepare import BAD_IMAGE, async_prepare


class CameraError(HomeAssistantError):
    """A camera that gives no usable picture."""

    def __init__(
        self, key: Literal["camera_unavailable", "camera_bad_image"], entity_id: str
    ) -> None:
        super().__init__(
            translation_domain=DOMAIN,
            translation_key=key,
            translation_placeholders={"entity_id": entity_id},
        )


async def async_grab(
    hass: HomeAssistant,
    entity_id: str,
    *,
    seconds: float,
    side: int,
    masks: tuple[Polygon, ...] = (),
) -> Picture:
    """Return the picture of a camera or image entity, ``side`` pixels long at most and masked.

    Raises ``CameraError``. The camera has ``seconds`` to answer.
    """
    state = hass.states.get(entity_id)
    if state is None or state.state == STATE_UNAVAILABLE:
        raise CameraError("camera_unavailable", entity_id)
    content = await _fetch(hass, entity_id, seconds)
    if content is None:
        raise CameraError("camera_unavailable", entity_id)
    try:
        return await async_prepare(hass, content, side=side, masks=masks)
    except BAD_IMAGE as err:
        raise CameraError("camera_bad_image", entity_id) from err


async def _fetch(hass: HomeAssistant, entity_id: str, seconds: float) -> bytes | None:
    """Return what the camera sends, None when its integration fails in any way at all.

    The request is a task of its own, because the camera component swallows cancellation: in our
    task a stopped automation would look like a broken camera.
    """
    task = asyncio.ensure_future(_get_image(hass, entity_id, ceil(seconds)))
    task.add_done_callback(lambda done: done.cancelled() or done.exception())
    try:
        await asyncio.wait({task}, timeout=seconds)
    finally:
        task.cancel()
    if not task.done() or task.cancelled():
        return None
    if (err := task.exception()) is not None:
        LOGGER.debug("%s gave no picture: %s", entity_id, type(err).__name__)
        return None
    return task.result()


async def _get_image(hass: HomeAssistant, entity_id: str, seconds: int) -> bytes:
    if entity_id.startswith("camera."):
        return (await async_get_camera_image(hass, entity_id, timeout=seconds)).content
    return (await async_get_entity_image(hass, entity_id, timeout=seconds)).content
