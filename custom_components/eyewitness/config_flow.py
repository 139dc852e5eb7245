"""Set Eyewitness up: the keys of the vendors, and later a new key for one that went bad."""

import asyncio
from collections.abc import Mapping
from typing import Any, Final, override

from homeassistant.config_entries import (
    ConfigEntry,
    ConfigFlow,
    ConfigFlowResult,
    ConfigSubentry,
    ConfigSubentryData,
    ConfigSubentryFlow,
)
from homeassistant.core import callback
from homeassistant.data_entry_flow import section
import voluptuous as vol

from . import vault
from .const import (
    CONF_API_KEY,
    CONF_BASE_URL,
    CONF_KIND,
    CONF_MODEL,
    DOMAIN,
    KINDS,
    NAMES,
    SUBENTRY_PROVIDER,
)
from .options_flow import EyewitnessOptionsFlow
from .provider_flow import (
    PASSWORD,
    URL,
    ProviderFlow,
    acceptable,
    async_check,
    async_open_vault,
    tidy,
)
from .providers.base import AUTO
from .runtime import Runtime, provider_order

SECTION_ENDPOINTS: Final = "endpoints"

_SCHEMA: Final = vol.Schema(
    {
        **{vol.Optional(f"{kind}_{CONF_API_KEY}"): PASSWORD for kind in KINDS},
        vol.Required(SECTION_ENDPOINTS): section(
            vol.Schema({vol.Optional(f"{kind}_{CONF_BASE_URL}"): URL for kind in KINDS}),
            {"collapsed": True},
        ),
    }
)
_REAUTH: Final = vol.Schema({vol.Required(CONF_API_KEY): PASSWORD})


class EyewitnessConfigFlow(ConfigFlow, domain=DOMAIN):
    """Ask for the keys."""

    VERSION = 1

    def __init__(self) -> None:
        """Remember whom the form asked about, and the new keys, encrypted, until all are there."""
        self._asked = ""
        self._renewed: dict[str, str] = {}

    @staticmethod
    @callback
    @override
    def async_get_options_flow(config_entry: ConfigEntry) -> EyewitnessOptionsFlow:
        """Return the flow that sorts the providers."""
        return EyewitnessOptionsFlow()

    @classmethod
    @callback
    @override
    def async_get_supported_subentry_types(
        cls, config_entry: ConfigEntry
    ) -> dict[str, type[ConfigSubentryFlow]]:
        """Return the one kind of subentry: a provider."""
        return {SUBENTRY_PROVIDER: ProviderFlow}

    @override
    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Take one to four keys and ask their vendors about them, all at once."""
        errors: dict[str, str] = {}
        if user_input is not None:
            keys, urls = _typed(user_input)
            if not keys:
                errors["base"] = "no_key"
            elif not all(acceptable(url) for url in urls.values()):
                errors["base"] = "url_invalid"
            else:
                found = await asyncio.gather(
                    *(
                        async_check(self.hass, kind, key, urls.get(kind, ""))
                        for kind, key in keys.items()
                    )
                )
                errors = {
                    f"{kind}_{CONF_API_KEY}": error
                    for kind, error in zip(keys, found, strict=True)
                    if error
                }
            if not errors:
                try:
                    opened = await async_open_vault(self.hass)
                except vault.MasterKeyError:
                    errors["base"] = "master_key_unusable"
                else:
                    return self.async_create_entry(
                        title="Eyewitness",
                        data={},
                        subentries=[
                            _subentry(kind, opened.encrypt(key), urls.get(kind, ""))
                            for kind, key in keys.items()
                        ],
                    )
        return self.async_show_form(
            step_id="user",
            data_schema=self.add_suggested_values_to_schema(_SCHEMA, user_input),
            errors=errors,
        )

    async def async_step_reauth(self, entry_data: Mapping[str, Any]) -> ConfigFlowResult:
        """Ask for every key that is lost or refused, one after the other."""
        return await self.async_step_reauth_confirm()

    async def async_step_reauth_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the next key that is needed."""
        errors: dict[str, str] = {}
        entry = self._get_reauth_entry()
        try:
            opened = await async_open_vault(self.hass)
        except vault.MasterKeyError:
            return self.async_abort(reason="master_key_unusable")
        affected = self._affected(entry, opened)
        # A key typed for one vendor must not go to another, should the list have changed since.
        if user_input is not None and affected and affected[0].subentry_id == self._asked:
            subentry, key = affected[0], user_input[CONF_API_KEY].strip()
            error = await async_check(
                self.hass, subentry.data[CONF_KIND], key, subentry.data[CONF_BASE_URL]
            )
            if error:
                errors[CONF_API_KEY] = error
            else:
                self._renewed[subentry.subentry_id] = opened.encrypt(key)
                affected = affected[1:]
        if not affected:
            # Not earlier: each change reloads the entry, and a reload ends this flow.
            for provider_id, ciphertext in self._renewed.items():
                subentry = entry.subentries[provider_id]
                self.hass.config_entries.async_update_subentry(
                    entry, subentry, data={**subentry.data, CONF_API_KEY: ciphertext}
                )
            return self.async_update_and_abort(entry)
        self._asked = affected[0].subentry_id
        return self.async_show_form(
            step_id="reauth_confirm",
            data_schema=_REAUTH,
            errors=errors,
            description_placeholders={"provider": affected[0].title},
        )

    def _affected(self, entry: ConfigEntry, opened: vault.Vault) -> list[ConfigSubentry]:
        """Return the providers that need a new key, in the user's order."""
        runtime: Runtime | None = getattr(entry, "runtime_data", None)
        refused = runtime.refused if runtime else set()
        return [
            entry.subentries[key]
            for key in provider_order(entry)
            if key not in self._renewed
            and (key in refused or not _readable(opened, entry.subentries[key]))
        ]


def _readable(opened: vault.Vault, subentry: ConfigSubentry) -> bool:
    try:
        opened.decrypt(subentry.data[CONF_API_KEY])
    except vault.UndecryptableError:
        return False
    return True


def _typed(user_input: Mapping[str, Any]) -> tuple[dict[str, str], dict[str, str]]:
    """Return what was typed, by kind: the keys and the addresses."""
    endpoints = user_input[SECTION_ENDPOINTS]
    keys = {kind: user_input.get(f"{kind}_{CONF_API_KEY}", "").strip() for kind in KINDS}
    urls = {kind: tidy(endpoints.get(f"{kind}_{CONF_BASE_URL}", "")) for kind in KINDS}
    return (
        {kind: key for kind, key in keys.items() if key},
        {kind: url for kind, url in urls.items() if url},
    )


def _subentry(kind: str, ciphertext: str, base_url: str) -> ConfigSubentryData:
    return ConfigSubentryData(
        subentry_type=SUBENTRY_PROVIDER,
        title=NAMES[kind],
        unique_id=None,
        data={
            CONF_KIND: kind,
            CONF_API_KEY: ciphertext,
            CONF_MODEL: AUTO,
            CONF_BASE_URL: base_url,
        },
    )
