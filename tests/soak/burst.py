"""Call the action many times at once on a real hass and measure what that does to it."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
import time
from typing import Any

from tests.harness.client import HassError
from tests.harness.eyewitness import DESCRIBED, FAILED, describe
from tests.harness.hass import Hass
from tests.results import most_at_once
from tests.soak.soak_probe import DOMAIN as PROBE
from tests.soak.vendors import Vendors


@dataclass(frozen=True, slots=True)
class Burst:
    """What one burst did."""

    waits: Mapping[str, Sequence[float]]
    """Seconds of each call, by its outcome: described, joined, or the key of the error."""
    requests: Sequence[Mapping[str, Any]]
    described: int
    failed: int
    """Events on the bus."""
    longest_stall_ms: float
    seconds: float

    @property
    def outcomes(self) -> Counter[str]:
        """Return how many calls ended in each way."""
        return Counter({outcome: len(waits) for outcome, waits in self.waits.items()})

    @property
    def concurrent(self) -> int:
        """Return the most requests that the vendors saw at the same time."""
        return most_at_once(
            (item["received_monotonic"], item["answered_monotonic"]) for item in self.requests
        )


async def burst(hass: Hass, vendors: Vendors, cameras: Sequence[str]) -> Burst:
    """Call the action once for each of these cameras, all at the same time."""
    await vendors.forget_requests()
    api, waits = hass.api, defaultdict[str, list[float]](list)

    async def call(camera: str) -> None:
        try:
            response = await describe(api, camera)
        except HassError as err:
            outcome = err.translation_key or str(err)
        else:
            outcome = "joined" if response["coalesced"] else "described"
        waits[outcome].append(time.monotonic() - began)

    async with api.events(DESCRIBED) as described, api.events(FAILED) as failed:
        await api.call(f"{PROBE}.start")
        began = time.monotonic()
        await asyncio.gather(*map(call, cameras))
        seconds = time.monotonic() - began
        watched = await api.call(f"{PROBE}.read", response=True)
        return Burst(
            waits=waits,
            requests=await vendors.requests(),
            described=len(described.events),
            failed=len(failed.events),
            longest_stall_ms=watched["longest_ms"],
            seconds=seconds,
        )
