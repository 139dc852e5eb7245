"""Do once, in the background, what only the first event would load: it must not wait for that."""

from collections.abc import Collection
from typing import Final

from homeassistant.core import HomeAssistant, callback

from ..chain.task import Reply
from ..pictures import drawing, prepare
from ..pictures.size import Detail
from ..providers.base import VendorProvider
from ..runtime import EyewitnessConfigEntry
from .prompt import camera_task

_MASK: Final = ((0.0, 0.0), (0.1, 0.0), (0.0, 0.1))
_BROKEN: Final = '{"title": "A disc", "description": "A red disc on white."'
"""The library that mends it is imported by the first answer that needs it."""


@callback
def async_rehearse(hass: HomeAssistant, entry: EyewitnessConfigEntry) -> None:
    """Rehearse an event with the providers that can be asked; where there are none, nothing."""
    providers = entry.runtime_data.providers.values()

    async def run() -> None:
        await hass.async_add_executor_job(rehearse, list(providers))

    if providers:
        entry.async_create_background_task(hass, run(), "eyewitness rehearsal")


def rehearse(providers: Collection[VendorProvider]) -> None:
    """Draw a picture, ask everybody about it without sending anything, read an answer; blocking."""
    picture = prepare.prepare(drawing.tiny_picture().jpeg, Detail.NORMAL.side, (_MASK,))
    task = camera_task(picture, camera_name="")
    for provider in providers:
        provider.rehearse(task)
    task.read(Reply(text=_BROKEN, model=""))
