"""Keep on a provider's device the model that it is asked for: ``auto`` would say nothing."""

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr

from ..const import DOMAIN
from ..providers.spec import AUTO
from . import EyewitnessConfigEntry


@callback
def async_show_model(hass: HomeAssistant, entry: EyewitnessConfigEntry, provider_id: str) -> None:
    """Show the model of a provider, if one is chosen by now."""
    provider = entry.runtime_data.built.get(provider_id)
    if provider is None or provider.model == AUTO:
        return
    registry = dr.async_get(hass)
    for device in dr.async_entries_for_config_entry(registry, entry.entry_id):
        if (DOMAIN, provider_id) in device.identifiers and device.model != provider.model:
            registry.async_update_device(device.id, model=provider.model)
