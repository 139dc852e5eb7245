"""Add and change one provider: its key, then its model, and a test before it is stored."""

from typing import Any, Final

from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    ConfigEntryState,
    ConfigSubentryFlow,
    SubentryFlowResult,
)
from homeassistant.data_entry_flow import AbortFlow, section
from homeassistant.helpers.selector import SelectSelector, SelectSelectorConfig, SelectSelectorMode
from homeassistant.util.ssl import get_default_context
import voluptuous as vol

from ..const import CONF_API_KEY, CONF_BASE_URL, CONF_KIND, CONF_LOCAL, CONF_MODEL, KINDS
from ..keys import master_key, vault
from ..pipeline import self_test
from ..providers import registry
from ..providers.models.offers import Offer
from ..providers.spec import AUTO
from ..runtime.settings import spec_of
from . import outcome_texts
from .address import tidy
from .fields import ADDRESS, EXAMPLE, PASSWORD, model_form, new_title
from .key_check import async_ask, async_open_vault, mistyped, same_account

SECTION_ADVANCED: Final = "advanced"

_ADVANCED: Final = section(vol.Schema(ADDRESS), {"collapsed": True})
_ADD: Final = vol.Schema(
    {
        vol.Required(CONF_KIND): SelectSelector(
            SelectSelectorConfig(
                options=list(KINDS), translation_key=CONF_KIND, mode=SelectSelectorMode.DROPDOWN
            )
        ),
        vol.Optional(CONF_API_KEY): PASSWORD,
        vol.Required(SECTION_ADVANCED): _ADVANCED,
    }
)
_CHANGE: Final = vol.Schema(
    {vol.Optional(CONF_API_KEY): PASSWORD, vol.Required(SECTION_ADVANCED): _ADVANCED}
)
_MENU: Final = ["save", "test", "model"]


class ProviderFlow(ConfigSubentryFlow):
    """Add a provider or change one."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self._data: dict[str, Any] = {}
        """The subentry's data; its key is encrypted from the start."""
        self._offers: list[Offer] = []
        self._told: dict[str, str] = {}
        """What the last test said, in words."""

    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask for company and key."""
        errors: dict[str, str] = {}
        if user_input is not None:
            data = {CONF_KIND: user_input[CONF_KIND], CONF_MODEL: AUTO, **_address(user_input)}
            errors = await self._take(data, user_input.get(CONF_API_KEY, "").strip())
            if not errors:
                return await self.async_step_model()
        return self.async_show_form(
            step_id="user",
            data_schema=self.add_suggested_values_to_schema(_ADD, user_input),
            errors=errors,
            description_placeholders={"example": EXAMPLE},
        )

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask for a new key or address; an empty key field keeps the key."""
        errors: dict[str, str] = {}
        subentry = self._get_reconfigure_subentry()
        if user_input is not None:
            data = {**subentry.data, **_address(user_input)}
            errors = await self._take(data, user_input.get(CONF_API_KEY, "").strip())
            if not errors:
                return await self.async_step_model()
        shown = user_input or {
            SECTION_ADVANCED: {
                CONF_BASE_URL: subentry.data[CONF_BASE_URL],
                CONF_LOCAL: subentry.data.get(CONF_LOCAL, False),
            },
        }
        return self.async_show_form(
            step_id="reconfigure",
            data_schema=self.add_suggested_values_to_schema(_CHANGE, shown),
            errors=errors,
            description_placeholders={"provider": subentry.title, "example": EXAMPLE},
        )

    async def _take(self, data: dict[str, Any], api_key: str) -> dict[str, str]:
        """Check a key and keep it, encrypted; return the errors, or raise ``AbortFlow``."""
        entry, changed, stored_for = self._get_entry(), None, None
        try:
            opened = await async_open_vault(self.hass)
        except master_key.MasterKeyError:
            return {"base": "master_key_unusable"}
        if self.source == SOURCE_RECONFIGURE:
            changed = self._get_reconfigure_subentry()
            if not api_key:
                stored_for = changed.data[CONF_BASE_URL]
                try:
                    api_key = opened.decrypt(changed.data[CONF_API_KEY])
                except vault.UndecryptableError:
                    return {CONF_API_KEY: "key_lost"}
        if errors := mistyped(data, api_key, stored_for):
            return errors
        but = changed.subentry_id if changed else None
        if same_account(entry, opened, data, api_key, but):
            raise AbortFlow("already_configured")
        found = await async_ask(self.hass, spec_of(data, api_key))
        if found.error:
            return found.errors
        self._data = {**data, CONF_API_KEY: opened.encrypt(api_key)}
        self._offers = found.offers
        return {}

    async def async_step_model(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask for the model, out of those that the account really offers."""
        if user_input is not None:
            self._data[CONF_MODEL] = user_input[CONF_MODEL].strip() or AUTO
            self._told = {}
            return self._menu("ready")
        return self.async_show_form(
            step_id="model",
            data_schema=self.add_suggested_values_to_schema(model_form(self._offers), self._data),
            description_placeholders={"count": str(len(self._offers))},
        )

    def _menu(self, step_id: str) -> SubentryFlowResult:
        return self.async_show_menu(
            step_id=step_id,
            menu_options=_MENU if self._loaded else ["save", "model"],
            description_placeholders={"model": self._data[CONF_MODEL], **self._told},
        )

    @property
    def _loaded(self) -> bool:
        """Return whether a test could be booked."""
        return self._get_entry().state is ConfigEntryState.LOADED

    async def async_step_ready(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Offer what can be done now; Home Assistant also comes here to show it again."""
        return self._menu("ready")

    async def async_step_tested(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Say that it works and what that cost."""
        return self._menu("tested")

    async def async_step_tested_unpriced(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Say that it works."""
        return self._menu("tested_unpriced")

    async def async_step_test_failed(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Say why it does not work."""
        return self._menu("test_failed")

    async def async_step_test(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Show the provider a tiny picture and say in words how that went."""
        if not self._loaded:
            return self._menu("ready")
        try:
            api_key = (await async_open_vault(self.hass)).decrypt(self._data[CONF_API_KEY])
        except vault.VaultError:
            return self.async_abort(reason="master_key_unusable")
        changed = self.source == SOURCE_RECONFIGURE
        known = self._get_reconfigure_subentry().subentry_id if changed else ""
        spec = spec_of(self._data, api_key, known)
        provider = await self.hass.async_add_executor_job(
            registry.build, spec, get_default_context()
        )
        try:
            last = await self_test.async_try(self.hass, self._get_entry(), provider)
        finally:
            await provider.close()
        self._told = {"used": last.model, "seconds": f"{last.response_time_ms / 1000:.1f}"}
        if not last.success:
            self._told["reason"] = await outcome_texts.async_outcome(self.hass, last.outcome)
            return self._menu("test_failed")
        if last.cost is None:
            return self._menu("tested_unpriced")
        self._told["cents"] = f"{last.cost * 100:.2g}"
        return self._menu("tested")

    async def async_step_save(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Store it."""
        entry = self._get_entry()
        if self.source == SOURCE_RECONFIGURE:
            return self.async_update_and_abort(
                entry, self._get_reconfigure_subentry(), data=self._data
            )
        return self.async_create_entry(
            title=new_title(entry, self._data[CONF_KIND]), data=self._data
        )


def _address(user_input: dict[str, Any]) -> dict[str, Any]:
    """Return what the form says about where the provider is."""
    told = user_input[SECTION_ADVANCED]
    return {CONF_BASE_URL: tidy(told.get(CONF_BASE_URL, "")), CONF_LOCAL: told[CONF_LOCAL]}
