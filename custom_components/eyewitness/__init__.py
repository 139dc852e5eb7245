"""Tell what a camera saw, by asking AI vision providers in the user's order."""

from contextlib import AsyncExitStack
from pathlib import Path
from typing import Final

from homeassistant.const import (
    EVENT_HOMEASSISTANT_FINAL_WRITE,
    EVENT_HOMEASSISTANT_STOP,
    Platform,
)
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.exceptions import (
    ConfigEntryAuthFailed,
    ConfigEntryError,
    HomeAssistantError,
)
from homeassistant.helpers import config_validation as cv, device_registry as dr
from homeassistant.helpers.typing import ConfigType

from . import cards
from .const import CONF_PROVIDER_ORDER, DOMAIN, LOGGER
from .keys import master_key
from .pictures.removal import async_remove_kept
from .pipeline import budget_watch, follow_up, rehearsal
from .runtime import (
    EyewitnessConfigEntry,
    LeftOut,
    blueprints,
    build,
    calendar,
    camera_devices,
    camera_registry,
    cooldown_store,
    device_models,
    history,
    issues,
    kept_pictures,
    model_radar,
    price_refresh,
    reload,
    renamed_cameras,
    retention,
    stored_keys,
)
from .runtime.settings import read_settings
from .services import async_offer, async_setup_services
from .websocket_api import async_setup as async_setup_websocket_api

CONFIG_SCHEMA = cv.config_entry_only_config_schema(DOMAIN)
PLATFORMS: Final = (
    Platform.BINARY_SENSOR,
    Platform.BUTTON,
    Platform.EVENT,
    Platform.IMAGE,
    Platform.SENSOR,
)


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Register the actions, what the cards ask for, and the cards."""
    async_setup_services(hass)
    async_setup_websocket_api(hass)
    await cards.async_serve(hass)
    return True


async def async_setup_entry(hass: HomeAssistant, entry: EyewitnessConfigEntry) -> bool:
    """Open the vault and the ledger, build the providers and let the calls in."""
    _async_forget_removed(hass, entry)
    try:
        parts = await hass.async_add_executor_job(
            build.build,
            read_settings(entry),
            Path(hass.config.config_dir),
            not hass.is_running,
        )
    except master_key.DamagedKeyError as err:
        # The file is ours, so it can be replaced; the keys have to be typed again then.
        raise ConfigEntryAuthFailed(
            translation_domain=DOMAIN, translation_key="master_key_damaged"
        ) from err
    except master_key.MasterKeyError as err:
        raise ConfigEntryError(
            translation_domain=DOMAIN,
            translation_key="master_key_unusable",
            translation_placeholders={"source": err.source},
        ) from err
    async with AsyncExitStack() as undo:
        entry.runtime_data = await build.async_assemble(hass, entry, parts)
        undo.push_async_callback(build.async_close, entry.runtime_data)
        issues.async_begin(hass, entry)
        issues.async_watch_ledger(hass, entry)
        if LeftOut.KEY in parts.left_out.values() or entry.runtime_data.refused:
            issues.async_ask_for_key(hass, entry)
        follow_up.async_follow_up(hass, entry)
        await rehearsal.async_rehearse(hass, entry)
        camera_devices.async_follow(hass, entry)  # the platforms add entities to these
        await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
        undo.pop_all()
    await async_offer(hass, entry)
    await blueprints.async_offer(hass, entry)
    await cards.async_offer(hass)
    device_models.async_show_all(hass, entry)
    build.async_prepare(hass, entry)
    reload.async_follow(hass, entry)
    budget_watch.async_follow(hass, entry)
    camera_registry.async_follow(hass, entry)
    kept_pictures.async_follow(hass, entry)
    price_refresh.async_follow(hass, entry)
    calendar.async_follow(hass, entry)
    renamed_cameras.async_follow(hass, entry)
    retention.async_follow(hass, entry)
    model_radar.async_follow(hass, entry)

    async def stop(_event: Event) -> None:
        await entry.runtime_data.async_stop()

    async def flush(_event: Event) -> None:
        await entry.runtime_data.history.async_flush()
        await entry.runtime_data.accounts.writer.async_flush()

    entry.async_on_unload(hass.bus.async_listen_once(EVENT_HOMEASSISTANT_STOP, stop))
    # Home Assistant unloads no entry when it stops.
    entry.async_on_unload(hass.bus.async_listen(EVENT_HOMEASSISTANT_FINAL_WRITE, flush))
    return True


async def async_migrate_entry(hass: HomeAssistant, entry: EyewitnessConfigEntry) -> bool:
    """Encrypt keys that an entry of the first version may hold as they are."""
    if entry.version > 1:
        return False  # written by a newer Eyewitness
    if entry.minor_version > 1:
        return True
    try:
        await stored_keys.async_seal(hass, entry)
    except master_key.MasterKeyError as err:
        # An entry that failed to migrate stays down until Home Assistant is restarted. The set-up
        # meets the same master key, says what can be done, and this is tried again with it.
        LOGGER.error("The keys cannot be encrypted: no usable master key in %s", err.source)
        return True
    hass.config_entries.async_update_entry(entry, minor_version=2)
    return True


async def async_unload_entry(hass: HomeAssistant, entry: EyewitnessConfigEntry) -> bool:
    """Stop what is under way and close what was opened."""
    runtime = entry.runtime_data
    await runtime.async_stop()
    if not await hass.config_entries.async_unload_platforms(entry, PLATFORMS):
        return False
    await build.async_close(runtime)
    return True


async def async_remove_entry(hass: HomeAssistant, entry: EyewitnessConfigEntry) -> None:
    """Take back what was reported, remembered and offered, and delete pictures and history.

    The accounts and the master key stay, see the README.
    """
    issues.async_end(hass)
    await cooldown_store.async_forget(hass)
    await blueprints.async_withdraw(hass)
    await cards.async_withdraw(hass)
    await async_remove_kept(hass)
    await history.async_forget(hass)


async def async_remove_config_entry_device(
    hass: HomeAssistant, entry: EyewitnessConfigEntry, device: dr.DeviceEntry
) -> bool:
    """Let a person remove the device of a camera that has no rules; raise for all others."""
    camera = camera_devices.camera_of(hass, device)
    if camera is None or camera_devices.has_rules(hass, entry, camera):
        raise HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key="device_in_use",
            translation_placeholders={"name": device.name_by_user or device.name or ""},
        )
    return True


@callback
def _async_forget_removed(hass: HomeAssistant, entry: EyewitnessConfigEntry) -> None:
    """Take providers that are gone out of the stored order."""
    order = entry.options.get(CONF_PROVIDER_ORDER, [])
    kept = [key for key in order if key in entry.subentries]
    if kept != order:
        hass.config_entries.async_update_entry(
            entry, options={**entry.options, CONF_PROVIDER_ORDER: kept}
        )
