"""Tell what a camera saw, by asking AI vision providers in the user's order."""

from functools import partial
import os
from pathlib import Path
from typing import Final

from homeassistant.const import Platform
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import ConfigEntryError
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.typing import ConfigType
from homeassistant.util.ssl import get_default_context

from . import issues, snapshot, vault
from .chain.runner import Chain
from .const import (
    CONF_API_KEY,
    CONF_BASE_URL,
    CONF_KIND,
    CONF_MODEL,
    CONF_PROVIDER_ORDER,
    DATABASE,
    DOMAIN,
    LOGGER,
)
from .ledger import Ledger, LedgerError
from .providers import registry
from .providers.base import Spec, VendorProvider
from .runtime import EyewitnessConfigEntry, Runtime, provider_order
from .services import async_setup_services

CONFIG_SCHEMA = cv.config_entry_only_config_schema(DOMAIN)
PLATFORMS: Final = (Platform.SENSOR,)


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Register the actions."""
    async_setup_services(hass)
    return True


async def async_setup_entry(hass: HomeAssistant, entry: EyewitnessConfigEntry) -> bool:
    """Open the vault and the ledger and build the providers."""
    _async_forget_removed(hass, entry)
    folder = Path(hass.config.config_dir)
    try:
        runtime = await hass.async_add_executor_job(_build, hass, entry, folder)
    except LedgerError as err:
        raise ConfigEntryError(
            translation_domain=DOMAIN, translation_key="ledger_unusable"
        ) from err
    except vault.MasterKeyError as err:
        raise ConfigEntryError(
            translation_domain=DOMAIN,
            translation_key="master_key_unusable",
            translation_placeholders={"source": err.source},
        ) from err
    entry.runtime_data = runtime
    if len(runtime.providers) < len(provider_order(entry)):
        issues.async_ask_for_key(hass, entry)
    await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
    entry.async_on_unload(entry.add_update_listener(_async_reload))
    return True


async def async_unload_entry(hass: HomeAssistant, entry: EyewitnessConfigEntry) -> bool:
    """Close what was opened."""
    if not await hass.config_entries.async_unload_platforms(entry, PLATFORMS):
        return False
    runtime = entry.runtime_data
    for provider in runtime.providers.values():
        await provider.close()
    await hass.async_add_executor_job(runtime.ledger.close)
    return True


async def _async_reload(hass: HomeAssistant, entry: EyewitnessConfigEntry) -> None:
    """Start anew with other providers, another order or other options."""
    await hass.config_entries.async_reload(entry.entry_id)


@callback
def _async_forget_removed(hass: HomeAssistant, entry: EyewitnessConfigEntry) -> None:
    """Take providers that are gone out of the stored order."""
    order = entry.options.get(CONF_PROVIDER_ORDER, [])
    kept = [key for key in order if key in entry.subentries]
    if kept != order:
        hass.config_entries.async_update_entry(
            entry, options={**entry.options, CONF_PROVIDER_ORDER: kept}
        )


def _build(hass: HomeAssistant, entry: EyewitnessConfigEntry, folder: Path) -> Runtime:
    """Build everything that reads files or imports a vendor's SDK; blocking."""
    opened = vault.load(folder, os.environ)
    ledger = Ledger(folder / DATABASE)
    try:
        totals, last = ledger.totals(), list(ledger.last_descriptions().values())
    except LedgerError:
        ledger.close()
        raise
    providers: dict[str, VendorProvider] = {}
    for key in provider_order(entry):
        data = entry.subentries[key].data
        try:
            api_key = opened.decrypt(data[CONF_API_KEY])
        except vault.UndecryptableError:
            LOGGER.warning("The key of %s cannot be decrypted", entry.subentries[key].title)
            continue
        spec = Spec(
            id=key,
            kind=data[CONF_KIND],
            api_key=api_key,
            model=data[CONF_MODEL],
            base_url=data[CONF_BASE_URL],
        )
        providers[key] = registry.build(spec, get_default_context())
    return Runtime(
        providers=providers,
        chain=Chain(partial(snapshot.async_shrink, hass)),
        ledger=ledger,
        totals=totals,
        last=last[-1] if last else None,
    )
