"""Look twice before a user is asked for a new key."""

import asyncio
from math import inf

from homeassistant.core import HomeAssistant

from ..chain import policy
from ..chain.failures import Kind, ProviderError
from ..const import LOGGER
from . import EyewitnessConfigEntry, Runtime
from .issues import async_ask_for_key


async def async_witness_auth(
    hass: HomeAssistant, entry: EyewitnessConfigEntry, runtime: Runtime, provider_id: str
) -> None:
    """Ask for a new key if the free list-models call refuses the old one as well.

    One refusal is not enough: vendors answer 401 in outages too, and nobody should have to type a
    key again for that.
    """
    if provider_id in runtime.refused:
        return
    provider = runtime.providers[provider_id]
    try:
        async with asyncio.timeout(policy.CHECK_SECONDS):
            await provider.check()
    except TimeoutError:
        return
    except ProviderError as err:
        if err.kind is not Kind.AUTH:
            return
    else:
        return
    if provider_id in runtime.refused or provider_id not in entry.subentries:
        return
    LOGGER.warning("%s refuses its key", entry.subentries[provider_id].title)
    runtime.refused.add(provider_id)
    runtime.chain.standing(provider_id).bench(Kind.AUTH, inf)
    runtime.memory.async_save()
    async_ask_for_key(hass, entry)
