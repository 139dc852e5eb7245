"""The control API below `/_control/`: JSON, no key.

`POST /faults` takes a vendor, a kind and `Fault`'s other fields, `PATCH /models/VENDOR/ID` some of
`Model`'s fields, `PUT /keys` new keys by vendor. `?vendor=` and `?endpoint=` filter.
"""

from dataclasses import asdict
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler

from .state import State
from .wire import VENDORS, SimulatorUrls, Vendor


def add_control_routes(app: web.Application, state: State) -> None:
    """Mount the control API."""
    control = _Control(state)
    for method, path, handler in (
        ("POST", "/reset", control.reset),
        ("GET", "/requests", control.requests),
        ("DELETE", "/requests", control.clear_requests),
        ("GET", "/images/{seq}", control.image),
        ("POST", "/faults", control.add_fault),
        ("DELETE", "/faults", control.clear_faults),
        ("PATCH", "/models/{vendor}/{id}", control.change_model),
        ("PUT", "/keys", control.set_keys),
    ):
        app.router.add_route(method, SimulatorUrls("").control + path, _json_errors(handler))


def _json_errors(handler: Handler) -> Handler:
    """Turn a wrong call into a 400 that says why."""

    async def handle(request: web.Request) -> web.StreamResponse:
        try:
            return await handler(request)
        except (KeyError, IndexError, TypeError, ValueError) as err:
            text = f"{type(err).__name__}: {err}"
            return web.json_response({"error": text}, status=400)

    return handle


def _vendor(name: Any) -> Vendor:
    for vendor in VENDORS:
        if vendor == name:
            return vendor
    raise ValueError(f"unknown vendor: {name!r}")


def _filter(request: web.Request) -> Vendor | None:
    """Return the vendor that the query names, if it names one."""
    name = request.query.get("vendor")
    return _vendor(name) if name else None


class _Control:
    """The handlers."""

    def __init__(self, state: State) -> None:
        self._state = state

    async def reset(self, request: web.Request) -> web.Response:
        self._state.reset()
        return web.json_response({})

    async def requests(self, request: web.Request) -> web.Response:
        endpoint = request.query.get("endpoint")
        records = self._state.requests(_filter(request))
        return web.json_response(
            [asdict(record) for record in records if endpoint in (None, record.endpoint)]
        )

    async def clear_requests(self, request: web.Request) -> web.Response:
        self._state.clear_requests()
        return web.json_response({})

    async def image(self, request: web.Request) -> web.Response:
        seq, index = int(request.match_info["seq"]), int(request.query.get("index", 0))
        try:
            data = self._state.image(seq, index)
        except LookupError:
            return web.json_response({"error": "no such picture"}, status=404)
        return web.Response(body=data, content_type="application/octet-stream")

    async def add_fault(self, request: web.Request) -> web.Response:
        data = await request.json()
        self._state.fail(_vendor(data.pop("vendor", None)), **data)
        return web.json_response({})

    async def clear_faults(self, request: web.Request) -> web.Response:
        self._state.clear_faults(_filter(request))
        return web.json_response({})

    async def change_model(self, request: web.Request) -> web.Response:
        vendor, model_id = _vendor(request.match_info["vendor"]), request.match_info["id"]
        self._state.catalog.change(vendor, model_id, await request.json())
        return web.json_response({})

    async def set_keys(self, request: web.Request) -> web.Response:
        keys = {_vendor(name): str(key) for name, key in (await request.json()).items()}
        self._state.keys |= keys
        return web.json_response({})
