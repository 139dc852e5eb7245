"""Press or run what wakes a camera up."""

import asyncio
from typing import Final

from homeassistant.const import ATTR_ENTITY_ID, STATE_UNAVAILABLE
from homeassistant.core import Context, HomeAssistant, split_entity_id

from ..const import LOGGER
from .foreign import ForeignError, async_bounded
from .rules import Wake

_ACTIONS: Final = {"button": "press", "input_button": "press", "script": "turn_on"}


async def async_wake(hass: HomeAssistant, wake: Wake, *, seconds: float, context: Context) -> None:
    """Wake a camera up and give it the time it needs, at most ``seconds`` in all.

    Whatever goes wrong costs no picture. The call has no user: whoever wrote the rule wants it, and
    who may ask for a description need not be allowed to press buttons.
    """
    ends = hass.loop.time() + seconds
    domain, _ = split_entity_id(wake.entity_id)
    state = hass.states.get(wake.entity_id)
    if state is None or state.state == STATE_UNAVAILABLE or domain not in _ACTIONS:
        LOGGER.warning("%s is to wake a camera, but it is not available", wake.entity_id)
        return
    call = hass.services.async_call(
        domain,
        _ACTIONS[domain],
        {ATTR_ENTITY_ID: wake.entity_id},
        blocking=True,
        context=Context(parent_id=context.id),
    )
    try:
        await async_bounded(call, seconds)
    except ForeignError as err:
        LOGGER.warning("%s was to wake a camera, but failed: %s", wake.entity_id, err)
        return
    await asyncio.sleep(min(wake.seconds, max(0.0, ends - hass.loop.time())))
