"""Describe a camera event: the one use case."""

from functools import partial
from typing import Final

from homeassistant.core import Context, HomeAssistant

from ..chain.attempt import Attempt
from ..chain.run_queue import AbandonedError, QueueClosedError, QueueFullError, Run
from ..chain.task import Picture
from ..pictures.capture import async_capture
from ..pictures.grab import CameraError
from ..pictures.wake import async_wake
from ..runtime import EyewitnessConfigEntry, Response, Runtime
from . import failures
from .admission import Deny, Plan, Reason, Reuse, admit
from .prompt import camera_task
from .publish import async_publish
from .record import Event, Status
from .request import Request

_GRACE_SECONDS: Final = 2.0
"""A run ends by its deadline and says why; a caller gives it this long to do so."""


async def async_describe(
    hass: HomeAssistant, entry: EyewitnessConfigEntry, request: Request, context: Context
) -> Response:
    """Return the response of the action; raise ``HomeAssistantError`` when there is no description.

    A call within the camera's cooldown gets the last answer again (``reused``); one that arrives
    while the same is being described shares that answer (``coalesced``). Otherwise one of the
    two events is fired, but for a call that is not admitted or is interrupted, and when every
    caller was stopped: then nobody is waiting for either.
    """
    runtime, began = entry.runtime_data, hass.loop.time()

    def drop() -> None:
        event = Event.begin(hass, request.entity_id, began)
        async_publish(hass, runtime, event.ended(hass.loop.time(), Status.DROPPED), context)

    match _admit(hass, runtime, request, request.seconds):
        case Reuse(response):
            return {**response, "reused": True}
        case Deny(reason):
            raise failures.denial(reason)
    start = partial(_run, hass, entry, request, context)
    try:
        response, joined = await runtime.runs.submit(
            request.key, start, request.seconds + _GRACE_SECONDS
        )
    except QueueFullError as err:
        drop()
        raise failures.error("busy") from err
    except QueueClosedError as err:
        raise failures.error("interrupted") from err
    except AbandonedError as err:
        drop()
        raise failures.error("too_slow") from err
    except TimeoutError as err:
        # Others still wait for this event; it will end with an event of its own.
        raise failures.error("too_slow") from err
    return {**response, "coalesced": joined}


def _admit(
    hass: HomeAssistant, runtime: Runtime, request: Request, seconds: float
) -> Plan | Reuse | Deny:
    settings = runtime.settings
    return admit(
        request,
        known=runtime.providers,
        rules=runtime.rules_for(hass, request.entity_id),
        recent=runtime.recent.get(request.key, hass.loop.time(), settings.cooldown_seconds),
        seconds=seconds,
    )


async def _run(
    hass: HomeAssistant,
    entry: EyewitnessConfigEntry,
    request: Request,
    context: Context,
    run: Run[Response],
) -> Response:
    """Describe one event, for everybody who waits for it."""
    runtime, now = entry.runtime_data, hass.loop.time
    event = Event.begin(hass, request.entity_id, run.requested_at)
    # Again, since much may have happened while this call has waited for its turn.
    match _admit(hass, runtime, request, request.seconds - (now() - run.requested_at)):
        case Reuse(response):
            return {**response, "reused": True}
        case Deny(reason):
            if reason is Reason.TOO_SLOW:
                async_publish(hass, runtime, event.ended(now(), Status.DROPPED), context)
            raise failures.denial(reason)
        case Plan() as plan:
            pass
    if (wake := plan.rules.wake) is not None:
        await async_wake(hass, wake, seconds=plan.wake_seconds, context=context)
    try:
        capture = await async_capture(
            hass,
            request.entity_id,
            seconds=plan.camera_seconds,
            side=plan.side,
            masks=plan.rules.masks,
            seen=runtime.seen,
        )
    except CameraError:
        async_publish(hass, runtime, event.ended(now(), Status.FAILED_CAMERA), context)
        raise
    if runtime.rules_for(hass, request.entity_id) != plan.rules:
        # An area was blacked out, or a provider shut out, while the camera was asked: once more.
        return await _run(hass, entry, request, context, run)
    run.picture_at = now()
    event = event.pictured(capture.freshness)
    return await _ask(hass, runtime, request, context, event, plan, capture.picture)


async def _ask(
    hass: HomeAssistant,
    runtime: Runtime,
    request: Request,
    context: Context,
    event: Event,
    plan: Plan,
    picture: Picture,
) -> Response:
    """Let the providers describe the picture, and tell everybody how that ended."""
    now = hass.loop.time
    task = camera_task(
        picture,
        camera_name=event.camera_name,
        language=request.language,
        event_context=request.event_context,
        prompt=request.prompt,
        max_tokens=request.max_tokens,
    )
    attempts: list[Attempt] = []
    seconds = request.seconds - (now() - event.requested_at)
    try:
        verdict = await runtime.chain.run(task, plan.providers, seconds=seconds, attempts=attempts)
        kept = None
        if verdict.answer is None and plan.rules.keep:
            kept = await runtime.kept.async_keep(
                hass, event.id, event.camera, picture.jpeg, plan.rules.masks
            )
    except BaseException:
        # What was sent is billed, whatever ended this: as a rule nobody waits for it any more.
        record = event.ended(now(), Status.CANCELLED, attempts=tuple(attempts))
        async_publish(hass, runtime, record, context)
        raise
    record = event.ended(
        now(),
        failures.status(verdict),
        attempts=verdict.attempts,
        answer=verdict.answer,
        snapshot=kept,
    )
    written = async_publish(hass, runtime, record, context)
    response = record.response()
    if record.status is Status.DESCRIBED:
        runtime.recent.put(request.key, now(), runtime.settings.cooldown_seconds, response)
    await written
    if record.status is not Status.DESCRIBED:
        raise failures.failure(verdict)
    return response
