"""The simulated vendors as a process of their own, and what they have seen."""

from dataclasses import dataclass
from itertools import pairwise
import json
from pathlib import Path
import sys
from typing import Any, Self

import aiohttp

from tests.harness.config import PROJECT
from tests.harness.process import Child, ProcessError
from tests.simulator import KEYS, VENDORS, SimulatorUrls

_START_TIMEOUT_S = 30.0
_READY = "listening on "


class SimulatorProcess:
    """Starts `python -m tests.simulator` and speaks to its control API."""

    def __init__(self, folder: Path, *, fail: tuple[str, ...] = ()) -> None:
        """Remember which vendors shall fail; nothing is started yet."""
        argv = [sys.executable, "-m", "tests.simulator", "--port", "0"]
        if fail:
            argv += ["--fail", ",".join(fail)]
        self._child = Child("The simulator", argv, folder / "simulator.log", cwd=PROJECT)
        self.urls = SimulatorUrls("")

    async def __aenter__(self) -> Self:
        """Start it."""
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop it."""
        await self.stop()

    async def start(self) -> None:
        """Start it and learn its address."""
        try:
            await self._child.start()
            await self._child.wait_until(self._listens, _START_TIMEOUT_S, "listening")
        except BaseException:
            await self._child.kill()
            raise

    async def stop(self) -> None:
        """Stop it."""
        await self._child.stop(10)

    @property
    def pid(self) -> int | None:
        """Return the process id while it runs."""
        return self._child.pid

    async def reset(self) -> None:
        """Forget faults, requests, and changed keys and models."""
        await self._control("POST", "/reset")

    async def fail(self, vendor: str, kind: str = "server_error", **fields: Any) -> None:
        """Let one vendor fail in the way that `tests.simulator` describes."""
        await self._control("POST", "/faults", {"vendor": vendor, "kind": kind, **fields})

    async def offer(self, vendor: str, model: str, *, offered: bool = True) -> None:
        """Put a model on the vendor's list, or take it off."""
        await self._control("PATCH", f"/models/{vendor}/{model}", {"offered": offered})

    async def set_key(self, vendor: str, key: str) -> None:
        """Let the vendor take this key and no other."""
        await self._control("PUT", "/keys", {vendor: key})

    async def clear_faults(self) -> None:
        """Let every vendor work again."""
        await self._control("DELETE", "/faults")

    async def requests(
        self, vendor: str | None = None, endpoint: str | None = "describe"
    ) -> list[dict[str, Any]]:
        """Return the recorded requests in order."""
        wanted = {"vendor": vendor, "endpoint": endpoint}
        query = "&".join(f"{name}={value}" for name, value in wanted.items() if value)
        found: list[dict[str, Any]] = json.loads(await self._control("GET", f"/requests?{query}"))
        return found

    async def image(self, seq: int) -> bytes:
        """Return the picture of one request as it was sent."""
        return await self._control("GET", f"/images/{seq}")

    async def _control(self, method: str, path: str, body: Any = None) -> bytes:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=15)) as session,
            session.request(method, self.urls.control + path, json=body) as response,
        ):
            data = await response.read()
            if response.status != 200:
                raise ProcessError(f"{method} {path}: {response.status} {data[:300]!r}")
            return data

    async def _listens(self) -> bool:
        for line in self._child.log().splitlines():
            if line.startswith(_READY):
                self.urls = SimulatorUrls(line.removeprefix(_READY).strip())
                return True
        return False


@dataclass(frozen=True)
class HandOver:
    """How long it took from one vendor's last failure to the next vendor's first request."""

    failed: str
    asked: str
    ms: int


def hand_overs(requests: list[dict[str, Any]]) -> list[HandOver]:
    """Read each step down the chain from the simulator's own clock."""
    found: list[HandOver] = []
    met: set[str] = set()
    for earlier, later in pairwise(requests):
        met.add(earlier["vendor"])
        if later["vendor"] not in met:
            gap: float = later["received_monotonic"] - earlier["answered_monotonic"]
            found.append(HandOver(earlier["vendor"], later["vendor"], round(gap * 1000)))
    return found


__all__ = ["KEYS", "VENDORS", "HandOver", "SimulatorProcess", "hand_overs"]
