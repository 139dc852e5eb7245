"""Fix what was reported about a provider."""

from typing import Any, override

from homeassistant.components.repairs import ConfirmRepairFlow, RepairsFlowResult
from homeassistant.config_entries import ConfigSubentry
from homeassistant.exceptions import HomeAssistantError
import voluptuous as vol

from ..const import CONF_MODEL
from ..pipeline import self_test
from ..providers.models.offers import Offer
from ..runtime import EyewitnessConfigEntry
from ..runtime.settings import spec_of
from . import outcome_texts
from .fields import model_form, read_model
from .fix_flow import FixFlow
from .key_check import async_ask
from .provider_form import async_decrypted_key


class _ProviderFlow(FixFlow):
    """A flow that fixes one provider."""

    def __init__(self, entry_id: str, provider_id: str) -> None:
        super().__init__(entry_id)
        self._provider_id = provider_id

    @property
    @override
    def _entry(self) -> EyewitnessConfigEntry | None:
        """Return the entry, None when the provider cannot be asked."""
        entry = super()._entry
        return entry if entry and self._provider_id in entry.runtime_data.providers else None


class TryAgainFlow(_ProviderFlow, ConfirmRepairFlow):
    """A flow that tries a provider again, now that somebody has looked into it."""

    @override
    async def async_step_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Show the provider a card; an answer by somebody who has read it ends the flow."""
        if (entry := self._entry) is None:
            return self.async_abort(reason="not_loaded")
        errors: dict[str, str] = {}
        placeholders = {"provider": entry.subentries[self._provider_id].title, "reason": ""}
        if user_input is not None:
            provider = entry.runtime_data.providers[self._provider_id]
            try:
                last = await self_test.async_try(self.hass, entry, provider)
            except HomeAssistantError:
                if self._entry is not None:
                    raise
                return self.async_abort(reason="not_loaded")
            if last.success:
                return self.async_create_entry(data={})
            errors["base"] = "still_failing"
            placeholders["reason"] = await outcome_texts.async_outcome(self.hass, last.outcome)
        return self.async_show_form(
            step_id="confirm",
            data_schema=vol.Schema({}),
            errors=errors,
            description_placeholders=placeholders,
        )


class PickModelFlow(_ProviderFlow):
    """A flow that gives a provider a model that its account still offers."""

    _offers: list[Offer] | None = None

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Begin with the choice of a model."""
        return await self.async_step_model()

    async def async_step_model(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Ask for the model and store it, which rebuilds the provider."""
        if (entry := self._entry) is None:
            return self.async_abort(reason="not_loaded")
        subentry = entry.subentries[self._provider_id]
        if user_input is not None:
            model = read_model(user_input)
            entry.runtime_data.reset(self._provider_id)
            if not self.hass.config_entries.async_update_subentry(
                entry, subentry, data={**subentry.data, CONF_MODEL: model}
            ):
                # The same model is no change, so nothing else would rebuild the provider.
                self.hass.config_entries.async_schedule_reload(entry.entry_id)
            return self.async_create_entry(data={})
        if self._offers is None:
            self._offers = await self._list_offers(subentry)
        return self.async_show_form(
            step_id="model",
            data_schema=model_form(self._offers),
            description_placeholders={
                "provider": subentry.title,
                "model": subentry.data[CONF_MODEL],
            },
        )

    async def _list_offers(self, subentry: ConfigSubentry) -> list[Offer]:
        """Return the models of the account; none when it cannot be asked for them."""
        api_key = await async_decrypted_key(self.hass, subentry.data)
        if api_key is None:
            return []
        return (await async_ask(self.hass, spec_of(subentry.data, api_key))).offers
