"""Fix what was reported: a provider, its model, a camera's rules, a damaged ledger."""

from typing import Any, Final, cast, override

from homeassistant.components.repairs import RepairsFlow, RepairsFlowResult
from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import voluptuous as vol

from .const import CONF_MODEL, DATABASE
from .flows import outcome_texts
from .flows.camera_repairs import CameraGoneFlow, CameraUncoveredFlow
from .flows.fields import model_form, read_model
from .flows.fix_flow import FixFlow
from .flows.key_check import async_ask
from .flows.provider_form import async_decrypted_key
from .ledger.errors import LedgerError
from .pipeline import self_test
from .providers.models.offers import Offer
from .runtime import EyewitnessConfigEntry, issues
from .runtime.accounts import DAMAGED
from .runtime.settings import spec_of

_CONFIRM: Final = vol.Schema({})


async def async_create_fix_flow(
    hass: HomeAssistant, issue_id: str, data: dict[str, str | int | float | None] | None
) -> RepairsFlow:
    """Return the flow that fixes a report."""
    about = cast("dict[str, str]", data)
    if issue_id.startswith(issues.CAMERA_GONE):
        return CameraGoneFlow(about["entry_id"], about["subentry_id"])
    if issue_id.startswith(issues.CAMERA_UNCOVERED):
        return CameraUncoveredFlow(about["entry_id"], about["subentry_id"])
    if issue_id == DAMAGED:
        return SetAsideFlow(about["entry_id"])
    flow = PickModelFlow if issue_id.startswith(issues.MODEL_MISSING) else TryAgainFlow
    return flow(about["entry_id"], about["provider_id"])


class SetAsideFlow(FixFlow):
    """A flow that gives a damaged ledger another name, so that a new one can begin."""

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Begin with the confirmation."""
        return await self.async_step_confirm()

    async def async_step_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Ask first; nothing is ever deleted."""
        if (entry := self._entry) is None:
            return self.async_abort(reason="not_loaded")
        errors: dict[str, str] = {}
        if user_input is not None:
            try:
                await entry.runtime_data.accounts.writer.async_set_aside()
            except LedgerError, OSError:
                errors["base"] = "not_moved"
            else:
                return self.async_create_entry(data={})
        return self.async_show_form(
            step_id="confirm",
            data_schema=_CONFIRM,
            errors=errors,
            description_placeholders={"file": DATABASE},
        )


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


class TryAgainFlow(_ProviderFlow):
    """A flow that tries a provider again, now that somebody has looked into it."""

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Begin with the confirmation."""
        return await self.async_step_confirm()

    async def async_step_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Show the provider a tiny picture; an answer ends the flow."""
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
            data_schema=_CONFIRM,
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
