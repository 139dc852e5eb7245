"""Remember how a provider behaves over many events: circuit, bench and retry budget."""

from collections.abc import Iterator
from contextlib import contextmanager
from math import inf

from . import policy
from .clock import Clock
from .failures import Kind
from .policy import RULES


class Standing:
    """Decide when one provider may be asked again, from what it did before.

    Two things keep a provider out. A *bench* is a time that the vendor or the error named (quota,
    Retry-After, a refused key): it is never shortened. An *open circuit* is our own guess after
    repeated failures; it ends with one leased probe, and it may be overruled when nobody else is
    left. All times are seconds of ``Clock.now``.
    """

    def __init__(self, clock: Clock) -> None:
        """Start trusted."""
        self._clock = clock
        self._failures = 0
        self._openings = 0
        self._open_until = 0.0
        self._bench_until = 0.0
        self._rate_limits = 0
        self._rejections = 0
        self._lease_until = -inf
        self._tokens = policy.BUDGET_TOKENS
        self._tokens_at = clock.now()
        self.bench_kind: Kind | None = None

    @property
    def benched_until(self) -> float:
        """Return when a request is allowed again by the vendor."""
        return self._bench_until

    @property
    def bench_left(self) -> float:
        """Return the seconds until a request is allowed again by the vendor."""
        return max(0.0, self._bench_until - self._clock.now())

    @property
    def open(self) -> bool:
        """Return whether the circuit is open, probe or not."""
        return self._openings > 0 and self._clock.now() < self._open_until

    @property
    def open_until(self) -> float:
        """Return when the circuit lets a probe through."""
        return self._open_until

    @property
    def on_probation(self) -> bool:
        """Return whether the next request is a probe: the circuit opened, no success since."""
        return self._openings > 0

    @property
    def leased(self) -> bool:
        """Return whether another event's probe is under way."""
        return self._clock.now() < self._lease_until

    @contextmanager
    def lease(self, seconds: float) -> Iterator[None]:
        """Hold the probe's place while a request that may take so many seconds runs.

        The lease ends however the request ends; should this never run to its end, it ends by time.
        Otherwise one cancelled probe would shut the provider out for good.
        """
        if not self.on_probation:
            yield
            return
        self._lease_until = self._clock.now() + seconds + policy.LEASE_MARGIN_SECONDS
        try:
            yield
        finally:
            self._lease_until = -inf

    def answered(self) -> None:
        """Forget all that was held against the provider, but for a bench that still runs.

        Such an answer was on its way when another request was told to stay away.
        """
        self.responded()
        self._rate_limits = 0
        if self._bench_until <= self._clock.now():
            self.bench_kind = None

    def responded(self) -> None:
        """Count a refusal as health: the vendor works, it just would not say."""
        self._failures = self._openings = self._rejections = 0
        self._open_until = 0.0

    def pardon(self) -> None:
        """Forget a bench as well: a person has looked into it, and the provider has answered."""
        self.responded()
        self._rate_limits = 0
        self._bench_until = 0.0
        self.bench_kind = None

    def failed(self, kind: Kind, retry_after: float | None, *, first: bool) -> None:
        """Take in a failure; ``first`` is False for a second one in the same event."""
        rule = RULES[kind]
        default = rule.bench_seconds
        if kind is Kind.REFUSED:
            self.responded()
        elif kind is Kind.RATE_LIMIT:
            self._rate_limits += 1
            default = _doubled(default, self._rate_limits, policy.RATE_LIMIT_MAX_SECONDS)
        elif kind is Kind.BAD_REQUEST and first:
            self._rejections += 1
            if self._rejections >= policy.REJECTIONS_TO_BENCH:
                default = policy.REJECTED_SECONDS
        asked = default if retry_after is None else retry_after
        self.bench(kind, min(asked, max(default, rule.bench_max_seconds)))
        if rule.counted and first:
            self._count(rule.counted)

    def bench(self, kind: Kind, seconds: float) -> None:
        """Leave the provider alone for at least so long."""
        until = self._clock.now() + seconds
        if seconds > 0 and until > self._bench_until:
            self._bench_until = until
            self.bench_kind = kind

    def _count(self, weight: int) -> None:
        self._failures += weight
        if self._openings == 0 and self._failures < policy.BREAKER_FAILURES:
            return
        if self.open:
            # A last resort, or a request from before the opening: neither is a failed probe.
            return
        self._openings += 1
        seconds = _doubled(
            policy.BREAKER_OPEN_SECONDS, self._openings, policy.BREAKER_OPEN_MAX_SECONDS
        )
        spread = 1 + policy.BREAKER_JITTER * (2 * self._clock.luck() - 1)
        self._open_until = self._clock.now() + seconds * spread

    def affords_retry(self, after: Kind) -> bool:
        """Say whether the budget holds the price of one retry."""
        return self._saved() >= RULES[after].retry_cost

    def pay_retry(self, after: Kind) -> None:
        """Take the price of one retry from the budget."""
        self._tokens = max(0.0, self._saved() - RULES[after].retry_cost)
        self._tokens_at = self._clock.now()

    def _saved(self) -> float:
        earned = (self._clock.now() - self._tokens_at) / policy.BUDGET_SECONDS_PER_TOKEN
        return min(policy.BUDGET_TOKENS, self._tokens + earned)


def _doubled(seconds: float, times: int, most: float) -> float:
    """Double with each time after the first; even a long outage must not outgrow a float."""
    return min(seconds * 2.0 ** min(times - 1, policy.DOUBLINGS_MAX), most)
