"""What all commands share: each needs the entry, which is away for a moment while it reloads."""

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any, Final

from homeassistant.components.websocket_api.connection import ActiveConnection
from homeassistant.components.websocket_api.const import ERR_HOME_ASSISTANT_ERROR
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError

from ..const import DOMAIN
from ..ledger.errors import LedgerError
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
            send_error(connection, msg, ERR_NOT_LOADED, _error("not_loaded"))
            return
        try:
            await command(hass, entry, connection, msg)
        except LedgerError:
            send_error(connection, msg, ERR_HOME_ASSISTANT_ERROR, _error("history_unreadable"))

    return run


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


def _error(key: str) -> HomeAssistantError:
    return HomeAssistantError(translation_domain=DOMAIN, translation_key=key)
