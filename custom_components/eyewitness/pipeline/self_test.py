"""Try the chain out before it is needed: every provider, and the hand-over to the second one."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from itertools import takewhile
from typing import Any, Final

from homeassistant.core import HomeAssistant

from ..chain import guard, policy
from ..chain.failures import OK, Failure, ProviderError
from ..chain.task import Cost, Picture, Reply, Task, Usage
from ..chain.walk import Chain
from ..pictures import drawing
from ..pictures.drawing import Card
from ..providers.base import VendorProvider
from ..runtime import EyewitnessConfigEntry, Response, Runtime
from . import failures, trial
from .answer import Answer
from .sight import sight_task
from .trial import STAND_IN, Trial

_KEY: Final = "self-test"
"""There is one at a time."""


@dataclass(frozen=True, slots=True)
class _Failing:
    """A stand-in that fails like a provider whose server is down, without asking it."""

    kind: str
    model: str
    id: str = STAND_IN

    async def generate(self, task: Task[Any]) -> Reply:
        raise ProviderError(Failure.SERVER)

    def cost(self, model: str, usage: Usage | None) -> Cost | None:
        return Cost(0.0)


async def async_test(hass: HomeAssistant, entry: EyewitnessConfigEntry) -> Response:
    """Return how each provider did with a key check and a card to read, and the hand-over.

    There is one at a time: who asks meanwhile shares it. It is stopped when the entry is unloaded.
    Raises ``HomeAssistantError`` when it cannot be made.
    """
    runtime = entry.runtime_data
    providers = list(runtime.providers.values())
    most = sum(policy.CHECK_SECONDS + trial.patience(runtime, [each]) for each in providers)
    test = partial(_test, hass, runtime, providers)
    seconds = most + trial.patience(runtime, providers) + trial.GRACE_SECONDS
    return await trial.async_bounded(runtime.tests, _KEY, test, seconds)


async def async_try(
    hass: HomeAssistant, entry: EyewitnessConfigEntry, provider: VendorProvider
) -> Trial:
    """Show one provider a card and return how it did, booked like any other request.

    It need not be one of the entry's: a flow tries settings out before they are stored. It is
    stopped when the entry is unloaded. Raises ``HomeAssistantError`` when it cannot be made.
    """
    runtime = entry.runtime_data
    work = partial(_try, hass, runtime, provider)
    seconds = trial.patience(runtime, [provider]) + trial.GRACE_SECONDS
    return await trial.async_bounded(runtime.trials, object(), work, seconds)


async def async_probe(
    hass: HomeAssistant, entry: EyewitnessConfigEntry, provider: VendorProvider
) -> None:
    """Show one provider a card as an event would: what it does counts for later events.

    It is stopped when the entry is unloaded. Raises ``HomeAssistantError`` when it cannot be made.
    """
    runtime = entry.runtime_data

    async def probe() -> None:
        card, picture = await _new_card(hass)
        await _show(hass, runtime, provider, card, picture, chain=runtime.chain)

    seconds = trial.patience(runtime, [provider]) + trial.GRACE_SECONDS
    await trial.async_bounded(runtime.probes, provider.id, probe, seconds)


async def _try(hass: HomeAssistant, runtime: Runtime, provider: VendorProvider) -> Trial:
    card, picture = await _new_card(hass)
    return await _show(hass, runtime, provider, card, picture)


async def _test(
    hass: HomeAssistant, runtime: Runtime, providers: Sequence[VendorProvider]
) -> Response:
    """Show everybody the same card, and then let the first one fail."""
    stored = runtime.settings.providers
    if not providers:
        raise failures.error("no_provider")
    card, picture = await _new_card(hass)
    rows = [
        await _test_provider(hass, runtime, each, stored[each.id].title, card, picture)
        for each in providers
    ]
    fallback = await _test_hand_over(hass, runtime, providers, card, picture)
    return {
        "ok": all(row["outcome"] == OK for row in rows)
        and (fallback is None or fallback["answered"] is not None),
        "number": card.number,
        "providers": rows,
        "fallback": fallback,
    }


async def _new_card(hass: HomeAssistant) -> tuple[Card, Picture]:
    card = drawing.deal()
    return card, await hass.async_add_executor_job(drawing.draw, card)


async def _show(
    hass: HomeAssistant,
    runtime: Runtime,
    provider: VendorProvider,
    card: Card,
    picture: Picture,
    *,
    chain: Chain | None = None,
) -> Trial:
    said: list[Answer] = []
    verdict = await trial.async_ask(
        hass,
        runtime,
        [provider],
        sight_task(picture, card, said.append),
        seconds=trial.patience(runtime, [provider]),
        chain=chain,
    )
    return Trial(attempts=verdict.attempts, picture=picture, answer=said[-1] if said else None)


async def _test_provider(
    hass: HomeAssistant,
    runtime: Runtime,
    provider: VendorProvider,
    title: str,
    card: Card,
    picture: Picture,
) -> dict[str, Any]:
    try:
        await guard.ask(provider.kind, provider.check(), policy.CHECK_SECONDS)
        key = OK
    except ProviderError as err:
        key = err.failure.value
    result = await _show(hass, runtime, provider, card, picture)
    return {
        "provider": provider.kind,
        "name": title,
        "model": result.model,
        "key": key,
        "outcome": result.outcome,
        "title": result.answer.title if result.answer else None,
        "description": result.answer.description if result.answer else None,
        "status": result.attempts[-1].status,
        "response_time_ms": result.response_time_ms,
        "cost": result.cost,
    }


async def _test_hand_over(
    hass: HomeAssistant,
    runtime: Runtime,
    providers: Sequence[VendorProvider],
    card: Card,
    picture: Picture,
) -> dict[str, Any] | None:
    """Make the first provider fail and see who answers, and how soon it was asked."""
    first, *others = providers
    if not others:
        return None
    verdict = await trial.async_ask(
        hass,
        runtime,
        [_Failing(first.kind, first.model), *others],
        sight_task(picture, card, lambda _: None),
        seconds=trial.patience(runtime, others),
    )
    # Up to the first request to somebody else: after that the stand-in's turn may come again.
    failed = list(takewhile(lambda attempt: attempt.provider_id == STAND_IN, verdict.attempts))
    after = verdict.attempts[len(failed) :]
    winner = verdict.winner
    return {
        "failed": first.kind,
        "answered": winner.provider if winner else None,
        "hand_over_ms": round((after[0].started - failed[-1].ended) * 1000) if after else None,
        "response_time_ms": winner.response_time_ms if winner else None,
    }
