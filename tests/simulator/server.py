"""The HTTP server: every request is recorded, checked, and answered or broken."""

import asyncio
from collections.abc import Iterable
from pathlib import Path

from aiohttp import web
from aiohttp.typedefs import Handler

from .catalog import Catalog
from .faults import Fault, FaultQueue
from .record import RequestLog, RequestRecord
from .transport import play, send
from .vendors import DIALECTS, Dialect
from .wire import KEYS, TRUTH, VENDORS, Call, Reply, SimulatorUrls, Vendor

_MAX_BODY = 128 * 1024 * 1024


class State:
    """Everything that a test can script or read."""

    def __init__(self, log_file: Path | None, failing: Iterable[Vendor]) -> None:
        """Start as the command line says."""
        self.catalog = Catalog()
        self.faults = FaultQueue()
        self.log = RequestLog(log_file)
        self.keys: dict[Vendor, str] = {}
        self._failing = tuple(failing)
        self.reset()

    def reset(self) -> None:
        """Go back to how the simulator was started."""
        self.catalog.reset()
        self.faults.clear()
        self.log.clear()
        self.keys = dict(KEYS)
        for vendor in self._failing:
            self.faults.add(vendor, Fault(kind="server_error", repeat=True))


class VendorServer:
    """Answers for all four vendors."""

    def __init__(self, state: State) -> None:
        """Keep the state that the control API changes."""
        self._state = state
        self.closing = asyncio.Event()

    def add_routes(self, app: web.Application) -> None:
        """Mount the vendors."""
        urls = SimulatorUrls("")
        for vendor in VENDORS:
            app.router.add_route("*", f"{urls.base(vendor)}/{{tail:.*}}", self._handler(vendor))

    def _handler(self, vendor: Vendor) -> Handler:
        async def handle(request: web.Request) -> web.StreamResponse:
            record = self._state.log.start(vendor, request.method, request.raw_path)
            try:
                return await self._answer(request, record, DIALECTS[vendor])
            except asyncio.CancelledError, ConnectionError:
                record.client_gone = not self.closing.is_set()
                raise
            finally:
                self._state.log.finish(record)

        return handle

    async def _answer(
        self, request: web.Request, record: RequestRecord, dialect: Dialect
    ) -> web.StreamResponse:
        tail = request.match_info["tail"]
        call = Call(
            vendor=record.vendor,
            endpoint=dialect.endpoint(request.method, tail),
            method=request.method,
            tail=tail,
            query=request.query,
            headers=request.headers,
            raw=await request.read(),
            key=self._state.keys[record.vendor],
        )
        self._state.log.fill(record, call, dialect)
        fault, reply = self._decide(call, record, dialect)
        if fault is None:
            record.status = reply.status
            return send(reply)
        record.fault = fault.kind
        if fault.latency:
            await asyncio.sleep(fault.latency)
        if not fault.is_transport:
            record.status = reply.status
            return send(reply)
        response = await play(request, reply, fault, self.closing)
        if response is None:
            return web.Response(status=503)
        record.status = response.status
        return response

    def _decide(
        self, call: Call, record: RequestRecord, dialect: Dialect
    ) -> tuple[Fault | None, Reply]:
        """Return the fault that this request meets, and the reply."""
        fault = self._state.faults.peek(call.vendor, call.endpoint)
        script = fault.script if fault else TRUTH
        reply = dialect.answer(call, self._state.catalog, script)
        record.strict_status = reply.status
        if fault is None:
            return None, reply
        if fault.is_answer and reply.status != 200:
            # The model never got to speak: keep its words for the next request.
            return None, reply
        self._state.faults.use(call.vendor, fault)
        return fault, fault.reply(dialect.errors, record.model or "", reply)


def build_app(server: VendorServer) -> web.Application:
    """Build the application without the control API."""
    app = web.Application(client_max_size=_MAX_BODY)
    server.add_routes(app)
    return app
