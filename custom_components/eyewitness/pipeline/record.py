"""One finished event, and its fields in the action's response and in the two bus events."""

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
from homeassistant.util.ulid import ulid_now

from ..chain.attempt import Attempt, total_cost
from ..chain.task import Picture, Usage
from ..ledger.events import EventRow
from ..ledger.rows import LastDescription, LastFailure, Purpose
from ..pictures import event_files
from ..pictures.freshness import UNKNOWN, Freshness
from ..pictures.masks import Polygon
from ..runtime import Response
from .answer import Answer


class Status(StrEnum):
    """How an event ended."""

    DESCRIBED = "described"
    FAILED = "failed"
    REFUSED = "refused"
    OFFLINE = "offline"
    FAILED_CAMERA = "failed:camera"
    NO_PROVIDER = "no_provider"
    NOT_ALLOWED = "not_allowed"
    """By the camera's rules, nobody who could be asked may see it."""
    INTERRUPTED = "interrupted"
    """Eyewitness was unloaded, or Home Assistant stopped."""
    BUDGET = "budget"
    """So much was spent that nobody might be asked."""
    DROPPED = "dropped"
    """Its turn did not come in time."""
    TESTED = "tested"
    """It was no event of a camera."""
    CANCELLED = "cancelled"
    """Every caller was stopped, so nobody is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One event while it is described."""

    id: str
    camera: str
    camera_name: str
    timestamp: str
    """When it began, and from then on when the picture was taken; ISO 8601 with zone."""
    requested_at: float
    """Loop time."""
    is_automatic: bool
    freshness: Freshness = UNKNOWN
    """Of the picture."""

    @classmethod
    def begin(
        cls, hass: HomeAssistant, entity_id: str, requested_at: float, *, is_automatic: bool
    ) -> Event:
        """Return a new event of a camera."""
        state = hass.states.get(entity_id)
        return cls(
            id=ulid_now(),
            camera=entity_id,
            camera_name=state.name if state else entity_id,
            timestamp=dt_util.now().isoformat(),
            requested_at=requested_at,
            is_automatic=is_automatic,
        )

    def pictured(self, freshness: Freshness) -> Event:
        """Return the event with a picture that came just now, however old it is."""
        return replace(self, timestamp=dt_util.now().isoformat(), freshness=freshness)

    def ended(self, now: float, status: Status, **facts: Any) -> EventRecord:
        """Return the record of the event; ``now`` is the loop's time."""
        return EventRecord(
            event_id=self.id,
            camera=self.camera,
            camera_name=self.camera_name,
            timestamp=self.timestamp,
            total_time_ms=round((now - self.requested_at) * 1000),
            status=status,
            freshness=self.freshness,
            is_automatic=self.is_automatic,
            **facts,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """An answer, and who gave it for which event."""

    event_id: str
    answer: Answer
    winner: Attempt


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRecord:
    """One finished event: all that anybody may want to know of it."""

    event_id: str
    camera: str
    camera_name: str = ""
    timestamp: str = ""
    total_time_ms: int = 0
    status: Status
    freshness: Freshness = UNKNOWN
    """Of the picture."""
    purpose: Purpose = Purpose.EVENT
    is_automatic: bool = False
    """Whether no person has asked for it, but an automation or a script."""
    attempts: tuple[Attempt, ...] = ()
    answer: Answer | None = None
    said_before: Said | None = None
    """Where the answer comes from, when the camera shows the same as at an earlier event."""
    reason: str = ""
    """Why it was not described, in plain words."""
    snapshot: str | None = None
    """Where Home Assistant serves the picture of a failed event, if it was kept."""
    picture: Picture | None = field(default=None, repr=False)
    """What was sent, masked; None when there was no picture."""
    masks: tuple[Polygon, ...] = ()
    """The black areas of the picture."""
    image_entity: str | None = None
    """What shows the picture, None while the camera has no such entity or none is to be kept."""

    @property
    def is_told(self) -> bool:
        """Return whether the bus hears of it: a camera's event for which somebody has waited."""
        return self.purpose is Purpose.EVENT and self.status is not Status.CANCELLED

    @property
    def winner(self) -> Attempt | None:
        """Return the attempt that gave the answer, to an earlier event if it is that one's."""
        if self.said_before is not None:
            return self.said_before.winner
        return next((attempt for attempt in self.attempts if attempt.success), None)

    @property
    def said(self) -> Said | None:
        """Return the answer as a later event may give it again."""
        if self.answer is None or self.winner is None:
            return None
        return Said(event_id=self.event_id, answer=self.answer, winner=self.winner)

    @property
    def description(self) -> LastDescription | None:
        """Return what the ledger keeps of the answer."""
        if self.answer is None or self.winner is None:
            return None
        return LastDescription(
            camera=self.camera,
            event_id=self.event_id,
            timestamp=self.timestamp,
            title=self.answer.title,
            description=self.answer.description,
            provider=self.winner.provider,
            model=self.winner.model,
        )

    @property
    def last_failure(self) -> LastFailure | None:
        """Return what the ledger keeps of an event that was not described."""
        if not self.is_told or self.status is Status.DESCRIBED:
            return None
        return LastFailure(
            camera=self.camera,
            event_id=self.event_id,
            timestamp=self.timestamp,
            status=self.status.value,
            reason=self.reason,
        )

    @property
    def listed(self) -> EventRow:
        """Return what the history keeps of the event."""
        answer, winner = self.answer, self.winner
        cost = total_cost(self.attempts)
        return EventRow(
            event_id=self.event_id,
            camera=self.camera,
            camera_name=self.camera_name,
            timestamp=self.timestamp,
            status=self.status.value,
            title=answer.title if answer else "",
            description=answer.description if answer else "",
            objects=answer.objects if answer else (),
            confidence=answer.confidence if answer else None,
            importance=answer.importance if answer else None,
            provider=winner.provider if winner else None,
            provider_id=winner.provider_id if winner else None,
            model=winner.model if winner else None,
            reason=self.reason,
            cost=None if cost is None else round(cost, 6),
            total_time_ms=self.total_time_ms,
            reused=self.said_before is not None,
            stale=self.freshness.stale,
            attempts=tuple(
                {**_attempt_fields(attempt), "provider_id": attempt.provider_id}
                for attempt in self.attempts
            ),
            masks=event_files.names(self.masks),
        )

    def response(self) -> Response:
        """Return the fields of the action's response and of ``eyewitness_event_described``.

        What people look for comes first, since Home Assistant shows them in this order.
        """
        return {**self._answer_fields(), **self._shared_fields()}

    def failure(self) -> dict[str, Any]:
        """Return the fields of ``eyewitness_event_failed``."""
        fields = {"status": self.status.value, "reason": self.reason, **self._shared_fields()}
        if self.status in {Status.FAILED, Status.REFUSED, Status.OFFLINE}:
            fields["snapshot"] = self.snapshot
        return fields

    def _shared_fields(self) -> dict[str, Any]:
        cost = total_cost(self.attempts)
        return {
            "event_id": self.event_id,
            "camera": self.camera,
            "camera_name": self.camera_name,
            "timestamp": self.timestamp,
            "stale": self.freshness.stale,
            "picture_age_seconds": self.freshness.age_seconds,
            "attempts": [_attempt_fields(attempt) for attempt in self.attempts],
            "cost": None if cost is None else round(cost, 6),
            "total_time_ms": self.total_time_ms,
        }

    def _answer_fields(self) -> dict[str, Any]:
        answer, winner = self.answer, self.winner
        if answer is None or winner is None:
            return {}
        tokens = winner.usage
        reused: dict[str, Any] = {"reused": False}
        response_time_ms = winner.response_time_ms
        if self.said_before is not None:
            tokens, response_time_ms = Usage(), 0  # nobody was asked for this event
            reused = {"reused": True, "reused_event_id": self.said_before.event_id}
        return {
            "title": answer.title,
            "description": answer.description,
            "objects": list(answer.objects),
            "confidence": answer.confidence,
            "importance": answer.importance,
            "image_entity": self.image_entity,
            "truncated": answer.truncated,
            "provider": winner.provider,
            "model": winner.model,
            "input_tokens": tokens.input_tokens if tokens else None,
            "output_tokens": tokens.output_tokens if tokens else None,
            "tokens_used": tokens.total if tokens else None,
            "response_time_ms": response_time_ms,
            **reused,
            "coalesced": False,
        }


def _attempt_fields(attempt: Attempt) -> dict[str, Any]:
    usage = attempt.usage
    return {
        "provider": attempt.provider,
        "model": attempt.model,
        "outcome": attempt.outcome,
        "status": attempt.status,
        "response_time_ms": attempt.response_time_ms,
        "input_tokens": usage.input_tokens if usage else None,
        "output_tokens": usage.output_tokens if usage else None,
        "cost": attempt.cost,
    }
