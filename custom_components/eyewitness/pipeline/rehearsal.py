"""Do once, at set-up and in a thread, what only the first event would load."""

import asyncio
from collections.abc import Collection
from typing import Final

from homeassistant.core import HomeAssistant

from ..chain.crash import where
from ..chain.task import Reply
from ..const import LOGGER
from ..pictures import drawing, prepare
from ..pictures.size import Detail
from ..providers.base import VendorProvider
from ..runtime import EyewitnessConfigEntry
from .prompt import camera_task

_PATIENCE_SECONDS: Final = 5.0
"""Set-up goes on without it after that, for example while another set-up keeps all threads busy."""
_MASK: Final = ((0.0, 0.0), (0.1, 0.0), (0.0, 0.1))
_BROKEN: Final = '{"title": "A disc", "description": "A red disc on white."'
"""The library that mends it is imported by the first answer that needs it."""


async def async_rehearse(hass: HomeAssistant, entry: EyewitnessConfigEntry) -> None:
    """Rehearse an event with the providers that can be asked; where there are none, nothing.

    Set-up waits for it: an event that came meanwhile would wait for every step of its thread. But
    it does not wait for long, nor does it fail with it.
    """
    if providers := list(entry.runtime_data.providers.values()):
        run = hass.async_add_executor_job(rehearse, providers)
        await asyncio.wait({run}, timeout=_PATIENCE_SECONDS)
        if run.done() and (err := run.exception()) is not None:
            LOGGER.error("The rehearsal of an event raised %s", where(err))


def rehearse(providers: Collection[VendorProvider]) -> None:
    """Draw a picture, ask everybody about it without sending anything, read an answer; blocking."""
    picture = prepare.prepare(drawing.draw(drawing.deal()).jpeg, Detail.NORMAL.side, (_MASK,))
    task = camera_task(picture, camera_name="")
    for provider in providers:
        provider.rehearse(task)
    task.read(Reply(text=_BROKEN, model=""))
