"""Say who may see a camera: whoever may look at it, since its events show it."""

from collections.abc import Iterable

from homeassistant.auth.models import User
from homeassistant.auth.permissions.const import POLICY_READ
from homeassistant.components.http.const import KEY_HASS_USER
from homeassistant.components.websocket_api.connection import current_connection
from homeassistant.helpers.http import current_request


def may_see(user: User, camera: str) -> bool:
    """Return whether a user may see a camera now; rights change while a page is open."""
    return user.is_active and user.permissions.check_entity(camera, POLICY_READ)


def may_see_all(user: User) -> bool:
    """Return whether a user may see every camera, also those that are gone or still to come."""
    return user.is_active and user.permissions.access_all_entities(POLICY_READ)


def seen_by(user: User, cameras: Iterable[str]) -> frozenset[str]:
    """Return those of the cameras that a user may see."""
    return frozenset(camera for camera in cameras if may_see(user, camera))


def current_user() -> User | None:
    """Return for whom Home Assistant is at work, None when it is nobody, as for an automation."""
    if (connection := current_connection.get()) is not None:
        return connection.user
    request = current_request.get()
    return request.get(KEY_HASS_USER) if request else None
