"""The HTTP server: every request is recorded, checked, and answered or broken."""

import asyncio

from aiohttp import web
from aiohttp.typedefs import Handler

from .faults import Fault
from .record import RequestRecord
from .state import State
from .transport import play, send
from .vendors import DIALECTS, Dialect
from .wire import TRUTH, Call, Reply, Vendor


class VendorServer:
    """The handlers of all four vendors."""

    def __init__(self, state: State) -> None:
        self._state = state
        self.closing = asyncio.Event()

    def handler(self, vendor: Vendor) -> Handler:
        """Return what answers all requests to a vendor."""

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
        await asyncio.sleep(fault.latency)
        response = await play(request, reply, fault, self.closing)
        if response is None:
            return web.Response(status=503)
        record.status = response.status
        return response

    def _decide(
        self, call: Call, record: RequestRecord, dialect: Dialect
    ) -> tuple[Fault | None, Reply]:
        """Return the fault that this request meets, and the reply."""
        fault = self._state.next_fault(call.vendor, call.endpoint)
        script = fault.script if fault else TRUTH
        reply = dialect.answer(call, self._state.catalog, script)
        record.strict_status = reply.status
        if fault is None:
            return None, reply
        if fault.is_answer and reply.status != 200:
            # The model never got to speak: keep its words for the next request.
            return None, reply
        self._state.use_fault(call.vendor, fault)
        return fault, fault.reply(dialect.errors, record.model or "", reply)
