"""Plant the three faults that keep a chain from ever answering again, and see each of them found.

Acceptance point B7. Each check is an invariant by name; it holds for the chain as it is, and goes
red as soon as one method is replaced by the one that many projects have in its place.
"""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from custom_components.eyewitness.chain import guard, policy
from custom_components.eyewitness.chain.circuit import Standing
from custom_components.eyewitness.chain.failures import Kind, ProviderError
from custom_components.eyewitness.chain.hedge import Savings
from custom_components.eyewitness.chain.task import Provider, Question, Reply
from tests.chain.fakes import HANG, Step, World, cancel, fail, ok, run

type Check = Callable[[], Coroutine[Any, Any, None]]
type Plant = Callable[[pytest.MonkeyPatch], None]


async def open_circuit(world: World) -> None:
    """Let three events fail at the first provider, and wait until it may be probed."""
    for _ in range(policy.BREAKER_FAILURES):
        await world.ask()
    assert world.standing("openai").on_probation
    await asyncio.sleep(policy.BREAKER_OPEN_SECONDS * (1 + policy.BREAKER_JITTER) + 1)


async def a_recovered_provider_is_used_again() -> None:
    """I9: an open circuit ends with one good probe, and stays closed after it."""
    world = World()
    world.add("openai", *[fail(Kind.REDIRECT)] * policy.BREAKER_FAILURES, ok())
    world.add("grok")
    await open_circuit(world)
    answered = [(await world.ask()).answered_by for _ in range(5)]
    assert answered == ["openai"] * 5
    assert not world.standing("openai").on_probation


async def a_cancelled_probe_gives_its_place_back() -> None:
    """I6: no lease is left when a request ends, however it ends."""
    world = World()
    script = [*[fail(Kind.REDIRECT)] * policy.BREAKER_FAILURES, Step(HANG), ok()]
    world.add("openai", *script)
    world.add("grok")
    await open_circuit(world)
    probe = asyncio.create_task(world.ask())
    await asyncio.sleep(1)
    assert world.standing("openai").leased
    await cancel(probe)
    assert not world.standing("openai").leased
    assert (await world.ask()).answered_by == "openai"


async def a_cancelled_call_moves_no_counter() -> None:
    """I8: somebody's stopped automation says nothing about a provider."""
    world = World()
    world.add("openai", *[Step(HANG)] * 5, ok())
    world.add("grok")
    before = dict(vars(world.standing("openai")))
    for _ in range(5):
        task = asyncio.create_task(world.ask())
        await asyncio.sleep(1)
        await cancel(task)
    assert dict(vars(world.standing("openai"))) == before
    assert (await world.ask()).answered_by == "openai"


async def a_hedge_that_lost_moves_no_counter() -> None:
    """I8: the loser of a race was not slow enough to be called broken."""
    world = World()
    world.chain._hedge_seconds = 8.0
    world.add("openai", *[Step(HANG)] * 5)
    world.add("grok")
    before = dict(vars(world.standing("openai")))
    for _ in range(5):
        world.chain._savings = Savings()
        assert (await world.ask()).trail == [("grok", "ok"), ("openai", "cancelled")]
    assert dict(vars(world.standing("openai"))) == before


def never_close(patch: pytest.MonkeyPatch) -> None:
    """Plant a breaker that no good answer closes."""
    patch.setattr(Standing, "responded", lambda _: None)


def never_half_open(patch: pytest.MonkeyPatch) -> None:
    """Plant a breaker that stays open, as if its time never came."""
    patch.setattr(Standing, "open", property(lambda self: self._openings > 0))


@contextmanager
def leaking(self: Standing, seconds: float) -> Iterator[None]:
    """Give the probe's place back only when all went well."""
    if self.on_probation:
        self._lease_until = self._clock.now() + 1e6
    yield
    self._lease_until = -1.0


def leak_the_lease(patch: pytest.MonkeyPatch) -> None:
    """Plant a lease that is not given back when its request is cancelled."""
    patch.setattr(Standing, "lease", leaking)


async def counting(provider: Provider, question: Question, seconds: float) -> Reply:
    """Take a cancellation for a failure of the provider, and pass it on."""
    try:
        return await DESCRIBE(provider, question, seconds)
    except asyncio.CancelledError:
        world: World = provider.world  # type: ignore[attr-defined]
        world.standing(provider.id).failed(Kind.TIMEOUT, None, first=True)
        raise


async def swallowing(provider: Provider, question: Question, seconds: float) -> Reply:
    """Take a cancellation for a timeout, as a bare ``except`` does."""
    try:
        return await DESCRIBE(provider, question, seconds)
    except asyncio.CancelledError:
        raise ProviderError(Kind.TIMEOUT) from None


DESCRIBE = guard.describe


def count_the_cancelled(patch: pytest.MonkeyPatch) -> None:
    """Plant a cancelled call that counts as a failure."""
    patch.setattr(guard, "describe", counting)


def swallow_the_cancelled(patch: pytest.MonkeyPatch) -> None:
    """Plant a cancelled call that goes on as if it had timed out."""
    patch.setattr(guard, "describe", swallowing)


PLANTS: list[tuple[Plant, Check]] = [
    (never_close, a_recovered_provider_is_used_again),
    (never_half_open, a_recovered_provider_is_used_again),
    (leak_the_lease, a_cancelled_probe_gives_its_place_back),
    (count_the_cancelled, a_cancelled_call_moves_no_counter),
    (count_the_cancelled, a_hedge_that_lost_moves_no_counter),
    (swallow_the_cancelled, a_cancelled_call_moves_no_counter),
]
CHECKS = list(dict.fromkeys(check for _, check in PLANTS))
IDS = [f"{plant.__name__}-{check.__name__}" for plant, check in PLANTS]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_b7_the_chain_as_it_is_keeps_it(check: Check) -> None:
    """Green without a plant."""
    run(check())


@pytest.mark.parametrize(("plant", "check"), PLANTS, ids=IDS)
def test_b7_a_planted_fault_is_found(
    plant: Plant, check: Check, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Red with it, and green again when it is taken out."""
    with monkeypatch.context() as patch:
        plant(patch)
        with pytest.raises(AssertionError):
            run(check())
    run(check())
