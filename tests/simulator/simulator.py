"""The simulator as an object: start it, script it, read what it saw."""

import asyncio
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from .catalog import Model
from .control import add_control_routes
from .faults import Fault, Kind, fault_from_json
from .record import RequestRecord
from .server import State, VendorServer, build_app
from .wire import Endpoint, SimulatorUrls, Vendor

_HOST = "127.0.0.1"


class Simulator:
    """All four vendors on one port of the loopback interface."""

    def __init__(
        self,
        port: int = 0,
        *,
        log_file: Path | None = None,
        failing: Iterable[Vendor] = (),
    ) -> None:
        """Prepare; port 0 takes any free one."""
        self._port = port
        self._state = State(log_file, failing)
        self._server = VendorServer(self._state)
        self._runner: web.AppRunner | None = None
        self._urls: SimulatorUrls | None = None

    async def __aenter__(self) -> Self:
        """Start."""
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop."""
        await self.stop()

    async def start(self) -> None:
        """Listen."""
        self._server.closing.clear()
        app = build_app(self._server)
        add_control_routes(app, self._state)
        self._runner = web.AppRunner(
            app,
            access_log=None,
            handler_cancellation=True,
            shutdown_timeout=1.0,
        )
        await self._runner.setup()
        site = web.TCPSite(self._runner, _HOST, self._port)
        await site.start()

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

    @property
    def keys(self) -> Mapping[Vendor, str]:
        """Return the key that each vendor takes."""
        return dict(self._state.keys)

    def set_key(self, vendor: Vendor, key: str) -> None:
        """Take another key from now on; the old one is bad."""
        self._state.keys[vendor] = key

    def fail(self, vendor: Vendor, kind: Kind = "server_error", **options: Any) -> Fault:
        """Put a fault behind the others of this vendor; options are Fault's fields."""
        fault = fault_from_json({"kind": kind, **options})
        self._state.faults.add(vendor, fault)
        return fault

    def faults(self, vendor: Vendor) -> tuple[Fault, ...]:
        """Return the faults that are not used up."""
        return self._state.faults.waiting(vendor)

    def clear_faults(self, vendor: Vendor | None = None) -> None:
        """Drop the faults of one vendor or of all."""
        self._state.faults.clear(vendor)

    def requests(
        self, vendor: Vendor | None = None, endpoint: Endpoint | None = None
    ) -> list[RequestRecord]:
        """Return what came in, oldest first."""
        return self._state.log.records(vendor, endpoint)

    def clear_requests(self) -> None:
        """Forget what came in."""
        self._state.log.clear()

    def image(self, seq: int, index: int = 0) -> bytes:
        """Return a picture of a request as it was sent."""
        return self._state.log.picture(seq, index)

    async def wait_for_requests(
        self, count: int, vendor: Vendor | None = None, *, seconds: float = 5.0
    ) -> list[RequestRecord]:
        """Wait until so many requests have come in."""
        async with asyncio.timeout(seconds):
            while len(found := self.requests(vendor)) < count:
                await self._state.log.changed.wait()
        return found

    def models(self, vendor: Vendor) -> tuple[Model, ...]:
        """Return a vendor's model table, retired ones included."""
        return self._state.catalog.all(vendor)

    def set_models(self, vendor: Vendor, models: Iterable[Model]) -> None:
        """Offer exactly these models."""
        self._state.catalog.replace(vendor, models)

    def offer(self, vendor: Vendor, model_id: str, **changes: Any) -> Model:
        """Switch a model on, or add it; changes are Model's fields."""
        return self._state.catalog.change(vendor, model_id, {"offered": True, **changes})

    def retire(self, vendor: Vendor, model_id: str) -> None:
        """Answer "no such model" from now on."""
        self._state.catalog.change(vendor, model_id, {"offered": False})

    def redirect(self, vendor: Vendor, model_id: str, billed: str) -> None:
        """Answer for a model under another id, as vendors do for retired ones."""
        self._state.catalog.change(
            vendor, model_id, {"offered": True, "listed": False, "bills_as": billed}
        )

    def reset(self) -> None:
        """Go back to how the simulator was started."""
        self._state.reset()
