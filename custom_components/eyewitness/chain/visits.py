"""One provider's progress within one event."""

from dataclasses import dataclass, field
import logging
from math import inf

from . import policy
from .failures import Failure, ProviderError
from .health import Health
from .policy import POLICIES, RetryNow
from .task import Provider

_LOGGER = logging.getLogger(__name__)


@dataclass(slots=True, eq=False)
class Visits:
    """The requests of one event to one provider: whether and when it may be asked again."""

    provider: Provider
    health: Health
    count: int = 0
    waited: float = 0.0
    """Seconds that the event has waited for this provider in place."""
    not_before: float = -inf
    """The end of the backoff after the last failure."""
    done: bool = False
    """Asking again in this event would be useless."""
    failed_with: Failure | None = None
    counted: bool = False
    """A failure of this event has counted towards its circuit."""
    retried_now: set[Failure] = field(default_factory=set)
    """The failures after which it was retried at once."""
    reached: bool = False
    """At least one request may have reached the vendor."""

    @property
    def requests_left(self) -> int:
        """Return how many more requests it may get."""
        return len(policy.delays(self.provider.kind)) + 1 - self.count

    @property
    def eligible(self) -> bool:
        """Return whether it may be asked (again) in this event, at some time."""
        if self.done or self.requests_left <= 0:
            return False
        return self.failed_with is None or self.health.affords_retry(self.failed_with)

    @property
    def ready_at(self) -> float:
        """Return when the next request is allowed, apart from the circuit."""
        return max(self.not_before, self.health.cooldown_until)

    def record_failure(self, failure: Failure, retry_after: float | None) -> None:
        """Record a failure, and log only the one that opens the circuit, not every failed probe."""
        was_closed = not self.health.needs_probe
        self.health.record_failure(failure, retry_after, first_in_event=not self.counted)
        self.counted |= POLICIES[failure].circuit_weight > 0
        if was_closed and self.health.needs_probe:
            _LOGGER.warning(
                "%s keeps failing, the last time with %s, and is left alone for now",
                self.provider.kind,
                failure.value,
            )

    def record_success(self) -> None:
        """Record an answer, and log the one that closes the circuit."""
        if self.health.needs_probe:
            _LOGGER.info("%s answers again", self.provider.kind)
        self.failed_with = None
        self.health.record_success()

    def is_last_resort(self, now: float) -> bool:
        """Return whether it has not been asked, and only because its circuit is open."""
        blocked = self.health.probing or self.health.cooldown_until > now
        return self.health.circuit_open and not self.count and not blocked

    def is_retried_now(self, error: ProviderError) -> bool:
        """Return whether this failure is followed by one immediate retry."""
        if error.failure in self.retried_now or self.requests_left <= 0:
            return False
        if error.oversize or error.retry_after:
            return False
        match POLICIES[error.failure].retry_now:
            case RetryNow.ALWAYS | RetryNow.SMALLER:
                return True
            case RetryNow.IF_UNSENT:
                return not error.sent
            case RetryNow.IF_ADAPTED:
                return error.adapted
            case _:
                return False
