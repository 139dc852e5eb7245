"""What past events have taught about a provider: circuit, cooldown, retry budget, patience."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from math import inf

from . import policy
from .clock import Clock
from .failures import Failure
from .policy import POLICIES


class Health:
    """Decides from past results when one provider may be asked again.

    Two things keep a provider out. A *cooldown* follows from what the vendor said (quota,
    Retry-After, a refused key). It is *firm* as long as the vendor named, or as long as asking
    again can be of no use; what exceeds that is a guess. An *open circuit* is a guess as well,
    after repeated failures: after some time one request at a time may probe whether the provider
    works again. A guess gives way when nobody else is left. All times are seconds of ``Clock.now``.
    """

    def __init__(self, clock: Clock) -> None:
        """Start with a closed circuit and a full retry budget."""
        self._clock = clock
        self._failures = 0
        self._failed_at = -inf
        self._openings = 0
        self._opened_at = -inf
        self._open_until = 0.0
        self._cooldown_until = 0.0
        self._firm_until = 0.0
        self._guessed_at = -inf
        """When the guess in the cooldown began."""
        self._rests: Counter[Failure] = Counter()
        """How often in a row a cooldown of this kind began, of those that double."""
        self._rested_at = -inf
        self._rejections = 0
        self._rejected_at = -inf
        self._lease_until = -inf
        self._held = 0
        self._under_way = 0
        self._room = inf
        """How many requests may be under way while its last rate limit is remembered."""
        self._limited_until = -inf
        self._tokens = policy.BUDGET_TOKENS
        self._tokens_at = clock.now()
        self.cooldown_failure: Failure | None = None
        """Why the provider cools down, or did last."""
        self.seconds_needed = 0.0
        """What its last answer took, 0 before the first one. Infinite after a probe that was cut
        off before the user's patience was over: nobody knows then."""

    @property
    def cooldown_until(self) -> float:
        """Return when the cooldown ends."""
        return self._cooldown_until

    @property
    def firm_until(self) -> float:
        """Return until when it must not be asked, not even when nobody else is left."""
        return self._firm_until

    @property
    def firm_left(self) -> float:
        """Return the seconds until it may be asked when nobody else is left."""
        return max(0.0, self._firm_until - self._clock.now())

    @property
    def guess_until(self) -> float:
        """Return until when it is better left alone: the end of cooldown and opening."""
        return max(self._cooldown_until, self._open_until if self._openings else 0.0)

    @property
    def guess_left(self) -> float:
        """Return the seconds until it is asked although others can be."""
        return max(0.0, self.guess_until - self._clock.now())

    @property
    def cooldown_named(self) -> bool:
        """Return whether the whole cooldown is firm."""
        return self._firm_until >= self._cooldown_until

    @property
    def cooldown_left(self) -> float:
        """Return the seconds until the cooldown ends."""
        return max(0.0, self._cooldown_until - self._clock.now())

    @property
    def circuit_open(self) -> bool:
        """Return whether the circuit is open; once its time is over, it is half-open."""
        return self._openings > 0 and self._clock.now() < self._open_until

    @property
    def open_until(self) -> float:
        """Return when the circuit becomes half-open and lets a probe through."""
        return self._open_until

    @property
    def open_left(self) -> float:
        """Return the seconds until the circuit becomes half-open, 0 if it is not open."""
        return max(0.0, self._open_until - self._clock.now()) if self.circuit_open else 0.0

    @property
    def openings(self) -> int:
        """Return how often the circuit has opened since a request succeeded."""
        return self._openings

    @property
    def needs_probe(self) -> bool:
        """Return whether the circuit has opened and no request has succeeded since."""
        return self._openings > 0

    @property
    def probing(self) -> bool:
        """Return whether another event's probe is under way."""
        return self._clock.now() < self._lease_until

    @property
    def at_its_limit(self) -> bool:
        """Return whether it serves as many requests as when it limited its rate.

        Those that it has turned away come back at the same moment, when its time is over; more of
        them than it can serve would be turned away again.
        """
        remembered = self._clock.now() < self._limited_until
        return remembered and self._under_way + 1 > self._room

    @contextmanager
    def under_way(self) -> Iterator[None]:
        """Count a request while it is under way."""
        self._under_way += 1
        try:
            yield
        finally:
            self._under_way -= 1

    @contextmanager
    def lease_probe(self, seconds: float) -> Iterator[None]:
        """Reserve the probe for a request that may take so many seconds.

        The lease ends with the request, however that ends, and by time if it never does: one
        cancelled probe must not shut the provider out for good.
        """
        if not self.needs_probe:
            yield
            return
        self._lease_until = self._clock.now() + seconds + policy.LEASE_MARGIN_SECONDS
        try:
            yield
        finally:
            self._lease_until = -inf

    def record_success(self, seconds: float = 0.0) -> None:
        """Close the circuit and forget past failures, after an answer that took so many seconds.

        A cooldown that is firm stays: this request was already under way when another one started
        it. A guess that this request did not know of stays as well.
        """
        now = self._clock.now()
        self.seconds_needed = seconds
        self.record_response()
        self._rests.clear()
        self._room += policy.LIMIT_GROWTH / self._room
        if self._guessed_at <= now - seconds:
            self._cooldown_until = min(self._cooldown_until, self._firm_until)
        if self._cooldown_until <= now:
            self.cooldown_failure = None

    def record_response(self) -> None:
        """Close the circuit: the provider works, even if it only refused to answer."""
        self._failures = self._openings = self._rejections = 0
        self._open_until = 0.0

    def reset(self) -> None:
        """Close the circuit and end the cooldown: a person has seen that the provider answers."""
        self.record_response()
        self._rests.clear()
        self._cooldown_until = self._firm_until = 0.0
        self.cooldown_failure = None

    def record_failure(
        self,
        failure: Failure,
        retry_after: float | None,
        *,
        first_in_event: bool,
        cut_short: bool = False,
        sent_at: float = inf,
    ) -> None:
        """Start its cooldown, and count it for the circuit if it is the first of its event.

        ``cut_short`` says that the request did not get all of the user's patience. ``sent_at`` is
        when it was sent. Many may be under way when a provider gets into trouble, and fail for the
        same reason: those sent before the last failure that counted tell nothing new. Without it,
        the failure is news.
        """
        rule, now = POLICIES[failure], self._clock.now()
        default = rule.cooldown_seconds
        if failure is Failure.REFUSED:
            self.record_response()
        elif failure is Failure.RATE_LIMIT:
            default = self._doubled(failure, policy.RATE_LIMIT_MAX_SECONDS, sent_at)
        elif failure is Failure.MODEL_MISSING:
            default = self._doubled(failure, policy.MODEL_MISSING_MAX_SECONDS, sent_at)
        elif failure is Failure.BAD_REQUEST and first_in_event and sent_at >= self._rejected_at:
            self._rejections, self._rejected_at = self._rejections + 1, now
            if self._rejections >= policy.REJECTIONS_TO_COOL_DOWN:
                default = policy.REJECTED_SECONDS
        named = retry_after is not None
        seconds = default if retry_after is None else retry_after
        seconds = min(seconds, max(default, rule.cooldown_max_seconds))
        self.cool_down(failure, seconds, named=named)
        if failure is Failure.RATE_LIMIT:
            self._room = self._under_way or inf  # of none at all, nothing is learnt
            self._limited_until = self._cooldown_until + policy.LIMIT_REMEMBERED_SECONDS
        if rule.circuit_weight and first_in_event:
            self._count_failure(failure, sent_at, cut_short=cut_short)

    def _doubled(self, failure: Failure, maximum: float, sent_at: float) -> float:
        """Return the guess about a failure, doubled for each rest after which it came again.

        One that comes within the rest, or to a request from before it, says nothing new. Otherwise
        an event's own retries, or a few events in a row, would make an hour of a minute.
        """
        resting = self.cooldown_failure is failure and self.cooldown_left > 0
        if not self._rests[failure] or not (resting or sent_at < self._rested_at):
            self._rests[failure] += 1
            self._rested_at = self._clock.now()
        return _backoff(POLICIES[failure].cooldown_seconds, self._rests[failure], maximum)

    def cool_down(self, failure: Failure, seconds: float, *, named: bool = True) -> None:
        """Leave the provider alone for at least so long; firmly, if the vendor named the time."""
        now = self._clock.now()
        firm = seconds if named else min(seconds, POLICIES[failure].firm_seconds)
        self._firm_until = max(self._firm_until, now + firm)
        if firm < seconds:
            self._guessed_at = now
        if seconds > 0 and now + seconds > self._cooldown_until:
            self._cooldown_until = now + seconds
            self.cooldown_failure = failure

    def _count_failure(self, failure: Failure, sent_at: float, *, cut_short: bool) -> None:
        # Silence is news each time: it lasts for longer than a moment of trouble.
        is_news = failure is Failure.TIMEOUT or sent_at >= self._failed_at
        if not is_news or sent_at < self._opened_at:
            return
        self._failed_at = self._clock.now()
        self._failures += POLICIES[failure].circuit_weight
        if self._openings == 0 and self._failures < policy.CIRCUIT_FAILURES:
            return
        if self.circuit_open:
            return  # a last resort was no probe
        if cut_short and self._openings:
            # The probe was over before it could tell anything: the next one comes soon, and gets
            # all the time that there is.
            self.seconds_needed = inf
            seconds = policy.CIRCUIT_OPEN_SECONDS
        else:
            self._openings += 1
            seconds = _backoff(
                policy.CIRCUIT_OPEN_SECONDS, self._openings, policy.CIRCUIT_OPEN_MAX_SECONDS
            )
        self._opened_at = self._clock.now()
        spread = 1 + policy.CIRCUIT_JITTER * (2 * self._clock.random() - 1)
        self._open_until = self._clock.now() + seconds * spread

    def affords_retry(self, after: Failure) -> bool:
        """Return whether the budget can pay for one more retry after such a failure."""
        return self._budget() - self._held >= POLICIES[after].retry_cost

    @contextmanager
    def hold_retry(self, after: Failure | None) -> Iterator[None]:
        """Keep others from spending the tokens of a retry while it is under way.

        A retry that is stopped costs nothing, and neither does a request after no failure.
        """
        cost = 0 if after is None else POLICIES[after].retry_cost
        self._held += cost
        try:
            yield
        finally:
            self._held -= cost

    def pay_retry(self, after: Failure) -> None:
        """Pay for one retry after such a failure."""
        self._tokens = max(0.0, self._budget() - POLICIES[after].retry_cost)
        self._tokens_at = self._clock.now()

    def _budget(self) -> float:
        earned = (self._clock.now() - self._tokens_at) / policy.BUDGET_SECONDS_PER_TOKEN
        return min(policy.BUDGET_TOKENS, self._tokens + earned)


def _backoff(seconds: float, times: int, maximum: float) -> float:
    """Double the seconds each time after the first; ``DOUBLINGS_MAX`` prevents an overflow."""
    return min(seconds * 2.0 ** min(times - 1, policy.DOUBLINGS_MAX), maximum)
