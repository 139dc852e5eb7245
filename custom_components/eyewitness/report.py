"""Put an event into the words of the action's response and of the two bus events."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import dt as dt_util
from homeassistant.util.ulid import ulid_now

from .chain.kinds import Kind
from .chain.models import Answer, Attempt, Verdict
from .const import DOMAIN, NAMES

FAILED: Final = "failed"
FAILED_CAMERA: Final = "failed:camera"
REFUSED: Final = "refused"
OFFLINE: Final = "offline"
DROPPED: Final = "dropped"


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


def status(verdict: Verdict) -> str:
    """Return the word for a verdict without an answer."""
    if verdict.offline:
        return OFFLINE
    kinds = {attempt.kind for attempt in verdict.attempts}
    return REFUSED if kinds == {Kind.REFUSED} else FAILED


def failure(verdict: Verdict) -> HomeAssistantError:
    """Return the error with each provider's last failure in our words."""
    key = "all_failed" if verdict.attempts else "all_resting"
    if verdict.offline:
        key = "offline"
    reasons = {a.provider_id: (a.provider, a.error) for a in verdict.attempts}
    trail = ", ".join(f"{NAMES[kind]}: {error}" for kind, error in reasons.values())
    return HomeAssistantError(
        translation_domain=DOMAIN,
        translation_key=key,
        translation_placeholders={"reasons": trail},
    )


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
