"""Try the chain out before it is needed: every provider, and the hand-over to the second one."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Any, Final

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util.ulid import ulid_now

from ..chain import policy
from ..chain.attempt import Attempt, Verdict
from ..chain.failures import OK, Kind, ProviderError
from ..chain.run_queue import BusyError, Flight, InterruptedFlightError
from ..chain.task import Frame, Provider, Question, Reply, Usage
from ..chain.walk import Chain
from ..const import DOMAIN
from ..pictures import drawing
from ..providers.base import VendorProvider
from ..runtime import EyewitnessConfigEntry, Response, issues

CAMERA: Final = "eyewitness.test_chain"
"""What stands in the ledger where an event has its camera."""
_SECONDS: Final = 30.0
_TOTAL_SECONDS: Final = 300.0
_STAND_IN: Final = "stand-in"


@dataclass(frozen=True, slots=True)
class _Failing:
    """Stand in for a provider and fail like one whose server is down, without asking it."""

    kind: str
    model: str
    id: str = _STAND_IN

    async def describe(self, question: Question) -> Reply:
        raise ProviderError(Kind.SERVER)

    def cost(self, model: str, usage: Usage) -> float | None:
        return 0.0


async def async_test(hass: HomeAssistant, entry: EyewitnessConfigEntry) -> Response:
    """Return how each provider did with a key check and one tiny picture, and the hand-over.

    It passes the gate like an event: who asks meanwhile shares the test, and it is stopped when the
    entry is unloaded. Raises ``HomeAssistantError`` when it cannot be made.
    """

    async def fly(_flight: Flight[Response]) -> Response:
        return await _test(hass, entry)

    try:
        result, _ = await entry.runtime_data.gate.run(CAMERA, fly, _TOTAL_SECONDS)
    except BusyError as err:
        raise _unable("busy") from err
    except InterruptedFlightError as err:
        raise _unable("interrupted") from err
    except TimeoutError as err:
        raise _unable("too_slow") from err
    return result


def _unable(key: str) -> HomeAssistantError:
    return HomeAssistantError(translation_domain=DOMAIN, translation_key=key)


async def _test(hass: HomeAssistant, entry: EyewitnessConfigEntry) -> Response:
    """Ask everybody and book it; a chain of its own asks, so that no circuit opens here."""
    providers = list(entry.runtime_data.providers.values())
    if not providers:
        raise _unable("no_provider")
    question = await _question(hass)
    rows = [await _one(hass, entry, provider, question) for provider in providers]
    fallback = await _hand_over(hass, entry, providers, question)
    return {
        "ok": all(row["outcome"] == OK for row in rows)
        and (fallback is None or fallback["answered"] is not None),
        "providers": rows,
        "fallback": fallback,
    }


async def async_try(
    hass: HomeAssistant, entry: EyewitnessConfigEntry, provider: VendorProvider
) -> Attempt:
    """Show one provider a tiny picture; return its last attempt, booked like any other.

    It need not be one of the entry's: a flow tries settings out before they are stored.
    """
    verdict = await _ask(hass, entry, [provider], await _question(hass))
    return verdict.attempts[-1]


async def _question(hass: HomeAssistant) -> Question:
    frame = await hass.async_add_executor_job(drawing.tiny_picture)
    return Question(frame=frame, camera_name="Self-test")


async def _one(
    hass: HomeAssistant, entry: EyewitnessConfigEntry, provider: VendorProvider, question: Question
) -> dict[str, Any]:
    try:
        async with asyncio.timeout(policy.CHECK_SECONDS):
            await provider.check()
        key = OK
    except ProviderError as err:
        key = err.kind.value
    except TimeoutError:
        key = Kind.TIMEOUT.value
    verdict = await _ask(hass, entry, [provider], question)
    last = verdict.attempts[-1]
    return {
        "provider": provider.kind,
        "name": entry.subentries[provider.id].title,
        "model": last.model,
        "key": key,
        "outcome": last.outcome,
        "status": last.status,
        "response_time_ms": last.response_time_ms,
        "cost": verdict.cost,
    }


async def _hand_over(
    hass: HomeAssistant,
    entry: EyewitnessConfigEntry,
    providers: Sequence[VendorProvider],
    question: Question,
) -> dict[str, Any] | None:
    """Make the first provider fail and see who answers, and how soon it was asked."""
    first, *others = providers
    if not others:
        return None
    verdict = await _ask(hass, entry, [_Failing(first.kind, first.model), *others], question)
    # Up to the first request to somebody else: after that the stand-in's turn may come again.
    failed = list(takewhile(lambda attempt: attempt.provider_id == _STAND_IN, verdict.attempts))
    after = verdict.attempts[len(failed) :]
    winner = verdict.winner
    return {
        "failed": first.kind,
        "answered": winner.provider if winner else None,
        "hand_over_ms": round((after[0].started - failed[-1].ended) * 1000) if after else None,
        "response_time_ms": winner.response_time_ms if winner else None,
    }


async def _ask(
    hass: HomeAssistant,
    entry: EyewitnessConfigEntry,
    providers: Sequence[Provider],
    question: Question,
) -> Verdict:
    runtime = entry.runtime_data
    attempts: list[Attempt] = []

    async def keep(frame: Frame) -> Frame:
        return frame  # it cannot get any smaller

    try:
        verdict = await Chain(keep).ask(providers, question, seconds=_SECONDS, attempts=attempts)
    finally:
        sent = [attempt for attempt in attempts if attempt.provider_id != _STAND_IN]
        booked = runtime.async_book(hass, ulid_now(), CAMERA, sent, None)
        await booked
    own = {provider.id for provider in providers if provider in runtime.providers.values()}
    told = [attempt for attempt in sent if attempt.provider_id in own]
    for attempt in told:
        if attempt.success:
            runtime.pardon(attempt.provider_id)
    issues.async_reflect(hass, entry, runtime, told)
    return verdict
