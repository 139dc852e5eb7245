"""Keep on a provider's device the model that answered last: ``auto`` would say nothing.

The device registry keeps it over a restart. A reply may name another model than was asked: with its
date, or the one that a vendor uses in the place of a retired one.
"""

from collections.abc import Iterable

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr

from ..chain.attempt import Attempt
from ..const import CONF_MODEL, DOMAIN
from ..providers.spec import AUTO
from . import EyewitnessConfigEntry


@callback
def async_show_all(hass: HomeAssistant, entry: EyewitnessConfigEntry) -> None:
    """Show of every provider the model that will be asked, where none has answered yet."""
    for provider_id in entry.runtime_data.settings.order:
        async_show_chosen(hass, entry, provider_id)


@callback
def async_show_answered(
    hass: HomeAssistant, entry: EyewitnessConfigEntry, attempts: Iterable[Attempt]
) -> None:
    """Show the models that gave answers."""
    for attempt in attempts:
        if attempt.success:
            _show(hass, entry, attempt.provider_id, attempt.model)


@callback
def async_show_chosen(hass: HomeAssistant, entry: EyewitnessConfigEntry, provider_id: str) -> None:
    """Show the model that will be asked, if one is chosen by now and none has answered yet."""
    runtime = entry.runtime_data
    provider = runtime.built.get(provider_id)
    model = provider.model if provider else runtime.settings.providers[provider_id].data[CONF_MODEL]
    device = _device(hass, entry, provider_id)
    if device and device.model in (None, AUTO) and model != AUTO:
        _show(hass, entry, provider_id, model)


@callback
def async_shown(hass: HomeAssistant, entry: EyewitnessConfigEntry, provider_id: str) -> str | None:
    """Return the model that is shown of a provider, None before one is known."""
    device = _device(hass, entry, provider_id)
    return device.model if device and device.model != AUTO else None


@callback
def async_forget(hass: HomeAssistant, entry: EyewitnessConfigEntry, provider_id: str) -> None:
    """Show no more what has answered, since another model was chosen."""
    _show(hass, entry, provider_id, None)


def _show(
    hass: HomeAssistant, entry: EyewitnessConfigEntry, provider_id: str, model: str | None
) -> None:
    device = _device(hass, entry, provider_id)
    if device and device.model != model:
        dr.async_get(hass).async_update_device(device.id, model=model)


def _device(
    hass: HomeAssistant, entry: EyewitnessConfigEntry, provider_id: str
) -> dr.DeviceEntry | None:
    identifier = (DOMAIN, provider_id)
    return dr.async_get(hass).async_get_device_by_identifier(identifier, entry.entry_id)
