"""Register the actions."""

import asyncio
from contextlib import suppress
from typing import Final

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import ATTR_ENTITY_ID
from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.service import async_get_config_entry, async_register_admin_service
import voluptuous as vol

from .chain import policy
from .const import CONF_DETAIL, CONF_KIND, DOMAIN, KINDS
from .pictures.size import Detail
from .pipeline.describe import async_describe
from .pipeline.permission import async_check_view
from .pipeline.request import Request
from .pipeline.self_test import async_test
from .runtime import EyewitnessConfigEntry
from .runtime.stored_keys import async_rotate

SERVICE_DESCRIBE: Final = "describe_camera_event"
SERVICE_TEST: Final = "test_chain"
SERVICE_ROTATE: Final = "rotate_keys"
_RELOAD_SECONDS: Final = 10.0
TEXT_MAX: Final = 2000
"""Characters of a prompt or context: more would push the picture's own story aside."""
_TEXT: Final = vol.All(cv.string, vol.Length(max=TEXT_MAX))
_SCHEMA: Final = vol.Schema(
    {
        vol.Required(ATTR_ENTITY_ID): vol.All(
            cv.ensure_list, vol.Length(min=1, max=1), [cv.entity_domain(["camera", "image"])]
        ),
        vol.Optional("prompt", default=""): _TEXT,
        vol.Optional("event_context", default=""): _TEXT,
        vol.Optional("providers"): vol.All(cv.ensure_list, vol.Length(min=1), [cv.string]),
        vol.Optional("language"): vol.All(cv.string, vol.Length(min=2, max=50)),
        vol.Optional(CONF_DETAIL): vol.Coerce(Detail),
        vol.Optional("max_tokens", default=policy.MAX_TOKENS): vol.All(
            vol.Coerce(int), vol.Range(min=100, max=4000)
        ),
        vol.Optional("timeout"): vol.All(
            vol.Coerce(float),
            vol.Range(min=policy.TOTAL_SECONDS_MIN, max=policy.TOTAL_SECONDS_MAX),
        ),
    }
)


@callback
def async_setup_services(hass: HomeAssistant) -> None:
    """Register them once; they outlive a reload of the entry."""
    hass.services.async_register(
        DOMAIN,
        SERVICE_DESCRIBE,
        _async_describe,
        schema=_SCHEMA,
        supports_response=SupportsResponse.OPTIONAL,
    )
    for name, run in ((SERVICE_TEST, _async_test_chain), (SERVICE_ROTATE, _async_rotate_keys)):
        async_register_admin_service(
            hass, DOMAIN, name, run, supports_response=SupportsResponse.OPTIONAL
        )


async def _async_describe(call: ServiceCall) -> ServiceResponse:
    """Describe what a camera sees."""
    hass = call.hass
    entity_id: str = call.data[ATTR_ENTITY_ID][0]
    await async_check_view(hass, call.context, entity_id)
    entry = await _loaded(hass)
    if hass.states.get(entity_id) is None:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="camera_not_found",
            translation_placeholders={"entity_id": entity_id},
        )
    request = Request(
        entity_id=entity_id,
        providers=_subentries(entry, call.data.get("providers")),
        prompt=call.data["prompt"],
        event_context=call.data["event_context"],
        language=call.data.get("language", hass.config.language),
        detail=call.data.get(CONF_DETAIL),
        max_tokens=call.data["max_tokens"],
        seconds=call.data.get("timeout", entry.runtime_data.settings.total_seconds),
    )
    return await async_describe(hass, entry, request, call.context)


async def _async_test_chain(call: ServiceCall) -> ServiceResponse:
    """Test every provider and the hand-over."""
    return await async_test(call.hass, await _loaded(call.hass))


async def _async_rotate_keys(call: ServiceCall) -> ServiceResponse:
    """Encrypt the stored keys anew."""
    return await async_rotate(call.hass, await _loaded(call.hass))


async def _loaded(hass: HomeAssistant) -> EyewitnessConfigEntry:
    """Return the entry, as long as something may begin.

    Changed settings take a moment in which nothing is loaded. The doorbell may ring just then.
    """
    for entry in hass.config_entries.async_entries(DOMAIN):
        with suppress(TimeoutError):
            async with asyncio.timeout(_RELOAD_SECONDS):
                if entry.state is ConfigEntryState.LOADED:
                    await entry.runtime_data.reload.async_wait()
                async with entry.setup_lock:
                    pass
    loaded: EyewitnessConfigEntry = async_get_config_entry(hass, DOMAIN, None)
    if hass.is_stopping:
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="stopping")
    return loaded


def _subentries(entry: EyewitnessConfigEntry, names: list[str] | None) -> tuple[str, ...] | None:
    """Resolve kinds and subentry ids, in the caller's order, each provider once."""
    if names is None:
        return None
    settings = entry.runtime_data.settings
    found: dict[str, None] = {}
    for name in names:
        matches = [
            key
            for key in settings.order
            if key == name or (name in KINDS and settings.providers[key].data[CONF_KIND] == name)
        ]
        if not matches:
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="provider_not_found",
                translation_placeholders={"provider": name},
            )
        found.update(dict.fromkeys(matches))
    return tuple(found)
