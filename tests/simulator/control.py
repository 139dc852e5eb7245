"""The control API below `/_control/`: JSON, no key."""

from dataclasses import asdict
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler

from .catalog import model_from_json, model_to_json
from .faults import fault_from_json
from .server import State
from .wire import VENDORS, JsonObject, SimulatorUrls, Vendor


def add_control_routes(app: web.Application, state: State) -> None:
    """Mount the control API."""
    control = _Control(state)
    base = SimulatorUrls("").control
    for method, path, handler in (
        ("GET", "", control.overview),
        ("POST", "/reset", control.reset),
        ("GET", "/requests", control.requests),
        ("DELETE", "/requests", control.clear_requests),
        ("GET", "/images/{seq}", control.image),
        ("GET", "/faults", control.faults),
        ("POST", "/faults", control.add_faults),
        ("DELETE", "/faults", control.clear_faults),
        ("GET", "/models/{vendor}", control.models),
        ("PUT", "/models/{vendor}", control.replace_models),
        ("PATCH", "/models/{vendor}/{id}", control.change_model),
        ("PUT", "/keys", control.set_keys),
    ):
        app.router.add_route(method, base + path, _json_errors(handler))


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


class _Control:
    """The handlers."""

    def __init__(self, state: State) -> None:
        self._state = state

    async def overview(self, request: web.Request) -> web.Response:
        """Say the base URLs and the valid keys."""
        urls = SimulatorUrls(str(request.url.origin()))
        return web.json_response(
            {
                "urls": {vendor: urls.base(vendor) for vendor in VENDORS},
                "keys": self._state.keys,
                "requests": len(self._state.log.records()),
            }
        )

    async def reset(self, request: web.Request) -> web.Response:
        """Go back to how the simulator was started."""
        del request
        self._state.reset()
        return web.json_response({})

    async def requests(self, request: web.Request) -> web.Response:
        """Return the log."""
        vendor = request.query.get("vendor")
        records = self._state.log.records(_vendor(vendor) if vendor else None)
        endpoint = request.query.get("endpoint")
        return web.json_response(
            [record.to_json() for record in records if endpoint in (None, record.endpoint)]
        )

    async def clear_requests(self, request: web.Request) -> web.Response:
        """Empty the log."""
        del request
        self._state.log.clear()
        return web.json_response({})

    async def image(self, request: web.Request) -> web.Response:
        """Return a picture as it was sent."""
        seq = int(request.match_info["seq"])
        index = int(request.query.get("index", 0))
        try:
            data = self._state.log.picture(seq, index)
        except LookupError:
            return web.json_response({"error": "no such picture"}, status=404)
        return web.Response(body=data, content_type="application/octet-stream")

    async def faults(self, request: web.Request) -> web.Response:
        """Return the faults that still wait."""
        del request
        return web.json_response(
            {
                vendor: [asdict(fault) for fault in self._state.faults.waiting(vendor)]
                for vendor in VENDORS
            }
        )

    async def add_faults(self, request: web.Request) -> web.Response:
        """Put one fault or a list of faults behind the others."""
        data = await request.json()
        items: list[JsonObject] = data if isinstance(data, list) else [data]
        faults = [
            (
                _vendor(item.get("vendor")),
                fault_from_json({k: v for k, v in item.items() if k != "vendor"}),
            )
            for item in items
        ]
        for vendor, fault in faults:
            self._state.faults.add(vendor, fault)
        return web.json_response({"added": len(faults)})

    async def clear_faults(self, request: web.Request) -> web.Response:
        """Drop the faults of one vendor or of all."""
        vendor = request.query.get("vendor")
        self._state.faults.clear(_vendor(vendor) if vendor else None)
        return web.json_response({})

    async def models(self, request: web.Request) -> web.Response:
        """Return a vendor's model table."""
        vendor = _vendor(request.match_info["vendor"])
        return web.json_response(
            [model_to_json(model) for model in self._state.catalog.all(vendor)]
        )

    async def replace_models(self, request: web.Request) -> web.Response:
        """Replace a vendor's model table."""
        vendor = _vendor(request.match_info["vendor"])
        models = [model_from_json(item) for item in await request.json()]
        self._state.catalog.replace(vendor, models)
        return web.json_response({"models": len(models)})

    async def change_model(self, request: web.Request) -> web.Response:
        """Change one model, or add it."""
        vendor = _vendor(request.match_info["vendor"])
        model = self._state.catalog.change(vendor, request.match_info["id"], await request.json())
        return web.json_response(model_to_json(model))

    async def set_keys(self, request: web.Request) -> web.Response:
        """Set the valid keys of some vendors."""
        keys = {_vendor(name): str(key) for name, key in (await request.json()).items()}
        self._state.keys |= keys
        return web.json_response({"keys": self._state.keys})
