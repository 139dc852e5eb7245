"""Register the actions."""

import asyncio
from contextlib import suppress
from pathlib import Path
from typing import Final

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import ATTR_ENTITY_ID, Platform
from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
    split_entity_id,
)
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.service import (
    async_get_config_entry,
    async_register_admin_service,
    async_set_service_schema,
)
from homeassistant.util.yaml import load_yaml_dict
import voluptuous as vol

from .const import CONF_DETAIL, DOMAIN
from .pictures.views import own_pictures
from .pipeline import usage, usage_call
from .pipeline.call import check_empty, provider_ids, read
from .pipeline.describe import async_describe
from .pipeline.permission import async_check_view
from .pipeline.request import Request
from .pipeline.self_test import async_test
from .runtime import EyewitnessConfigEntry
from .runtime.settings import numbered_titles
from .runtime.stored_keys import async_rotate

SERVICE_DESCRIBE: Final = "describe_camera_event"
SERVICE_TEST: Final = "test_chain"
SERVICE_ROTATE: Final = "rotate_keys"
SERVICE_GET_USAGE: Final = "get_usage"
SERVICE_EXPORT_USAGE: Final = "export_usage"
_RELOAD_SECONDS: Final = 10.0
_DESCRIPTION: Final = Path(__file__).with_name("services.yaml")
_ANY: Final = vol.Schema({}, extra=vol.ALLOW_EXTRA)
"""``pipeline.call`` says in our own words what is wrong with a call."""


@callback
def async_setup_services(hass: HomeAssistant) -> None:
    """Register them once; they outlive a reload of the entry."""
    hass.services.async_register(
        DOMAIN,
        SERVICE_DESCRIBE,
        _async_describe,
        schema=_ANY,
        supports_response=SupportsResponse.OPTIONAL,
    )
    for name, run, response in (
        (SERVICE_TEST, _async_test_chain, SupportsResponse.OPTIONAL),
        (SERVICE_ROTATE, _async_rotate_keys, SupportsResponse.OPTIONAL),
        # For administrators: it names cameras that not everybody may see.
        (SERVICE_GET_USAGE, _async_get_usage, SupportsResponse.ONLY),
        (SERVICE_EXPORT_USAGE, _async_export_usage, SupportsResponse.OPTIONAL),
    ):
        async_register_admin_service(hass, DOMAIN, name, run, _ANY, supports_response=response)


async def async_offer(hass: HomeAssistant, entry: EyewitnessConfigEntry) -> None:
    """Let the editor of automations offer the user's own providers, but no pictures of ours."""
    actions = await hass.async_add_executor_job(load_yaml_dict, str(_DESCRIPTION))
    description = actions[SERVICE_DESCRIBE]
    select = description["fields"]["advanced"]["fields"]["providers"]["selector"]["select"]
    del select["translation_key"]
    select["options"] = [
        {"value": key, "label": title} for key, title in numbered_titles(entry).items()
    ]
    cameras = description["fields"][ATTR_ENTITY_ID]["selector"]["entity"]

    @callback
    def offer(_: object = None) -> None:
        cameras["exclude_entities"] = own_pictures(hass)
        async_set_service_schema(hass, DOMAIN, SERVICE_DESCRIBE, description)

    offer()
    entry.async_on_unload(
        hass.bus.async_listen(er.EVENT_ENTITY_REGISTRY_UPDATED, offer, event_filter=_is_image)
    )


@callback
def _is_image(event_data: er.EventEntityRegistryUpdatedData) -> bool:
    return split_entity_id(event_data[ATTR_ENTITY_ID])[0] == Platform.IMAGE


async def _async_describe(call: ServiceCall) -> ServiceResponse:
    """Describe what a camera sees."""
    hass = call.hass
    fields = read(call.data)
    entity_id: str = fields[ATTR_ENTITY_ID][0]
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
        providers=provider_ids(hass, entry.runtime_data.settings, fields.get("providers")),
        prompt=fields["prompt"],
        event_context=fields["event_context"],
        language=fields.get("language", hass.config.language),
        detail=fields.get(CONF_DETAIL),
        max_tokens=fields["max_tokens"],
        seconds=fields.get("timeout", entry.runtime_data.settings.total_seconds),
    )
    return await async_describe(hass, entry, request, call.context)


async def _async_test_chain(call: ServiceCall) -> ServiceResponse:
    """Test every provider and the hand-over."""
    check_empty(call.data)
    return await async_test(call.hass, await _loaded(call.hass))


async def _async_rotate_keys(call: ServiceCall) -> ServiceResponse:
    """Encrypt the stored keys anew."""
    check_empty(call.data)
    return await async_rotate(call.hass, await _loaded(call.hass))


async def _async_get_usage(call: ServiceCall) -> ServiceResponse:
    """Return what was spent."""
    fields = usage_call.read(usage_call.GET, call.data)
    days = usage_call.days(fields)
    entry = await _loaded(call.hass)
    return await usage.async_usage(call.hass, entry, days, fields["group_by"], fields["rows"])


async def _async_export_usage(call: ServiceCall) -> ServiceResponse:
    """Write the single requests into a file."""
    fields = usage_call.read(usage_call.EXPORT, call.data)
    days = usage_call.days(fields)
    entry = await _loaded(call.hass)
    path, overwrite = fields.get("path"), fields["overwrite"]
    return await usage.async_export(call.hass, entry, days, path, overwrite)


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
