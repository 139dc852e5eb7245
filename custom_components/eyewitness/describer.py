"""Describe a camera event: the one use case."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import dt as dt_util
from homeassistant.util.ulid import ulid_now

from . import bus, issues, snapshot
from .chain import policy
from .chain.kinds import Kind
from .chain.models import Answer, Attempt, Question, Verdict
from .const import DOMAIN, NAMES
from .ledger import LastDescription
from .providers.base import VendorProvider
from .runtime import EyewitnessConfigEntry, Runtime, usage_row


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """Hold what a caller asks for, validated."""

    entity_id: str
    providers: Sequence[str] | None = None
    """Subentry ids in order, None for the user's own order."""
    prompt: str = ""
    event_context: str = ""
    language: str
    max_tokens: int = policy.MAX_TOKENS
    seconds: float = policy.TOTAL_SECONDS


@dataclass(slots=True)
class _Event:
    """Hold one event while it is described."""

    id: str
    camera: str
    camera_name: str
    timestamp: str
    began: float

    def fields(self, attempts: Iterable[Attempt], now: float) -> dict[str, Any]:
        """Return the fields that a failure and an answer share."""
        trail = [_trail(attempt) for attempt in attempts]
        costs = [item["cost"] for item in trail if item["cost"] is not None]
        return {
            "event_id": self.id,
            "camera": self.camera,
            "camera_name": self.camera_name,
            "timestamp": self.timestamp,
            "attempts": trail,
            "cost": round(sum(costs), 6) if costs or not trail else None,
            "total_time_ms": round((now - self.began) * 1000),
        }


async def async_describe(
    hass: HomeAssistant, entry: EyewitnessConfigEntry, request: Request, context: Context
) -> dict[str, Any]:
    """Return the response of the action; raise ``HomeAssistantError`` when there is no description.

    Whatever happens, every request that was made is booked, and exactly one of the two events is
    fired, unless the caller was stopped: then nobody is waiting for either.
    """
    runtime, now = entry.runtime_data, hass.loop.time
    event = _begin(hass, request.entity_id, now())
    providers = _providers(runtime, request.providers)
    try:
        frame = await snapshot.async_grab(
            hass, request.entity_id, min(policy.CAMERA_SECONDS, request.seconds / 3)
        )
    except snapshot.CameraError:
        bus.async_fire_failed(hass, {**event.fields([], now()), "status": "failed:camera"}, context)
        raise
    event.timestamp = dt_util.now().isoformat()
    question = Question(
        frame=frame,
        camera_name=event.camera_name,
        language=request.language,
        event_context=request.event_context,
        prompt=request.prompt,
        max_tokens=request.max_tokens,
    )
    attempts: list[Attempt] = []
    verdict: Verdict | None = None
    try:
        verdict = await runtime.chain.ask(
            providers,
            question,
            seconds=request.seconds - (now() - event.began),
            attempts=attempts,
        )
    finally:
        booked = _async_book(hass, runtime, event, attempts, verdict)
    await booked
    for provider_id in {a.provider_id for a in attempts if a.kind is Kind.AUTH}:
        entry.async_create_background_task(
            hass,
            issues.async_witness_auth(hass, entry, runtime, provider_id),
            "eyewitness key check",
        )
    fields = event.fields(verdict.attempts, now())
    if verdict.answer is None:
        bus.async_fire_failed(hass, {**fields, "status": _status(verdict)}, context)
        raise _all_failed(verdict)
    response = _response(fields, verdict.answer, verdict)
    bus.async_fire_described(hass, response, context)
    return response


def _begin(hass: HomeAssistant, entity_id: str, now: float) -> _Event:
    state = hass.states.get(entity_id)
    return _Event(
        id=ulid_now(),
        camera=entity_id,
        camera_name=state.name if state else entity_id,
        timestamp=dt_util.now().isoformat(),
        began=now,
    )


def _providers(runtime: Runtime, wanted: Sequence[str] | None) -> list[VendorProvider]:
    known = runtime.providers
    chosen = [known[key] for key in wanted if key in known] if wanted else list(known.values())
    if not chosen:
        raise HomeAssistantError(translation_domain=DOMAIN, translation_key="no_provider")
    return chosen


def _async_book(
    hass: HomeAssistant,
    runtime: Runtime,
    event: _Event,
    attempts: Sequence[Attempt],
    verdict: Verdict | None,
) -> asyncio.Future[None]:
    """Write the event into the ledger and the sums, also for a caller that was stopped.

    The job is handed to the executor before anything is awaited, so that a cancellation cannot
    come in between; it runs to its end whether or not somebody waits for it.
    """
    rows = [
        usage_row(
            attempt,
            event_id=event.id,
            camera=event.camera,
            timestamp=dt_util.utc_from_timestamp(attempt.started).isoformat(),
        )
        for attempt in attempts
    ]
    last = None
    if verdict is not None and (answer := verdict.answer) is not None:
        last = LastDescription(
            camera=event.camera,
            event_id=event.id,
            timestamp=event.timestamp,
            title=answer.title,
            description=answer.description,
            provider=attempts[-1].provider,
            model=attempts[-1].model,
        )
    runtime.async_take_in(rows, last)
    return hass.async_add_executor_job(runtime.ledger.add, rows, last)


def _trail(attempt: Attempt) -> dict[str, Any]:
    usage = attempt.usage
    return {
        "provider": attempt.provider,
        "model": attempt.model,
        "outcome": attempt.outcome,
        "status": attempt.status,
        "response_time_ms": attempt.response_time_ms,
        "input_tokens": usage.input_tokens if usage else 0,
        "output_tokens": usage.output_tokens if usage else 0,
        "cost": attempt.cost,
    }


def _response(fields: dict[str, Any], answer: Answer, verdict: Verdict) -> dict[str, Any]:
    last = verdict.attempts[-1]
    tokens = last.usage
    return {
        **fields,
        "title": answer.title,
        "description": answer.description,
        "objects": list(answer.objects),
        "confidence": answer.confidence,
        "importance": answer.importance,
        "truncated": answer.truncated,
        "provider": last.provider,
        "model": last.model,
        "input_tokens": tokens.input_tokens if tokens else 0,
        "output_tokens": tokens.output_tokens if tokens else 0,
        "tokens_used": tokens.total if tokens else 0,
        "response_time_ms": last.response_time_ms,
    }


def _status(verdict: Verdict) -> str:
    if verdict.offline:
        return "offline"
    kinds = {attempt.kind for attempt in verdict.attempts}
    return "refused" if kinds == {Kind.REFUSED} else "failed"


def _all_failed(verdict: Verdict) -> HomeAssistantError:
    """Return the error with each provider's last failure in our words."""
    key = "all_failed" if verdict.attempts else "all_resting"
    if verdict.offline:
        key = "offline"
    reasons = {a.provider_id: (a.provider, a.error) for a in verdict.attempts}
    trail = ", ".join(f"{NAMES[kind]}: {error}" for kind, error in reasons.values())
    return HomeAssistantError(
        translation_domain=DOMAIN,
        translation_key=key,
        translation_placeholders={"reasons": trail},
    )
