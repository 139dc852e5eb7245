"""The simulated vendors as a process of their own, and what they have seen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
import json
from pathlib import Path
import sys
from typing import Any, Self

import aiohttp

from tests.harness.config import PROJECT
from tests.harness.process import Child, ProcessError
from tests.simulator import SimulatorUrls

_START_TIMEOUT_S = 30.0
_READY = "listening on "


class SimulatorClient:
    """A client of a simulator's control API."""

    def __init__(self, urls: SimulatorUrls) -> None:
        self.urls = urls

    async def reset(self) -> None:
        """Forget faults, requests, and changed keys and models."""
        await self.call("POST", "/reset")

    async def forget_requests(self) -> None:
        """Empty the log."""
        await self.call("DELETE", "/requests")

    async def fail(self, vendor: str, kind: str = "server_error", **fields: Any) -> None:
        """Let one vendor fail in the way that `tests.simulator` describes."""
        await self.call("POST", "/faults", {"vendor": vendor, "kind": kind, **fields})

    async def script(self, vendor: str, *faults: Mapping[str, Any]) -> None:
        """Let a vendor do this from now on, in place of what was scripted before."""
        await self.call("DELETE", f"/faults?vendor={vendor}")
        for fault in faults:
            await self.fail(vendor, **fault)

    async def offer(self, vendor: str, model: str, *, offered: bool = True) -> None:
        """Put a model on the vendor's list, or take it off."""
        await self.call("PATCH", f"/models/{vendor}/{model}", {"offered": offered})

    async def set_key(self, vendor: str, key: str) -> None:
        """Let the vendor take this key and no other."""
        await self.call("PUT", "/keys", {vendor: key})

    async def requests(
        self, vendor: str | None = None, endpoint: str | None = "describe"
    ) -> list[dict[str, Any]]:
        """Return the recorded requests in order."""
        wanted = {"vendor": vendor, "endpoint": endpoint}
        query = "&".join(f"{name}={value}" for name, value in wanted.items() if value)
        found: list[dict[str, Any]] = json.loads(await self.call("GET", f"/requests?{query}"))
        return found

    async def image(self, seq: int) -> bytes:
        """Return the picture of one request as it was sent."""
        return await self.call("GET", f"/images/{seq}")

    async def call(self, method: str, path: str, body: Any = None) -> bytes:
        """Call the control API."""
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=15)) as session,
            session.request(method, self.urls.control + path, json=body) as response,
        ):
            data = await response.read()
            if response.status != 200:
                raise ProcessError(f"{method} {path}: {response.status} {data[:300]!r}")
            return data


class SimulatorProcess(SimulatorClient):
    """A running `python -m tests.simulator`."""

    def __init__(self, folder: Path, *, fail: tuple[str, ...] = ()) -> None:
        argv = [sys.executable, "-m", "tests.simulator", "--fail", ",".join(fail)]
        self._child = Child("The simulator", argv, folder / "simulator.log", cwd=PROJECT)
        super().__init__(SimulatorUrls(""))

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self) -> None:
        """Start it and learn its address."""
        await self._child.begin(self._listens, _START_TIMEOUT_S)

    async def stop(self) -> None:
        """Stop it."""
        await self._child.stop(10)

    async def _listens(self) -> bool:
        for line in self._child.log().splitlines():
            if line.startswith(_READY):
                self.urls = SimulatorUrls(line.removeprefix(_READY).strip())
                return True
        return False


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOver:
    """How long it took until the next vendor was asked, in seconds before its first request."""

    failed: str
    asked: str
    since_last_failure: float
    since_first_failure: float
    """What is more than the above went into second tries."""
    since_first_request: float
    """What the vendor has cost the event."""


def hand_overs(requests: Sequence[Mapping[str, Any]]) -> list[HandOver]:
    """Read each step down the chain from the simulator's own clock."""
    firsts: dict[str, int] = {}
    for number, request in enumerate(requests):
        firsts.setdefault(request["vendor"], number)
    found = []
    for (failed, first), (asked, after) in pairwise(firsts.items()):
        end: float = requests[after]["received_monotonic"]
        found.append(
            HandOver(
                failed=failed,
                asked=asked,
                since_last_failure=end - requests[after - 1]["answered_monotonic"],
                since_first_failure=end - requests[first]["answered_monotonic"],
                since_first_request=end - requests[first]["received_monotonic"],
            )
        )
    return found
