"""Notice that a camera which automations watch is not described any more.

An automation that waits for a description hears nothing when there is none, and neither does its
owner. Three failed events in a row, with five minutes between the first and the last, are no bad
moment any more: then one report names all such cameras. The next description takes a camera out.
"""

from dataclasses import dataclass, replace
from typing import Final

from homeassistant.core import HomeAssistant, callback

from ..runtime import EyewitnessConfigEntry, issues
from ..runtime.markdown import plain
from ..runtime.outcome_texts import async_sentence, listed
from .record import EventRecord, Status

EVENTS: Final = 3
SECONDS: Final = 300.0
"""Between the first and the last of them: many may fail in the same bad moment."""
_NO_FAILURE: Final = frozenset({Status.INTERRUPTED, Status.CANCELLED, Status.BUDGET})
"""Stopped by somebody, or by the budget, which has a report of its own: neither tells anything of
the camera or the providers."""


@dataclass(frozen=True, slots=True)
class _Streak:
    """Failed events in a row."""

    name: str
    """Of the camera."""
    began: float
    """Loop time."""
    ended: float = 0.0
    """Loop time of the last one."""
    events: int = 0
    status: Status = Status.FAILED
    """How the last one ended."""

    @property
    def is_worth_a_report(self) -> bool:
        return self.events >= EVENTS and self.ended - self.began >= SECONDS


class FailingCameras:
    """The failed events of each camera since its last description, in one run of the entry."""

    def __init__(self, hass: HomeAssistant, entry: EyewitnessConfigEntry) -> None:
        """Begin without any; a report of the run before this one stays until a description."""
        self._hass = hass
        self._entry = entry
        self._streaks: dict[str, _Streak] = {}
        """By entity id."""

    @callback
    def async_count(self, record: EventRecord) -> None:
        """Count an event that failed, and forget those of a camera that was described."""
        now, camera = self._hass.loop.time(), record.camera
        # Nobody can describe a camera that is gone, or that has another name now.
        over = {each for each in self._streaks if self._hass.states.get(each) is None}
        if record.status is Status.DESCRIBED:
            over.add(camera)
        elif record.is_automatic and record.status not in _NO_FAILURE:
            streak = self._streaks.get(camera, _Streak(record.camera_name, now))
            self._streaks[camera] = replace(
                streak, ended=now, events=streak.events + 1, status=record.status
            )
        for each in over:
            self._streaks.pop(each, None)
        if self._reported:
            self._entry.async_create_background_task(
                self._hass, self._async_report(), "eyewitness failing cameras"
            )
        elif over:
            issues.async_report_failing(self._hass, None)

    @property
    def _reported(self) -> dict[str, _Streak]:
        return {key: each for key, each in self._streaks.items() if each.is_worth_a_report}

    async def _async_report(self) -> None:
        reported = self._reported
        lines = []
        for streak in reported.values():
            reason = f"not_described_{streak.status.replace(':', '_')}"
            sentence = await async_sentence(
                self._hass,
                "camera_failing",
                camera=plain(streak.name),
                events=str(streak.events),
                reason=await async_sentence(self._hass, reason),
            )
            lines.append(f"- {sentence}")
        if reported == self._reported:
            names = listed(self._hass, (streak.name for streak in reported.values()))
            placeholders = {"cameras": names, "list": "\n".join(lines)}
            issues.async_report_failing(self._hass, placeholders)
