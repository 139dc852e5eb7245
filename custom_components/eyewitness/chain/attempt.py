"""What a walk leaves behind: its attempts and the verdict."""

from dataclasses import dataclass

from .answer import Answer
from .failures import OK, Kind
from .task import Usage


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """Record one request to one provider."""

    provider_id: str
    provider: str
    model: str
    number: int
    """The position in the event's list of attempts, from 1."""
    kind: Kind | None
    """None for an answer."""
    started: float
    """Unix seconds."""
    status: int | None = None
    """The HTTP status, where there was one."""
    response_time_ms: int = 0
    usage: Usage | None = None
    """None when the vendor did not say; then nobody knows what it will bill."""
    cost: float | None = 0.0
    """USD; None when the price or the usage is not known."""
    image_bytes: int = 0

    @property
    def ended(self) -> float:
        """Return unix seconds."""
        return self.started + self.response_time_ms / 1000

    @property
    def success(self) -> bool:
        """Return whether this attempt gave the answer."""
        return self.kind is None

    @property
    def outcome(self) -> str:
        """Return ``ok`` or the kind of failure, never a vendor's words."""
        return OK if self.kind is None else self.kind.value

    @property
    def error(self) -> str | None:
        """Return kind and status in one word pair for the ledger."""
        if self.kind is None:
            return None
        return self.kind.value if self.status is None else f"{self.kind.value} {self.status}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Hold how a walk along the chain ended."""

    answer: Answer | None
    attempts: tuple[Attempt, ...]
    offline: bool = False
    """At least two providers, and every one that was asked, could not even be reached."""

    @property
    def winner(self) -> Attempt | None:
        """Return the attempt that gave the answer; a hedge may have ended after it."""
        return next((attempt for attempt in self.attempts if attempt.success), None)

    @property
    def cost(self) -> float | None:
        """Return USD over all attempts whose bill is known, or None when not even one is.

        A vendor says what a request used in its reply; an attempt that was cut off has none.
        """
        known = [attempt.cost for attempt in self.attempts if attempt.cost is not None]
        return sum(known) if known else None
