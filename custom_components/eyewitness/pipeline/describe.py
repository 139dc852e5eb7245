"""Describe a camera event: the one use case."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Final

from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError

from ..chain.attempt import Attempt
from ..chain.run_queue import QueueClosedError, QueueFullError, Run
from ..pictures import kept_files
from ..pictures.capture import async_capture
from ..pictures.grab import CameraError
from ..pictures.prepare import CameraPicture
from ..pictures.wake import async_wake
from ..runtime import EyewitnessConfigEntry, Response, Runtime
from ..runtime.budget import Limit
from . import failures, same_scene
from .admission import Deny, Plan, Reason, Reuse, admit
from .budget import EventBudget
from .ending import Ending
from .prompt import camera_task
from .reasons import async_reasons
from .record import Event, Status
from .request import Request

_GRACE_SECONDS: Final = 2.0
"""A run ends by its deadline and says why; a caller gives it this long to do so."""


async def async_describe(
    hass: HomeAssistant, entry: EyewitnessConfigEntry, request: Request, context: Context
) -> Response:
    """Return the response of the action; raise ``HomeAssistantError`` when there is no description.

    A call within the camera's cooldown gets the last answer again (``reused``); one that arrives
    while the same is being described shares that answer (``coalesced``). Otherwise exactly one of
    the two events is fired, however it ends, and none when every caller was stopped: then nobody
    is waiting for either. Where the camera's rules say so, the answer of an earlier event is given
    again (``reused`` as well) when its picture shows the same.
    """
    runtime = entry.runtime_data
    event = Event.begin(
        hass,
        request.entity_id,
        hass.loop.time(),
        is_automatic=context.user_id is None and not request.by_person,
    )
    ending = Ending(hass, runtime, context, event)
    with ending.sure():
        match _admit(hass, runtime, request, request.seconds):
            case Reuse(response):
                return {**response, "reused": True}
            case Deny() as deny:
                raise await _denied(ending, request, deny)
    try:
        response, joined = await runtime.runs.submit(
            request.key,
            partial(_run, entry, request, ending),
            request.seconds + _GRACE_SECONDS,
            group=request.entity_id,
            lost=ending.stop,
        )
    except QueueFullError as err:
        raise failures.error("busy") from err
    except QueueClosedError as err:
        raise failures.error("interrupted") from err
    except TimeoutError as err:
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
        standing=EventBudget(hass, runtime, request.entity_id).standing(),
    )


async def _denied(ending: Ending, request: Request, deny: Deny) -> HomeAssistantError:
    """Tell that an event was not admitted; return the error for its callers."""
    reasons = ""
    if deny.reason is Reason.BUDGET:
        reasons = await _reasons(ending, request, (), deny.used_up)
    error = failures.denial(deny.reason, reasons)
    ending.tell(failures.DENIED[deny.reason], error=error)
    return error


async def _run(
    entry: EyewitnessConfigEntry, request: Request, ending: Ending, run: Run[Response]
) -> Response:
    """Describe one event, for everybody who waits for it."""
    with ending.sure(run):
        return await _describe(entry, request, ending, run)


async def _describe(
    entry: EyewitnessConfigEntry, request: Request, ending: Ending, run: Run[Response]
) -> Response:
    hass, runtime = ending.hass, ending.runtime
    now = hass.loop.time
    # Again, since much may have happened while this call has waited for its turn.
    match _admit(hass, runtime, request, request.seconds - (now() - run.requested_at)):
        case Reuse(response):
            return {**response, "reused": True}
        case Deny() as deny:
            raise await _denied(ending, request, deny)
        case Plan() as plan:
            pass
    if (wake := plan.rules.wake) is not None:
        await async_wake(hass, wake, seconds=plan.wake_seconds, context=ending.context)
    if not same_scene.may_answer(runtime, request, plan, now()):
        _preconnect(hass, entry, plan)
    try:
        capture = await async_capture(
            hass,
            request.entity_id,
            seconds=plan.camera_seconds,
            side=plan.side,
            masks=plan.rules.masks,
            seen=runtime.seen,
            with_scene=plan.rules.same_scene,
        )
    except CameraError as err:
        runtime.scenes.forget(request.entity_id)
        ending.tell(Status.FAILED_CAMERA, error=err)
        raise
    if runtime.rules_for(hass, request.entity_id) != plan.rules:
        # An area was blacked out, or a provider shut out, while the camera was asked: once more.
        return await _describe(entry, request, ending, run)
    run.picture_at = now()
    ending.event = ending.event.pictured(capture.freshness)
    picture = capture.picture
    said = await same_scene.async_said_before(hass, runtime, request, plan, picture)
    if said is not None:
        record = ending.tell(
            Status.DESCRIBED,
            answer=said.answer,
            said_before=said,
            picture=picture,
            masks=plan.rules.masks,
        )
        return record.response()
    return await _ask(request, ending, plan, picture)


def _preconnect(hass: HomeAssistant, entry: EyewitnessConfigEntry, plan: Plan) -> None:
    """Open a connection to whoever is asked first while the camera is read; nobody waits for it."""
    runtime = entry.runtime_data
    first = runtime.chain.first(plan.providers)
    if first is not None:
        opening = runtime.built[first.id].preconnect()
        entry.async_create_background_task(hass, opening, "eyewitness preconnect")


async def _ask(request: Request, ending: Ending, plan: Plan, picture: CameraPicture) -> Response:
    """Let the providers describe the picture, and tell everybody how that ended."""
    hass, runtime, event = ending.hass, ending.runtime, ending.event
    now = hass.loop.time
    task = camera_task(
        picture,
        camera_name=event.camera_name,
        language=request.language,
        event_context=request.event_context,
        prompt=request.prompt,
        max_tokens=request.max_tokens,
    )
    seconds = request.seconds - (now() - event.requested_at)
    budget = EventBudget(hass, runtime, request.entity_id)
    verdict = await runtime.chain.run(
        task, plan.providers, seconds=seconds, on_attempt=ending.book, gate=budget
    )
    error = None
    if verdict.answer is None:
        used_up = {**plan.used_up, **budget.standing().used_up}
        if not verdict.attempts and all(each.id in used_up for each in plan.providers):
            # Other events have used it up since this one was admitted.
            raise await _denied(ending, request, Deny(Reason.BUDGET, used_up))
        reasons = await _reasons(ending, request, verdict.attempts, used_up)
        error = failures.failure(verdict, reasons)
    kept = None
    if error and plan.rules.keep:
        kept = await runtime.kept.async_keep(
            hass, event.id, event.camera, picture.jpeg, plan.rules.masks
        )
    record = ending.tell(
        failures.status(verdict),
        error=error,
        answer=verdict.answer,
        snapshot=kept_files.link(kept) if kept else None,
        picture=picture,
        masks=plan.rules.masks,
    )
    if error:
        runtime.scenes.forget(request.entity_id)
        raise error
    same_scene.remember(runtime, request, plan, picture, record, now())
    response = record.response()
    runtime.recent.put(request.key, now(), runtime.settings.cooldown_seconds, response)
    return response


async def _reasons(
    ending: Ending, request: Request, attempts: Sequence[Attempt], used_up: Mapping[str, Limit]
) -> str:
    hass, runtime = ending.hass, ending.runtime
    return await async_reasons(
        hass,
        runtime,
        request.providers or runtime.settings.order,
        allowed=runtime.rules_for(hass, request.entity_id).allowed,
        attempts=attempts,
        used_up=used_up,
    )
