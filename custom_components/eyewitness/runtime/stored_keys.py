"""The encrypted keys in the entry: store them, and encrypt them anew."""

from collections.abc import Mapping
from dataclasses import replace
import os
from pathlib import Path
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError

from ..const import CONF_API_KEY, DOMAIN, LOGGER, SUBENTRY_PROVIDER
from ..keys import master_key, rotation, vault
from . import EyewitnessConfigEntry
from .settings import StoredProvider


async def async_rotate(hass: HomeAssistant, entry: EyewitnessConfigEntry) -> dict[str, Any]:
    """Encrypt every provider's key with the newest master key, which is made if it is ours to make.

    A master key from outside is rotated by putting the new one before the old one there. The old
    key in our own file goes at the next start, when the entry is known to be on disk. Raises
    ``HomeAssistantError`` when no master key can be used; then nothing has changed.
    """
    stored = _stored(entry)
    titles = {key: entry.subentries[key].title for key in stored}
    folder = Path(hass.config.config_dir)
    try:
        rotated = await hass.async_add_executor_job(rotation.rotate, folder, os.environ, stored)
    except master_key.MasterKeyError as err:
        raise HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key="master_key_unusable",
            translation_placeholders={"source": err.source},
        ) from err
    for key in rotated.lost:
        LOGGER.warning("The stored key of %s cannot be read any more", titles[key])
    # A provider that was removed or got another key meanwhile is left as it is now.
    still = _stored(entry)
    renewed = {
        key: new for key, new in rotated.ciphertexts.items() if still.get(key) == stored[key]
    }
    for key, ciphertext in renewed.items():
        _async_replace(hass, entry, key, ciphertext)
    return {
        "source": rotated.source,
        "encrypted": len(renewed),
        "unreadable": [titles[key] for key in rotated.lost],
    }


def _async_replace(
    hass: HomeAssistant, entry: EyewitnessConfigEntry, key: str, ciphertext: str
) -> None:
    """Store the same key under another ciphertext, without a reload.

    The runtime learns of it first: the entry compares its settings as soon as they are stored.
    """
    runtime = entry.runtime_data
    known = runtime.settings.providers
    if (before := known.get(key)) is not None:
        data = {**before.data, CONF_API_KEY: ciphertext}
        after = StoredProvider(title=before.title, data=data)
        runtime.settings = replace(runtime.settings, providers={**known, key: after})
    async_store(hass, entry, {key: ciphertext})
    runtime.cooldowns.async_reseal(key, entry.subentries[key].data)


async def async_seal(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Encrypt the keys that lie open in the entry; raise ``MasterKeyError``."""
    bare = {key: text for key, text in _stored(entry).items() if not vault.is_encrypted(text)}
    if not bare:
        return

    def encrypt() -> dict[str, str]:
        opened = master_key.load(Path(hass.config.config_dir), os.environ)
        return {key: opened.encrypt(text) for key, text in bare.items()}

    async_store(hass, entry, await hass.async_add_executor_job(encrypt))


def _stored(entry: ConfigEntry) -> dict[str, str]:
    return {
        subentry.subentry_id: subentry.data[CONF_API_KEY]
        for subentry in entry.get_subentries_of_type(SUBENTRY_PROVIDER)
    }


@callback
def async_store(hass: HomeAssistant, entry: ConfigEntry, ciphertexts: Mapping[str, str]) -> None:
    """Store encrypted keys by subentry id; a provider that was removed meanwhile stays removed."""
    for key, ciphertext in ciphertexts.items():
        if (subentry := entry.subentries.get(key)) is not None:
            hass.config_entries.async_update_subentry(
                entry, subentry, data={**subentry.data, CONF_API_KEY: ciphertext}
            )
