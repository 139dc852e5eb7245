"""Ask the user for help: the only module that starts a reauthentication or touches repairs."""

from math import inf

from homeassistant.core import HomeAssistant, callback

from .chain.kinds import Kind
from .chain.models import ProviderError
from .const import LOGGER
from .runtime import EyewitnessConfigEntry, Runtime


@callback
def async_ask_for_key(hass: HomeAssistant, entry: EyewitnessConfigEntry) -> None:
    """Start the one flow that asks for every key that is needed."""
    entry.async_start_reauth(hass)


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
        await provider.check()
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
