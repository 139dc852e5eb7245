"""How many requests a storm of events sends when every provider is in trouble."""

import asyncio
from typing import Final

import pytest

from custom_components.eyewitness.chain import policy
from tests.chain.fakes import HANGS, VENDORS, Step, World, fail, run
from tests.soak.report import write_report

SECONDS: Final = 240.0


async def _storm(vendors: tuple[str, ...], step: Step) -> tuple[int, int, int]:
    """Let as many cameras as are described at once see something every five seconds."""
    world = World(**dict.fromkeys(vendors, step))
    events, most = 0, 0

    async def camera() -> None:
        nonlocal events, most
        end = asyncio.get_running_loop().time() + SECONDS
        while asyncio.get_running_loop().time() < end:
            result = await world.ask()
            events += 1
            most = max(most, len(result.attempts))
            await asyncio.sleep(max(0.1, 5 - result.seconds))

    await asyncio.gather(*(camera() for _ in range(policy.CONCURRENT_RUNS)))
    return events, len(world.requests), most


@pytest.mark.parametrize("vendors", [VENDORS[:1], VENDORS], ids=["one", "four"])
@pytest.mark.parametrize(
    "step",
    [fail("rate_limit"), fail("server"), fail("network"), fail("malformed"), fail("quota"), HANGS],
    ids=["429", "500", "reset", "html", "quota", "hang"],
)
def test_a_storm_stays_bounded(vendors: tuple[str, ...], step: Step) -> None:
    """Each event asks everybody once and one of them twice; the budget pays the rest."""
    events, requests, most = run(_storm(vendors, step))
    kind = "hang" if step.outcome is None else str(step.outcome)
    figures = {"events": events, "requests": requests, "most in an event": most}
    write_report(f"storm-{len(vendors)}-{kind}", figures)
    tokens = policy.BUDGET_TOKENS + SECONDS / policy.BUDGET_SECONDS_PER_TOKEN
    assert requests <= events * (len(vendors) + policy.STORM_OVERDRAFTS) + tokens * len(vendors)
    assert most <= policy.MAX_ATTEMPTS
