"""Call the action many times at once on a real hass and measure what that does to it."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
import time
from typing import Any

from tests.harness.client import HassError
from tests.harness.eyewitness import DESCRIBED, FAILED, describe
from tests.harness.hass import Hass
from tests.soak.soak_probe import DOMAIN as PROBE
from tests.soak.sockets import resident_mib
from tests.soak.vendors import Vendors


@dataclass(frozen=True, slots=True)
class Reply:
    """How one call ended, and after how long."""

    outcome: str
    """described, joined, or the translation key of the error."""
    seconds: float


@dataclass(frozen=True, slots=True)
class Burst:
    """What one burst did."""

    replies: Sequence[Reply]
    requests: Sequence[Mapping[str, Any]]
    described: int
    failed: int
    """Events on the bus."""
    longest_stall_ms: float
    blocked_ms: float
    seconds: float
    rss_mib: float

    @property
    def outcomes(self) -> Counter[str]:
        """Return how many calls ended in each way."""
        return Counter(reply.outcome for reply in self.replies)

    def waits(self, outcome: str) -> list[float]:
        """Return how long the calls with this outcome took, sorted."""
        return sorted(reply.seconds for reply in self.replies if reply.outcome == outcome)

    @property
    def at_once(self) -> int:
        """Return the most requests that the vendors saw at the same time."""
        changes = [(item["received_monotonic"], 1) for item in self.requests]
        changes += [(item["answered_monotonic"], -1) for item in self.requests]
        return max(accumulate(change for _, change in sorted(changes)), default=0)


async def burst(hass: Hass, vendors: Vendors, cameras: Sequence[str]) -> Burst:
    """Call the action once for each of these cameras, all at the same time."""
    await vendors.forget_requests()
    api = hass.api
    async with api.events(DESCRIBED) as described, api.events(FAILED) as failed:
        await api.call(f"{PROBE}.start")
        began = time.monotonic()
        replies = await asyncio.gather(*(_call(hass, camera) for camera in cameras))
        seconds = time.monotonic() - began
        watched = await api.call(f"{PROBE}.read", response=True)
        return Burst(
            replies=replies,
            requests=await vendors.requests(),
            described=len(described.events),
            failed=len(failed.events),
            longest_stall_ms=watched["longest_ms"],
            blocked_ms=watched["blocked_ms"],
            seconds=seconds,
            rss_mib=resident_mib(hass.pid or 0),
        )


async def _call(hass: Hass, camera: str) -> Reply:
    began = time.monotonic()
    try:
        response = await describe(hass.api, camera)
    except HassError as err:
        outcome = err.translation_key or str(err)
    else:
        outcome = "joined" if response["coalesced"] else "described"
    return Reply(outcome, time.monotonic() - began)
