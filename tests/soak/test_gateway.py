"""More than one machine: fifty cameras, a LiteLLM proxy, two machines, of which one fails."""

import asyncio
from collections import Counter
import os
from pathlib import Path
import signal
import time
from typing import Any, Final

import pytest
import pytest_socket

from tests.bench import launch
from tests.bench.home import PROBE, VendorProcess, add, make_hass
from tests.bench.rows import camera
from tests.harness.client import HassError
from tests.harness.eyewitness import DOMAIN, describe
from tests.harness.hass import Hass
from tests.soak.gateway import PROGRAM, Gateway
from tests.soak.report import spread, write_report

CAMERAS: Final = 50
VENDOR_SECONDS: Final = 1.5
ROUNDS: Final = 8
ROUND_SECONDS: Final = 15.0
FAILS_IN: Final = 3
"""The round in which one machine is killed, or hangs."""
AT_WORK: Final = 3
"""So many requests have to be under way at it then."""


async def _round(hass: Hass, waits: list[float]) -> Counter[str]:
    outcomes: Counter[str] = Counter()
    began = time.monotonic()

    async def one(number: int) -> None:
        try:
            await describe(hass.api, camera("1080p", number))
        except HassError as err:
            outcomes[err.translation_key or str(err)] += 1
        else:
            outcomes["answered"] += 1
        waits.append(time.monotonic() - began)

    await asyncio.gather(*map(one, range(CAMERAS)))
    await asyncio.sleep(max(0.0, ROUND_SECONDS - (time.monotonic() - began)))
    return outcomes


async def _fail_at_work(machine: VendorProcess, how: signal.Signals) -> int:
    """Kill or stop the machine when some requests are under way; return how many."""
    for _ in range(500):
        under_way: int = (await machine.take(VENDOR_SECONDS))["under_way"]
        if under_way >= AT_WORK:
            break
        await asyncio.sleep(0.02)
    os.kill(machine.pid, how)
    return under_way


async def _live(folder: Path, how: signal.Signals) -> dict[str, Any]:
    waits: list[list[float]] = [[] for _ in range(ROUNDS)]
    outcomes: list[Counter[str]] = []
    async with VendorProcess(folder / "stays") as stays, VendorProcess(folder / "fails") as fails:
        machines = [stays, fails]
        for machine in machines:
            await machine.take(VENDOR_SECONDS)
        async with (
            Gateway(folder, [machine.base_url for machine in machines]) as gateway,
            make_hass(folder, stays, launch.NONE, ["1080p"]) as hass,
        ):
            await add(hass, PROBE)
            own = {"base_url": gateway.url, "local": True, "api_key": gateway.key}
            await add(hass, DOMAIN, {"endpoints": {}, "own_server": own})
            for number in range(ROUNDS):
                life = asyncio.create_task(_round(hass, waits[number]))
                if number == FAILS_IN:
                    seen = [await machine.take(VENDOR_SECONDS) for machine in machines]
                    under_way = await _fail_at_work(fails, how)
                outcomes.append(await life)
            after = (await stays.take())["requests"]
        await fails.kill()
    return {
        "outcomes": dict(sum(outcomes, Counter())),
        "requests of both machines before": [machine["requests"] for machine in seen],
        "requests under way when one failed": under_way,
        "requests of the other one after": after,
        "seconds of each answer": [spread(found) for found in waits],
    }


@pytest.mark.soak
@pytest.mark.timeout(600)
@pytest.mark.skipif(PROGRAM not in os.environ, reason=f"{PROGRAM} names no LiteLLM proxy")
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP])
def test_every_event_is_answered_though_a_machine_fails(
    tmp_path: Path, how: signal.Signals
) -> None:
    """Both machines are used, and what one of them had under way goes to the other one."""
    pytest_socket.enable_socket()
    found = asyncio.run(_live(tmp_path, how))
    write_report(f"gateway-{how.name}", found)
    assert found["outcomes"] == {"answered": CAMERAS * ROUNDS}
    assert all(seen > 10 for seen in found["requests of both machines before"])
    assert found["requests under way when one failed"] >= AT_WORK
    assert max(seconds["max"] for seconds in found["seconds of each answer"]) < 60
