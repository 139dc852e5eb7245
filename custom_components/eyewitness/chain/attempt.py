"""The result of a run along the chain: its attempts and the verdict."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from .failures import OK, Failure
from .task import Usage


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One request to one provider."""

    provider_id: str
    provider: str
    """The kind of provider, such as ``openai``."""
    model: str
    number: int
    """The position in the event's list of attempts, from 1."""
    failure: Failure | None
    """None for an answer."""
    started: float
    """Unix seconds."""
    status: int | None = None
    """The HTTP status, where there was one."""
    response_time_ms: int = 0
    usage: Usage | None = field(default_factory=Usage)
    """None when the vendor may have done work and did not say how much."""
    cost: float | None = 0.0
    """USD; None when they are not known. A server at home costs 0, whatever was used."""
    is_estimated: bool = False
    """Whether the cost is a guess, since nobody publishes the model's price."""
    image_bytes: int = 0
    sent: bool = True
    """Whether the picture may have reached the provider."""

    @property
    def ended(self) -> float:
        """Return when it ended, in Unix seconds."""
        return self.started + self.response_time_ms / 1000

    @property
    def success(self) -> bool:
        """Return whether this attempt gave the answer."""
        return self.failure is None

    @property
    def outcome(self) -> str:
        """Return ``ok`` or the failure, never a vendor's words."""
        return OK if self.failure is None else self.failure.value

    @property
    def error(self) -> str | None:
        """Return failure and HTTP status as the ledger stores them, such as ``server 503``."""
        if self.failure is None:
            return None
        return self.failure.value if self.status is None else f"{self.failure.value} {self.status}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict[T]:
    """How a run along the chain ended."""

    answer: T | None
    attempts: tuple[Attempt, ...]
    offline: bool = False
    """At least two providers were asked, and not one of them could even be reached."""

    @property
    def winner(self) -> Attempt | None:
        """Return the attempt that gave the answer; a hedge may have ended after it."""
        return next((attempt for attempt in self.attempts if attempt.success), None)


def total_cost(attempts: Iterable[Attempt]) -> float | None:
    """Return the USD of all attempts whose cost is known, or None when not even one is.

    An attempt that was cut off has no usage report, so its cost is unknown. Without any attempt
    the cost is 0.
    """
    costs = [attempt.cost for attempt in attempts]
    known = [cost for cost in costs if cost is not None]
    return sum(known) if known or not costs else None


def known_cost(attempts: Collection[Attempt]) -> float | None:
    """Return the same to show to a person: None also when a part of it is a guess."""
    guessed = any(attempt.is_estimated for attempt in attempts)
    return None if guessed else total_cost(attempts)
