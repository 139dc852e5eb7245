"""Add and change one provider, and check what was typed."""

import asyncio
from collections.abc import Mapping
from ipaddress import ip_address
import os
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from homeassistant.config_entries import ConfigEntry, ConfigSubentryFlow, SubentryFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import (
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)
from homeassistant.util.ssl import get_default_context
import voluptuous as vol

from . import vault
from .chain.kinds import Kind
from .chain.models import ProviderError
from .const import (
    CONF_API_KEY,
    CONF_BASE_URL,
    CONF_KIND,
    CONF_MODEL,
    KINDS,
    NAMES,
    SUBENTRY_PROVIDER,
)
from .providers import registry
from .providers.base import AUTO, Spec

SECTION_ADVANCED: Final = "advanced"
CHECK_SECONDS: Final = 15.0

PASSWORD: Final = TextSelector(
    TextSelectorConfig(type=TextSelectorType.PASSWORD, autocomplete="off")
)
URL: Final = TextSelector(TextSelectorConfig(type=TextSelectorType.URL))


async def async_open_vault(hass: HomeAssistant) -> vault.Vault:
    """Return the vault; raise ``vault.MasterKeyError``."""
    return await hass.async_add_executor_job(vault.load, Path(hass.config.config_dir), os.environ)


def well_formed(api_key: str) -> bool:
    """Say whether a text can be a key: anything else could smuggle a line into a header."""
    return api_key.isascii() and api_key.isprintable() and " " not in api_key and bool(api_key)


def tidy(url: str) -> str:
    """Return an address in the one form in which it is stored and compared."""
    return url.strip().rstrip("/")


def acceptable(url: str) -> bool:
    """Say whether a key may be sent to this address: over TLS, or within the house."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        _ = parts.port
    except ValueError:
        return False
    if not host or "@" in parts.netloc or parts.query or parts.fragment:
        return False
    if "\\" in url or " " in url or not url.isascii() or not url.isprintable():
        return False
    try:
        address = ip_address(host)
    except ValueError:
        return parts.scheme == "https" or (parts.scheme == "http" and host == "localhost")
    if address.is_link_local or address.is_multicast or address.is_unspecified:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and address.is_private)


async def async_check(hass: HomeAssistant, kind: str, api_key: str, base_url: str) -> str | None:
    """Ask the vendor whether it takes the key; return the error's name, None when it does."""
    if not well_formed(api_key):
        return "key_malformed"
    spec = Spec(id="", kind=kind, api_key=api_key, base_url=base_url)
    provider = await hass.async_add_executor_job(registry.build, spec, get_default_context())
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            await provider.check()
    except TimeoutError:
        return "cannot_connect"
    except ProviderError as err:
        return _error(kind, err.kind)
    finally:
        await provider.close()
    return None


def _error(kind: str, failure: Kind) -> str | None:
    match failure:
        case Kind.AUTH:
            return f"{kind}_invalid_auth"
        case Kind.RATE_LIMIT | Kind.QUOTA | Kind.FORBIDDEN:
            # The vendor knows the key; it may only not list models, or not now.
            return None
        case Kind.NETWORK | Kind.TIMEOUT | Kind.SERVER:
            return "cannot_connect"
        case _:
            return "unexpected_answer"


def same_account(
    entry: ConfigEntry, opened: vault.Vault, data: Mapping[str, str], but: str | None = None
) -> bool:
    """Say whether another provider of the entry has the same kind, address and key already."""
    for subentry in entry.get_subentries_of_type(SUBENTRY_PROVIDER):
        if subentry.subentry_id == but or any(
            subentry.data[name] != data[name] for name in (CONF_KIND, CONF_BASE_URL)
        ):
            continue
        try:
            if opened.decrypt(subentry.data[CONF_API_KEY]) == data[CONF_API_KEY]:
                return True
        except vault.UndecryptableError:
            continue
    return False


def new_title(entry: ConfigEntry, kind: str) -> str:
    """Return the vendor's name, with a number when it is taken."""
    taken = {subentry.title for subentry in entry.subentries.values()}
    number, title = 1, NAMES[kind]
    while title in taken:
        number += 1
        title = f"{NAMES[kind]} {number}"
    return title


_ADVANCED: Final = section(vol.Schema({vol.Optional(CONF_BASE_URL): URL}), {"collapsed": True})
_MODEL: Final = {vol.Required(CONF_MODEL, default=AUTO): TextSelector()}

_ADD: Final = vol.Schema(
    {
        vol.Required(CONF_KIND): SelectSelector(
            SelectSelectorConfig(
                options=list(KINDS), translation_key=CONF_KIND, mode=SelectSelectorMode.DROPDOWN
            )
        ),
        vol.Required(CONF_API_KEY): PASSWORD,
        **_MODEL,
        vol.Required(SECTION_ADVANCED): _ADVANCED,
    }
)
_CHANGE: Final = vol.Schema(
    {
        vol.Optional(CONF_API_KEY): PASSWORD,
        **_MODEL,
        vol.Required(SECTION_ADVANCED): _ADVANCED,
    }
)


class ProviderFlow(ConfigSubentryFlow):
    """Add a provider or change one."""

    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask for vendor, key and model."""
        errors: dict[str, str] = {}
        entry = self._get_entry()
        if user_input is not None:
            data = _flat(user_input)
            opened, errors = await self._open()
            if opened and not (errors := await self._errors(data)):
                if same_account(entry, opened, data):
                    return self.async_abort(reason="already_configured")
                data[CONF_API_KEY] = opened.encrypt(data[CONF_API_KEY])
                return self.async_create_entry(title=new_title(entry, data[CONF_KIND]), data=data)
        return self.async_show_form(
            step_id="user",
            data_schema=self.add_suggested_values_to_schema(_ADD, user_input),
            errors=errors,
        )

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Change key, model or address; an empty key field keeps the key."""
        errors: dict[str, str] = {}
        entry, subentry = self._get_entry(), self._get_reconfigure_subentry()
        if user_input is not None:
            data = {**_flat(user_input), CONF_KIND: subentry.data[CONF_KIND]}
            opened, errors = await self._open()
            if opened and not data[CONF_API_KEY]:
                try:
                    data[CONF_API_KEY] = opened.decrypt(subentry.data[CONF_API_KEY])
                except vault.UndecryptableError:
                    errors = {CONF_API_KEY: "key_lost"}
            if opened and not errors and not (errors := await self._errors(data)):
                if same_account(entry, opened, data, subentry.subentry_id):
                    return self.async_abort(reason="already_configured")
                data[CONF_API_KEY] = opened.encrypt(data[CONF_API_KEY])
                return self.async_update_and_abort(entry, subentry, data=data)
        shown = user_input or {
            CONF_MODEL: subentry.data[CONF_MODEL],
            SECTION_ADVANCED: {CONF_BASE_URL: subentry.data[CONF_BASE_URL]},
        }
        return self.async_show_form(
            step_id="reconfigure",
            data_schema=self.add_suggested_values_to_schema(_CHANGE, shown),
            errors=errors,
            description_placeholders={"provider": subentry.title},
        )

    async def _open(self) -> tuple[vault.Vault | None, dict[str, str]]:
        try:
            return await async_open_vault(self.hass), {}
        except vault.MasterKeyError:
            return None, {"base": "master_key_unusable"}

    async def _errors(self, data: dict[str, str]) -> dict[str, str]:
        if data[CONF_BASE_URL] and not acceptable(data[CONF_BASE_URL]):
            return {"base": "url_invalid"}
        error = await async_check(
            self.hass, data[CONF_KIND], data[CONF_API_KEY], data[CONF_BASE_URL]
        )
        return {CONF_API_KEY: error} if error else {}


def _flat(user_input: Mapping[str, Any]) -> dict[str, str]:
    """Return the subentry's data from the form, with the key still readable."""
    return {
        CONF_KIND: user_input.get(CONF_KIND, ""),
        CONF_API_KEY: user_input.get(CONF_API_KEY, "").strip(),
        CONF_MODEL: user_input[CONF_MODEL].strip() or AUTO,
        CONF_BASE_URL: tidy(user_input[SECTION_ADVANCED].get(CONF_BASE_URL, "")),
    }
