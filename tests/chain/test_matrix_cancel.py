"""Rows 76 and 77 of the fault matrix: an event that is stopped leaves nothing behind."""

import asyncio
from typing import Any

import pytest

from custom_components.eyewitness.chain.attempt import Attempt
from custom_components.eyewitness.chain.failures import Kind

from .fakes import HANG, Step, World, cancel, fail, ok, virtual


def learned(world: World) -> dict[str, dict[str, Any]]:
    """Return all that the chain remembers."""
    return {name: dict(vars(standing)) for name, standing in world.standings().items()}


@pytest.mark.parametrize("after", [0.0, 5.0, 29.9])
@virtual
async def test_row_76_stopped_during_an_attempt(world: World, after: float) -> None:
    """The request ends, nothing is counted, and the attempt is on record with an unknown bill."""
    provider = world.add("openai", Step(HANG))
    world.add("grok")
    before = learned(world)
    attempts: list[Attempt] = []
    task = asyncio.create_task(world.ask(attempts=attempts))
    await asyncio.sleep(after)
    await asyncio.sleep(0)
    assert provider.in_flight == 1
    await cancel(task)
    assert provider.in_flight == 0
    assert learned(world) == before
    assert [(a.provider, a.outcome, a.cost) for a in attempts] == [("openai", "cancelled", None)]
    assert world.asked("grok") == []


@virtual
async def test_row_76_stopped_during_a_retry(world: World) -> None:
    """A retry that was stopped costs nothing from the budget."""
    world.add("grok", fail(Kind.SERVER), Step(HANG))
    task = asyncio.create_task(world.ask())
    await asyncio.sleep(0.4)
    before = learned(world)
    await asyncio.sleep(1)
    assert len(world.requests) == 2
    await cancel(task)
    assert learned(world) == before


@pytest.mark.parametrize(
    "failure",
    [fail(Kind.SERVER), fail(Kind.NETWORK, sent=False)],
    ids=["counted at once", "counted at the end"],
)
@virtual
async def test_row_77_stopped_during_the_backoff(world: World, failure: Step) -> None:
    """No further request, and no verdict on what came before."""
    world.add("openai", failure)
    attempts: list[Attempt] = []
    task = asyncio.create_task(world.ask(attempts=attempts))
    await asyncio.sleep(1)
    before, made = learned(world), len(attempts)
    await cancel(task)
    await asyncio.sleep(100)
    assert learned(world) == before
    assert len(attempts) == len(world.requests) == made
    assert "cancelled" not in {attempt.outcome for attempt in attempts}


@virtual
async def test_row_77_stopped_while_waiting_for_anothers_probe(world: World) -> None:
    """The probe goes on and closes the circuit."""
    world.add("openai", *[fail(Kind.REDIRECT)] * 3, ok(after=5))
    for _ in range(3):
        await world.ask()
    await asyncio.sleep(31)
    probe = asyncio.create_task(world.ask())
    await asyncio.sleep(0)
    waiting = asyncio.create_task(world.ask())
    await asyncio.sleep(2)
    await cancel(waiting)
    assert (await probe).answered_by == "openai"
    assert not world.standing("openai").on_probation


@virtual
async def test_row_76_stopped_while_the_picture_is_shrunk(world: World) -> None:
    """That wait too ends at once, as a cancellation and not as a fault."""
    world.shrink_seconds = 10.0
    world.add("openai", fail(Kind.TOO_LARGE))
    world.add("grok")
    task = asyncio.create_task(world.ask())
    await asyncio.sleep(5)
    await cancel(task)
    assert world.asked("grok") == []
