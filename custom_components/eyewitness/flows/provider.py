"""Add and change one provider: its key, then its model."""

from collections.abc import Mapping
from typing import Any, Final, override

from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    ConfigSubentry,
    SubentryFlowResult,
)
from homeassistant.data_entry_flow import AbortFlow
import voluptuous as vol

from ..const import (
    ANTHROPIC,
    COMPATIBLE,
    CONF_API_KEY,
    CONF_BASE_URL,
    CONF_BUDGET,
    CONF_KIND,
    CONF_LOCAL,
    CONF_MODEL,
    CONF_PRICE_INPUT,
    CONF_PRICE_OUTPUT,
    GEMINI,
    GROK,
    KINDS,
    OPENAI,
)
from ..keys.master_key import MasterKeyError
from ..providers.models.offers import Offer
from ..providers.spec import AUTO
from ..runtime.outcome_texts import kind_name
from .fields import (
    ADDRESS,
    EXAMPLE,
    PASSWORD,
    SECTION_MORE,
    URL,
    async_model_form,
    key_page,
    new_title,
    read_address,
    read_budget,
    read_key,
    read_model,
    read_prices,
    with_more,
)
from .provider_form import ProviderForm, async_open_vault
from .provider_trial import ProviderTrialFlow

_VENDOR: Final = vol.Schema(
    {vol.Optional(CONF_API_KEY): PASSWORD, vol.Optional(CONF_BASE_URL): URL}
)
_SERVER: Final = vol.Schema({**ADDRESS, vol.Optional(CONF_API_KEY): PASSWORD})


class ProviderFlow(ProviderTrialFlow):
    """The forms and menus that add a provider or change one."""

    def __init__(self) -> None:
        super().__init__()
        self._new: dict[str, Any] = {}
        """What a new provider begins with: its kind, and nothing that was typed."""
        self._offers: list[Offer] = []

    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask whose provider it is."""
        return self.async_show_menu(step_id="user", menu_options=list(KINDS))

    async def async_step_openai(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Add OpenAI."""
        return await self._begin(OPENAI)

    async def async_step_grok(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Add xAI Grok."""
        return await self._begin(GROK)

    async def async_step_gemini(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Add Google Gemini."""
        return await self._begin(GEMINI)

    async def async_step_anthropic(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Add Anthropic Claude."""
        return await self._begin(ANTHROPIC)

    async def async_step_openai_compatible(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Add a server that speaks OpenAI's language."""
        return await self._begin(COMPATIBLE)

    async def _begin(self, kind: str) -> SubentryFlowResult:
        self._new = {CONF_KIND: kind, CONF_MODEL: AUTO, CONF_BASE_URL: ""}
        return await (self.async_step_server() if kind == COMPATIBLE else self.async_step_key())

    async def async_step_key(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask for a company's key."""
        return await self._ask("key", self._new, user_input)

    async def async_step_server(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask for the address of a server, and for a key if it needs one."""
        return await self._ask("server", self._new, user_input)

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask for a new key or address; an empty key field keeps the key."""
        return await self._ask("reconfigure", self._get_reconfigure_subentry().data, user_input)

    async def _ask(
        self, step_id: str, data: Mapping[str, Any], user_input: dict[str, Any] | None
    ) -> SubentryFlowResult:
        """Ask for key and address, and go on to the model once they work."""
        errors: dict[str, str] = {}
        if user_input is not None:
            errors = await self._check(data, user_input)
            if not errors:
                return await self.async_step_model()
        kind, changed = data[CONF_KIND], self._changed
        stored = {name: data[name] for name in (CONF_BASE_URL, CONF_LOCAL) if name in data}
        stored[SECTION_MORE] = {**read_prices(data), **data.get(CONF_BUDGET, {})}
        shown = stored if user_input is None else user_input
        form = with_more(_SERVER if kind == COMPATIBLE else _VENDOR, shown.get(SECTION_MORE, {}))
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(form, shown),
            errors=errors,
            description_placeholders={
                **EXAMPLE,
                "provider": changed.title if changed else kind_name(self.hass, kind),
                "where": key_page(data),
            },
        )

    async def _check(self, data: Mapping[str, Any], user_input: dict[str, Any]) -> dict[str, str]:
        """Check what was typed and keep it, the key encrypted; return the errors by field.

        Raises ``AbortFlow`` for an account that another provider has already.
        """
        try:
            vault = await async_open_vault(self.hass)
        except MasterKeyError:
            return {"base": "master_key_unusable"}
        data = {**data, **read_address(user_input)}
        if SECTION_MORE in user_input:
            for name in (CONF_PRICE_INPUT, CONF_PRICE_OUTPUT):
                data.pop(name, None)
            data |= read_prices(user_input[SECTION_MORE])
            data.pop(CONF_BUDGET, None)
            if budget := read_budget(user_input[SECTION_MORE]):
                data[CONF_BUDGET] = budget
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
            data_schema=self.add_suggested_values_to_schema(
                await async_model_form(self.hass, self._offers), self._data
            ),
            description_placeholders={"count": str(len(self._offers))},
        )

    async def async_step_save(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Store the provider."""
        entry = self._get_entry()
        if (changed := self._changed) is not None:
            self.hass.config_entries.async_update_subentry(entry, changed, data=self._data)
            return self.async_abort(reason="reconfigure_successful")
        return self.async_create_entry(
            title=new_title(self.hass, entry, self._data[CONF_KIND]), data=self._data
        )
