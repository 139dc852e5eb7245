"""Add and change one provider: its key, then its model."""

from collections.abc import Mapping
from typing import Any, Final, override

from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    ConfigSubentry,
    SubentryFlowResult,
)
from homeassistant.data_entry_flow import AbortFlow, section
from homeassistant.helpers.selector import SelectSelector, SelectSelectorConfig, SelectSelectorMode
import voluptuous as vol

from ..const import CONF_API_KEY, CONF_BASE_URL, CONF_KIND, CONF_LOCAL, CONF_MODEL, KINDS
from ..keys.master_key import MasterKeyError
from ..providers.models.offers import Offer
from ..providers.spec import AUTO
from .fields import (
    ADDRESS,
    EXAMPLE_URL,
    PASSWORD,
    model_form,
    new_title,
    read_address,
    read_key,
    read_model,
)
from .provider_form import ProviderForm, async_open_vault
from .provider_trial import ProviderTrialFlow

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


class ProviderFlow(ProviderTrialFlow):
    """The forms and menus that add a provider or change one."""

    def __init__(self) -> None:
        super().__init__()
        self._offers: list[Offer] = []

    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask for company and key."""
        errors: dict[str, str] = {}
        if user_input is not None:
            data = {CONF_KIND: user_input[CONF_KIND], CONF_MODEL: AUTO}
            errors = await self._check(data, user_input)
            if not errors:
                return await self.async_step_model()
        return self.async_show_form(
            step_id="user",
            data_schema=self.add_suggested_values_to_schema(_ADD, user_input),
            errors=errors,
            description_placeholders={"example": EXAMPLE_URL},
        )

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask for a new key or address; an empty key field keeps the key."""
        errors: dict[str, str] = {}
        subentry = self._get_reconfigure_subentry()
        if user_input is not None:
            errors = await self._check(subentry.data, user_input)
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
            description_placeholders={"provider": subentry.title, "example": EXAMPLE_URL},
        )

    async def _check(self, data: Mapping[str, Any], user_input: dict[str, Any]) -> dict[str, str]:
        """Check what was typed and keep it, the key encrypted; return the errors by field.

        Raises ``AbortFlow`` for an account that another provider has already.
        """
        try:
            vault = await async_open_vault(self.hass)
        except MasterKeyError:
            return {"base": "master_key_unusable"}
        data = {**data, **read_address(user_input[SECTION_ADVANCED])}
        form = ProviderForm.read(vault, data, read_key(user_input), self._changed)
        if errors := form.errors():
            return errors
        if form.is_duplicate(self._get_entry(), vault):
            raise AbortFlow("already_configured")
        check = await form.async_ask(self.hass)
        if not check.error:
            self._data, self._offers = form.encrypted(vault), check.offers
        return check.errors

    @property
    @override
    def _changed(self) -> ConfigSubentry | None:
        """Return the provider that is changed, None when one is added."""
        return self._get_reconfigure_subentry() if self.source == SOURCE_RECONFIGURE else None

    async def async_step_model(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask for the model, out of those that the account really offers."""
        if user_input is not None:
            self._data[CONF_MODEL] = read_model(user_input)
            self._test_result = {}
            return self._menu("ready")
        return self.async_show_form(
            step_id="model",
            data_schema=self.add_suggested_values_to_schema(model_form(self._offers), self._data),
            description_placeholders={"count": str(len(self._offers))},
        )

    async def async_step_save(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Store the provider."""
        entry = self._get_entry()
        if (changed := self._changed) is not None:
            self.hass.config_entries.async_update_subentry(entry, changed, data=self._data)
            return self.async_abort(reason="reconfigure_successful")
        return self.async_create_entry(
            title=new_title(entry, self._data[CONF_KIND]), data=self._data
        )
