"""Fix what was reported about a provider."""

import asyncio
from collections.abc import Mapping
from typing import Any, override

from homeassistant.components.repairs import ConfirmRepairFlow, RepairsFlowResult
from homeassistant.config_entries import ConfigSubentry
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util.ssl import get_default_context
import voluptuous as vol

from ..chain.failures import OK, Failure
from ..const import CONF_MODEL
from ..pipeline import self_test
from ..providers import registry
from ..providers.models.offers import Offer
from ..providers.spec import AUTO, Spec
from ..runtime import EyewitnessConfigEntry, outcome_texts
from ..runtime.markdown import plain
from ..runtime.settings import spec_of
from .fields import async_model_form, read_model
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
        seconds = entry.runtime_data.seconds_to_next_try(self._provider_id)
        placeholders["next"] = await outcome_texts.async_next_try(
            self.hass, placeholders["provider"], seconds
        )
        return self.async_show_form(
            step_id="confirm",
            data_schema=vol.Schema({}),
            errors=errors,
            description_placeholders=placeholders,
        )


class TryAllFlow(FixFlow, ConfirmRepairFlow):
    """A flow that tries all providers again that a trial can prove to be well."""

    @override
    async def async_step_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Show each a card, all at once; answers from all of them end the flow."""
        if (entry := self._entry) is None:
            return self.async_abort(reason="not_loaded")
        errors: dict[str, str] = {}
        if user_input is not None:
            tries = [
                self_test.async_try(self.hass, entry, entry.runtime_data.providers[provider_id])
                for provider_id in _to_be_tried(entry)
            ]
            try:
                await asyncio.gather(*tries)
            except HomeAssistantError:
                if self._entry is not None:
                    raise
                return self.async_abort(reason="not_loaded")
            if not _to_be_tried(entry):
                return self.async_create_entry(data={})
            errors["base"] = "still_failing"
        sentences = [
            await outcome_texts.async_about(
                self.hass,
                "provider_failed",
                provider=plain(entry.subentries[provider_id].title),
                outcome=failure,
                seconds=entry.runtime_data.seconds_to_next_try(provider_id),
            )
            for provider_id, failure in _to_be_tried(entry).items()
        ]
        return self.async_show_form(
            step_id="confirm",
            data_schema=vol.Schema({}),
            errors=errors,
            description_placeholders={"list": "\n".join(f"- {text}" for text in sentences)},
        )


def _to_be_tried(entry: EyewitnessConfigEntry) -> dict[str, Failure]:
    """Return the troubles that an answer ends; a model that is gone has to be chosen."""
    runtime = entry.runtime_data
    return {
        provider_id: failure
        for provider_id, failure in runtime.troubles.items()
        if failure is not Failure.MODEL_MISSING and provider_id in runtime.providers
    }


class PickModelFlow(_ProviderFlow):
    """A flow that gives a provider a model that works."""

    _offers: list[Offer] | None = None

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Begin with the choice of a model."""
        return await self.async_step_model()

    async def async_step_model(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Ask for the model, try it and store it, which rebuilds the provider."""
        if (entry := self._entry) is None:
            return self.async_abort(reason="not_loaded")
        subentry = entry.subentries[self._provider_id]
        api_key = await async_decrypted_key(self.hass, subentry.data)
        if self._offers is None:
            self._offers = await self._list_offers(subentry, api_key)
        errors: dict[str, str] = {}
        placeholders = {"provider": subentry.title, "model": plain(subentry.data[CONF_MODEL])}
        default = AUTO
        if subentry.data[CONF_MODEL] == AUTO and self._offers:
            default = self._offers[0].model  # what does not work is no advice
        if user_input is not None:
            default = read_model(user_input)
            data = {**subentry.data, CONF_MODEL: default}
            # Without its key nothing can be tried, and nothing but an event shows what works.
            outcome = await self._try(entry, spec_of(data, api_key)) if api_key is not None else OK
            if self._entry is None:
                return self.async_abort(reason="not_loaded")
            if outcome == OK:
                self._store(entry, subentry, data)
                return self.async_create_entry(data={})
            errors["base"] = "still_failing"
            reason = await outcome_texts.async_outcome(self.hass, outcome)
            placeholders |= {"chosen": default, "reason": reason}
        return self.async_show_form(
            step_id="model",
            data_schema=await async_model_form(self.hass, self._offers, default),
            errors=errors,
            description_placeholders=placeholders,
        )

    async def _list_offers(self, subentry: ConfigSubentry, api_key: str | None) -> list[Offer]:
        """Return the models of the account; none when it cannot be asked for them."""
        if api_key is None:
            return []
        return (await async_ask(self.hass, spec_of(subentry.data, api_key))).offers

    async def _try(self, entry: EyewitnessConfigEntry, spec: Spec) -> str:
        """Show a model a card; return the outcome."""
        provider = await self.hass.async_add_executor_job(
            registry.build, spec, get_default_context()
        )
        try:
            return (await self_test.async_try(self.hass, entry, provider)).outcome
        except HomeAssistantError:
            if self._entry is not None:
                raise
            return Failure.CANCELLED  # unloaded meanwhile
        finally:
            await provider.close()

    def _store(
        self, entry: EyewitnessConfigEntry, subentry: ConfigSubentry, data: dict[str, Any]
    ) -> None:
        entry.runtime_data.reset(self._provider_id)
        if not self.hass.config_entries.async_update_subentry(entry, subentry, data=data):
            # The same model is no change, so nothing else would rebuild the provider.
            self.hass.config_entries.async_schedule_reload(entry.entry_id)


class RetiringModelFlow(PickModelFlow):
    """A flow that gives a provider another model before its own one is switched off."""

    def __init__(self, about: Mapping[str, str]) -> None:
        """Take the report: its ``successor`` is empty where no model can take the other's place."""
        super().__init__(about["entry_id"], about["provider_id"])
        self._about = about

    @override
    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Offer the successor, so that one more click is enough."""
        if self._entry is None or not self._about["successor"]:
            return await self.async_step_model()
        return self.async_show_menu(
            step_id="init",
            menu_options=["successor", "model"],
            description_placeholders=self._about,
        )

    async def async_step_successor(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Try the successor and store it; ask for another model when it does not work."""
        return await self.async_step_model({CONF_MODEL: self._about["successor"]})
