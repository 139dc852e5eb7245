"""Put together what a set-up entry consists of."""

import asyncio
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass
from functools import partial
import os
from pathlib import Path
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util.ssl import get_default_context

from ..chain import policy
from ..chain.run_queue import Gate
from ..chain.walk import Chain
from ..const import (
    CONF_API_KEY,
    CONF_ATTEMPT_SECONDS,
    CONF_COOLDOWN_SECONDS,
    CONF_HEDGE_SECONDS,
    DATABASE,
    LOGGER,
)
from ..keys import master_key, vault
from ..ledger import LastDescription, Ledger, LedgerError, Totals
from ..pictures import prepare, rules
from ..providers import registry
from ..providers.base import VendorProvider
from ..providers.spec import Spec
from . import EyewitnessConfigEntry, Response, Runtime
from .cooldown_store import Memory, fingerprint
from .settings import Shape, provider_order, shape, spec_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Hold what took an executor to get."""

    shape: Shape
    """What the entry was like before, so that a change meanwhile is taken up."""
    providers: dict[str, VendorProvider]
    fingerprints: dict[str, str]
    ledger: Ledger
    totals: dict[str, Totals]
    last: LastDescription | None
    viewers: dict[str, str]
    master_key_source: str
    master_keys: int


def build(entry: EyewitnessConfigEntry, folder: Path, starting: bool) -> Parts:
    """Read the files and import the vendors' SDKs; blocking.

    ``starting`` says that the entry has just been read from the disk, so that master keys which it
    does not need any more can go. Raises ``vault.MasterKeyError`` and ``LedgerError``. A key that
    cannot be decrypted leaves its provider out; the others go on working.
    """
    taken = shape(entry)
    opened = master_key.load(folder, os.environ)
    stored = {key: entry.subentries[key].data for key in provider_order(entry)}
    if starting and all(opened.newest_opens(data[CONF_API_KEY]) for data in stored.values()):
        master_key.forget(folder, opened)
    ledger = Ledger(folder / DATABASE)
    try:
        totals, last = ledger.totals(), list(ledger.last_descriptions().values())
        viewers = ledger.viewers()
    except LedgerError:
        ledger.close()
        raise
    specs: list[Spec] = []
    for key, data in stored.items():
        try:
            specs.append(spec_of(data, opened.decrypt(data[CONF_API_KEY]), key))
        except vault.UndecryptableError:
            LOGGER.warning("The key of %s cannot be decrypted", entry.subentries[key].title)
    return Parts(
        shape=taken,
        providers={spec.id: registry.build(spec, get_default_context()) for spec in specs},
        fingerprints={spec.id: fingerprint(stored[spec.id]) for spec in specs},
        ledger=ledger,
        totals=totals,
        last=last[-1] if last else None,
        viewers=viewers,
        master_key_source=opened.source,
        master_keys=opened.size,
    )


async def async_close(
    hass: HomeAssistant, providers: Mapping[str, VendorProvider], ledger: Ledger
) -> None:
    """Close the connections and the file."""
    for provider in providers.values():
        await provider.close()
    await hass.async_add_executor_job(ledger.close)


async def async_assemble(
    hass: HomeAssistant, entry: EyewitnessConfigEntry, parts: Parts
) -> Runtime:
    """Return the runtime, with what is remembered of the providers.

    Raises ``HomeAssistantError`` when that cannot be read; then the parts are closed.
    """
    chain = Chain(
        partial(prepare.async_shrink, hass),
        attempt_seconds=entry.options.get(CONF_ATTEMPT_SECONDS, policy.ATTEMPT_SECONDS),
        hedge_seconds=entry.options.get(CONF_HEDGE_SECONDS, 0.0),
    )
    memory = Memory(hass, chain, parts.fingerprints)
    try:
        refused = await memory.async_load()
    except HomeAssistantError:
        await async_close(hass, parts.providers, parts.ledger)
        raise

    def spawn(flight: Coroutine[Any, Any, None], name: str) -> asyncio.Task[None]:
        return entry.async_create_background_task(hass, flight, name)

    return Runtime(
        shape=parts.shape,
        cameras=rules.rules(entry),
        viewers=parts.viewers,
        providers=parts.providers,
        chain=chain,
        ledger=parts.ledger,
        totals=parts.totals,
        last=parts.last,
        gate=Gate[Response](spawn),
        memory=memory,
        master_key_source=parts.master_key_source,
        master_keys=parts.master_keys,
        refused=refused,
        cooldown_seconds=entry.options.get(CONF_COOLDOWN_SECONDS, 0.0),
    )
