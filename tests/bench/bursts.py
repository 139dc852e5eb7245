"""Many cameras at the same moment."""

from collections import Counter, defaultdict
from typing import Any, Final

from tests.bench.calls import collections, probe
from tests.bench.home import VendorProcess
from tests.bench.rows import Row, burst_name, describers
from tests.harness.client import HassClient
from tests.soak.report import spread

BURSTS: Final = ((20, 0.0), (50, 0.0), (20, 2.0), (50, 2.0), (100, 2.0))
"""How many cameras, and how many seconds the vendor takes."""


async def measure(api: HassClient, vendor: VendorProcess, *, rounds: int) -> dict[str, Any]:
    """Return the figures of each burst by row; the first round of each is not counted."""
    found: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for cameras, seconds in BURSTS:
        kinds = [describers(vendor, "1080p", n) for n in range(cameras)]
        for number in range(rounds + 1):
            for rows in zip(*kinds, strict=True):
                await vendor.take(seconds)
                burst = await probe(api, "burst", **_fields(rows))
                burst["most_at_once"] = (await vendor.take())["most_at_once"]
                if number:
                    found[burst_name(rows[0].name, cameras, seconds)].append(burst)
    return {name: _figures(bursts) for name, bursts in found.items()}


def _fields(rows: tuple[Row, ...]) -> dict[str, Any]:
    return {"action": rows[0].action, "each": [dict(row.data) for row in rows]}


def _figures(bursts: list[dict[str, Any]]) -> dict[str, Any]:
    outcomes: Counter[str] = Counter()
    for burst in bursts:
        outcomes.update(burst["outcomes"])
    return {
        "rounds": len(bursts),
        "answered": outcomes["answered"] / len(bursts),
        "outcomes": dict(outcomes),
        "ms": spread(burst["ms"] for burst in bursts),
        "stall_ms": spread(burst["stall_ms"] for burst in bursts),
        "most_at_once": max(burst["most_at_once"] for burst in bursts),
        **collections(ms for burst in bursts for ms in burst["collections_ms"]),
    }
