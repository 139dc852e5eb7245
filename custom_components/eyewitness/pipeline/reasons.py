"""Say of each provider why it did not describe the picture, also of those who were not asked."""

from collections.abc import Container, Iterable, Mapping, Sequence

from homeassistant.core import HomeAssistant

from ..chain.attempt import Attempt
from ..chain.failures import Failure
from ..runtime import Runtime
from ..runtime.budget import Limit
from ..runtime.outcome_texts import async_about, async_sentence, sentences
from .budget_texts import async_used_up


async def async_reasons(
    hass: HomeAssistant,
    runtime: Runtime,
    chosen: Iterable[str],
    *,
    allowed: Container[str] | None,
    attempts: Sequence[Attempt],
    used_up: Mapping[str, Limit],
) -> str:
    """Return a sentence for each provider that the event could have asked, in its order.

    ``chosen`` are subentry ids; those that are not ``allowed``, if not everybody is, may not see
    the camera. The limit of those that the budget keeps out is in ``used_up``; those whom one
    limit keeps out share a sentence.
    """
    last = {attempt.provider_id: attempt for attempt in attempts}
    stored = runtime.settings.providers
    reasons: list[str] = []
    for provider_id in chosen:
        if provider_id not in stored:
            continue
        may_see = allowed is None or provider_id in allowed
        if may_see and provider_id not in last and provider_id in used_up:
            reasons.append(await async_used_up(hass, runtime, used_up[provider_id]))
        else:
            reasons.append(
                await _reason(hass, runtime, provider_id, may_see, last.get(provider_id))
            )
    return sentences(hass, dict.fromkeys(reasons))


async def _reason(
    hass: HomeAssistant,
    runtime: Runtime,
    provider_id: str,
    may_see: bool,
    last: Attempt | None,
) -> str:
    title = runtime.settings.providers[provider_id].title
    if last is None and provider_id in runtime.left_out:
        return await async_sentence(hass, "provider_left_out", provider=title)
    if last is None and not may_see:
        return await async_sentence(hass, "provider_may_not_see", provider=title)
    health = runtime.chain.health(provider_id)
    rest = health.firm_left
    if last is None and not rest:
        return await async_sentence(hass, "provider_out_of_time", provider=title)
    return await async_about(
        hass,
        "provider_resting" if last is None else "provider_failed",
        provider=title,
        outcome=last.outcome if last else health.cooldown_failure or Failure.UNKNOWN,
        seconds=rest,
    )
