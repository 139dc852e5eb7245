"""Rows 76 and 77 of the fault matrix: an event that is stopped leaves nothing behind."""

import asyncio
from contextlib import suppress

import pytest

from custom_components.eyewitness.chain import guard
from custom_components.eyewitness.chain.attempt import Attempt
from custom_components.eyewitness.chain.failures import Failure, ProviderError

from .fakes import HANGS, OK, Step, World, cancel, fail, ok, virtual

SERVER = fail("server")
UNSENT = fail("network", sent=False)


@pytest.mark.parametrize("after", [0.0, 5.0, 29.9])
@virtual
async def test_row_76_stopped_during_an_attempt(after: float) -> None:
    """The request ends, nothing is counted, and the attempt is recorded with an unknown bill."""
    world = World(openai=HANGS, grok=OK)
    before = world.remembered()
    attempts: list[Attempt] = []
    task = asyncio.create_task(world.ask(attempts=attempts))
    await asyncio.sleep(after)
    await asyncio.sleep(0)
    assert world.providers[0].in_flight == 1
    await cancel(task)
    world.assert_nothing_held()
    assert world.remembered() == before
    assert [(a.provider, a.outcome, a.cost) for a in attempts] == [("openai", "cancelled", None)]
    assert world.asked_at("grok") == []


@pytest.mark.parametrize(
    ("steps", "after", "outcomes"),
    [
        pytest.param([SERVER, HANGS], 3.0, ["server", "cancelled"], id="row_76_retry"),
        pytest.param([SERVER], 1.0, ["server"], id="row_77_a_counted_failure"),
        pytest.param([UNSENT], 1.0, ["network", "network"], id="row_77_counted_at_the_end"),
    ],
)
@virtual
async def test_stopped_in_or_after_the_backoff(
    steps: list[Step], after: float, outcomes: list[str]
) -> None:
    """No further request, no verdict on what came before, and a stopped retry costs no budget."""
    world = World(openai=steps)
    attempts: list[Attempt] = []
    task = asyncio.create_task(world.ask(attempts=attempts))
    await asyncio.sleep(1)
    before = world.remembered()
    await asyncio.sleep(after - 1)
    await cancel(task)
    await asyncio.sleep(100)
    assert world.remembered() == before
    assert [attempt.outcome for attempt in attempts] == outcomes
    assert len(world.requests) == len(outcomes)


@pytest.mark.parametrize("error", [None, ProviderError(Failure.NETWORK), KeyError("bug")])
@virtual
async def test_row_76_a_library_swallows_the_cancellation(error: Exception | None) -> None:
    """Whatever it makes of it, what was stopped does not go on."""

    async def stubborn() -> str:
        with suppress(asyncio.CancelledError):
            await asyncio.sleep(10)
        if error is not None:
            raise error
        return "as if nothing had happened"

    task = asyncio.create_task(guard.ask("openai", stubborn(), 30))
    await asyncio.sleep(1)
    await cancel(task)


@virtual
async def test_row_76_stopped_while_the_picture_is_shrunk() -> None:
    """That wait too ends at once, as a cancellation and not as an error."""
    world = World(openai=fail("too_large"), grok=OK)
    world.shrink_seconds = 10.0
    task = asyncio.create_task(world.ask())
    await asyncio.sleep(0.5)
    await cancel(task)
    assert world.asked_at("grok") == []


@virtual
async def test_row_77_stopped_while_waiting_for_anothers_probe() -> None:
    """The probe goes on and closes the circuit."""
    world = World(openai=ok(after=5))
    world.open_circuit("openai")
    await asyncio.sleep(31)
    probe = asyncio.create_task(world.ask())
    await asyncio.sleep(0)
    waiting = asyncio.create_task(world.ask())
    await asyncio.sleep(2)
    await cancel(waiting)
    assert (await probe).trail == "openai ok"
    assert not world.health("openai").needs_probe
