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
from ..keys import master_key, vault
from ..runtime import Runtime, stored_keys
from ..runtime.settings import provider_order, spec_of
from .fields import PASSWORD
from .key_check import async_ask, async_open_vault, mistyped

_REAUTH: Final = vol.Schema({vol.Optional(CONF_API_KEY): PASSWORD})


class ReauthFlow(ConfigFlow):
    """Ask for keys again; the flow of the integration has these steps among its own."""

    def __init__(self) -> None:
        """Remember whom the form asked about, and the new keys, encrypted, until all are there."""
        self._asked = ""
        self._renewed: dict[str, str] = {}

    async def async_step_reauth(self, entry_data: Mapping[str, Any]) -> ConfigFlowResult:
        """Ask for every key that is lost or refused, one after the other."""
        try:
            await async_open_vault(self.hass)
        except master_key.DamagedKeyError:
            return await self.async_step_new_master_key()
        except master_key.MasterKeyError:
            return self.async_abort(reason="master_key_unusable")
        return await self.async_step_reauth_confirm()

    async def async_step_new_master_key(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Say that the file with the master key is damaged, and make a new one if wished."""
        if user_input is None:
            return self.async_show_form(step_id="new_master_key", data_schema=vol.Schema({}))
        try:
            await self.hass.async_add_executor_job(
                master_key.renew, Path(self.hass.config.config_dir)
            )
        except master_key.MasterKeyError:
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
        except master_key.MasterKeyError:
            return self.async_abort(reason="master_key_unusable")
        affected = self._affected(entry, opened)
        # A key typed for one vendor must not go to another, should the list have changed since.
        if user_input is not None and affected and affected[0].subentry_id == self._asked:
            subentry, key = affected[0], user_input.get(CONF_API_KEY, "").strip()
            errors = mistyped(subentry.data, key)
            if not errors:
                errors = (await async_ask(self.hass, spec_of(subentry.data, key))).errors
            if not errors:
                self._renewed[subentry.subentry_id] = opened.encrypt(key)
                affected = affected[1:]
        if not affected:
            # Not earlier: each change reloads the entry, and a reload ends this flow.
            stored_keys.async_store(self.hass, entry, self._renewed)
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
