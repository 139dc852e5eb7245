"""Walk along the providers until one gives an answer.

A backoff does not put the event to sleep. It only sets the time before which that provider must not
be asked again, and meanwhile the others are asked: while another one is ready, an event waits for a
provider no longer than ``policy.WAIT_IN_PLACE_SECONDS``. ``docs/architecture.md`` has the reasons.
"""

from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field, replace
import logging
from math import inf
from typing import Any

from . import guard, patience, policy
from .attempt import Attempt, Verdict
from .billing import billed
from .clock import Clock
from .failures import Failure, ProviderError
from .gate import Gate, OpenGate
from .health import Health
from .hedge import HedgeBudget, race
from .order import Order
from .policy import POLICIES, RetryNow
from .task import Provider, Reply, Task
from .visits import Visits

_LOGGER = logging.getLogger(__name__)


class Chain:
    """Asks providers in order, and keeps the health of each of them between events."""

    def __init__(
        self,
        clock: Clock | None = None,
        *,
        attempt_seconds: float = policy.ATTEMPT_SECONDS,
        hedge_seconds: float = 0.0,
    ) -> None:
        """Take the user's limits.

        ``attempt_seconds`` is the timeout of one request. After ``hedge_seconds`` without an answer
        the next provider is asked as well; 0 switches that off. Both may be changed at any time and
        hold from the next event on.
        """
        self.attempt_seconds = attempt_seconds
        self.hedge_seconds = hedge_seconds
        self._clock = clock or Clock()
        self._hedge_budget = HedgeBudget()
        self._health: dict[str, Health] = {}

    def health(self, provider_id: str) -> Health:
        """Return the health of a provider, a new one for a provider that was never asked."""
        return self._health.setdefault(provider_id, Health(self._clock))

    def first[P: Provider](self, providers: Sequence[P]) -> P | None:
        """Return whom an event would ask first if it asked now, None when it would ask nobody."""
        by_id = {provider.id: provider for provider in providers}
        order = self._order(providers, seconds=inf, gate=OpenGate())
        choice = order.choose(now := self._clock.now())
        if choice is None or choice[1] > now:
            return None
        return by_id[choice[0].provider.id]

    def _order(self, providers: Sequence[Provider], *, seconds: float, gate: Gate) -> Order:
        return Order(
            [Visits(provider, self.health(provider.id), gate) for provider in providers],
            deadline=self._clock.now() + seconds,
        )

    async def run[T](
        self,
        task: Task[T],
        providers: Sequence[Provider],
        *,
        seconds: float,
        on_attempt: Callable[[Attempt], None],
        gate: Gate | None = None,
    ) -> Verdict[T]:
        """Return the first valid answer, or none, and in both cases all attempts.

        The providers are asked in this order, for so many seconds in all. ``on_attempt`` is called
        with each attempt as it ends, also when the run is cancelled; it must not raise. ``gate`` is
        asked before each request whether there may be one. Raises nothing but
        ``asyncio.CancelledError``: when all providers fail, the verdict says so.
        """
        walk = _Walk(
            task=task,
            order=self._order(providers, seconds=seconds, gate=gate or OpenGate()),
            clock=self._clock,
            on_attempt=on_attempt,
            attempt_seconds=self.attempt_seconds,
            hedge_seconds=self.hedge_seconds,
            hedge_budget=self._hedge_budget,
        )
        verdict = await walk.run()
        self._hedge_budget.earn()
        return verdict


@dataclass(slots=True)
class _Walk[T]:
    task: Task[T]
    order: Order
    clock: Clock
    on_attempt: Callable[[Attempt], None]
    attempt_seconds: float
    hedge_seconds: float
    hedge_budget: HedgeBudget
    attempts: list[Attempt] = field(default_factory=list)
    hedged: bool = False

    async def run(self) -> Verdict[T]:
        answer: T | None = None
        while answer is None and len(self.attempts) < policy.MAX_ATTEMPTS:
            if (choice := self.order.choose(self.clock.now())) is None:
                break
            chosen, start = choice
            if (delay := start - self.clock.now()) > 0:
                if chosen is self.order.last:
                    chosen.waited += delay
                else:
                    self.order.last = None
                await self.clock.sleep(delay)
                continue
            answer = await self._race(chosen)
        return self._verdict(answer)

    async def _race(self, chosen: Visits) -> T | None:
        """Ask a provider, and when it takes long the next one as well if hedging is on."""
        if not self.hedge_seconds or self.hedged:
            return await self._attempt(chosen)
        return await race(self._attempt(chosen), self._hedge, self.hedge_seconds)

    def _hedge(self) -> Coroutine[Any, Any, T | None] | None:
        now = self.clock.now()
        others = [other for other in self.order.untried(now) if not other.health.probing]
        in_time = now <= self.order.deadline - policy.FIRST_NEEDS_SECONDS
        attempts_left = policy.MAX_ATTEMPTS - len(self.attempts) - 1  # one is under way
        if not (others and in_time and attempts_left > 0 and self.hedge_budget.spend()):
            return None
        self.hedged = True
        return self._attempt(others[0])

    def _timeout(self, chosen: Visits) -> float:
        """Return the seconds for this attempt, leaving a reserve for providers not asked yet."""
        now = self.clock.now()
        ready = [other.health for other in self.order.untried(now) if other is not chosen]
        last_resorts = [
            other.health
            for other in self.order.unasked(now)
            if other is not chosen and other.is_last_resort(now)
        ]
        return patience.seconds_for(
            chosen.health,
            left=self.order.deadline - now,
            attempt_seconds=self.attempt_seconds,
            ready=ready,
            last_resorts=last_resorts,
        )

    async def _attempt(self, chosen: Visits) -> T | None:
        """Send one request, record the attempt and decide what follows from it."""
        provider, timeout = chosen.provider, self._timeout(chosen)
        self.order.last = chosen
        chosen.count += 1
        was_affordable = chosen.affordable
        chosen.sent_at, started = self.clock.now(), self.clock.wall()
        task = self.task
        reply: Reply | None = None
        error: ProviderError | None = None
        answer: T | None = None
        failure: Failure | None = Failure.CANCELLED
        booked = chosen.gate.begin(provider)
        try:
            with (
                chosen.health.under_way(),
                chosen.health.lease_probe(timeout),
                chosen.health.hold_retry(chosen.failed_with),
            ):
                reply = await guard.generate(provider, task, timeout)
            answer, failure = guard.read(task, reply), None
        except ProviderError as err:
            error, failure = err, err.failure
        finally:
            bill = billed(provider, reply, error, failure)
            attempt = Attempt(
                provider_id=provider.id,
                provider=provider.kind,
                model=bill.model,
                number=len(self.attempts) + 1,
                failure=failure,
                status=None if error is None else error.status,
                started=started,
                response_time_ms=round((self.clock.now() - chosen.sent_at) * 1000),
                usage=bill.usage,
                cost=None if bill.cost is None else bill.cost.usd,
                is_estimated=bill.cost is not None and bill.cost.is_estimated,
                image_bytes=sum(len(picture.jpeg) for picture in task.pictures),
                sent=error is None or error.shown,
            )
            self.attempts.append(attempt)
            self.on_attempt(attempt)
            booked()
            _log(attempt)
        if chosen.failed_with is not None:
            self.order.overdrafts += not was_affordable
            chosen.health.pay_retry(chosen.failed_with)
        seconds = self.clock.now() - chosen.sent_at
        if error is None:
            chosen.record_success(seconds)
        else:
            timed_out = failure is Failure.TIMEOUT and seconds >= timeout
            chosen.cut_short = timed_out and timeout < self.attempt_seconds
            await self._handle(error, chosen)
        # A hedge may end in the same moment: then the first answer counts, as ``Verdict.winner``.
        return None if any(attempt.success for attempt in self.attempts[:-1]) else answer

    async def _handle(self, error: ProviderError, chosen: Visits) -> None:
        """Decide what a failure means for the rest of this event and for later ones."""
        failure, rule = error.failure, POLICIES[error.failure]
        chosen.failed_with = failure
        chosen.reached |= error.sent
        if chosen.is_retried_now(error):
            chosen.retried_now.add(failure)
            chosen.not_before = self.clock.now()
            if rule.retry_now is RetryNow.SMALLER:
                now = self.clock.now()
                left, others = self.order.deadline - now, self.order.unasked(now)
                # Other work may keep the threads busy, and the next provider is not to wait for it.
                seconds = min(left, policy.SHRINK_SECONDS) if others else left
                smaller = await guard.shrink(self.task.pictures, seconds)
                chosen.done = smaller is None
                self.task = replace(self.task, pictures=smaller or self.task.pictures)
            return
        delays, named = policy.delays(chosen.provider.kind), error.retry_after
        if named is not None:
            named = max(named, min(policy.RETRY_AFTER_MIN_SECONDS, delays[0]))
        if error.sent:
            chosen.record_failure(failure, named)
        if not rule.revisit or chosen.requests_left <= 0:
            chosen.done = True
            return
        delay = self.clock.jittered(delays[chosen.count - 1]) if named is None else named
        chosen.not_before = self.clock.now() + delay

    def _verdict(self, answer: T | None) -> Verdict[T]:
        """Return the verdict; failures only count if at least one provider could be reached."""
        asked = [each for each in self.order.visits if each.count]
        offline = (
            answer is None
            and len(asked) > 1
            and all(each.failed_with is Failure.NETWORK and not each.reached for each in asked)
        )
        if not offline:
            for each in asked:
                failure = each.failed_with
                if failure is not None and POLICIES[failure].circuit_weight and not each.counted:
                    each.record_failure(failure, None)
        return Verdict(answer=answer, attempts=tuple(self.attempts), offline=offline)


def _log(attempt: Attempt) -> None:
    _LOGGER.debug(
        "%s (%s): %s after %d ms",
        attempt.provider,
        attempt.model,
        attempt.error or attempt.outcome,
        attempt.response_time_ms,
    )
