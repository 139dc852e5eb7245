"""Look twice before a model counts as gone for good."""

from collections.abc import Sequence
from math import inf

from homeassistant.core import HomeAssistant, callback

from ..chain import guard, policy
from ..chain.attempt import Attempt
from ..chain.failures import Failure, ProviderError
from ..chain.health import Health
from ..const import LOGGER
from . import EyewitnessConfigEntry, issues


@callback
def async_check_missing(
    hass: HomeAssistant, entry: EyewitnessConfigEntry, attempts: Sequence[Attempt]
) -> None:
    """Check every model that was missing, without letting anybody wait for it."""
    missing = [attempt for attempt in attempts if attempt.failure is Failure.MODEL_MISSING]
    for attempt in {attempt.provider_id: attempt for attempt in missing}.values():
        entry.async_create_background_task(
            hass, async_check_model(hass, entry, attempt), "eyewitness model check"
        )


async def async_check_model(
    hass: HomeAssistant, entry: EyewitnessConfigEntry, attempt: Attempt
) -> None:
    """Leave a provider alone for good if the free list does not hold the user's model either.

    One witness is not enough: a proxy that is starting knows no model yet. Where the choice is
    ours there is nothing to look at twice: another model may come any day.
    """
    runtime, provider_id = entry.runtime_data, attempt.provider_id
    provider, health = runtime.built.get(provider_id), runtime.chain.health(provider_id)
    if provider is None or provider.chosen.is_auto:
        return
    try:
        await guard.ask(provider.kind, provider.check(), policy.CHECK_SECONDS)
    except ProviderError:
        return
    still = health.cooldown_failure is Failure.MODEL_MISSING and health.cooldown_left
    if not (still and provider.chosen.is_gone and provider_id in entry.subentries):
        return
    LOGGER.warning("%s does not offer its model any more", entry.subentries[provider_id].title)
    health.cool_down(Failure.MODEL_MISSING, inf)
    runtime.cooldowns.async_save()
    issues.async_reflect(hass, entry, [attempt])


def is_gone_for_good(health: Health) -> bool:
    """Return whether a provider is left alone until somebody gives it another model."""
    return health.cooldown_failure is Failure.MODEL_MISSING and health.cooldown_left == inf


async def async_look_again(
    hass: HomeAssistant, entry: EyewitnessConfigEntry, provider_id: str
) -> None:
    """Ask a provider again if the list holds what was gone for good before this start.

    Somebody may have put the model back; and before 0.2 one witness was enough, also where the
    choice was ours. Without a list an event finds out, after the longest pause of a missing model.
    """
    runtime = entry.runtime_data
    provider, health = runtime.built[provider_id], runtime.chain.health(provider_id)
    listed = True
    try:
        await guard.ask(provider.kind, provider.check(), policy.CHECK_SECONDS)
    except ProviderError:
        listed = False
    if (listed and provider.chosen.is_gone) or not is_gone_for_good(health):
        return
    health.reset()
    if listed:
        issues.async_clear(hass, entry, provider_id)
    else:
        pause = policy.MODEL_MISSING_MAX_SECONDS
        health.cool_down(Failure.MODEL_MISSING, pause, named=False)
    runtime.cooldowns.async_save()
