"""What holds for every fault script: the invariants I1 to I9 over random days."""

import asyncio
from collections import defaultdict
from collections.abc import Generator
import logging
from typing import Any

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.eyewitness.chain import guard, policy
from custom_components.eyewitness.chain.failures import Kind, ProviderError
from custom_components.eyewitness.chain.policy import RULES

from .fakes import Nap, Request, Seen, World, now, run
from .scenarios import DAYS, Day, Lived, live_all

EPS = 1e-4


class Witness:
    """Look at a lived day from outside and see whether every promise was kept."""

    def __init__(self, world: World, events: list[Lived]) -> None:
        self.world = world
        self.events = events
        self.order = [provider.id for provider in world.providers]
        self.requests: dict[str, list[Request]] = defaultdict(list)
        for request in world.requests:
            self.requests[request.event].append(request)
        self.naps: dict[str, list[Nap]] = defaultdict(list)
        for nap in world.naps:
            self.naps[nap.event].append(nap)

    def check(self) -> None:
        """Check everything."""
        for event in self.events:
            self.in_time(event)
            self.booked(event)
            self.one_end(event)
            self.quick_hand_over(event)
            self.in_order(event)
            self.nobody_left_out(event)
        self.nothing_held()
        for provider in self.order:
            self.named_times(provider)
            self.opened_by_the_table(provider)

    def in_time(self, event: Lived) -> None:
        """I1: it ends by the deadline."""
        assert event.ended <= event.began + event.seconds + 0.1

    def booked(self, event: Lived) -> None:
        """I2: at most eight attempts, and what was sent is what is booked."""
        assert len(event.attempts) <= policy.MAX_ATTEMPTS
        sent = [request.provider for request in self.requests[event.name]]
        assert sent == [attempt.provider_id for attempt in event.attempts]
        assert [a.number for a in event.attempts] == list(range(1, len(sent) + 1))
        for provider in self.world.providers:
            assert sent.count(provider.id) <= 1 + len(policy.delays(provider.kind))

    def named_times(self, provider: str) -> None:
        """I3: nobody is asked again before the time that it named."""
        for reply in self.world.requests:
            error = reply.outcome
            if reply.provider != provider or reply.ended is None:
                continue
            if not isinstance(error, ProviderError) or error.retry_after is None or not error.sent:
                continue
            wait = min(error.retry_after, RULES[error.kind].bench_max_seconds)
            for later in self.world.requests[reply.before :]:
                assert later.provider != provider or later.started >= reply.ended + wait - EPS

    def certainly_ready(
        self, event: Lived, provider: str, seen: Seen, at: float, asked: list[Request]
    ) -> bool:
        """Say whether the provider, already asked in this event, could be asked again now."""
        visits = [n for n, request in enumerate(asked) if request.provider == provider]
        delays = policy.delays(provider.split()[1])
        kind = event.attempts[visits[-1]].kind
        if kind is None or not RULES[kind].revisit or len(visits) > len(delays):
            return False
        last = asked[visits[-1]]
        named = last.outcome.retry_after if isinstance(last.outcome, ProviderError) else None
        pause = 1.2 * delays[len(visits) - 1] if named is None or last.ended is None else named
        left_at = last.started + event.attempts[visits[-1]].response_time_ms / 1000
        return (
            not seen.shut(at)
            and left_at + pause <= at - 0.01
            and seen.saved >= RULES[kind].retry_cost
            and at <= event.began + event.seconds - policy.RETRY_NEEDS_SECONDS
        )

    def quick_hand_over(self, event: Lived) -> None:
        """I4: at most 1.25 s are spent waiting at one provider while another is ready."""
        waited: dict[str | None, float] = defaultdict(float)
        for nap in self.naps[event.name]:
            asked = [r for r in self.requests[event.name] if r.started <= nap.started]
            at, end = asked[-1].provider if asked else None, nap.started + nap.seconds
            ready_from = [end]
            for other in set(self.order) - {at}:
                seen = nap.seen[other]
                if not any(request.provider == other for request in asked):
                    if not (seen.open or seen.leased) and len(asked) < policy.MAX_ATTEMPTS:
                        ready_from.append(max(nap.started, seen.benched_until))
                elif self.certainly_ready(event, other, seen, nap.started, asked):
                    ready_from.append(nap.started)
            waited[at] += end - min(ready_from)
        waited_for_nobody = waited.pop(None, 0.0)
        assert waited_for_nobody <= EPS
        assert all(seconds <= policy.WAIT_IN_PLACE_SECONDS + EPS for seconds in waited.values())

    def one_end(self, event: Lived) -> None:
        """I5: exactly one of an answer, a failure and a cancellation."""
        kinds = [attempt.kind for attempt in event.attempts]
        answered = event.verdict is not None and event.verdict.answer is not None
        assert kinds.count(None) == answered
        assert kinds.count(Kind.CANCELLED) <= (event.verdict is None)
        assert set(kinds[:-1]) <= set(RULES)

    def nothing_held(self) -> None:
        """I6: no request, no lease and no task is left."""
        assert all(provider.in_flight == 0 for provider in self.world.providers)
        assert not any(standing.leased for standing in self.world.standings().values())
        assert asyncio.all_tasks() == {asyncio.current_task()}

    def in_order(self, event: Lived) -> None:
        """I7 and I9: first visits go in order, and an open circuit gets a last resort at most."""
        asked = self.requests[event.name]
        for number, request in enumerate(asked):
            before = asked[:number]
            untried = set(self.order) - {r.provider for r in before} - {request.provider}
            ready = {p for p in untried if not request.seen[p].shut(request.started)}
            first = all(r.provider != request.provider for r in before)
            seen = request.seen[request.provider]
            assert seen.benched_until <= request.started + EPS
            if seen.open:
                assert first
                assert not ready
                for other in untried:
                    theirs = request.seen[other]
                    barred = theirs.leased or theirs.benched_until > request.started
                    assert barred or theirs.open_until >= seen.open_until
            elif first:
                mine = self.order.index(request.provider)
                assert not any(self.order.index(other) < mine for other in ready)
            elif ready:
                assert before[-1].provider == request.provider

    def nobody_left_out(self, event: Lived) -> None:
        """I7: it failed only after everybody who could be asked was asked."""
        if event.verdict is None or event.verdict.answer is not None or event.seen is None:
            return
        left = event.began + event.seconds - event.ended
        if len(event.attempts) == policy.MAX_ATTEMPTS or left < policy.FIRST_NEEDS_SECONDS:
            return
        asked = {request.provider for request in self.requests[event.name]}
        for provider in set(self.order) - asked:
            seen = event.seen[provider]
            free_at = max(event.ended, seen.benched_until)
            assert free_at > event.ended or seen.leased
            last_moment = event.began + event.seconds - policy.RETRY_NEEDS_SECONDS
            if seen.leased:
                free_at += policy.LEASE_POLL_SECONDS
            if not seen.open:
                assert free_at > last_moment - EPS

    def opened_by_the_table(self, provider: str) -> None:
        """I9: a circuit is open only after events in a row whose failures count three together."""
        if not self.world.standing(provider).on_probation:
            return
        ends: list[tuple[float, str | None]] = []
        weight: dict[str, int] = {}
        for event in self.events:
            for attempt, request in zip(event.attempts, self.requests[event.name], strict=True):
                if attempt.provider_id != provider or attempt.kind is Kind.CANCELLED:
                    continue
                if attempt.kind is None or attempt.kind is Kind.REFUSED:
                    ends.append((request.ended or 0.0, None))
                elif counted := RULES[attempt.kind].counted:
                    weight[event.name] = max(counted, weight.get(event.name, 0))
                    ends.append((event.ended, event.name))
        guilty: set[str] = set()
        for _, name in sorted(ends, key=lambda end: (end[0], end[1] or "")):
            guilty = set() if name is None else guilty | {name}
        assert sum(weight[name] for name in guilty) >= policy.BREAKER_FAILURES


@pytest.fixture(autouse=True, scope="module")
def quiet() -> Generator[None]:
    """Leave out the log of thousands of planted faults."""
    logger = logging.getLogger(guard.__name__)
    logger.disabled = True
    yield
    logger.disabled = False


async def keep_every_promise(day: Day) -> None:
    """Live a day and question the witness."""
    world = day.world()
    Witness(world, await live_all(world, day.events)).check()


async def forget_what_was_stopped(day: Day, stop_after: float) -> None:
    """I8: stop one more event after a day, and see that no counter has moved."""
    world = day.world()
    await live_all(world, day.events)
    await asyncio.sleep(31)
    made = len(world.requests)
    attempts = Lived("last", now(), 60.0, []).attempts
    task = asyncio.create_task(world.ask(name="last", attempts=attempts))
    before: dict[str, dict[str, Any]] = {}
    stopped: list[bool] = []

    def stop() -> None:
        before.update(learned(world))
        stopped.append(task.cancel())

    asyncio.get_running_loop().call_later(stop_after, stop)
    await asyncio.wait([task])
    await asyncio.sleep(stop_after + 1)
    if stopped == [True]:
        assert task.cancelled()
        assert learned(world) == before
        assert len(attempts) == len(world.requests) - made
    Witness(world, []).nothing_held()


def learned(world: World) -> dict[str, dict[str, Any]]:
    """Return all that the chain remembers, but for leases: those are given back."""
    return {
        name: {key: value for key, value in vars(standing).items() if key != "_lease_until"}
        for name, standing in world.standings().items()
    }


STOP_TIMES = st.sampled_from([0.0, 0.3, 1.0, 9.9]) | st.floats(0.0, 60.0)
CHUNKS = pytest.mark.parametrize("chunk", range(20))
"""Twenty times a thousand: a single run of twenty thousand would not give its memory back."""
SOAK = settings(max_examples=1000, deadline=None, database=None)


@settings(max_examples=1000, deadline=None, derandomize=True)
@given(DAYS)
def test_every_promise_is_kept(day: Day) -> None:
    """I1 to I7 and I9 on a thousand days."""
    run(keep_every_promise(day))


@settings(max_examples=300, deadline=None, derandomize=True)
@given(DAYS, STOP_TIMES)
def test_a_stopped_event_moves_no_counter(day: Day, stop_after: float) -> None:
    """I8 on three hundred days."""
    run(forget_what_was_stopped(day, stop_after))


@pytest.mark.soak
@pytest.mark.timeout(900)
@CHUNKS
@SOAK
@given(day=DAYS)
def test_every_promise_is_kept_for_long(chunk: int, day: Day) -> None:
    """The same on twenty thousand days, different ones each time."""
    run(keep_every_promise(day))


@pytest.mark.soak
@pytest.mark.timeout(900)
@CHUNKS
@SOAK
@given(day=DAYS, stop_after=STOP_TIMES)
def test_a_stopped_event_moves_no_counter_for_long(chunk: int, day: Day, stop_after: float) -> None:
    """The same on twenty thousand days."""
    run(forget_what_was_stopped(day, stop_after))
