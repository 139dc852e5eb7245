"""Let somebody else decide before each request whether there may be one."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from custom_components.eyewitness.chain.task import Provider

from .fakes import HANGS, OK, Script, World, cancel, fail, ok, virtual


@dataclass
class Purse:
    """Lets so many requests through, those under way included."""

    requests: int
    closed: tuple[str, ...] = ()
    under_way: int = 0
    trail: list[str] = field(default_factory=list)

    def allows(self, provider: Provider) -> bool:
        """Look at the provider, and at what is left."""
        return provider.kind not in self.closed and self.under_way < self.requests

    def begin(self, provider: Provider) -> Callable[[], None]:
        """Take one out for a while, and for good when it is booked."""
        self.under_way += 1
        self.trail.append(provider.kind)

        def booked() -> None:
            self.under_way -= 1
            self.requests -= 1

        return booked


@pytest.mark.parametrize(
    ("purse", "openai", "grok", "trail"),
    [
        (Purse(9), OK, OK, "openai ok"),
        (Purse(9, closed=("openai",)), OK, OK, "grok ok"),
        (Purse(0), OK, OK, ""),
        (Purse(9, closed=("grok",)), fail("refused"), OK, "openai refused, gemini ok"),
        # The next requests of an event are asked for as well, be they to others or retries.
        (Purse(2), fail("refused"), fail("refused"), "openai refused, grok refused"),
        (Purse(1), fail("malformed"), OK, "openai malformed"),
    ],
)
@virtual
async def test_nobody_is_asked_whom_the_gate_keeps_out(
    purse: Purse, openai: Script, grok: Script, trail: str
) -> None:
    """Neither at first nor as a retry; whoever is let through is asked in the usual order."""
    result = await World(openai=openai, grok=grok, gemini=OK).ask(gate=purse)
    assert result.trail == trail
    assert purse.under_way == 0
    assert len(purse.trail) == len(result.attempts)


@virtual
async def test_a_hedge_needs_to_be_let_through() -> None:
    """While the first request is under way it is counted."""
    world, purse = World(openai=ok(after=20), grok=OK), Purse(1)
    world.chain.hedge_seconds = 5
    assert (await world.ask(gate=purse)).trail == "openai ok"
    assert purse.trail == ["openai"]


@virtual
async def test_who_is_kept_out_has_no_time_reserved() -> None:
    """The only one who may be asked gets all the time there is."""
    world = World(openai=HANGS, grok=OK)
    result = await world.ask(seconds=20, gate=Purse(9, closed=("grok",)))
    assert result.attempts[0].response_time_ms == 20_000


@virtual
async def test_what_is_stopped_is_under_way_no_more() -> None:
    """It is booked like any other request."""
    world, purse = World(openai=HANGS), Purse(1)
    event = asyncio.create_task(world.ask(gate=purse))
    await asyncio.sleep(1)
    assert purse.under_way == 1
    await cancel(event)
    assert (purse.under_way, purse.requests) == (0, 0)
