"""One provider's progress within one event."""

from dataclasses import dataclass, field
import logging
from math import inf

from . import policy
from .failures import Failure, ProviderError
from .gate import Gate, OpenGate
from .health import Health
from .policy import POLICIES, RetryNow
from .task import Provider

_LOGGER = logging.getLogger(__name__)


@dataclass(slots=True, eq=False)
class Visits:
    """The requests of one event to one provider: whether and when it may be asked again."""

    provider: Provider
    health: Health
    gate: Gate = field(default_factory=OpenGate)
    count: int = 0
    sent_at: float = -inf
    """When the last request was sent."""
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
    cut_short: bool = False
    """Its last request was cut off before the user's patience was over."""

    @property
    def requests_left(self) -> int:
        """Return how many more requests it may get."""
        return len(policy.delays(self.provider.kind)) + 1 - self.count

    @property
    def eligible(self) -> bool:
        """Return whether it may be asked (again) in this event, at some time."""
        return not self.done and self.requests_left > 0 and self.gate.allows(self.provider)

    @property
    def affordable(self) -> bool:
        """Return whether the retry budget has room for another request."""
        return self.failed_with is None or self.health.affords_retry(self.failed_with)

    @property
    def overdrafts(self) -> int:
        """Return how many retries an event may have made beyond the budgets and still make one."""
        in_storm = self.health.needs_probe or self.failed_with is Failure.RATE_LIMIT
        return policy.STORM_OVERDRAFTS if in_storm else policy.OVERDRAFTS

    @property
    def ready_at(self) -> float:
        """Return when the next request is allowed, apart from the circuit."""
        return max(self.not_before, self.health.cooldown_until)

    @property
    def firm_until(self) -> float:
        """Return when it may be asked at the earliest, whatever our own guesses are."""
        return max(self.not_before, self.health.firm_until)

    @property
    def may_break_guess(self) -> bool:
        """Return whether it may be asked against a guess of ours, when nobody else is left.

        Not through an open circuit after a silence that took all the patience: a second one would
        only keep other events waiting.
        """
        hung = self.failed_with is Failure.TIMEOUT and not self.cut_short
        return not (self.health.circuit_open and hung)

    def record_failure(self, failure: Failure, retry_after: float | None) -> None:
        """Record a failure, and log only the one that opens the circuit, not every failed probe."""
        was_closed = not self.health.needs_probe
        self.health.record_failure(
            failure,
            retry_after,
            first_in_event=not self.counted,
            cut_short=self.cut_short,
            sent_at=self.sent_at,
        )
        self.counted |= POLICIES[failure].circuit_weight > 0
        if was_closed and self.health.needs_probe:
            _LOGGER.warning(
                "%s keeps failing, the last time with %s, and is left alone for now",
                self.provider.kind,
                failure.value,
            )

    def record_success(self, seconds: float) -> None:
        """Record an answer after so many seconds, and log the one that closes the circuit."""
        if self.health.needs_probe:
            _LOGGER.info("%s answers again", self.provider.kind)
        self.failed_with = None
        self.health.record_success(seconds)

    @property
    def has_to_queue(self) -> bool:
        """Return whether requests of other events have to end first.

        That is a probe, or after it has turned this event away as many as it serves at a time.
        """
        turned_away = self.failed_with is Failure.RATE_LIMIT
        return self.health.probing or (turned_away and self.health.at_its_limit)

    def is_ready(self, now: float) -> bool:
        """Return whether nothing keeps it from being asked now."""
        return self.ready_at <= now and not self.health.circuit_open and not self.has_to_queue

    def is_last_resort(self, now: float) -> bool:
        """Return whether nothing but a guess of ours keeps it from being asked now."""
        allowed = self.firm_until <= now and self.may_break_guess and not self.has_to_queue
        return allowed and not self.is_ready(now)

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
