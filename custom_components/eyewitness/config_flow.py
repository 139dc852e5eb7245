"""Set Eyewitness up: the keys of the vendors, and later a new key for one that went bad."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, override

from homeassistant.config_entries import (
    ConfigEntry,
    ConfigEntryState,
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
from .camera_flow import CameraFlow
from .const import (
    CONF_API_KEY,
    CONF_BASE_URL,
    CONF_KIND,
    CONF_MODEL,
    DOMAIN,
    NAMES,
    SUBENTRY_CAMERA,
    SUBENTRY_PROVIDER,
    VENDORS,
)
from .options_flow import EyewitnessOptionsFlow
from .provider_check import (
    async_ask,
    async_open_vault,
    mistyped,
    new_title,
    same_account,
    spec_of,
    tidy,
)
from .provider_flow import PASSWORD, URL, ProviderFlow
from .providers.base import AUTO
from .runtime import Runtime, provider_order

SECTION_ENDPOINTS: Final = "endpoints"

_SCHEMA: Final = vol.Schema(
    {
        **{vol.Optional(f"{kind}_{CONF_API_KEY}"): PASSWORD for kind in VENDORS},
        vol.Required(SECTION_ENDPOINTS): section(
            vol.Schema({vol.Optional(f"{kind}_{CONF_BASE_URL}"): URL for kind in VENDORS}),
            {"collapsed": True},
        ),
    }
)
_REAUTH: Final = vol.Schema({vol.Optional(CONF_API_KEY): PASSWORD})
_NEW: Final = {CONF_MODEL: AUTO, CONF_BASE_URL: ""}


class EyewitnessConfigFlow(ConfigFlow, domain=DOMAIN):
    """Ask for the keys."""

    VERSION = 1
    MINOR_VERSION = 2

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
        """Return the kinds of subentries: a provider, and a camera with wishes of its own."""
        return {SUBENTRY_PROVIDER: ProviderFlow, SUBENTRY_CAMERA: CameraFlow}

    @override
    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Take one to four keys and ask their vendors about them, all at once."""
        errors: dict[str, str] = {}
        if user_input is not None:
            typed, errors = await self._take(user_input)
            if not errors and not typed:
                errors["base"] = "no_key"
            if not errors:
                return self.async_create_entry(
                    title="Eyewitness",
                    data={},
                    subentries=[_subentry(data) for data in typed.values()],
                )
        return self.async_show_form(
            step_id="user",
            data_schema=self.add_suggested_values_to_schema(_SCHEMA, user_input),
            errors=errors,
        )

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Take new keys and addresses; what is left as it was stays."""
        errors: dict[str, str] = {}
        entry = self._get_reconfigure_entry()
        if user_input is not None:
            typed, errors = await self._take(user_input, entry)
            if not errors:
                self._store(entry, typed)
                return self._take_up(entry)
        urls = {
            f"{kind}_{CONF_BASE_URL}": subentry.data[CONF_BASE_URL]
            for kind, subentry in _by_kind(entry).items()
        }
        shown = user_input or {SECTION_ENDPOINTS: urls}
        return self.async_show_form(
            step_id="reconfigure",
            data_schema=self.add_suggested_values_to_schema(_SCHEMA, shown),
            errors=errors,
        )

    async def _take(
        self, user_input: Mapping[str, Any], entry: ConfigEntry | None = None
    ) -> tuple[dict[str, dict[str, Any]], dict[str, str]]:
        """Check what is new; return the data of its subentries by kind, and the errors."""
        try:
            opened = await async_open_vault(self.hass)
        except vault.MasterKeyError:
            return {}, {"base": "master_key_unusable"}
        present = _by_kind(entry) if entry else {}
        typed: dict[str, dict[str, Any]] = {}
        keys: dict[str, str] = {}
        errors: dict[str, str] = {}
        for kind in VENDORS:
            field = f"{kind}_{CONF_API_KEY}"
            known = present[kind].data if kind in present else _NEW
            key = user_input.get(field, "").strip()
            url = tidy(user_input[SECTION_ENDPOINTS].get(f"{kind}_{CONF_BASE_URL}", ""))
            if not key and (kind not in present or url == known[CONF_BASE_URL]):
                continue
            data = {**known, CONF_KIND: kind, CONF_BASE_URL: url}
            try:
                keys[kind] = key or opened.decrypt(known[CONF_API_KEY])
            except vault.UndecryptableError:
                errors[field] = "key_lost"
                continue
            wrong = mistyped(data, keys[kind])
            but = present[kind].subentry_id if kind in present else None
            if entry and same_account(entry, opened, data, keys[kind], but):
                errors[field] = "already_configured"
            errors |= {
                field if name == CONF_API_KEY else name: text for name, text in wrong.items()
            }
            typed[kind] = {**data, CONF_API_KEY: opened.encrypt(keys[kind])}
        if not errors:
            specs = [spec_of(data, keys[kind]) for kind, data in typed.items()]
            found = await asyncio.gather(*(async_ask(self.hass, spec) for spec in specs))
            errors = {
                f"{spec.kind}_{CONF_API_KEY}": told.error
                for spec, told in zip(specs, found, strict=True)
                if told.error
            }
        return typed, errors

    def _store(self, entry: ConfigEntry, typed: Mapping[str, dict[str, Any]]) -> None:
        present = _by_kind(entry)
        for kind, data in typed.items():
            if kind in present:
                self.hass.config_entries.async_update_subentry(entry, present[kind], data=data)
            else:
                added = ConfigSubentry(
                    subentry_type=SUBENTRY_PROVIDER,
                    title=new_title(entry, kind),
                    unique_id=None,
                    data=MappingProxyType(data),
                )
                self.hass.config_entries.async_add_subentry(entry, added)

    async def async_step_reauth(self, entry_data: Mapping[str, Any]) -> ConfigFlowResult:
        """Ask for every key that is lost or refused, one after the other."""
        try:
            await async_open_vault(self.hass)
        except vault.DamagedKeyError:
            return await self.async_step_new_master_key()
        except vault.MasterKeyError:
            return self.async_abort(reason="master_key_unusable")
        return await self.async_step_reauth_confirm()

    async def async_step_new_master_key(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Say that the file with the master key is damaged, and make a new one if wished."""
        if user_input is None:
            return self.async_show_form(step_id="new_master_key", data_schema=vol.Schema({}))
        try:
            await self.hass.async_add_executor_job(vault.renew, Path(self.hass.config.config_dir))
        except vault.MasterKeyError:
            return self.async_abort(reason="master_key_unusable")
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
            subentry, key = affected[0], user_input.get(CONF_API_KEY, "").strip()
            errors = mistyped(subentry.data, key)
            if not errors:
                found = await async_ask(self.hass, spec_of(subentry.data, key))
                errors = {CONF_API_KEY: found.error} if found.error else {}
            if not errors:
                self._renewed[subentry.subentry_id] = opened.encrypt(key)
                affected = affected[1:]
        if not affected:
            # Not earlier: each change reloads the entry, and a reload ends this flow.
            for provider_id, ciphertext in self._renewed.items():
                renewed = entry.subentries.get(provider_id)
                if renewed is None:
                    continue  # removed meanwhile, which ends this flow only in a loaded entry
                self.hass.config_entries.async_update_subentry(
                    entry, renewed, data={**renewed.data, CONF_API_KEY: ciphertext}
                )
            return self._take_up(entry)
        self._asked = affected[0].subentry_id
        self.context["title_placeholders"] = {"name": affected[0].title}  # on the card
        return self.async_show_form(
            step_id="reauth_confirm",
            data_schema=_REAUTH,
            errors=errors,
            description_placeholders={"provider": affected[0].title},
        )

    def _take_up(self, entry: ConfigEntry) -> ConfigFlowResult:
        """End the flow; an entry that is loaded takes the change up by itself, see its listener."""
        if entry.state is not ConfigEntryState.LOADED:
            self.hass.config_entries.async_schedule_reload(entry.entry_id)
        return self.async_update_and_abort(entry)

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


def _by_kind(entry: ConfigEntry) -> dict[str, ConfigSubentry]:
    """Return the first provider of each vendor; further accounts are changed where they are."""
    found: dict[str, ConfigSubentry] = {}
    for key in provider_order(entry):
        found.setdefault(entry.subentries[key].data[CONF_KIND], entry.subentries[key])
    return {kind: subentry for kind, subentry in found.items() if kind in VENDORS}


def _subentry(data: Mapping[str, Any]) -> ConfigSubentryData:
    return ConfigSubentryData(
        subentry_type=SUBENTRY_PROVIDER,
        title=NAMES[data[CONF_KIND]],
        unique_id=None,
        data=data,
    )
