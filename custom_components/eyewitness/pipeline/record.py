"""Put an event into the fields of the action's response and of the two bus events."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
from homeassistant.util.ulid import ulid_now

from ..chain.answer import Answer
from ..chain.attempt import Attempt


@dataclass(slots=True)
class Event:
    """Hold one event while it is described."""

    id: str
    camera: str
    camera_name: str
    timestamp: str
    """When the picture was taken, and before that, when the event was reported."""
    began: float
    """Loop time."""

    @classmethod
    def begin(cls, hass: HomeAssistant, entity_id: str, began: float) -> Event:
        """Return a new event of a camera."""
        state = hass.states.get(entity_id)
        return cls(
            id=ulid_now(),
            camera=entity_id,
            camera_name=state.name if state else entity_id,
            timestamp=dt_util.now().isoformat(),
            began=began,
        )

    def stamp(self) -> None:
        """Take the time of the picture."""
        self.timestamp = dt_util.now().isoformat()

    def fields(self, attempts: Iterable[Attempt], now: float) -> dict[str, Any]:
        """Return the fields that a failure and an answer share."""
        trail = [_trail(attempt) for attempt in attempts]
        costs = [item["cost"] for item in trail if item["cost"] is not None]
        return {
            "event_id": self.id,
            "camera": self.camera,
            "camera_name": self.camera_name,
            "timestamp": self.timestamp,
            "attempts": trail,
            "cost": round(sum(costs), 6) if costs or not trail else None,
            "total_time_ms": round((now - self.began) * 1000),
        }


def answer_fields(answer: Answer, winner: Attempt) -> dict[str, Any]:
    """Return the fields that only an answer has."""
    tokens = winner.usage
    return {
        "title": answer.title,
        "description": answer.description,
        "objects": list(answer.objects),
        "confidence": answer.confidence,
        "importance": answer.importance,
        "truncated": answer.truncated,
        "provider": winner.provider,
        "model": winner.model,
        "input_tokens": tokens.input_tokens if tokens else 0,
        "output_tokens": tokens.output_tokens if tokens else 0,
        "tokens_used": tokens.total if tokens else 0,
        "response_time_ms": winner.response_time_ms,
        "reused": False,
        "coalesced": False,
    }


def _trail(attempt: Attempt) -> dict[str, Any]:
    usage = attempt.usage
    return {
        "provider": attempt.provider,
        "model": attempt.model,
        "outcome": attempt.outcome,
        "status": attempt.status,
        "response_time_ms": attempt.response_time_ms,
        "input_tokens": usage.input_tokens if usage else 0,
        "output_tokens": usage.output_tokens if usage else 0,
        "cost": attempt.cost,
    }
