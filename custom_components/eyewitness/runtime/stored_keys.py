"""Encrypt the stored keys anew: when a master key is changed, or when they lie open."""

from collections.abc import Mapping
import os
from pathlib import Path
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError

from ..const import CONF_API_KEY, DOMAIN, LOGGER, SUBENTRY_PROVIDER
from ..keys import master_key, vault
from . import EyewitnessConfigEntry


async def async_rotate(hass: HomeAssistant, entry: EyewitnessConfigEntry) -> dict[str, Any]:
    """Encrypt every provider's key with the newest master key, which is made if it is ours to make.

    A master key from outside is rotated by putting the new one before the old one there. The old
    key in our own file goes at the next start, when the entry is known to be on disk. Raises
    ``HomeAssistantError`` when no master key can be used; then nothing has changed.
    """
    stored = _stored(entry)
    titles = {key: entry.subentries[key].title for key in stored}

    def rotate() -> tuple[str, dict[str, str], list[str]]:
        folder = Path(hass.config.config_dir)
        opened = master_key.load(folder, os.environ)
        if opened.own:
            master_key.renew(folder)
            opened = master_key.load(folder, os.environ)
        renewed, lost = {}, []
        for key, ciphertext in stored.items():
            try:
                renewed[key] = opened.rotate(ciphertext)
            except vault.UndecryptableError:
                LOGGER.warning("The key of %s cannot be decrypted", titles[key])
                lost.append(titles[key])
        return opened.source, renewed, lost

    try:
        source, renewed, lost = await hass.async_add_executor_job(rotate)
    except master_key.MasterKeyError as err:
        raise HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key="master_key_unusable",
            translation_placeholders={"source": err.source},
        ) from err
    # A provider that was removed or got another key meanwhile is left as it is now.
    still = _stored(entry)
    renewed = {key: new for key, new in renewed.items() if still.get(key) == stored[key]}
    # The same keys under another cover: what is remembered of them stays, and nothing is reloaded,
    # if the runtime knows of each before it is stored, since that is when the entry compares them.
    runtime = entry.runtime_data
    _, built_from = runtime.shape
    for key, ciphertext in renewed.items():
        if key in built_from:
            title, data = built_from[key]
            built_from[key] = (title, {**data, CONF_API_KEY: ciphertext})
        async_store(hass, entry, {key: ciphertext})
        runtime.memory.async_reseal(key, entry.subentries[key].data)
    return {"source": source, "encrypted": len(renewed), "unreadable": lost}


async def async_seal(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Encrypt the keys that lie open in the entry; raise ``vault.MasterKeyError``."""
    bare = {key: text for key, text in _stored(entry).items() if not vault.sealed(text)}
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
