"""What all commands share: each needs the entry, which is away for a moment while it reloads."""

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any, Final

from homeassistant.components.websocket_api import ActiveConnection
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError

from ..const import DOMAIN
from ..runtime import EyewitnessConfigEntry

ERR_NOT_LOADED: Final = "not_loaded"
"""The card says that Eyewitness is starting, and asks again."""

type Message = dict[str, Any]
type Command = Callable[[HomeAssistant, ActiveConnection, Message], Awaitable[None]]
type EntryCommand = Callable[
    [HomeAssistant, EyewitnessConfigEntry, ActiveConnection, Message], Awaitable[None]
]


@callback
def loaded_entry(hass: HomeAssistant) -> EyewitnessConfigEntry | None:
    """Return the entry, None while it is not loaded."""
    return next(iter(hass.config_entries.async_loaded_entries(DOMAIN)), None)


def with_entry(command: EntryCommand) -> Command:
    """Hand the entry to a command, or answer that it is not loaded."""

    @wraps(command)
    async def run(hass: HomeAssistant, connection: ActiveConnection, msg: Message) -> None:
        if (entry := loaded_entry(hass)) is None:
            send_error(connection, msg, ERR_NOT_LOADED, not_loaded())
        else:
            await command(hass, entry, connection, msg)

    return run


def not_loaded() -> HomeAssistantError:
    """Return what those are told who ask while the entry is not loaded."""
    return HomeAssistantError(translation_domain=DOMAIN, translation_key="not_loaded")


@callback
def send_error(
    connection: ActiveConnection, msg: Message, code: str, error: HomeAssistantError
) -> None:
    """Answer a command with an error and its sentence, which no log needs to know."""
    connection.send_error(
        msg["id"],
        code,
        str(error),
        error.translation_key,
        error.translation_domain,
        error.translation_placeholders,
    )
