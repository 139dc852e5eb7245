"""Describe a camera event: the one use case."""

from collections.abc import Sequence
from functools import partial
from typing import Final

from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError

from ..chain import policy
from ..chain.attempt import Attempt, Verdict
from ..chain.failures import Kind
from ..chain.run_queue import BusyError, Flight, InterruptedFlightError, LostFlightError
from ..chain.task import Frame, Question
from ..const import DOMAIN
from ..ledger import LastDescription
from ..pictures import grab, keep
from ..pictures.rules import CameraRules
from ..providers.base import VendorProvider
from ..runtime import EyewitnessConfigEntry, Response, Runtime, auth_check, issues
from . import failures, publish, record
from .record import Event
from .request import Request

_GRACE_SECONDS: Final = 2.0
"""A flight ends by its deadline and says why; a caller gives it this long to do so."""
_LEAST_SECONDS: Final = 1.5 * policy.FIRST_NEEDS_SECONDS
"""After a third of this for the camera there is still enough for one request."""


async def async_describe(
    hass: HomeAssistant, entry: EyewitnessConfigEntry, request: Request, context: Context
) -> Response:
    """Return the response of the action; raise ``HomeAssistantError`` when there is no description.

    A call within the camera's cooldown gets the last answer again (``reused``); one that arrives
    while the same is being described shares that answer (``coalesced``). Otherwise exactly one of
    the two events is fired, unless every caller was stopped: then nobody is waiting for either.
    """
    runtime, began = entry.runtime_data, hass.loop.time()
    if (recent := runtime.recent(request.same, began)) is not None:
        return {**recent, "reused": True}
    start = partial(_fly, hass, entry, request, context)
    try:
        response, joined = await runtime.gate.run(
            request.same, start, request.seconds + _GRACE_SECONDS
        )
    except BusyError as err:
        _drop(hass, Event.begin(hass, request.entity_id, began), context)
        raise HomeAssistantError(translation_domain=DOMAIN, translation_key="busy") from err
    except InterruptedFlightError as err:
        raise HomeAssistantError(translation_domain=DOMAIN, translation_key="interrupted") from err
    except LostFlightError as err:
        _drop(hass, Event.begin(hass, request.entity_id, began), context)
        raise HomeAssistantError(translation_domain=DOMAIN, translation_key="too_slow") from err
    except TimeoutError as err:
        # Others still wait for this event; it will end with an event of its own.
        raise HomeAssistantError(translation_domain=DOMAIN, translation_key="too_slow") from err
    return {**response, "coalesced": joined}


def _drop(hass: HomeAssistant, event: Event, context: Context) -> None:
    """Tell everybody of an event whose turn did not come in time."""
    fields = event.fields([], hass.loop.time())
    publish.async_fire_failed(hass, {**fields, "status": failures.DROPPED}, context)


async def _fly(
    hass: HomeAssistant,
    entry: EyewitnessConfigEntry,
    request: Request,
    context: Context,
    flight: Flight[Response],
) -> Response:
    """Describe one event, for everybody who waits for it."""
    runtime, now = entry.runtime_data, hass.loop.time
    if (recent := runtime.recent(request.same, now())) is not None:
        return {**recent, "reused": True}  # there is a description since this call has waited
    event = Event.begin(hass, request.entity_id, flight.created)
    rules = runtime.rules_for(hass, request.entity_id)
    providers = _providers(runtime, request.providers, rules)
    left = request.seconds - (now() - flight.created)
    if left < _LEAST_SECONDS:
        _drop(hass, event, context)
        raise HomeAssistantError(translation_domain=DOMAIN, translation_key="too_slow")
    try:
        frame = await grab.async_grab(
            hass, request.entity_id, min(policy.CAMERA_SECONDS, left / 3), rules.masks
        )
    except grab.CameraError:
        fields = event.fields([], now())
        publish.async_fire_failed(hass, {**fields, "status": failures.FAILED_CAMERA}, context)
        raise
    flight.taken = now()
    event.stamp()
    verdict = await _ask(hass, runtime, event, request, providers, frame)
    _look_after(hass, entry, runtime, verdict)
    fields = event.fields(verdict.attempts, now())
    if verdict.answer is None or verdict.winner is None:
        kept = await keep.async_keep(hass, event.id, frame.jpeg) if rules.keep else None
        publish.async_fire_failed(
            hass, {**fields, "status": failures.status(verdict), "snapshot": kept}, context
        )
        raise failures.failure(verdict)
    response = {**fields, **record.answer_fields(verdict.answer, verdict.winner)}
    runtime.remember(request.same, now(), response)
    publish.async_fire_described(hass, response, context)
    return response


def _providers(
    runtime: Runtime, wanted: Sequence[str] | None, rules: CameraRules
) -> list[VendorProvider]:
    """Return whom to ask: nobody who may not see the camera, whatever the caller wishes."""
    known = runtime.providers
    chosen = [known[key] for key in wanted if key in known] if wanted else list(known.values())
    if not chosen:
        raise HomeAssistantError(translation_domain=DOMAIN, translation_key="no_provider")
    allowed = [each for each in chosen if rules.allowed is None or each.id in rules.allowed]
    if not allowed:
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="provider_not_allowed"
        )
    return allowed


async def _ask(
    hass: HomeAssistant,
    runtime: Runtime,
    event: Event,
    request: Request,
    providers: Sequence[VendorProvider],
    frame: Frame,
) -> Verdict:
    """Walk along the chain and book every request, also for callers who were stopped."""
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
    seconds = request.seconds - (hass.loop.time() - event.began)
    try:
        verdict = await runtime.chain.ask(providers, question, seconds=seconds, attempts=attempts)
    finally:
        # Handed to the executor before anything is awaited: no cancellation can come in between.
        booked = runtime.async_book(hass, event.id, event.camera, attempts, _last(event, verdict))
    await booked
    return verdict


def _last(event: Event, verdict: Verdict | None) -> LastDescription | None:
    if verdict is None or verdict.answer is None or verdict.winner is None:
        return None
    return LastDescription(
        camera=event.camera,
        event_id=event.id,
        timestamp=event.timestamp,
        title=verdict.answer.title,
        description=verdict.answer.description,
        provider=verdict.winner.provider,
        model=verdict.winner.model,
    )


def _look_after(
    hass: HomeAssistant, entry: EyewitnessConfigEntry, runtime: Runtime, verdict: Verdict
) -> None:
    """Do what an event leaves to be done, without letting anybody wait for it."""
    runtime.memory.async_save()
    issues.async_reflect(hass, entry, runtime, verdict.attempts)
    for provider_id in {a.provider_id for a in verdict.attempts if a.kind is Kind.AUTH}:
        entry.async_create_background_task(
            hass,
            auth_check.async_witness_auth(hass, entry, runtime, provider_id),
            "eyewitness key check",
        )
