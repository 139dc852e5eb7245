"""One provider as it was typed: check it, ask the vendor, and return what may be stored."""

from collections.abc import Mapping
from dataclasses import dataclass
import os
from pathlib import Path
from typing import Any, Final, Self

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.core import HomeAssistant

from ..const import (
    ANTHROPIC,
    COMPATIBLE,
    CONF_API_KEY,
    CONF_BASE_URL,
    CONF_KIND,
    CONF_LOCAL,
    CONF_PRICE_INPUT,
    CONF_PRICE_OUTPUT,
    GEMINI,
    GROK,
    OPENAI,
    SUBENTRY_PROVIDER,
)
from ..keys import master_key
from ..keys.master_key import MasterKeyError
from ..keys.vault import UndecryptableError, Vault
from ..runtime.settings import spec_of
from .address import same_address, url_fault
from .key_check import KeyCheck, async_ask


async def async_open_vault(hass: HomeAssistant) -> Vault:
    """Return the vault; raise ``MasterKeyError``."""
    return await hass.async_add_executor_job(
        master_key.load, Path(hass.config.config_dir), os.environ
    )


async def async_decrypted_key(hass: HomeAssistant, data: Mapping[str, Any]) -> str | None:
    """Return the key that is stored for a provider, None when no master key decrypts it."""
    try:
        vault = await async_open_vault(hass)
    except MasterKeyError:
        return None
    return decrypted_key(vault, data)


def decrypted_key(vault: Vault, data: Mapping[str, Any]) -> str | None:
    """Return the key that is stored for a provider, None when this vault does not decrypt it."""
    try:
        return vault.decrypt(data[CONF_API_KEY])
    except UndecryptableError:
        return None


def is_well_formed(api_key: str) -> bool:
    """Return whether a text can be a key: anything else could smuggle a line into a header."""
    return api_key.isascii() and api_key.isprintable() and " " not in api_key and bool(api_key)


_PREFIXES: Final = {"sk-ant-": ANTHROPIC, "sk-proj-": OPENAI, "xai-": GROK, "AIza": GEMINI}
"""How the keys of one company begin, and of no other one (the companies' pages on API keys)."""


def owner_of(api_key: str) -> str | None:
    """Return the kind of provider whose key this is, None when its prefix does not say."""
    return next((kind for prefix, kind in _PREFIXES.items() if api_key.startswith(prefix)), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderForm:
    """What a person typed about one provider, new or changed."""

    data: Mapping[str, Any]
    """What is to be stored of it, apart from the key."""
    api_key: str
    """In plain text; empty when there is none."""
    key_lost: bool = False
    """Whether the stored key was to be kept and cannot be decrypted."""
    key_address: str | None = None
    """The address that the key was stored for; None when the key was typed just now."""
    provider_id: str | None = None
    """The subentry that is changed; None for a new one."""

    @classmethod
    def read(
        cls,
        vault: Vault,
        data: Mapping[str, Any],
        api_key: str,
        changed: ConfigSubentry | None = None,
    ) -> Self:
        """Return the form; a provider that is changed keeps its key when none was typed."""
        provider_id = changed.subentry_id if changed else None
        if changed is None or api_key:
            return cls(data=data, api_key=api_key, provider_id=provider_id)
        stored = decrypted_key(vault, changed.data)
        return cls(
            data=data,
            api_key=stored or "",
            key_lost=stored is None,
            key_address=changed.data[CONF_BASE_URL],
            provider_id=provider_id,
        )

    @property
    def kind(self) -> str:
        """Return the kind of provider."""
        return str(self.data[CONF_KIND])

    def errors(self) -> dict[str, str]:
        """Return what is wrong without anybody being asked, by the field."""
        if self.key_lost:
            return {CONF_API_KEY: "key_lost"}
        if error := self._url_error():
            return {CONF_BASE_URL: error}
        if error := self._key_error():
            return {CONF_API_KEY: error}
        if (CONF_PRICE_INPUT in self.data) != (CONF_PRICE_OUTPUT in self.data):
            # Home Assistant shows no error at a field of a section.
            return {"base": "price_incomplete"}
        return {}

    def _url_error(self) -> str | None:
        url, compatible = self.data[CONF_BASE_URL], self.kind == COMPATIBLE
        if not url:
            return "url_missing" if compatible else None
        local = bool(self.data.get(CONF_LOCAL)) if compatible else None
        return url_fault(url, local=local)

    def _key_error(self) -> str | None:
        if not self.api_key:
            return None if self.kind == COMPATIBLE else "key_missing"
        if not is_well_formed(self.api_key):
            return "key_malformed"
        address = self.data[CONF_BASE_URL]
        owner = owner_of(self.api_key)
        # Whoever runs a gateway may hand out keys that look like anybody's.
        if owner is not None and owner != self.kind and not address:
            return f"key_of_{owner}"
        if self.key_address is not None and not same_address(address, self.key_address):
            return "key_again"
        return None

    def is_duplicate(self, entry: ConfigEntry, vault: Vault) -> bool:
        """Return whether another provider of the entry has the same kind, address and key."""
        return any(
            subentry.subentry_id != self.provider_id
            and all(subentry.data[name] == self.data[name] for name in (CONF_KIND, CONF_BASE_URL))
            and decrypted_key(vault, subentry.data) == self.api_key
            for subentry in entry.get_subentries_of_type(SUBENTRY_PROVIDER)
        )

    async def async_ask(self, hass: HomeAssistant) -> KeyCheck:
        """Ask the provider whether it accepts the key; only for a form without ``errors``."""
        return await async_ask(hass, spec_of(self.data, self.api_key))

    def encrypted(self, vault: Vault) -> dict[str, Any]:
        """Return the subentry's data with the key encrypted; only for a form without ``errors``."""
        return {**self.data, CONF_API_KEY: vault.encrypt(self.api_key)}
