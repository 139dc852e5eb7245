"""The simulator as an object, with its address."""

import asyncio
from collections.abc import Iterable
from pathlib import Path
from typing import Self

from aiohttp import web

from .control import add_control_routes
from .record import RequestRecord
from .server import VendorServer
from .state import State
from .wire import VENDORS, SimulatorUrls, Vendor

_HOST = "127.0.0.1"
_MAX_BODY = 128 * 1024 * 1024


class Simulator(State):
    """All four vendors on one port of the loopback interface."""

    def __init__(
        self, port: int = 0, *, log_file: Path | None = None, failing: Iterable[Vendor] = ()
    ) -> None:
        """Prepare; port 0 takes any free one."""
        super().__init__(log_file, failing)
        self._port = port
        self._server = VendorServer(self)
        self._runner: web.AppRunner | None = None
        self._urls: SimulatorUrls | None = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self) -> None:
        """Listen."""
        self._server.closing.clear()
        app = web.Application(client_max_size=_MAX_BODY)
        for vendor in VENDORS:
            path = f"{SimulatorUrls('').base(vendor)}/{{tail:.*}}"
            app.router.add_route("*", path, self._server.handler(vendor))
        add_control_routes(app, self)
        self._runner = web.AppRunner(
            app, access_log=None, handler_cancellation=True, shutdown_timeout=1.0
        )
        await self._runner.setup()
        await web.TCPSite(self._runner, _HOST, self._port).start()
        port = self._runner.addresses[0][1]
        self._urls = SimulatorUrls(f"http://{_HOST}:{port}")

    async def stop(self) -> None:
        """Stop; requests that hang are let go."""
        self._server.closing.set()
        if self._runner:
            await self._runner.cleanup()
            self._runner = None

    @property
    def urls(self) -> SimulatorUrls:
        """Return the base URLs."""
        if self._urls is None:
            raise RuntimeError("the simulator has not been started")
        return self._urls

    async def wait_for_requests(
        self, count: int, vendor: Vendor | None = None, *, seconds: float = 5.0
    ) -> list[RequestRecord]:
        """Wait until so many requests have come in."""
        async with asyncio.timeout(seconds):
            while len(found := self.requests(vendor)) < count:
                await self.log.changed.wait()
        return found
