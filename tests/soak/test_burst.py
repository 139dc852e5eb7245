"""B6: many calls at once on one camera, and on 20, 50 and 100, against a real hass."""

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import pytest

from custom_components.eyewitness.chain import policy
from tests.harness.eyewitness import describe
from tests.harness.hass import Hass
from tests.simulator import VENDORS
from tests.soak.burst import Burst, burst
from tests.soak.real_home import real_home
from tests.soak.report import spread, write_report
from tests.soak.vendors import Vendors

pytestmark = [pytest.mark.e2e, pytest.mark.alone]

ONE: Final = ["camera.probe_0"] * 100
HUNDRED: Final = [f"camera.probe_{number}" for number in range(100)]
STALL_MS: Final = 500.0
"""LLM Vision blocks the loop that long with a fifth of the calls."""
SLOW: Final = 10.0
"""What a machine that does other things too may take beyond the vendors' time, compared with an
idle one. ``scripts/bench`` has the exact figures."""


def _check_one_camera(found: Burst) -> None:
    """Row 81 of docs/fault-matrix.md."""
    assert found.outcomes.total() == 100
    assert set(found.outcomes) == {"described", "joined"}
    assert 1 <= len(found.requests) <= 2
    assert found.described == found.outcomes["described"] <= 2
    assert found.failed == 0
    assert found.longest_stall_ms < STALL_MS


def _all_described(count: int, vendor: float, rest: float) -> Callable[[Burst], None]:
    """Row 82 of docs/fault-matrix.md: nobody is turned away.

    ``vendor`` are the seconds that the vendors take for as many rounds as there must be, ``rest``
    those that an idle machine takes beyond them.
    """

    def check(found: Burst) -> None:
        assert found.outcomes == {"described": count}
        assert (len(found.requests), found.described, found.failed) == (count, count, 0)
        assert found.concurrent <= policy.CONCURRENT_RUNS
        assert found.seconds < vendor + rest * SLOW
        assert found.longest_stall_ms < STALL_MS

    return check


def _check_joined(found: Burst) -> None:
    assert set(found.outcomes) <= {"described", "joined"}


async def _rounds(
    hass: Hass,
    vendors: Vendors,
    cameras: Sequence[str],
    check: Callable[[Burst], None],
    rounds: int,
) -> dict[str, Any]:
    """Burst many times; return the figures."""
    found = []
    for _ in range(rounds):
        found.append(await burst(hass, vendors, cameras))
        check(found[-1])
        await asyncio.sleep(0.2)
    return {
        "seconds": spread(item.seconds for item in found),
        "longest stall, ms": spread(item.longest_stall_ms for item in found),
        "outcomes of the last round": found[-1].outcomes,
        "seconds of each answer": {
            outcome: spread(wait for item in found for wait in item.waits[outcome])
            for outcome in found[-1].outcomes
        },
    }


type Step = tuple[Sequence[str], Callable[[Burst], None], float, int]

FEW: Final[Sequence[Step]] = (
    (ONE, _check_one_camera, 0.5, 1),
    (HUNDRED[:20], _all_described(20, 2.0, 0.8), 2.0, 1),
    (HUNDRED, _all_described(100, 2.0, 5.2), 0.5, 1),
)
MANY: Final[Sequence[Step]] = (
    (ONE[:20], _check_joined, 0.0, 18),
    (ONE[:20], _check_joined, 2.0, 5),
    (ONE, _check_one_camera, 0.5, 10),
    (HUNDRED[:20], _all_described(20, 0.0, 0.25), 0.0, 18),
    (HUNDRED[:20], _all_described(20, 2.0, 0.8), 2.0, 5),
    (HUNDRED[:50], _all_described(50, 0.0, 0.6), 0.0, 10),
    (HUNDRED[:50], _all_described(50, 4.0, 4.0), 2.0, 5),
    (HUNDRED, _all_described(100, 8.0, 5.2), 2.0, 3),
)
"""Who is called, what has to come of it, how many seconds a vendor takes, and how often."""


async def _burst(folder: Path, vendors: Vendors, steps: Sequence[Step]) -> dict[str, Any]:
    figures: dict[str, Any] = {}
    async with real_home(folder, vendors) as hass:
        await describe(hass.api, ONE[0])
        for cameras, check, seconds, rounds in steps:
            slow = {"kind": "latency", "latency": seconds, "repeat": True}
            for vendor in VENDORS:
                await vendors.script(vendor, slow)
            name = f"{len(cameras)} calls, {len(set(cameras))} camera(s), vendor {seconds} s"
            figures[name] = await _rounds(hass, vendors, cameras, check, rounds)
    return figures


@pytest.mark.parametrize(
    "steps",
    [
        pytest.param(FEW, marks=pytest.mark.timeout(180), id="small"),
        pytest.param(MANY, marks=[pytest.mark.soak, pytest.mark.timeout(900)], id="large"),
    ],
)
def test_rows_81_82_bursts_are_answered_and_the_loop_stays_free(
    tmp_path: Path, vendors: Vendors, steps: Sequence[Step]
) -> None:
    """A hundred calls on one camera share an answer; a hundred cameras get one each."""
    figures = asyncio.run(_burst(tmp_path, vendors, steps))
    write_report(f"burst-{len(steps)}", figures)
