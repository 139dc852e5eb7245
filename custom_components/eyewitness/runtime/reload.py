"""Take up changed settings: at once where that is possible, with one reload where not."""

from homeassistant.core import HomeAssistant, callback

from ..const import CONF_MODEL
from . import EyewitnessConfigEntry, device_models, issues, kept_pictures
from .settings import read_settings


@callback
def async_follow(hass: HomeAssistant, entry: EyewitnessConfigEntry) -> None:
    """Take up every change from now on, and what was stored while the entry was being set up."""
    entry.async_on_unload(entry.add_update_listener(_async_changed))
    async_take_up(hass, entry)


async def _async_changed(hass: HomeAssistant, entry: EyewitnessConfigEntry) -> None:
    async_take_up(hass, entry)


@callback
def async_take_up(hass: HomeAssistant, entry: EyewitnessConfigEntry) -> None:
    """Use the settings as they are stored now.

    Order, limits and cameras hold from the next event on. A provider that was added, removed or
    changed needs new connections and entities, and so a reload.
    """
    runtime = entry.runtime_data
    before, runtime.settings = runtime.settings, read_settings(entry)
    runtime.chain.attempt_seconds = runtime.settings.attempt_seconds
    runtime.chain.hedge_seconds = runtime.settings.hedge_seconds
    if runtime.settings != before:
        runtime.scenes.clear()  # an answer depends on them, and less may be seen of a camera now
    if runtime.settings.cameras != before.cameras:
        kept_pictures.async_repaint(hass, entry)
    if (runtime.settings.history_days, runtime.settings.history_megabytes) != (
        before.history_days,
        before.history_megabytes,
    ):
        runtime.history.async_care()
    for provider_id, stored in before.providers.items():
        now = runtime.settings.providers.get(provider_id)
        if now is not None and now.data != stored.data:
            issues.async_clear(hass, entry, provider_id)  # whether it is better now will show
            if now.data.get(CONF_MODEL) != stored.data.get(CONF_MODEL):
                device_models.async_forget(hass, entry, provider_id)
                issues.async_report_retiring(hass, entry, provider_id, None)
    if runtime.settings.providers != before.providers:
        runtime.reload.async_schedule()
