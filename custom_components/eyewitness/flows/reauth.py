"""Ask for a new key for every provider whose key is lost or refused."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from homeassistant.config_entries import (
    ConfigEntry,
    ConfigEntryState,
    ConfigFlow,
    ConfigFlowResult,
    ConfigSubentry,
)
import voluptuous as vol

from ..const import CONF_API_KEY
from ..keys import master_key
from ..keys.master_key import DamagedKeyError, MasterKeyError
from ..keys.vault import Vault
from ..runtime import Runtime, stored_keys
from ..runtime.settings import provider_order
from .fields import EXAMPLE, PASSWORD, key_page, read_key
from .provider_form import ProviderForm, async_open_vault, decrypted_key

_REAUTH: Final = vol.Schema({vol.Optional(CONF_API_KEY): PASSWORD})


class ReauthFlow(ConfigFlow):
    """The steps of a reauthentication, which are a part of the integration's flow."""

    def __init__(self) -> None:
        self._shown_id = ""
        """The provider that the form shows."""
        self._renewed: dict[str, str] = {}
        """The new keys, encrypted, until all are there."""

    async def async_step_reauth(self, entry_data: Mapping[str, Any]) -> ConfigFlowResult:
        """Begin with the master key, without which no other key can be stored."""
        try:
            await async_open_vault(self.hass)
        except DamagedKeyError:
            return await self.async_step_new_master_key()
        except MasterKeyError:
            return self.async_abort(reason="master_key_unusable")
        return await self.async_step_reauth_confirm()

    async def async_step_new_master_key(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask whether the damaged file of the master key may be replaced, and replace it."""
        if user_input is None:
            return self.async_show_form(step_id="new_master_key", data_schema=vol.Schema({}))
        try:
            await self.hass.async_add_executor_job(
                master_key.renew, Path(self.hass.config.config_dir)
            )
        except MasterKeyError:
            return self.async_abort(reason="master_key_unusable")
        return await self.async_step_reauth_confirm()

    async def async_step_reauth_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for every key that is lost or refused, one after the other."""
        errors: dict[str, str] = {}
        entry = self._get_reauth_entry()
        try:
            vault = await async_open_vault(self.hass)
        except MasterKeyError:
            return self.async_abort(reason="master_key_unusable")
        affected = self._affected(entry, vault)
        # A key typed for one vendor must not go to another, should the list have changed since.
        if user_input is not None and affected and affected[0].subentry_id == self._shown_id:
            form = ProviderForm.read(vault, affected[0].data, read_key(user_input))
            found = form.errors() or (await form.async_ask(self.hass)).errors
            # There is no field for the address here.
            errors = {
                name if name in _REAUTH.schema else "base": why for name, why in found.items()
            }
            if not errors:
                self._renewed[self._shown_id] = form.encrypted(vault)[CONF_API_KEY]
                affected = affected[1:]
        if not affected:
            # Not earlier: each change reloads the entry, and a reload ends this flow.
            stored_keys.async_store(self.hass, entry, self._renewed)
            return self._finish(entry)
        self._shown_id = affected[0].subentry_id
        self.context["title_placeholders"] = {"name": affected[0].title}  # on the card
        return self.async_show_form(
            step_id="reauth_confirm",
            data_schema=_REAUTH,
            errors=errors,
            description_placeholders={
                **EXAMPLE,
                "provider": affected[0].title,
                "where": key_page(affected[0].data),
            },
        )

    def _finish(self, entry: ConfigEntry) -> ConfigFlowResult:
        """End the flow, and start an entry that is not loaded; a loaded one follows its changes."""
        if entry.state is not ConfigEntryState.LOADED:
            self.hass.config_entries.async_schedule_reload(entry.entry_id)
        return self.async_update_and_abort(entry, reason=f"{self.source}_successful")

    def _affected(self, entry: ConfigEntry, vault: Vault) -> list[ConfigSubentry]:
        """Return the providers that need a new key, in the user's order."""
        runtime: Runtime | None = getattr(entry, "runtime_data", None)
        refused = runtime.refused if runtime else set()
        return [
            entry.subentries[provider_id]
            for provider_id in provider_order(entry)
            if provider_id not in self._renewed
            and (
                provider_id in refused
                or decrypted_key(vault, entry.subentries[provider_id].data) is None
            )
        ]
