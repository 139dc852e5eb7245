"""Hold what one walk knows about one provider on its way."""

from dataclasses import dataclass, field
import logging
from math import inf

from . import policy
from .circuit import Standing
from .failures import Kind, ProviderError
from .policy import RULES, AtOnce
from .task import Provider

_LOGGER = logging.getLogger(__name__)


@dataclass(slots=True, eq=False)
class Stop:
    """Say whether, and from when on, this provider may be asked in this event."""

    provider: Provider
    standing: Standing
    visits: int = 0
    waited: float = 0.0
    not_before: float = -inf
    gone: bool = False
    failed_with: Kind | None = None
    counted: bool = False
    retried_at_once: set[Kind] = field(default_factory=set)
    reached: bool = False

    @property
    def retries_left(self) -> int:
        """Return how often it may still be asked."""
        return len(policy.delays(self.provider.kind)) + 1 - self.visits

    @property
    def willing(self) -> bool:
        """Return whether asking it (again) can make sense in this event."""
        if self.gone or self.retries_left <= 0:
            return False
        return self.failed_with is None or self.standing.affords_retry(self.failed_with)

    @property
    def ready_at(self) -> float:
        """Return when the next request is allowed, its circuit aside."""
        return max(self.not_before, self.standing.benched_until)

    def failed(self, kind: Kind, retry_after: float | None) -> None:
        """Tell the standing, and the log when this failure opens the circuit: once, not hourly."""
        trusted = not self.standing.on_probation
        self.standing.failed(kind, retry_after, first=not self.counted)
        self.counted |= RULES[kind].counted > 0
        if trusted and self.standing.on_probation:
            _LOGGER.warning(
                "%s keeps failing, the last time with %s, and is left alone for now",
                self.provider.kind,
                kind.value,
            )

    def answered(self) -> None:
        """Tell the standing, and the log when the provider was left alone before."""
        if self.standing.on_probation:
            _LOGGER.info("%s answers again", self.provider.kind)
        self.failed_with = None
        self.standing.answered()

    def last_resort(self, now: float) -> bool:
        """Say whether only its open circuit stands against asking it."""
        barred = self.standing.leased or self.standing.benched_until > now
        return self.standing.open and not self.visits and not barred

    def at_once(self, error: ProviderError) -> bool:
        """Say whether this failure is worth one immediate second try."""
        if error.kind in self.retried_at_once or self.retries_left <= 0:
            return False
        if error.oversize or error.retry_after:
            return False
        match RULES[error.kind].at_once:
            case AtOnce.ALWAYS | AtOnce.SMALLER:
                return True
            case AtOnce.UNSENT:
                return not error.sent
            case AtOnce.ADAPTED:
                return error.adapted
            case _:
                return False
