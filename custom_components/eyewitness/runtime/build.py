"""Put together what a set-up entry consists of."""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass
import os
from pathlib import Path
from typing import Any

from homeassistant.core import HomeAssistant, callback
from homeassistant.util.ssl import get_default_context

from ..chain import crash, guard, policy
from ..chain.failures import ProviderError
from ..chain.run_queue import RunQueue
from ..chain.walk import Chain
from ..const import CONF_API_KEY, DATABASE, LOGGER
from ..keys import master_key, vault
from ..providers import registry
from ..providers.base import VendorProvider
from . import EyewitnessConfigEntry, LeftOut, Response, Runtime, model_check
from .accounts import Accounts
from .cooldown_store import CooldownStore, fingerprint
from .device_models import async_show_chosen
from .reload_timer import ReloadTimer
from .settings import Settings, spec_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What took an executor to get."""

    settings: Settings
    providers: dict[str, VendorProvider]
    left_out: dict[str, LeftOut]
    fingerprints: dict[str, str]
    master_key_source: str
    master_keys: int


def build(settings: Settings, folder: Path, starting: bool) -> Parts:
    """Read the files and import the vendors' SDKs; blocking.

    ``starting`` says that the entry has just been read from the disk, so that master keys which it
    does not need any more can go. Raises ``MasterKeyError``. A key that cannot be decrypted or a
    library that cannot be used leaves its provider out; the others go on working.
    """
    opened = master_key.load(folder, os.environ)
    stored = {key: settings.providers[key] for key in settings.order}
    ciphertexts = [each.data[CONF_API_KEY] for each in stored.values()]
    if starting and all(opened.newest_opens(ciphertext) for ciphertext in ciphertexts):
        master_key.forget(folder, opened)
    providers: dict[str, VendorProvider] = {}
    left_out: dict[str, LeftOut] = {}
    for key, each in stored.items():
        try:
            spec = spec_of(each.data, opened.decrypt(each.data[CONF_API_KEY]), key)
            providers[key] = registry.build(spec, get_default_context())
        except vault.UndecryptableError:
            LOGGER.warning("The stored key of %s cannot be read any more", each.title)
            left_out[key] = LeftOut.KEY
        except Exception as err:  # noqa: BLE001 - a library that does not fit may raise anything
            LOGGER.error("The library of %s cannot be used: %s", each.title, crash.where(err))
            left_out[key] = LeftOut.LIBRARY
    return Parts(
        settings=settings,
        providers=providers,
        left_out=left_out,
        fingerprints={
            key: fingerprint(each.data)
            for key, each in stored.items()
            if left_out.get(key) is not LeftOut.KEY
        },
        master_key_source=opened.source,
        master_keys=opened.size,
    )


async def async_assemble(
    hass: HomeAssistant, entry: EyewitnessConfigEntry, parts: Parts
) -> Runtime:
    """Return the runtime, with what is remembered as far as it can be read."""
    chain = Chain(
        attempt_seconds=parts.settings.attempt_seconds, hedge_seconds=parts.settings.hedge_seconds
    )
    cooldowns = CooldownStore(hass, chain, parts.fingerprints, parts.providers)
    refused = await cooldowns.async_load()
    accounts = Accounts(hass, Path(hass.config.path(DATABASE)))
    await accounts.writer.async_flush()

    def spawn(run: Coroutine[Any, Any, None], name: str) -> asyncio.Task[None]:
        return entry.async_create_background_task(hass, run, name)

    return Runtime(
        hass=hass,
        settings=parts.settings,
        built=parts.providers,
        left_out=parts.left_out,
        chain=chain,
        accounts=accounts,
        runs=RunQueue[Response](spawn),
        tests=RunQueue[Response](spawn),
        trials=RunQueue[Any](spawn),
        probes=RunQueue[None](spawn),
        cooldowns=cooldowns,
        reload=ReloadTimer(hass, entry.entry_id),
        master_key_source=parts.master_key_source,
        master_keys=parts.master_keys,
        refused=refused,
    )


@callback
def async_prepare(hass: HomeAssistant, entry: EyewitnessConfigEntry) -> None:
    """Let the providers choose their models, so that no event has to wait for a list.

    Not those that are left alone: a key that was refused is not to be sent again. But a model that
    was gone may be back.
    """
    runtime = entry.runtime_data
    for key, provider in runtime.providers.items():
        health = runtime.chain.health(key)
        if not health.cooldown_left:
            entry.async_create_background_task(
                hass, _prepare(hass, entry, provider), "eyewitness models"
            )
        elif model_check.is_gone_for_good(health):
            look = model_check.async_look_again(hass, entry, key)
            entry.async_create_background_task(hass, look, "eyewitness model check")


async def _prepare(
    hass: HomeAssistant, entry: EyewitnessConfigEntry, provider: VendorProvider
) -> None:
    try:
        await guard.ask(provider.kind, provider.prepare(), policy.CHECK_SECONDS)
    except ProviderError as err:
        LOGGER.debug("%s lists no models for now: %s", provider.kind, err)
    async_show_chosen(hass, entry, provider.id)


async def async_close(runtime: Runtime) -> None:
    """Write what is remembered, and close the connections and the ledger."""
    await runtime.cooldowns.async_close()
    for provider in runtime.built.values():
        await provider.close()
    await runtime.history.async_close()
    await runtime.accounts.writer.async_close()
