"""The bench measures what it says, in a real hass."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
import pytest_socket

from tests.bench import bursts, calls, launch
from tests.bench.home import VendorProcess, running
from tests.bench.rows import CORE, EYEWITNESS, PEER, all_rows, burst_name, camera

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("bench"), pytest.mark.timeout(180)]

_FULL_HD_ROWS = 7
_CALLS = 2


@pytest.fixture(autouse=True)
def _sockets() -> None:
    pytest_socket.enable_socket()


async def _measure(folder: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    async with (
        VendorProcess(folder) as vendor,
        running(folder, vendor, launch.NONE, ["1080p"]) as hass,
    ):
        ready = await calls.probe(hass.api, "prepare", entity_id=camera("1080p", peer=True))
        assert ready == {"core": False, "eyewitness": False}
        rows = all_rows(vendor)[:_FULL_HD_ROWS]
        one = await calls.measure(hass.api, vendor, rows, rounds=1, calls=_CALLS)
        return one, await bursts.measure(hass.api, vendor, rounds=1)


def test_every_row_is_measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those that describe ask the vendor once for each call; what is sent tells them apart."""
    monkeypatch.setattr(bursts, "BURSTS", ((3, 0.0), (2, 0.3)))
    one, many = asyncio.run(_measure(tmp_path))

    assert len(one) == _FULL_HD_ROWS
    assert {row["calls"] for row in one.values()} == {_CALLS}
    bodies = {name: one[name]["body_bytes"] for name in (EYEWITNESS, PEER, CORE)}
    assert 40_000 < bodies[EYEWITNESS] < 120_000
    assert 60_000 < bodies[PEER] < 120_000
    assert bodies[CORE] == pytest.approx(416_000, rel=0.03)
    assert not one["floor: fetch of the picture"]["body_bytes"]
    for name in (EYEWITNESS, PEER, CORE):
        at_once, slow = burst_name(name, 3, 0.0), burst_name(name, 2, 0.3)
        assert many[at_once]["outcomes"] == {"answered": 3}
        assert many[slow]["outcomes"] == {"answered": 2}
        assert many[slow]["ms"]["median"] > 300
        assert many[slow]["most_at_once"] == 2
