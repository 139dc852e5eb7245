"""Whose turn is next within one event."""

from dataclasses import dataclass
from math import inf

from . import policy
from .policy import POLICIES
from .visits import Visits


@dataclass(slots=True)
class Order:
    """The providers of one event, in the user's order. All times are seconds of ``Clock.now``."""

    visits: list[Visits]
    deadline: float
    last: Visits | None = None
    """The provider asked last, None after a wait for another one."""
    overdrafts: int = 0
    """Retries that no budget has paid for."""

    def choose(self, now: float) -> tuple[Visits, float] | None:
        """Choose whom to ask next and when; None when nobody is left or the time is up.

        A retry that its budget cannot pay is the last chance of an event that has nobody else.
        """
        eligible = [each for each in self.visits if each.eligible]
        choice = self._choose_of([each for each in eligible if each.affordable], now)
        if choice is None:
            overdrawn = [each for each in eligible if self.overdrafts < each.overdrafts]
            return self._choose_of(overdrawn, now)
        return choice

    def untried(self, now: float) -> list[Visits]:
        """Return the providers that may be asked now and have not been asked in this event."""
        return [
            each
            for each in self.visits
            if each.eligible
            and not each.count
            and each.ready_at <= now
            and not each.health.circuit_open
        ]

    def unasked(self, until: float) -> list[Visits]:
        """Return those that were not asked and that nobody forbids to ask, from then on at least.

        Besides the ones that are ready they are those that only a guess of ours keeps out.
        """
        return [
            each
            for each in self.visits
            if each.eligible and not each.count and each.firm_until <= until
        ]

    def _choose_of(self, eligible: list[Visits], now: float) -> tuple[Visits, float] | None:
        """Choose one of these providers and when to ask it.

        The provider with the fewest requests comes first, and the user's order decides between
        equals: nobody is asked twice before everybody was asked once. The exception is a provider
        that needs only a short wait in place. Those that only a guess of ours keeps out come after
        those that nothing does.
        """
        if self.last in eligible and self._is_worth_waiting(self.last, now):
            return self.last, max(now, self.last.not_before)
        in_time = [each for each in eligible if now <= self._latest_start(each)]
        ready = [each for each in in_time if each.is_ready(now)]
        first = min(ready, key=lambda each: each.count, default=None)
        if first and first.count == 0:
            return first, now
        last_resorts = [each for each in in_time if each.is_last_resort(now)]
        if unasked := [each for each in last_resorts if not each.count]:
            # One more request to a provider that keeps failing is better than giving up.
            return min(unasked, key=lambda each: each.health.guess_until), now
        if first := first or min(last_resorts, key=lambda each: each.count, default=None):
            return first, now
        later = [(each, each.firm_until) for each in in_time if each.may_break_guess]
        later += [(e, now + policy.QUEUE_POLL_SECONDS) for e in in_time if e.has_to_queue]
        later = [(each, at) for each, at in later if now < at <= self._latest_start(each)]
        return min(later, key=lambda pair: pair[1]) if later else None

    def _latest_start(self, each: Visits) -> float:
        """Return until when a request to a provider makes sense, in time for its answer.

        That is never for a second one when the requests that are left are just enough for those
        that were not asked.
        """
        if each.count == 0:
            return self.deadline - policy.FIRST_NEEDS_SECONDS
        requests_left = policy.MAX_ATTEMPTS - sum(each.count for each in self.visits)
        if requests_left <= len(self.unasked(self.deadline)):
            return -inf
        return self.deadline - policy.RETRY_NEEDS_SECONDS

    def _is_worth_waiting(self, last: Visits, now: float) -> bool:
        """Return whether to wait for the provider that has just failed."""
        failure, health = last.failed_with, last.health
        rests = health.circuit_open or health.cooldown_until > last.not_before
        if failure is None or rests or last.has_to_queue:
            return False
        wait = max(0.0, last.not_before - now)
        return (
            (POLICIES[failure].wait_in_place or (wait == 0.0 and failure in last.retried_now))
            and last.waited + wait <= policy.WAIT_IN_PLACE_SECONDS
            and now + wait <= self._latest_start(last)
        )
