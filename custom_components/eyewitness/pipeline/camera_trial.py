"""Let one provider look through one of the user's cameras, as an event would, but as a trial."""

from functools import partial
from typing import Final

from homeassistant.core import Context, HomeAssistant

from ..chain import policy
from ..pictures.capture import async_capture
from ..pictures.rules import CameraRules
from ..pictures.wake import async_wake
from ..providers.base import VendorProvider
from ..runtime import EyewitnessConfigEntry, Runtime
from . import failures, trial
from .admission import Reason
from .prompt import camera_task
from .trial import Trial

_WAKE_SECONDS: Final = policy.TOTAL_SECONDS / 3
"""At most, as in an event."""


async def async_try_camera(
    hass: HomeAssistant, entry: EyewitnessConfigEntry, provider: VendorProvider, entity_id: str
) -> Trial:
    """Return what a provider says about what a camera shows now; it is booked as a trial.

    The camera's rules hold: a provider that may not see it gets no picture, and a new one is on no
    list yet. Raises ``HomeAssistantError`` for that, for a camera without a usable picture
    (``CameraError``), and when the trial cannot be made.
    """
    runtime = entry.runtime_data
    work = partial(_look, hass, runtime, provider, entity_id)
    camera = _WAKE_SECONDS + policy.CAMERA_SECONDS
    seconds = camera + trial.patience(runtime, [provider]) + trial.GRACE_SECONDS
    return await trial.async_bounded(runtime.trials, object(), work, seconds)


async def _look(
    hass: HomeAssistant, runtime: Runtime, provider: VendorProvider, entity_id: str
) -> Trial:
    rules = _rules(hass, runtime, provider, entity_id)
    if rules.wake is not None:
        await async_wake(hass, rules.wake, seconds=_WAKE_SECONDS, context=Context())
    capture = await async_capture(
        hass,
        entity_id,
        seconds=policy.CAMERA_SECONDS,
        side=rules.detail.side,
        masks=rules.masks,
        seen=runtime.seen,
    )
    if _rules(hass, runtime, provider, entity_id) != rules:
        return await _look(hass, runtime, provider, entity_id)  # see describe
    state = hass.states.get(entity_id)
    verdict = await trial.async_ask(
        hass,
        runtime,
        [provider],
        camera_task(
            capture.picture,
            camera_name=state.name if state else entity_id,
            language=hass.config.language,
        ),
        seconds=trial.patience(runtime, [provider]),
        camera=entity_id,
    )
    return Trial(attempts=verdict.attempts, picture=capture.picture, answer=verdict.answer)


def _rules(
    hass: HomeAssistant, runtime: Runtime, provider: VendorProvider, entity_id: str
) -> CameraRules:
    rules = runtime.rules_for(hass, entity_id)
    if rules.allowed is not None and provider.id not in rules.allowed:
        raise failures.denial(Reason.NOT_ALLOWED)
    return rules
