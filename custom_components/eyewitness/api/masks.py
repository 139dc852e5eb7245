"""Let an administrator draw black areas on a camera's own picture, and see what is left of it.

The picture goes to nobody else: it is neither kept nor logged, and no provider is asked.
"""

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final, Self

from homeassistant.components.websocket_api.connection import ActiveConnection
from homeassistant.components.websocket_api.const import ERR_HOME_ASSISTANT_ERROR, ERR_NOT_FOUND
from homeassistant.components.websocket_api.decorators import (
    async_response,
    require_admin,
    websocket_command,
)
from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
import voluptuous as vol

from ..chain.task import Picture
from ..const import CONF_MASKS, CONF_POLYGONS, DOMAIN, SUBENTRY_CAMERA
from ..flows.camera_fields import cameras, new_rules, rules_of
from ..pictures.areas import find_faults
from ..pictures.grab import CameraError, async_grab
from ..pictures.masks import Polygon, box, polygon
from ..pictures.rules import read_entities, read_rules
from ..pictures.size import Detail
from ..pictures.views import name_of
from ..runtime import EyewitnessConfigEntry
from .commands import Message, send_error, with_entry

_SECONDS: Final = 15.0
"""How long the camera may take: somebody waits and looks."""
_SIDES: Final = ("left", "top", "right", "bottom")
_PERCENT: Final = vol.All(vol.Coerce(float), vol.Range(min=0, max=100))
_AREAS: Final = [{vol.Required("name"): str, **{vol.Required(side): _PERCENT for side in _SIDES}}]
"""As the form has them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EditedCamera:
    """A camera, and what is stored of it or would be."""

    entity_id: str
    entry: EyewitnessConfigEntry
    subentry: ConfigSubentry | None
    """None for a camera that has no rules of its own yet."""
    data: Mapping[str, Any]

    @classmethod
    def find(cls, hass: HomeAssistant, entry: EyewitnessConfigEntry, entity_id: str) -> Self | None:
        """Return what can be looked through under this entity id, None if nothing can."""
        if entity_id not in cameras(hass):
            return None
        subentry = rules_of(hass, entry, entity_id)
        data = subentry.data if subentry else new_rules(hass, entry, entity_id)
        # Of what an older version stored, some may be missing.
        data = {CONF_MASKS: [], CONF_POLYGONS: [], **data}
        return cls(entity_id=entity_id, entry=entry, subentry=subentry, data=data)

    def fixed(self, hass: HomeAssistant) -> tuple[Polygon, ...]:
        """Return what is black besides the areas: other shapes, and what other rules cover."""
        own = (polygon(text) for text in self.data[CONF_POLYGONS])
        others = (
            read_rules(each.data)
            for each in self.entry.get_subentries_of_type(SUBENTRY_CAMERA)
            if each is not self.subentry
        )
        covering = (
            mask
            for stored in others
            if stored.covers(hass, self.entity_id)
            for mask in stored.rules.masks
        )
        return tuple(dict.fromkeys((*own, *covering)))

    def check(self, areas: list[dict[str, Any]]) -> dict[str, Any]:
        """Return what would be stored with these areas; raise ``HomeAssistantError``."""
        data = {**self.data, CONF_MASKS: areas}
        faults = find_faults(data)
        for key in faults.errors.values():
            raise HomeAssistantError(
                translation_domain=DOMAIN,
                translation_key=key,
                translation_placeholders={"area": faults.area},
            )
        return data


@require_admin
@websocket_command({vol.Required("type"): "eyewitness/masks/get", vol.Required("camera"): str})
@async_response
@with_entry
async def get_masks(
    hass: HomeAssistant, entry: EyewitnessConfigEntry, connection: ActiveConnection, msg: Message
) -> None:
    """Send a camera's areas and its whole picture, or why there is none."""
    if (camera := _find(hass, entry, connection, msg)) is None:
        return
    views = read_entities(camera.data)[1:]
    found: dict[str, Any] = {
        "areas": [
            {"name": area["name"], **{side: area[side] for side in _SIDES}}
            for area in camera.data[CONF_MASKS]
        ],
        "fixed": [
            [[round(100 * x, 3), round(100 * y, 3)] for x, y in shape]
            for shape in camera.fixed(hass)
        ],
        "views": [name_of(hass, each.current_entity_id(hass)) for each in views],
    }
    try:
        picture = await async_grab(
            hass, camera.entity_id, seconds=_SECONDS, side=Detail.NORMAL.side
        )
    except CameraError as err:
        found |= {"picture": None, "problem": _problem(err)}
    else:
        found |= _shown(picture)
    connection.send_result(msg["id"], found)


@require_admin
@websocket_command(
    {
        vol.Required("type"): "eyewitness/masks/preview",
        vol.Required("camera"): str,
        vol.Required("areas"): _AREAS,
    }
)
@async_response
@with_entry
async def preview_masks(
    hass: HomeAssistant, entry: EyewitnessConfigEntry, connection: ActiveConnection, msg: Message
) -> None:
    """Send a picture of now as providers would get it with these areas."""
    if (camera := _find(hass, entry, connection, msg)) is None:
        return
    try:
        areas = camera.check(msg["areas"])[CONF_MASKS]
        picture = await async_grab(
            hass,
            camera.entity_id,
            seconds=_SECONDS,
            side=read_rules(camera.data).rules.detail.side,
            masks=(*(box(area) for area in areas), *camera.fixed(hass)),
        )
    except HomeAssistantError as err:
        send_error(connection, msg, ERR_HOME_ASSISTANT_ERROR, err)
    else:
        connection.send_result(msg["id"], _shown(picture))


@require_admin
@websocket_command(
    {
        vol.Required("type"): "eyewitness/masks/save",
        vol.Required("camera"): str,
        vol.Required("areas"): _AREAS,
    }
)
@async_response
@with_entry
async def save_masks(
    hass: HomeAssistant, entry: EyewitnessConfigEntry, connection: ActiveConnection, msg: Message
) -> None:
    """Store the areas where the form stores them; they hold from the next picture on."""
    if (camera := _find(hass, entry, connection, msg)) is None:
        return
    try:
        data = camera.check(msg["areas"])
    except HomeAssistantError as err:
        send_error(connection, msg, ERR_HOME_ASSISTANT_ERROR, err)
        return
    if camera.subentry is not None:
        hass.config_entries.async_update_subentry(camera.entry, camera.subentry, data=data)
    elif msg["areas"]:
        subentry = ConfigSubentry(
            data=MappingProxyType(data),
            subentry_type=SUBENTRY_CAMERA,
            title=name_of(hass, camera.entity_id),
            unique_id=None,
        )
        hass.config_entries.async_add_subentry(camera.entry, subentry)
    connection.send_result(msg["id"], {})


@callback
def _find(
    hass: HomeAssistant, entry: EyewitnessConfigEntry, connection: ActiveConnection, msg: Message
) -> EditedCamera | None:
    """Return the camera of a command; without one, tell so and return None."""
    if (camera := EditedCamera.find(hass, entry, msg["camera"])) is None:
        error = HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key="camera_not_found",
            translation_placeholders={"entity_id": msg["camera"]},
        )
        send_error(connection, msg, ERR_NOT_FOUND, error)
    return camera


def _shown(picture: Picture) -> dict[str, Any]:
    content = b64encode(picture.jpeg).decode("ascii")
    return {
        "picture": f"data:image/jpeg;base64,{content}",
        "width": picture.width,
        "height": picture.height,
    }


def _problem(error: HomeAssistantError) -> dict[str, Any]:
    """Return what is wrong in the form of an error, for the user's language."""
    return {
        "message": str(error),
        "translation_domain": error.translation_domain,
        "translation_key": error.translation_key,
        "translation_placeholders": error.translation_placeholders,
    }
