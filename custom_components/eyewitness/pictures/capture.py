"""Insist on a picture of now: some cameras first send an old one, a blank one or none."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from homeassistant.core import HomeAssistant

from .freshness import Freshness, SeenPictures
from .grab import CameraError, async_grab
from .masks import Polygon
from .prepare import CameraPicture

PAUSE_SECONDS: Final = 0.5
"""Before a camera is asked again."""
PATIENCE: Final = 1 / 3
"""Share of the camera's seconds in which it is asked again for a newer or brighter picture."""


@dataclass(frozen=True, slots=True)
class Capture:
    """A picture, and how old it is."""

    picture: CameraPicture
    freshness: Freshness

    @property
    def blank(self) -> bool:
        """Return whether there is nothing to see on it."""
        return self.picture.blank

    @property
    def stale(self) -> bool:
        """Return whether it is too old to show what is going on now."""
        return self.freshness.stale


async def async_capture(
    hass: HomeAssistant,
    entity_id: str,
    *,
    seconds: float,
    side: int,
    masks: tuple[Polygon, ...],
    seen: SeenPictures,
    with_scene: bool = False,
) -> Capture:
    """Return the best picture that a camera gives within ``seconds``, the newest of equal ones.

    A failed picture is asked for once again, a stale or blank one until patience ends. Stale is
    better than nothing, blank is not: raises ``CameraError`` for that as well.
    """
    now = hass.loop.time
    ends = now() + seconds

    async def look(until: float) -> Capture:
        # Before the picture: one that comes meanwhile is younger than its entity says, never older.
        state = hass.states.get(entity_id)
        picture = await async_grab(
            hass,
            entity_id,
            seconds=until - now(),
            side=side,
            masks=masks,
            with_scene=with_scene,
        )
        return Capture(picture, seen.judge(hass, state, entity_id, picture))

    try:
        best = await look(ends)
    except CameraError:
        if now() + PAUSE_SECONDS >= ends:
            raise
        await asyncio.sleep(PAUSE_SECONDS)
        best = await look(ends)
    patience = min(ends, now() + seconds * PATIENCE) if seen.worth_asking(entity_id) else now()
    while (best.blank or best.stale) and now() + PAUSE_SECONDS < patience:
        await asyncio.sleep(PAUSE_SECONDS)
        with suppress(CameraError):
            best = min(await look(patience), best, key=lambda each: (each.blank, each.stale))
    seen.note(hass, entity_id, best.picture, best.freshness)
    if best.blank:
        raise CameraError(hass, "camera_blank", entity_id)
    return best
