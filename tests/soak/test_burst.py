"""B6: a hundred calls at once on one camera, and on a hundred, against a real hass."""

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import Final

import pytest

from tests.harness.eyewitness import describe
from tests.harness.hass import Hass
from tests.simulator import VENDORS
from tests.soak.burst import Burst, burst
from tests.soak.real_home import real_home
from tests.soak.report import write_report
from tests.soak.soak_probe import DOMAIN as PROBE
from tests.soak.sockets import connections, resident_mib
from tests.soak.vendors import Vendors

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("soak")]

ONE: Final = ["camera.probe_0"] * 100
HUNDRED: Final = [f"camera.probe_{number}" for number in range(100)]
VENDOR_SECONDS: Final = 0.5
BUSY_SECONDS: Final = 2.0
"""Long before the first description can be there, on a machine that does other things too."""
STALL_MS: Final = 500.0
"""LLM Vision blocks the loop that long with a fifth of the calls."""


def _check_one_camera(found: Burst) -> None:
    """Matrix row 81."""
    assert len(found.replies) == 100
    assert set(found.outcomes) == {"described", "joined"}
    assert 1 <= len(found.requests) <= 2
    assert found.described == found.outcomes["described"] <= 2
    assert found.failed == 0
    assert found.longest_stall_ms < STALL_MS


def _check_hundred_cameras(found: Burst) -> None:
    """Matrix row 82."""
    assert found.outcomes == {"described": 10, "busy": 90}
    assert (len(found.requests), found.at_once) == (10, 2)
    assert (found.described, found.failed) == (10, 90)
    assert found.waits("busy")[-1] < BUSY_SECONDS
    assert found.longest_stall_ms < STALL_MS


async def _slow(vendors: Vendors, seconds: float) -> None:
    for vendor in VENDORS:
        await vendors.script(vendor, {"kind": "latency", "latency": seconds, "repeat": True})


async def _small(folder: Path, vendors: Vendors) -> None:
    async with real_home(folder, vendors) as hass:
        await _slow(vendors, VENDOR_SECONDS)
        await describe(hass.api, ONE[0])
        _check_one_camera(await burst(hass, vendors, ONE))
        _check_hundred_cameras(await burst(hass, vendors, HUNDRED))


@pytest.mark.timeout(180)
def test_small_81_82_a_burst_is_answered(tmp_path: Path, vendors: Vendors) -> None:
    """81, 82: a hundred calls on one camera share an answer; of a hundred cameras ten get one."""
    asyncio.run(_small(tmp_path, vendors))


async def _rounds(
    hass: Hass,
    vendors: Vendors,
    cameras: Sequence[str],
    check: Callable[[Burst], None],
    *,
    rounds: int,
) -> list[Burst]:
    found = []
    for _ in range(rounds):
        found.append(await burst(hass, vendors, cameras))
        check(found[-1])
        await asyncio.sleep(0.2)
    return found


def _line(name: str, found: Sequence[Burst]) -> str:
    stalls = sorted(item.longest_stall_ms for item in found)
    totals = sorted(item.seconds * 1000 for item in found)
    blocked = median(item.blocked_ms for item in found)
    return (
        f"{name:34} n={len(found):2}  total {median(totals):6.0f} / {totals[-1]:6.0f} ms,"
        f" longest stall {median(stalls):5.1f} / {stalls[-1]:5.1f} ms, blocked {blocked:5.0f} ms,"
        f" requests {max(len(item.requests) for item in found)},"
        f" RSS {found[0].rss_mib:.0f} -> {found[-1].rss_mib:.0f} MiB,"
        f" {dict(found[-1].outcomes)}"
    )


async def _noise(hass: Hass) -> str:
    """Say what the probe sees when nobody calls."""
    stalls = []
    for _ in range(10):
        await hass.api.call(f"{PROBE}.start")
        await asyncio.sleep(0.5)
        watched = await hass.api.call(f"{PROBE}.read", response=True)
        stalls.append(watched["longest_ms"])
    return f"longest stall in half a second of rest {median(stalls):.1f} / {max(stalls):.1f} ms"


async def _long(folder: Path, vendors: Vendors) -> list[str]:
    def answered(found: Burst) -> None:
        assert set(found.outcomes) <= {"described", "joined", "busy"}

    async with real_home(folder, vendors) as hass:
        started = resident_mib(hass.pid or 0)
        await describe(hass.api, ONE[0])
        first = resident_mib(hass.pid or 0)
        lines = [f"RSS after the start {started:.0f} MiB, after the first call {first:.0f} MiB"]
        lines.append(await _noise(hass))
        for seconds in (0.0, 2.0):
            await _slow(vendors, seconds)
            rounds = 5 if seconds else 18
            for name, cameras in (("20 on one camera", ONE[:20]), ("20 cameras", HUNDRED[:20])):
                found = await _rounds(hass, vendors, cameras, answered, rounds=rounds)
                lines.append(_line(f"{name}, vendor {seconds:g} s", found))
        await _slow(vendors, VENDOR_SECONDS)
        one = await _rounds(hass, vendors, ONE, _check_one_camera, rounds=10)
        hundred = await _rounds(hass, vendors, HUNDRED, _check_hundred_cameras, rounds=10)
        busy = [wait * 1000 for found in hundred for wait in found.waits("busy")]
        lines += [
            _line(f"100 on one camera, vendor {VENDOR_SECONDS} s", one),
            _line(f"100 cameras, vendor {VENDOR_SECONDS} s", hundred),
            f"  busy after {median(busy):.0f} ms (max {max(busy):.0f})",
            f"connections that stay open: {connections(vendors.port, hass.pid or 0)}",
        ]
    return lines


@pytest.mark.soak
@pytest.mark.timeout(900)
def test_81_82_bursts_are_answered_and_the_loop_stays_free(
    tmp_path: Path, vendors: Vendors
) -> None:
    """81, 82: over many rounds; the figures go into the report."""
    write_report("burst", asyncio.run(_long(tmp_path, vendors)))
