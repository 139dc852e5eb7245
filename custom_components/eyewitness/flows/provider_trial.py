"""Try a provider out before it is stored: with a card, or with one of the user's cameras."""

from abc import abstractmethod
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, Final

from homeassistant.config_entries import (
    ConfigEntryState,
    ConfigSubentry,
    ConfigSubentryFlow,
    SubentryFlowResult,
)
from homeassistant.const import ATTR_ENTITY_ID
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util.ssl import get_default_context
import voluptuous as vol

from ..chain.failures import Failure
from ..const import CONF_MODEL
from ..pipeline.camera_trial import async_try_camera
from ..pipeline.self_test import async_try
from ..pipeline.trial import Trial
from ..providers import registry
from ..providers.base import VendorProvider
from ..runtime import EyewitnessConfigEntry, outcome_texts
from ..runtime.markdown import image, plain
from ..runtime.settings import spec_of
from .camera_fields import camera_field, cameras
from .provider_form import async_decrypted_key

type _Test = Callable[[HomeAssistant, EyewitnessConfigEntry, VendorProvider], Awaitable[Trial]]

_OF_THE_CAMERA: Final = frozenset(
    {
        "camera_unavailable",
        "camera_bad_image",
        "camera_blank",
        "provider_not_allowed",
    }
)
"""Errors after which another camera may do."""


class ProviderTrialFlow(ConfigSubentryFlow):
    """The menus that offer a test, and show what came of it."""

    def __init__(self) -> None:
        self._data: dict[str, Any] = {}
        """The subentry's data; its key is encrypted from the start."""
        self._test_result: dict[str, str] = {}
        """Placeholders for the texts about the last test."""

    @property
    @abstractmethod
    def _changed(self) -> ConfigSubentry | None:
        """Return the provider that is changed, None when one is added."""

    def _menu(self, step_id: str) -> SubentryFlowResult:
        options = ["save", "model"]
        if self._is_loaded:
            has_camera = bool(cameras(self.hass))
            options[1:1] = ["test", "camera"] if has_camera else ["test"]
        return self.async_show_menu(
            step_id=step_id,
            menu_options=options,
            description_placeholders={
                "model": plain(self._data[CONF_MODEL]),
                **self._test_result,
            },
        )

    @property
    def _is_loaded(self) -> bool:
        """Return whether a test could be booked."""
        return self._get_entry().state is ConfigEntryState.LOADED

    # Home Assistant calls a menu's own step to show it again.

    async def async_step_ready(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Show the menu before the first test."""
        return self._menu("ready")

    async def async_step_tested(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Show the menu after a test that was answered, with its cost."""
        return self._menu("tested")

    async def async_step_tested_unpriced(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Show the menu after a test that was answered at an unknown cost."""
        return self._menu("tested_unpriced")

    async def async_step_test_blind(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Show the menu after an answer by a model that has not looked."""
        return self._menu("test_blind")

    async def async_step_test_failed(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Show the menu after a test that failed, with the reason."""
        return self._menu("test_failed")

    async def async_step_test(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Show the provider a card, and then a menu with the result."""
        return await self._run(async_try)

    async def async_step_camera(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask for a camera, show the provider what it sees, and then a menu with the result."""
        errors: dict[str, str] = {}
        if user_input is not None:
            entity_id = user_input[ATTR_ENTITY_ID]
            try:
                return await self._run(partial(async_try_camera, entity_id=entity_id))
            except HomeAssistantError as err:
                if err.translation_key not in _OF_THE_CAMERA:
                    raise
                errors[ATTR_ENTITY_ID] = err.translation_key
        schema = vol.Schema({vol.Required(ATTR_ENTITY_ID): camera_field(self.hass)})
        first = {ATTR_ENTITY_ID: next(iter(cameras(self.hass)), None)}
        return self.async_show_form(
            step_id="camera",
            data_schema=self.add_suggested_values_to_schema(schema, user_input or first),
            errors=errors,
        )

    async def _run(self, test: _Test) -> SubentryFlowResult:
        if not self._is_loaded:
            return self._menu("ready")
        api_key = await async_decrypted_key(self.hass, self._data)
        if api_key is None:
            return self.async_abort(reason="master_key_unusable")
        changed = self._changed
        spec = spec_of(self._data, api_key, changed.subentry_id if changed else "")
        provider = await self.hass.async_add_executor_job(
            registry.build, spec, get_default_context()
        )
        try:
            trial = await test(self.hass, self._get_entry(), provider)
        except HomeAssistantError:
            if self._get_entry().state is ConfigEntryState.LOADED:
                raise
            return self._menu("ready")  # unloaded meanwhile
        finally:
            await provider.close()
        return self._menu(await self._read(trial))

    async def _read(self, trial: Trial) -> str:
        """Keep what there is to tell of a test; return the menu that tells it."""
        self._test_result = {
            "used": plain(trial.model),
            "seconds": await outcome_texts.async_seconds(self.hass, trial.response_time_ms),
            "picture": image(trial.picture),
        }
        if trial.answer is not None:
            self._test_result["title"] = plain(trial.answer.title)
            self._test_result["description"] = plain(trial.answer.description)
        if trial.outcome == Failure.BLIND:
            return "test_blind"
        if not trial.success:
            reason = await outcome_texts.async_outcome(self.hass, trial.outcome)
            self._test_result["reason"] = reason
            return "test_failed"
        if trial.cost is None:
            return "tested_unpriced"
        self._test_result["cents"] = await outcome_texts.async_cents(self.hass, trial.cost)
        return "tested"
