"""The simulated vendors in a process of their own, reached from any loop, at the wall's speed."""

import asyncio
from collections.abc import Coroutine, Mapping
from pathlib import Path
from typing import Any

from tests.harness.loop import LoopThread
from tests.harness.simulator import SimulatorProcess
from tests.simulator import SimulatorUrls, Vendor


class Vendors:
    """Run the simulator; its control API is used from a thread whose time is not bent."""

    def __init__(self, folder: Path) -> None:
        """Start the process."""
        self._thread = LoopThread()
        self._process = SimulatorProcess(folder)
        self._thread.run(self._process.start())

    def close(self) -> None:
        """Stop the process."""
        self._thread.run(self._process.stop())
        self._thread.stop()

    @property
    def urls(self) -> SimulatorUrls:
        """Return where the vendors are."""
        return self._process.urls

    @property
    def port(self) -> int:
        """Return the port that all of them listen on."""
        return int(self.urls.root.rpartition(":")[2])

    async def reset(self) -> None:
        """Forget faults and requests."""
        await self._on_wall_time(self._process.reset())

    async def forget_requests(self) -> None:
        """Empty the log."""
        await self._on_wall_time(self._process._control("DELETE", "/requests"))

    async def script(self, vendor: Vendor, *faults: Mapping[str, Any]) -> None:
        """Let a vendor do this from now on, in place of what was scripted before."""
        await self._on_wall_time(self._script(vendor, faults))

    async def requests(self) -> list[dict[str, Any]]:
        """Return the requests for a description, oldest first."""
        return await self._on_wall_time(self._process.requests())

    async def _script(self, vendor: Vendor, faults: tuple[Mapping[str, Any], ...]) -> None:
        await self._process._control("DELETE", f"/faults?vendor={vendor}")
        for fault in faults:
            await self._process.fail(vendor, **fault)

    async def _on_wall_time[T](self, work: Coroutine[Any, Any, T]) -> T:
        return await asyncio.wrap_future(
            asyncio.run_coroutine_threadsafe(work, self._thread._running())
        )
