"""Ask a provider in a test and look closely at how it fails."""

from collections.abc import AsyncGenerator, Awaitable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
import ssl
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer
import pytest

from custom_components.eyewitness.chain.failures import Failure, ProviderError
from custom_components.eyewitness.chain.task import Picture
from custom_components.eyewitness.pipeline.prompt import camera_task
from custom_components.eyewitness.providers import registry
from custom_components.eyewitness.providers.base import VendorProvider
from custom_components.eyewitness.providers.spec import Spec
from tests.kit import Kind, picture
from tests.simulator import VENDORS, Simulator, Vendor

KINDS: tuple[Kind, ...] = (*VENDORS, "openai_compatible")
SSL = ssl.create_default_context()

TASK = camera_task(
    Picture.encode(picture(), 1280, 720),
    camera_name="Front door",
    language="Dutch",
    event_context="motion at the front door",
    prompt="look for parcels",
)

VISIBLE = {
    *("failure", "status", "retry_after", "sent", "adapted", "oversize", "model", "usage"),
    *("parameters", "shown"),
}
"""All that a ``ProviderError`` may carry: a failure, numbers, names of models and parameters."""


class SimVendor:
    """One vendor of the simulator, and the providers that talk to it."""

    def __init__(self, sim: Simulator, kind: Kind) -> None:
        """Take the simulator's OpenAI for a compatible server in the user's network."""
        name: Vendor = "openai" if kind == "openai_compatible" else kind
        self.sim = sim
        self.kind = kind
        self.name = name
        self.url = sim.urls.base(name)
        self.fail = partial(sim.fail, name)
        self.requests = partial(sim.requests, name)
        self.offer = partial(sim.offer, name)
        self.retire = partial(sim.retire, name)
        self.set_models = partial(sim.set_models, name)
        self._built: list[VendorProvider] = []

    def provider(self, **changes: Any) -> VendorProvider:
        """Build a provider; the changes are arguments of ``Spec``."""
        spec: dict[str, Any] = {
            "id": f"id-{self.kind}",
            "kind": self.kind,
            "api_key": self.sim.keys[self.name],
            "base_url": self.url,
            "local": self.kind == "openai_compatible",
        }
        self._built.append(registry.build(Spec(**(spec | changes)), SSL))
        return self._built[-1]

    async def error(self, **changes: Any) -> ProviderError:
        """Ask with a new provider; return the error, which must give nothing away."""
        return await error_of(self.provider(**changes).generate(TASK))

    async def close(self) -> None:
        """Close the providers."""
        for provider in self._built:
            await provider.close()


def only(*kinds: Kind) -> pytest.MarkDecorator:
    """Run a test with these vendors instead of all."""
    return pytest.mark.parametrize("vendor", kinds, indirect=True)


def check_silent(err: ProviderError) -> None:
    """Fail when an error holds, or chains, anything in a vendor's words."""
    assert set(vars(err)) <= VISIBLE
    assert str(err) in {str(err.failure), f"{err.failure} ({err.status})"}
    assert err.args == (str(err),)
    assert err.__cause__ is None
    assert err.__suppress_context__ or err.__context__ is None
    assert not getattr(err, "__notes__", [])


async def error_of(call: Awaitable[object]) -> ProviderError:
    """Await something that fails; return its error, which must give nothing away."""
    with pytest.raises(ProviderError) as caught:
        await call
    check_silent(caught.value)
    return caught.value


@dataclass(frozen=True, slots=True)
class ErrorReply:
    """One error as a vendor sends it, and what is read from it besides the failure."""

    status: int
    body: Any
    wait: int | None = None
    """Seconds that a header asks for."""
    retry_after: float | None = None
    """Seconds that the body asks for."""
    adapted: bool = False
    model: str = "mine"
    """The model that the user chose."""


def cases(replies: Mapping[Failure, list[ErrorReply]]) -> pytest.MarkDecorator:
    """Return the parameters of a test: each reply with the failure that it means."""
    return pytest.mark.parametrize(
        ("failure", "reply"),
        [
            pytest.param(failure, reply, id=f"{failure}-{number}")
            for failure, group in replies.items()
            for number, reply in enumerate(group, 1)
        ],
    )


async def check_error(vendor: SimVendor, failure: Failure, reply: ErrorReply) -> None:
    """Let a vendor send this error once: one request, the right meaning, nothing given away."""
    headers = {"Retry-After": str(reply.wait)} if reply.wait else {}
    vendor.fail("status", status=reply.status, body=reply.body, headers=headers)
    err = await vendor.error(model=reply.model)
    assert (err.failure, err.status) == (failure, reply.status)
    assert err.retry_after == (reply.wait or reply.retry_after)
    assert (err.adapted, err.sent, err.oversize) == (reply.adapted, True, False)
    assert (err.model, err.usage) == (reply.model, None)
    assert len(vendor.requests()) == 1


class OtherServer:
    """A server that is no vendor of the simulator; it notes who comes by."""

    def __init__(self) -> None:
        self.port = 0
        self.requests: list[tuple[str, Mapping[str, str], Any]] = []
        """Path, headers and body."""
        self.status = 200
        self.body = b"{}"
        """The answer to everybody."""

    @property
    def url(self) -> str:
        """Return its base URL."""
        return f"http://127.0.0.1:{self.port}/v1"

    async def handle(self, request: web.Request) -> web.Response:
        """Note a request and answer it."""
        body = await request.json() if request.can_read_body else None
        self.requests.append((request.path, request.headers, body))
        return web.Response(status=self.status, body=self.body)


@asynccontextmanager
async def serve(tls: ssl.SSLContext | None = None) -> AsyncGenerator[OtherServer]:
    """Run such a server on 127.0.0.1."""
    server = OtherServer()
    app = web.Application(client_max_size=10**7)
    app.router.add_route("*", "/{tail:.*}", server.handle)
    running = TestServer(app)
    await running.start_server(ssl=tls)
    server.port = running.port or 0
    async with running:
        yield server
