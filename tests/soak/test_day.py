"""B3: a day of 2,000 motion events with vendors in trouble, and nothing unaccounted for."""

import asyncio
from dataclasses import replace
from pathlib import Path
import time
from typing import Final

import pytest

from custom_components.eyewitness.ledger.rows import Period, Totals
from tests.simulator import Vendor
from tests.soak import fast_loop
from tests.soak.day import CAMERAS, Motion, Plan, Trouble, invent
from tests.soak.home import home
from tests.soak.live import Living
from tests.soak.report import write_report
from tests.soak.sockets import connections
from tests.soak.tally import LATE, Tally
from tests.soak.vendors import Vendors

FACTOR: Final = 25.0
"""How much faster time runs. A patience of 5 s is 0.2 s on the wall, an answer takes 0.02 s."""
OPTIONS: Final = {"cooldown_seconds": 10.0}
FALSE_TIMEOUTS: Final = 0.005
"""The share of requests that the bent time may cut off before the day proves nothing."""


async def _live(folder: Path, vendors: Vendors, plan: Plan) -> Tally:
    """Live through a day and look at what is left of it."""
    await vendors.reset()
    names = [f"Yard {number}" for number in range(CAMERAS)]
    async with home(folder, vendors.urls, names, OPTIONS) as house:
        lived = await Living(house, vendors, FACTOR).through(plan)
        runtime = house.runtime
        assert (runtime.runs.running, runtime.runs.waiting) == (0, 0)
        assert not [key for key in runtime.providers if runtime.chain.health(key).probing]
        rows = await house.usage()
        in_file = await house.hass.async_add_executor_job(runtime.accounts.ledger.open)
        assert _rounded(in_file.totals) == _rounded(runtime.accounts.totals)
        spent = in_file.spent[Period.EVER][None]
        assert spent.descriptions == runtime.accounts.descriptions
        requests = await vendors.requests()
    assert connections(vendors.port) == 0
    assert asyncio.all_tasks() == {asyncio.current_task()}
    return Tally(lived, rows, requests)


def _rounded(totals: dict[str, Totals]) -> dict[str, Totals]:
    return {key: replace(total, cost=round(total.cost, 9)) for key, total in totals.items()}


def _check(tally: Tally, plan: Plan) -> None:
    assert len(tally.lived.calls) == len(plan.motions)
    assert not tally.unexpected, tally.unexpected
    for owed, fired in tally.events.values():
        # Of the callers who leave a run before its end only the last one owes an event.
        assert owed <= fired <= owed + tally.outcomes[LATE]
    booked, seen = tally.booked()
    assert booked == seen
    assert len(tally.false_timeouts) <= FALSE_TIMEOUTS * len(tally.requests)
    assert not tally.missed, tally.missed


@pytest.mark.parametrize(
    ("seed", "calls"),
    [
        pytest.param(1, 100, marks=pytest.mark.timeout(180)),
        *(
            pytest.param(seed, 2000, marks=[pytest.mark.soak, pytest.mark.timeout(1500)])
            for seed in (1, 2, 3)
        ),
    ],
)
def test_b3_every_call_of_a_day_is_accounted_for(
    tmp_path: Path, vendors: Vendors, seed: int, calls: int
) -> None:
    """B3: whatever the vendors do, every call ends as it should, and is booked."""
    plan, began = invent(seed, calls), time.monotonic()
    tally = fast_loop.run(_live(tmp_path, vendors, plan), FACTOR)
    wall = round(time.monotonic() - began)
    figures = {"troubles": len(plan.troubles), "seconds on the wall": wall, **tally.figures()}
    write_report(f"day-{seed}-{calls}", figures)
    _check(tally, plan)


@pytest.mark.soak
@pytest.mark.timeout(120)
def test_b3_six_cameras_while_three_vendors_are_silent(tmp_path: Path, vendors: Vendors) -> None:
    """The worst minute: the first two events must not use up the time of the others."""
    silent: tuple[Vendor, ...] = ("openai", "grok", "gemini")
    plan = Plan(
        [Motion(5 + camera / 10, camera) for camera in range(6)],
        [Trouble(vendor, 0, 600, {"kind": "hang"}) for vendor in silent],
    )
    tally = fast_loop.run(_live(tmp_path, vendors, plan), FACTOR)
    write_report("silence", tally.figures())
    _check(tally, plan)
