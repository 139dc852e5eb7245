"""What holds for every scenario: the invariants I1 to I9."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Collection, Coroutine, Generator
import logging
from math import inf
from typing import Any, override

from hypothesis import given, settings
import pytest

from custom_components.eyewitness.chain import guard, policy
from custom_components.eyewitness.chain.attempt import Attempt
from custom_components.eyewitness.chain.failures import Failure, ProviderError
from custom_components.eyewitness.chain.health import Health
from custom_components.eyewitness.chain.hedge import HedgeBudget
from custom_components.eyewitness.chain.policy import POLICIES

from .fakes import Request, Sleep, World, run
from .scenarios import SCENARIOS, EventRecord, Scenario, live_all, soak

EPS = 1e-4

type Check = Callable[[Scenario], Coroutine[Any, Any, None]]


@pytest.fixture(autouse=True, scope="module")
def _quiet() -> Generator[None]:
    """Leave out the log of thousands of planted faults."""
    logger = logging.getLogger(guard.__name__)
    logger.disabled = True
    yield
    logger.disabled = False


def blocked(health: Health) -> bool:
    """Return whether a provider could not be asked in the normal way."""
    return health.circuit_open or health.probing or health.cooldown_left > 0


def kept_out(health: Health) -> bool:
    """Return whether a provider could not be asked even if nobody else were left."""
    return health.probing or health.firm_until > health._clock.now()


class Checker:
    """Looks at the record of a scenario and sees whether every invariant was kept."""

    def __init__(
        self, world: World, events: list[EventRecord], hedged: Collection[str] | None = None
    ) -> None:
        self.world = world
        self.events = events
        self.hedging = hedged is not None
        self.hedged = hedged or ()
        self.order = [provider.id for provider in world.providers]
        self.requests: dict[str, list[Request]] = defaultdict(list)
        for request in world.requests:
            self.requests[request.event].append(request)
        self.sleeps: dict[str, list[Sleep]] = defaultdict(list)
        for sleep in world.sleeps:
            self.sleeps[sleep.event].append(sleep)

    def check(self) -> None:
        """Check everything that holds with and without hedging."""
        for event in self.events:
            self.ends_in_time(event)
            self.records_every_request(event)
            self.has_one_end(event)
        self.world.assert_nothing_held()  # I6

    def check_without_hedging(self) -> None:
        """Check everything."""
        self.check()
        for event in self.events:
            self.hands_over_soon(event)
            self.keeps_the_order(event)
            self.leaves_nobody_out(event)
        for provider in self.order:
            self.opens_by_the_table(provider)
        for request in self.world.requests:
            self.keeps_retry_after(request)

    def ends_in_time(self, event: EventRecord) -> None:
        """I1: it ends by the deadline."""
        assert event.ended <= event.began + event.seconds + 0.1

    def records_every_request(self, event: EventRecord) -> None:
        """I2: at most eight attempts, and each request is one of them."""
        assert len(event.attempts) <= policy.MAX_ATTEMPTS
        sent = [request.provider for request in self.requests[event.name]]
        recorded = [attempt.provider_id for attempt in event.attempts]
        assert sorted(sent) == sorted(recorded)
        assert sent == recorded or event.name in self.hedged
        assert [a.number for a in event.attempts] == list(range(1, len(sent) + 1))
        for provider in self.world.providers:
            assert sent.count(provider.id) <= 1 + len(policy.delays(provider.kind))

    def keeps_retry_after(self, request: Request) -> None:
        """I3: nobody is asked again before the time that it named."""
        error = request.outcome
        if request.ended is None or not isinstance(error, ProviderError):
            return
        if error.sent and error.retry_after is not None:
            wait = min(error.retry_after, POLICIES[error.failure].cooldown_max_seconds)
            for later in self.world.requests[request.requests_before_end :]:
                in_time = later.started >= request.ended + wait - EPS
                assert in_time or later.provider != request.provider

    def certainly_ready(self, event: EventRecord, provider: str, health: Health, at: float) -> bool:
        """Return whether the provider, asked before in this event, could be asked again now."""
        asked = [r for r in self.requests[event.name] if r.started <= at]
        visits = [n for n, request in enumerate(asked) if request.provider == provider]
        delays = policy.delays(provider.split()[1])
        last, attempt = asked[visits[-1]], event.attempts[visits[-1]]
        failure = attempt.failure
        if failure is None or not POLICIES[failure].revisit or len(visits) > len(delays):
            return False
        named = last.outcome.retry_after if isinstance(last.outcome, ProviderError) else None
        pause = 1.2 * delays[len(visits) - 1] if named is None or last.ended is None else named
        turned_away = failure is Failure.RATE_LIMIT
        return (
            not blocked(health)
            and not (turned_away and health.at_its_limit)  # it has to serve the others first
            and last.started + attempt.response_time_ms / 1000 + pause <= at - 0.01
            and health.affords_retry(failure)
            and at <= event.began + event.seconds - policy.RETRY_NEEDS_SECONDS
            and policy.MAX_ATTEMPTS - len(asked) >= len(self.order)  # none is kept for another
        )

    def hands_over_soon(self, event: EventRecord) -> None:
        """I4: at most 1.25 s are spent waiting at one provider while another is ready."""
        waited: dict[str | None, float] = defaultdict(float)
        for sleep in self.sleeps[event.name]:
            asked = [r.provider for r in self.requests[event.name] if r.started <= sleep.started]
            current, end = asked[-1] if asked else None, sleep.started + sleep.seconds
            ready_from = [end]
            for other in set(self.order) - {current}:
                health = sleep.health[other]
                if other not in asked:
                    free = not (health.circuit_open or health.probing)
                    if free and len(asked) < policy.MAX_ATTEMPTS:
                        ready_from.append(max(sleep.started, health.cooldown_until))
                elif self.certainly_ready(event, other, health, sleep.started):
                    ready_from.append(sleep.started)
            waited[current] += end - min(ready_from)
        assert waited.pop(None, 0.0) <= EPS
        assert all(seconds <= policy.WAIT_IN_PLACE_SECONDS + EPS for seconds in waited.values())

    def has_one_end(self, event: EventRecord) -> None:
        """I5: exactly one of an answer, a failure and a cancellation."""
        failures = [attempt.failure for attempt in event.attempts]
        hedged, stopped = event.name in self.hedged, event.verdict is None
        answered = event.verdict is not None and event.verdict.answer is not None
        # With hedging a request is a task of its own: it can answer in the moment of the stop.
        assert (None in failures) == answered or (self.hedging and stopped)
        # Whoever lost a race was cancelled or has answered in the same moment.
        last = failures.count(None) + failures.count(Failure.CANCELLED)
        assert last <= (1 + hedged if answered or stopped else 0)
        assert set(failures[: -1 - hedged]) <= set(POLICIES)

    def keeps_the_order(self, event: EventRecord) -> None:
        """I7 and I9: first visits go in order, and an open circuit gets a last resort at most."""
        asked: list[str] = []
        for request in self.requests[event.name]:
            provider, at = request.provider, request.started
            first = provider not in asked
            untried = set(self.order) - {*asked, provider}
            ready = {other for other in untried if not blocked(request.health[other])}
            resorts = {other for other in untried if not kept_out(request.health[other])}
            health = request.health[provider]
            assert health.firm_until <= at + EPS
            if first and (health.circuit_open or health.cooldown_until > at + EPS):
                assert not ready
                for other in resorts:
                    assert request.health[other].guess_until >= health.guess_until - EPS
            elif first:
                place = self.order.index(provider)
                assert not any(self.order.index(other) < place for other in ready)
            elif resorts:
                assert asked[-1] == provider
            elif health.circuit_open:
                assert not self.hung(event, len(asked), provider)
            asked.append(provider)

    def hung(self, event: EventRecord, number: int, provider: str) -> bool:
        """Return whether the provider was silent for all the patience when it was asked last."""
        asked = event.attempts[:number]
        last = [attempt for attempt in asked if attempt.provider_id == provider][-1]
        patience = self.world.chain.attempt_seconds * 1000
        return last.failure is Failure.TIMEOUT and last.response_time_ms >= patience

    def leaves_nobody_out(self, event: EventRecord) -> None:
        """I7: it failed only after everybody who could be asked was asked."""
        if event.verdict is None or event.verdict.answer is not None or event.health is None:
            return
        deadline = event.began + event.seconds
        in_time = deadline - event.ended >= policy.FIRST_NEEDS_SECONDS
        if len(event.attempts) == policy.MAX_ATTEMPTS or not in_time:
            return
        asked = {request.provider for request in self.requests[event.name]}
        for provider in set(self.order) - asked:
            health = event.health[provider]
            free_at = max(event.ended, health.firm_until)
            assert free_at > event.ended or health.probing
            if health.probing:
                free_at += policy.QUEUE_POLL_SECONDS
            assert free_at > deadline - policy.FIRST_NEEDS_SECONDS - EPS

    def opens_by_the_table(self, provider: str) -> None:
        """I9: a circuit is open only after events in a row whose failures count three together."""
        if not self.world.health(provider).needs_probe:
            return
        # When each event ended with this provider, and its name if its failure counts.
        ends: list[tuple[float, str]] = []
        weights: dict[str, int] = {}
        for event in self.events:
            for attempt, request in zip(event.attempts, self.requests[event.name], strict=True):
                failure = attempt.failure
                if attempt.provider_id != provider or failure is Failure.CANCELLED:
                    continue
                if failure is None or failure is Failure.REFUSED:
                    ends.append((request.ended or 0.0, ""))
                elif weight := POLICIES[failure].circuit_weight:
                    weights[event.name] = max(weight, weights.get(event.name, 0))
                    ends.append((event.ended, event.name))
        in_a_row: set[str] = set()
        for _, name in sorted(ends):
            in_a_row = in_a_row | {name} if name else set()
        assert sum(weights[name] for name in in_a_row) >= policy.CIRCUIT_FAILURES


async def check_invariants(scenario: Scenario) -> None:
    """Let a scenario happen and look at its record."""
    world = scenario.world()
    Checker(world, await live_all(world, scenario.events)).check_without_hedging()


class RecordedBudget(HedgeBudget):
    """Notes which events paid for a hedge."""

    def __init__(self) -> None:
        super().__init__()
        self.paid_by: list[str] = []

    @override
    def spend(self) -> bool:
        task = asyncio.current_task()
        assert task is not None
        spent = super().spend()
        self.paid_by += [task.get_name()] * spent
        return spent


async def check_hedging(scenario: Scenario) -> None:
    """Let a scenario happen with hedging on, at most once an event and within the budget."""
    world = scenario.world()
    world.chain.hedge_seconds = 1.0
    world.chain._hedge_budget = budget = RecordedBudget()
    events = await live_all(world, scenario.events)
    Checker(world, events, hedged := set(budget.paid_by)).check()
    assert len(budget.paid_by) == len(hedged) <= 1 + policy.HEDGE_SHARE * len(events)


async def check_a_stopped_event(scenario: Scenario) -> None:
    """I8: stop one more event after a scenario, and see that no counter has moved."""
    world = scenario.world()
    await live_all(world, scenario.events)
    await asyncio.sleep(31)
    requests_before = len(world.requests)
    attempts: list[Attempt] = []
    task = asyncio.create_task(world.ask(name="last", attempts=attempts))
    before: dict[str, dict[str, Any]] = {}
    stopped: list[bool] = []

    def stop() -> None:
        before.update(world.remembered())
        stopped.append(task.cancel())

    asyncio.get_running_loop().call_later(scenario.last_stopped_after, stop)
    await asyncio.wait([task])
    await asyncio.sleep(scenario.last_stopped_after + 1)
    if stopped == [True]:
        assert task.cancelled()
        for health in before.values():
            health |= {"_lease_until": -inf, "_held": 0, "_under_way": 0}  # are given back
        assert world.remembered() == before
        assert len(attempts) == len(world.requests) - requests_before
    world.assert_nothing_held()


@settings(max_examples=1000, deadline=None, derandomize=True)
@given(SCENARIOS)
def test_i1_to_i7_and_i9(scenario: Scenario) -> None:
    """In a thousand scenarios."""
    run(check_invariants(scenario))


@pytest.mark.parametrize("check", [check_a_stopped_event, check_hedging])
@settings(max_examples=300, deadline=None, derandomize=True)
@given(scenario=SCENARIOS)
def test_i8_and_i1_i2_i5_i6_with_hedging(check: Check, scenario: Scenario) -> None:
    """In three hundred scenarios."""
    run(check(scenario))


@pytest.mark.parametrize("check", [check_invariants, check_a_stopped_event, check_hedging])
@soak
@given(scenario=SCENARIOS)
def test_i1_to_i9_for_long(chunk: int, check: Check, scenario: Scenario) -> None:
    """In twenty thousand scenarios, different ones each time."""
    run(check(scenario))
