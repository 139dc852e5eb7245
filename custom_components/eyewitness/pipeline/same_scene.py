"""Answer for free as long as a camera shows what it showed when it was described last."""

from dataclasses import replace

from homeassistant.core import HomeAssistant

from ..pictures.prepare import CameraPicture
from ..pictures.scene import is_same
from ..runtime import Runtime
from ..runtime.described_scenes import DescribedScene
from .admission import Plan
from .record import EventRecord, Said
from .request import Request


def may_answer(runtime: Runtime, request: Request, plan: Plan, now: float) -> bool:
    """Return whether there is an answer that the next picture may make good enough."""
    return _last(runtime, request, plan, now) is not None


async def async_said_before(
    hass: HomeAssistant, runtime: Runtime, request: Request, plan: Plan, picture: CameraPicture
) -> Said | None:
    """Return what was said when the camera showed the same, None if anything may be new."""
    last = _last(runtime, request, plan, hass.loop.time())
    if last is None or picture.scene is None:
        return None
    same = await hass.async_add_executor_job(is_same, picture.scene, last.scene)
    return last.said if same else None


def remember(
    runtime: Runtime,
    request: Request,
    plan: Plan,
    picture: CameraPicture,
    record: EventRecord,
    now: float,
) -> None:
    """Remember the picture and what was said of it, if somebody wants it compared."""
    if picture.scene is None or record.said is None:
        runtime.scenes.forget(request.entity_id)  # an earlier one is not the last any more
        return
    described = DescribedScene(
        asked=_asked(runtime, request, plan), scene=picture.scene, at=now, said=record.said
    )
    runtime.scenes.put(request.entity_id, described)


def _last(
    runtime: Runtime, request: Request, plan: Plan, now: float
) -> DescribedScene[Said] | None:
    if request.anew or not plan.rules.same_scene:
        return None
    return runtime.scenes.get(request.entity_id, _asked(runtime, request, plan), now)


def _asked(runtime: Runtime, request: Request, plan: Plan) -> object:
    """Return what an answer depends on besides the picture; any change is a reason to ask."""
    question = replace(request, anew=False).key
    return (question, request.event_context, plan.providers, plan.rules, runtime.settings)
