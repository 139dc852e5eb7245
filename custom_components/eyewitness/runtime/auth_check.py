"""Look twice before a user is asked for a new key."""

from collections.abc import Iterable
from math import inf

from homeassistant.core import HomeAssistant, callback

from ..chain import guard, policy
from ..chain.attempt import Attempt
from ..chain.failures import Failure, ProviderError
from ..const import LOGGER
from . import EyewitnessConfigEntry
from .issues import async_ask_for_key


@callback
def async_check_refused(
    hass: HomeAssistant, entry: EyewitnessConfigEntry, attempts: Iterable[Attempt]
) -> None:
    """Check every key that was refused, without letting anybody wait for it."""
    for provider_id in {a.provider_id for a in attempts if a.failure is Failure.AUTH}:
        entry.async_create_background_task(
            hass, async_check_key(hass, entry, provider_id), "eyewitness key check"
        )


async def async_check_key(
    hass: HomeAssistant, entry: EyewitnessConfigEntry, provider_id: str
) -> None:
    """Ask for a new key if the free list-models call refuses the old one as well.

    One refusal is not enough: vendors answer 401 in outages too, and nobody should have to type a
    key again for that.
    """
    runtime = entry.runtime_data
    provider = runtime.built.get(provider_id)
    if provider is None or provider_id in runtime.refused | runtime.doubted:
        return
    runtime.doubted.add(provider_id)  # requests that were under way are refused together
    try:
        await guard.ask(provider.kind, provider.check(), policy.CHECK_SECONDS)
    except ProviderError as err:
        if err.failure is not Failure.AUTH:
            return
    else:
        return
    finally:
        runtime.doubted.discard(provider_id)
    if provider_id in runtime.refused or provider_id not in entry.subentries:
        return
    LOGGER.warning("%s refuses its key", entry.subentries[provider_id].title)
    runtime.refused.add(provider_id)
    runtime.chain.health(provider_id).cool_down(Failure.AUTH, inf)
    runtime.cooldowns.async_save()
    async_ask_for_key(hass, entry)
