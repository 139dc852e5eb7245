"""A large house for five minutes, and five thousand calls: what they cost, and what is left."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Sequence
import contextlib
from dataclasses import asdict, dataclass
import os
from pathlib import Path
import random
import time
from typing import Any, Final

import pytest

from tests.harness.client import HassError
from tests.harness.eyewitness import describe
from tests.harness.hass import Hass
from tests.harness.ledger import usage_rows
from tests.simulator import VENDORS, Vendor
from tests.soak.books import check_file, check_rows, check_sensors
from tests.soak.real_home import real_home
from tests.soak.report import spread, write_report
from tests.soak.soak_probe import DOMAIN as PROBE
from tests.soak.vendors import Vendors

pytestmark = [pytest.mark.e2e, pytest.mark.soak, pytest.mark.xdist_group("soak")]

CAMERAS: Final = [f"camera.probe_{number}" for number in range(50)]
PER_SECOND: Final = 10
VENDOR_SECONDS: Final = 1.5
FAULTY: Final[Sequence[Vendor]] = ("openai", "grok")
FAULTS: Final = (
    *({"kind": "server_error"}, {"kind": "rate_limit", "retry_after": "1"}),
    *({"kind": "reset"}, {"kind": "html"}, {"kind": "truncated"}, {"kind": "refusal"}),
)
FAULT_EVERY_SECONDS: Final = 2.0
"""One of the 20 requests of two seconds: five percent."""
SETTLED_SECONDS: Final = 30.0
MEDIAN_SECONDS: Final = 2 * VENDOR_SECONDS
P95_SECONDS: Final = 4 * VENDOR_SECONDS
STALL_MS: Final = 1000.0
"""A full collection of Home Assistant's heap alone takes a third of it, on an idle machine."""
GROWTH_MIB: Final = 40.0
ROW_BYTES: Final = 1000
"""With its part of the indexes."""
LOG_BYTES: Final = 8 * 1024 * 1024
"""SQLite's log beside the file, which it writes over and over."""
WORKERS: Final = 5


@dataclass(frozen=True, slots=True)
class Held:
    """What a process holds."""

    resident_mib: float
    """With garbage, and with what is free but not returned."""
    mib: float
    """Without."""
    threads: int
    sockets: int
    tasks: int


async def _held(hass: Hass) -> Held:
    """Look at hass from outside, and ask it for its tasks."""
    await asyncio.sleep(2)  # for connections and tasks that are about to end
    folder = Path(f"/proc/{hass.pid}")
    resident = float(_status(folder)["VmRSS"].split()[0]) / 1024
    await hass.api.call(f"{PROBE}.give_back")
    status = _status(folder)
    sockets = 0
    for link in (folder / "fd").iterdir():
        with contextlib.suppress(FileNotFoundError):
            sockets += os.readlink(link).startswith("socket:")  # noqa: PTH115 - not a path
    tasks = (await hass.api.call(f"{PROBE}.tasks", response=True))["count"]
    mib = float(status["VmRSS"].split()[0]) / 1024
    return Held(resident, mib, int(status["Threads"]), sockets, tasks)


def _status(folder: Path) -> dict[str, str]:
    lines = (folder / "status").read_text("ascii").splitlines()
    return dict(line.split(":", 1) for line in lines)


def _bytes(hass: Hass) -> int:
    return sum(path.stat().st_size for path in hass.folder.glob("eyewitness.db*"))


@dataclass(slots=True)
class Calls:
    """How the calls ended."""

    outcomes: Counter[str]
    seconds: list[float]

    async def call(self, hass: Hass, camera: str) -> None:
        """Make one."""
        began = time.monotonic()
        try:
            response = await describe(hass.api, camera)
        except HassError as err:
            self.outcomes[err.translation_key or str(err)] += 1
        else:
            self.outcomes["joined" if response["coalesced"] else "described"] += 1
        self.seconds.append(time.monotonic() - began)


@contextlib.asynccontextmanager
async def _trouble(vendors: Vendors) -> AsyncGenerator[None]:
    """Let every twentieth request fail, in turn in every way."""
    slow = {"kind": "latency", "latency": VENDOR_SECONDS, "repeat": True}
    for vendor in VENDORS:
        await vendors.script(vendor, slow)

    async def go_on() -> None:
        dice = random.Random(5)
        while True:
            await asyncio.sleep(FAULT_EVERY_SECONDS)
            await vendors.script(dice.choice(FAULTY), dice.choice(FAULTS), slow)

    task = asyncio.create_task(go_on())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])


async def _large_house(folder: Path, vendors: Vendors, seconds: float) -> dict[str, Any]:
    dice, calls = random.Random(50), Calls(Counter(), [])
    async with real_home(folder, vendors) as hass, _trouble(vendors):
        await describe(hass.api, CAMERAS[0])
        await hass.api.call(f"{PROBE}.start")
        began, settled, size = time.monotonic(), None, _bytes(hass)
        async with asyncio.TaskGroup() as group:
            for number in range(round(seconds * PER_SECOND)):
                await asyncio.sleep(began + number / PER_SECOND - time.monotonic())
                group.create_task(calls.call(hass, dice.choice(CAMERAS)))
                if settled is None and number > min(SETTLED_SECONDS, seconds / 2) * PER_SECOND:
                    settled = group.create_task(_held(hass))
        watched = await hass.api.call(f"{PROBE}.read", response=True)
        after = await _held(hass)
        rows = usage_rows(hass.folder)
        check_rows(rows)
        check_file(hass.folder)
        await check_sensors(hass.api, rows)
        figures = {
            "calls": calls.outcomes,
            "seconds of a call": spread(calls.seconds),
            "longest stall, ms": watched["longest_ms"],
            "settled": asdict(settled.result()) if settled else {},
            "after": asdict(after),
            "requests": len(rows),
            "failed requests": sum(not row["success"] for row in rows),
            "bytes of the database": _bytes(hass) - size,
        }
    assert settled is not None
    write_report("scale", figures)
    assert calls.outcomes.keys() <= {"described", "joined"}, "everybody is answered"
    found = figures["seconds of a call"]
    assert (found["median"] < MEDIAN_SECONDS, found["p95"] < P95_SECONDS) == (True, True)
    assert watched["longest_ms"] < STALL_MS
    assert after.mib - settled.result().mib < GROWTH_MIB
    assert figures["bytes of the database"] < LOG_BYTES + ROW_BYTES * len(rows)
    return figures


@pytest.mark.timeout(900)
def test_fifty_cameras_and_ten_events_a_second(tmp_path: Path, vendors: Vendors) -> None:
    """For five minutes, one request of twenty failing: all are answered, and all is booked."""
    asyncio.run(_large_house(tmp_path, vendors, 300))


async def _thousands(folder: Path, vendors: Vendors, first: int, last: int) -> None:
    calls = Calls(Counter(), [])

    async def work(hass: Hass, worker: int, count: int) -> None:
        for number in range(count // WORKERS):
            await calls.call(hass, CAMERAS[worker + WORKERS * (number % (len(CAMERAS) // WORKERS))])

    async with real_home(folder, vendors) as hass:
        held: list[Held] = []
        for count in (first, last - first):
            await asyncio.gather(*(work(hass, worker, count) for worker in range(WORKERS)))
            await vendors.forget_requests()
            held.append(await _held(hass))
        assert len(usage_rows(hass.folder)) == last
    write_report("thousands", {"early": asdict(held[0]), "late": asdict(held[1])})
    early, late = held
    assert calls.outcomes == {"described": last}
    assert late.mib - early.mib < GROWTH_MIB
    assert late.sockets <= early.sockets + 2
    assert late.tasks <= early.tasks + 2
    assert late.threads <= early.threads + WORKERS, "Home Assistant's executor grows up to 64"


@pytest.mark.timeout(1800)
def test_five_thousand_calls_leave_nothing_behind(tmp_path: Path, vendors: Vendors) -> None:
    """Memory, sockets, threads and tasks are at 5,000 what they were at 500."""
    asyncio.run(_thousands(tmp_path, vendors, 500, 5000))
