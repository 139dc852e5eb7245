"""Walk along the providers until one gives an answer.

Backoff is a not-before stamp on the provider, not a sleep on the path: while somebody else is
ready, nobody is waited for longer than ``policy.WAIT_IN_PLACE_SECONDS`` (the reasons and the
measurements are in ``docs/architecture.md``).
"""

from collections.abc import Coroutine, Sequence
from dataclasses import dataclass, replace
import logging
from typing import Any

from . import guard, policy
from .answer import Answer, read
from .attempt import Attempt, Verdict
from .circuit import Standing
from .clock import Clock
from .failures import Kind, ProviderError
from .guard import Shrink
from .hedge import Savings, race
from .policy import RULES, AtOnce
from .task import Provider, Question
from .visits import Stop

_LOGGER = logging.getLogger(__name__)


class Chain:
    """Ask providers in order; remember between events how each of them behaves."""

    def __init__(
        self,
        shrink: Shrink,
        clock: Clock | None = None,
        *,
        attempt_seconds: float = policy.ATTEMPT_SECONDS,
        hedge_seconds: float = 0.0,
    ) -> None:
        """Take the function that makes a too large picture smaller, and the user's limits.

        ``attempt_seconds`` is the patience with one request; after ``hedge_seconds`` without an
        answer the next provider is asked as well, 0 switches that off.
        """
        self._shrink = shrink
        self._clock = clock or Clock()
        self._attempt_seconds = attempt_seconds
        self._hedge_seconds = hedge_seconds
        self._savings = Savings()
        self._standings: dict[str, Standing] = {}

    def standing(self, provider_id: str) -> Standing:
        """Return what earlier events have taught about a provider."""
        return self._standings.setdefault(provider_id, Standing(self._clock))

    async def ask(
        self,
        providers: Sequence[Provider],
        question: Question,
        *,
        seconds: float,
        attempts: list[Attempt],
    ) -> Verdict:
        """Return the first valid answer, or none with the trail of failures.

        ``providers`` is the order of this event; ``seconds`` all the time that there is.
        ``attempts`` receives each attempt as it ends, so that a cancelled walk leaves its account.
        Raises nothing but ``asyncio.CancelledError``: a failure is a verdict.
        """
        walk = _Walk(
            stops=[Stop(provider, self.standing(provider.id)) for provider in providers],
            question=question,
            deadline=self._clock.now() + seconds,
            clock=self._clock,
            shrink=self._shrink,
            attempts=attempts,
            attempt_seconds=self._attempt_seconds,
            hedge_seconds=self._hedge_seconds,
            savings=self._savings,
        )
        verdict = await walk.run()
        self._savings.earn()
        return verdict


@dataclass(slots=True)
class _Walk:
    stops: list[Stop]
    question: Question
    deadline: float
    clock: Clock
    shrink: Shrink
    attempts: list[Attempt]
    attempt_seconds: float
    hedge_seconds: float
    """After how long the next provider is asked as well; 0 for never."""
    savings: Savings
    hedged: bool = False
    last: Stop | None = None

    async def run(self) -> Verdict:
        answer: Answer | None = None
        while answer is None and len(self.attempts) < policy.MAX_ATTEMPTS:
            if (choice := self._next()) is None:
                break
            stop, start = choice
            if (delay := start - self.clock.now()) > 0:
                if stop is self.last:
                    stop.waited += delay
                else:
                    self.last = None
                await self.clock.sleep(delay)
                continue
            answer = await self._race(stop)
        return self._verdict(answer)

    async def _race(self, stop: Stop) -> Answer | None:
        """Ask a provider, and if the user wishes so the next ready one when it takes long."""
        if not self.hedge_seconds or self.hedged:
            return await self._ask(stop)
        return await race(self._ask(stop), self._hedge, self.hedge_seconds)

    def _hedge(self) -> Coroutine[Any, Any, Answer | None] | None:
        others = [other for other in self._untried() if not other.standing.leased]
        early = self.clock.now() <= self.deadline - policy.FIRST_NEEDS_SECONDS
        room = policy.MAX_ATTEMPTS - len(self.attempts) > 1  # one is under way
        if not (others and early and room and self.savings.take()):
            return None
        self.hedged = True
        return self._ask(others[0])

    def _next(self) -> tuple[Stop, float] | None:
        """Choose whom to ask and when; None when nobody is left or the time is up.

        Whoever had the fewest visits comes first, ties go by the user's order: nobody is revisited
        before everybody was tried. The exception is a wait in place short enough not to be felt.
        """
        now = self.clock.now()
        latest = self.deadline - policy.RETRY_NEEDS_SECONDS
        willing = [stop for stop in self.stops if stop.willing]
        if self.last in willing and self._worth_waiting(self.last, now):
            return self.last, max(now, self.last.not_before)
        able = [stop for stop in willing if not stop.standing.open and not stop.standing.leased]
        ready = [stop for stop in able if stop.ready_at <= now]
        early = now <= self.deadline - policy.FIRST_NEEDS_SECONDS
        if ready and early:
            first = min(ready, key=lambda stop: stop.visits)
            if first.visits == 0 or now <= latest:
                return first, now
        shut = [stop for stop in willing if stop.last_resort(now)]
        if shut and early:
            # Better one more request to a provider in disgrace than a failure without asking it.
            return min(shut, key=lambda stop: stop.standing.open_until), now
        later = [(stop, stop.ready_at) for stop in able]
        later += [
            (stop, now + policy.LEASE_POLL_SECONDS) for stop in willing if stop.standing.leased
        ]
        later = [(stop, at) for stop, at in later if now < at <= latest]
        return min(later, key=lambda pair: pair[1]) if later else None

    def _worth_waiting(self, stop: Stop, now: float) -> bool:
        """Say whether to stay at the provider that has just failed."""
        kind = stop.failed_with
        standing = stop.standing
        barred = standing.open or standing.leased or standing.benched_until > stop.not_before
        if kind is None or barred:
            return False
        wait = max(0.0, stop.not_before - now)
        untried = sum(1 for other in self._untried() if other is not stop)
        return (
            (RULES[kind].wait or (wait == 0.0 and kind in stop.retried_at_once))
            and stop.waited + wait <= policy.WAIT_IN_PLACE_SECONDS
            and policy.MAX_ATTEMPTS - len(self.attempts) > untried
            and self.deadline - now - wait >= policy.RETRY_NEEDS_SECONDS
        )

    def _untried(self) -> list[Stop]:
        """Return those who could be asked right now and were not yet."""
        now = self.clock.now()
        return [
            stop
            for stop in self.stops
            if not stop.visits and stop.ready_at <= now and not stop.standing.open
        ]

    def _timeout(self, stop: Stop) -> float:
        """Return the seconds for this attempt, with a reserve for everybody still to come."""
        left = self.deadline - self.clock.now()
        waiting = sum(1 for other in self._untried() if other is not stop)
        most = policy.PROBE_SECONDS if stop.standing.on_probation else self.attempt_seconds
        fair = left - policy.RESERVE_SECONDS * waiting
        return min(most, left, max(fair, policy.ATTEMPT_FLOOR_SECONDS))

    async def _ask(self, stop: Stop) -> Answer | None:
        """Make one attempt, book it and draw the consequences."""
        provider, timeout = stop.provider, self._timeout(stop)
        self.last = stop
        stop.visits += 1
        began, started = self.clock.now(), self.clock.wall()
        model = provider.model
        question = self.question
        error: ProviderError | None = None
        answer: Answer | None = None
        usage, status = None, None
        kind: Kind | None = Kind.CANCELLED
        try:
            with stop.standing.lease(timeout):
                reply = await guard.describe(provider, question, timeout)
            model, usage, kind = reply.model, reply.usage, None
            answer = read(reply)
        except ProviderError as err:
            error, kind, status = err, err.kind, err.status
            model, usage = err.model or provider.model, err.usage or usage
        finally:
            if kind is Kind.CANCELLED:
                model = provider.model  # which may have been chosen meanwhile
            unsent = error is not None and not error.sent
            billed = None if kind in _MAYBE_BILLED and not unsent else 0.0
            self.attempts.append(
                Attempt(
                    provider_id=provider.id,
                    provider=provider.kind,
                    model=model,
                    number=len(self.attempts) + 1,
                    kind=kind,
                    status=status,
                    started=started,
                    response_time_ms=round((self.clock.now() - began) * 1000),
                    usage=usage,
                    cost=billed if usage is None else provider.cost(model, usage),
                    image_bytes=len(question.frame.jpeg),
                )
            )
            self._tell(self.attempts[-1])
        if stop.failed_with is not None:
            stop.standing.pay_retry(stop.failed_with)
        if error is None:
            stop.answered()
        else:
            await self._learn(stop, error)
        # A hedge can end in the same moment: then the first one counts, here as in the verdict.
        return None if any(attempt.success for attempt in self.attempts[:-1]) else answer

    def _tell(self, attempt: Attempt) -> None:
        _LOGGER.debug(
            "%s (%s): %s after %d ms",
            attempt.provider,
            attempt.model,
            attempt.error or attempt.outcome,
            attempt.response_time_ms,
        )

    async def _learn(self, stop: Stop, error: ProviderError) -> None:
        """Decide what a failure means for the rest of this event and for later ones."""
        kind, rule = error.kind, RULES[error.kind]
        stop.failed_with = kind
        stop.reached |= error.sent
        if stop.at_once(error):
            stop.retried_at_once.add(kind)
            stop.not_before = self.clock.now()
            if rule.at_once is AtOnce.SMALLER:
                left = self.deadline - self.clock.now()
                frame = await guard.smaller(self.shrink, self.question.frame, left)
                stop.gone = frame is None
                self.question = replace(self.question, frame=frame or self.question.frame)
            return
        if error.sent:
            stop.failed(kind, error.retry_after)
        if not rule.revisit or stop.retries_left <= 0:
            stop.gone = True
            return
        pause = policy.delays(stop.provider.kind)[stop.visits - 1]
        delay = self.clock.jittered(pause) if error.retry_after is None else error.retry_after
        stop.not_before = self.clock.now() + delay

    def _verdict(self, answer: Answer | None) -> Verdict:
        """Close the walk; when nobody could even be reached, the fault is at home."""
        asked = [stop for stop in self.stops if stop.visits]
        offline = (
            answer is None
            and len(asked) > 1
            and all(stop.failed_with is Kind.NETWORK and not stop.reached for stop in asked)
        )
        if not offline:
            for stop in asked:
                kind = stop.failed_with
                if kind is not None and RULES[kind].counted and not stop.counted:
                    stop.failed(kind, None)
        return Verdict(answer=answer, attempts=tuple(self.attempts), offline=offline)


_MAYBE_BILLED = {
    *(None, Kind.TIMEOUT, Kind.CANCELLED, Kind.MALFORMED, Kind.REFUSED, Kind.NETWORK, Kind.UNKNOWN)
}
"""The vendor may have done the work, so without a usage report the bill is unknown."""
