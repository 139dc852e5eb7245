"""Say who may have a camera described: whoever may look at it, since the description shows it."""

from homeassistant.auth.permissions.const import CAT_ENTITIES, POLICY_READ
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import Unauthorized, UnknownUser


async def async_check_view(hass: HomeAssistant, context: Context, entity_id: str) -> None:
    """Raise ``Unauthorized`` for a user who may not look at the camera; automations may."""
    if (user_id := context.user_id) is None:
        return
    user = await hass.auth.async_get_user(user_id)
    if user is None:
        raise UnknownUser(context=context, entity_id=entity_id, permission=POLICY_READ)
    if not user.permissions.check_entity(entity_id, POLICY_READ):
        raise Unauthorized(
            context=context,
            entity_id=entity_id,
            permission=POLICY_READ,
            perm_category=CAT_ENTITIES,
        )
