"""The simulated vendors in a process of their own, reached from any loop, at the wall's speed."""

import asyncio
from pathlib import Path
from typing import Any, override

from tests.harness.loop import LoopThread
from tests.harness.simulator import SimulatorClient, SimulatorProcess


class Vendors(SimulatorClient):
    """The simulator; its control API is used from a thread whose time is not bent."""

    def __init__(self, folder: Path) -> None:
        """Start the process."""
        self._thread = LoopThread()
        self._process = SimulatorProcess(folder)
        self._thread.run(self._process.start())
        super().__init__(self._process.urls)

    def close(self) -> None:
        """Stop the process."""
        self._thread.run(self._process.stop())
        self._thread.stop()

    @property
    def port(self) -> int:
        """Return the port that all of them listen on."""
        return int(self.urls.root.rpartition(":")[2])

    @override
    async def call(self, method: str, path: str, body: Any = None) -> bytes:
        work = self._thread.submit(self._process.call(method, path, body))
        return await asyncio.wrap_future(work)
