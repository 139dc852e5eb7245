"""Take part in Home Assistant's backups, so that the copy of the ledger is whole.

The database is two files while it is in use. Copied one after the other, with a write in between,
they do not fit together.
"""

from collections.abc import Iterator

from homeassistant.core import HomeAssistant

from .const import DOMAIN
from .runtime import EyewitnessConfigEntry
from .runtime.ledger_writer import LedgerWriter


async def async_pre_backup(hass: HomeAssistant) -> None:
    """Make the file whole in itself and leave it alone; requests are counted in memory meanwhile.

    Never raises: a backup without our last rows is better than none.
    """
    for writer in _writers(hass):
        await writer.async_hold()


async def async_post_backup(hass: HomeAssistant) -> None:
    """Write again."""
    for writer in _writers(hass):
        writer.async_release()


def _writers(hass: HomeAssistant) -> Iterator[LedgerWriter]:
    entries: list[EyewitnessConfigEntry] = hass.config_entries.async_loaded_entries(DOMAIN)
    for entry in entries:
        yield entry.runtime_data.accounts.writer
