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

from . import snapshot, vault
from .chain import policy
from .chain.gate import Gate
from .chain.runner import Chain
from .const import (
    CONF_API_KEY,
    CONF_ATTEMPT_SECONDS,
    CONF_BASE_URL,
    CONF_COOLDOWN_SECONDS,
    CONF_HEDGE_SECONDS,
    CONF_KIND,
    CONF_MODEL,
    DATABASE,
    LOGGER,
)
from .ledger import LastDescription, Ledger, LedgerError, Totals
from .memory import Memory, fingerprint
from .providers import registry
from .providers.base import Spec, VendorProvider
from .runtime import EyewitnessConfigEntry, Response, Runtime, provider_order


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Hold what took an executor to get."""

    providers: dict[str, VendorProvider]
    fingerprints: dict[str, str]
    ledger: Ledger
    totals: dict[str, Totals]
    last: LastDescription | None


def build(entry: EyewitnessConfigEntry, folder: Path) -> Parts:
    """Read the files and import the vendors' SDKs; blocking.

    Raises ``vault.MasterKeyError`` and ``LedgerError``. A key that cannot be decrypted leaves its
    provider out; the others go on working.
    """
    opened = vault.load(folder, os.environ)
    ledger = Ledger(folder / DATABASE)
    try:
        totals, last = ledger.totals(), list(ledger.last_descriptions().values())
    except LedgerError:
        ledger.close()
        raise
    specs: list[Spec] = []
    for key in provider_order(entry):
        data = entry.subentries[key].data
        try:
            api_key = opened.decrypt(data[CONF_API_KEY])
        except vault.UndecryptableError:
            LOGGER.warning("The key of %s cannot be decrypted", entry.subentries[key].title)
            continue
        specs.append(
            Spec(
                id=key,
                kind=data[CONF_KIND],
                api_key=api_key,
                model=data[CONF_MODEL],
                base_url=data[CONF_BASE_URL],
            )
        )
    return Parts(
        providers={spec.id: registry.build(spec, get_default_context()) for spec in specs},
        fingerprints={spec.id: fingerprint(entry.subentries[spec.id].data) for spec in specs},
        ledger=ledger,
        totals=totals,
        last=last[-1] if last else None,
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
        partial(snapshot.async_shrink, hass),
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
        providers=parts.providers,
        chain=chain,
        ledger=parts.ledger,
        totals=parts.totals,
        last=parts.last,
        gate=Gate[Response](spawn),
        memory=memory,
        refused=refused,
        cooldown_seconds=entry.options.get(CONF_COOLDOWN_SECONDS, 0.0),
    )
