"""One call after the other: milliseconds, processor, stalls, bytes."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from tests.bench.home import PROBE, VendorProcess
from tests.bench.rows import Row
from tests.harness.client import HassClient
from tests.soak.report import spread

WARM_UP: Final = 5
_IDLE: Final = {"action": f"{PROBE}.nothing", "data": {}, "calls": 0}


@dataclass(slots=True)
class Samples:
    """What all calls of one row came to."""

    ms: list[float] = field(default_factory=list)
    stall_ms: list[float] = field(default_factory=list)
    collections_ms: list[float] = field(default_factory=list)
    cpu_ms: float = 0.0
    loop_ms: float = 0.0
    body_bytes: int = 0
    requests: int = 0

    def figures(self) -> dict[str, Any]:
        """Return the figures of one row."""
        calls = len(self.ms)
        return {
            "calls": calls,
            "ms": spread(self.ms),
            "cpu_ms": round(self.cpu_ms / calls, 2),
            "loop_ms": round(self.loop_ms / calls, 2),
            "stall_ms": spread(self.stall_ms),
            **collections(self.collections_ms),
            "body_bytes": round(self.body_bytes / self.requests) if self.requests else 0,
        }


def collections(milliseconds: Iterable[float]) -> dict[str, float]:
    """Return what is worth knowing about full collections."""
    found = list(milliseconds)
    return {
        "full_collections": len(found),
        "longest_collection_ms": round(max(found, default=0.0), 1),
    }


async def probe(api: HassClient, what: str, **data: Any) -> dict[str, Any]:
    """Run one of the probe's measurements."""
    answer: dict[str, Any] = await api.call(f"{PROBE}.{what}", data, response=True)
    return answer


async def idle(api: HassClient) -> tuple[float, float]:
    """Return milliseconds of the processor, and of the loop's part, in a second of nothing."""
    found = [await probe(api, "time_calls", **_IDLE) for _ in range(8)]
    seconds = sum(item["seconds"] for item in found)
    return (
        sum(item["cpu_ms"] for item in found) / seconds,
        sum(item["loop_ms"] for item in found) / seconds,
    )


async def measure(
    api: HassClient, vendor: VendorProcess, rows: Sequence[Row], *, rounds: int, calls: int
) -> dict[str, Any]:
    """Return the figures by row. Each round gives each row its turn, so that all share its luck.

    Times and stalls come from different calls: who watches the loop takes a share of it.
    """
    samples: defaultdict[str, Samples] = defaultdict(Samples)
    for row in rows:
        await probe(api, "time_calls", action=row.action, data=row.data, calls=WARM_UP)
    cpu_idle, loop_idle = await idle(api)
    for number in range(rounds):
        for row in rows if number % 2 else reversed(rows):
            fields = {"action": row.action, "data": row.data, "calls": calls}
            found = samples[row.name]
            await vendor.take()
            timed = await probe(api, "time_calls", **fields)
            seen = await vendor.take()
            found.ms += timed["ms"]
            found.cpu_ms += timed["cpu_ms"] - cpu_idle * timed["seconds"]
            found.loop_ms += timed["loop_ms"] - loop_idle * timed["seconds"]
            found.requests += seen["requests"]
            found.body_bytes += seen["bytes"]
            watched = await probe(api, "watch_calls", **fields)
            found.stall_ms += watched["stall_ms"]
            found.collections_ms += watched["collections_ms"]
    return {row.name: samples[row.name].figures() for row in rows}
