"""What can go wrong between the house and a vendor; and that every question is one request."""

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path
import socket

from aiohttp import web
from aiohttp.test_utils import TestServer
import pytest

from custom_components.eyewitness.chain.failures import Kind, ProviderError
from custom_components.eyewitness.providers.wire.client import MAX_BYTES
from tests.simulator import Simulator, Vendor
from tests.simulator.faults import Kind as FaultKind

from .conftest import Build
from .kit import QUESTION, check_silent, failure


class _Trap:
    """Stand at another address and note who comes by."""

    def __init__(self) -> None:
        self.requests: list[str] = []
        self.url = ""
        self.answer = web.json_response({})

    async def visit(self, request: web.Request) -> web.Response:
        """Note a visitor."""
        self.requests.append(f"{request.method} {request.path} {dict(request.headers)}")
        return self.answer


@pytest.fixture
async def trap(socket_enabled: None) -> AsyncGenerator[_Trap]:
    """Run a server that nobody should come to."""
    found = _Trap()
    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", found.visit)
    async with TestServer(app) as running:
        found.url = str(running.make_url("")).rstrip("/")
        yield found


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("endpoint", ["describe", "models"])
async def test_row_31_redirects_are_not_followed(
    sim: Simulator, build: Build, trap: _Trap, vendor: Vendor, status: int, endpoint: str
) -> None:
    """A redirect is an error, and the key does not go where it points (row 31)."""
    sim.fail(vendor, "redirect", endpoint=endpoint, status=status, location=f"{trap.url}/v1")
    made = build(vendor, model="mine")
    with pytest.raises(ProviderError) as caught:
        await (made.check() if endpoint == "models" else made.describe(QUESTION))
    check_silent(caught.value)
    assert (caught.value.kind, caught.value.status) == (Kind.REDIRECT, status)
    assert trap.requests == []
    assert len(sim.requests(vendor)) == 1


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ("reset", Kind.NETWORK),  # row 32: sent, so no immediate retry
        ("reset_mid_body", Kind.NETWORK),  # row 33
        ("truncated", Kind.NETWORK),  # row 27, where the connection ends before the body does
        ("server_error", Kind.SERVER),
        ("rate_limit", Kind.RATE_LIMIT),
        ("overloaded", Kind.SERVER),
        ("html", Kind.MALFORMED),
        ("auth", Kind.AUTH),
    ],
)
async def test_row_48_one_question_is_one_request(
    sim: Simulator, build: Build, vendor: Vendor, fault: FaultKind, kind: Kind
) -> None:
    """No SDK tries again by itself: the vendor sees what the chain asked, no more (row 48)."""
    sim.fail(vendor, fault, repeat=True)
    made = build(vendor, model="claude-haiku-5-5" if vendor == "anthropic" else "gpt-4o-mini")
    for tried in (1, 2):
        err = await failure(made)
        assert (err.kind, err.sent) == (kind, True)
        assert len(sim.requests(vendor)) == tried
    assert all(record.endpoint == "describe" for record in sim.requests(vendor))
    sim.clear_faults()
    await build(vendor).describe(QUESTION)


async def test_refused_connection(build: Build, vendor: Vendor, socket_enabled: None) -> None:
    """Where nobody listens nothing was sent, so it may be tried again at once (row 32)."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        made = build(vendor, model="mine", base_url=f"http://127.0.0.1:{taken.getsockname()[1]}")
        err = await failure(made)
    assert (err.kind, err.sent, err.status) == (Kind.NETWORK, False, None)


async def test_no_tls_where_tls_is_asked_for(sim: Simulator, build: Build, vendor: Vendor) -> None:
    """A failed handshake is the network's fault; nothing is sent in the open (row 36)."""
    made = build(vendor, model="mine", base_url=sim.urls.base(vendor).replace("http:", "https:"))
    err = await failure(made)
    assert (err.kind, err.sent) == (Kind.NETWORK, False)
    assert sim.requests() == []


async def test_a_hang_is_for_the_chain_to_cut(sim: Simulator, build: Build, vendor: Vendor) -> None:
    """Cancelling a question closes its connection and leaves the provider usable (rows 7, 76)."""
    sim.fail(vendor, "hang")
    made = build(vendor)
    await made.check()
    task = asyncio.create_task(made.describe(QUESTION))
    await sim.wait_for_requests(2, vendor)
    await asyncio.sleep(0.1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await made.describe(QUESTION)
    assert sim.requests(vendor)[-2].client_gone


async def test_a_drip_is_for_the_chain_to_cut(sim: Simulator, build: Build, vendor: Vendor) -> None:
    """A reply that trickles in can be cut in the middle (row 9)."""
    sim.fail(vendor, "drip", rate=1)
    made = build(vendor)
    await made.check()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.5):
            await made.describe(QUESTION)
    await made.describe(QUESTION)


@pytest.mark.parametrize(
    "how",
    [
        {},
        {"content_length": False},
        {"gzip": True},
        {"gzip": True, "content_length": False},
        {"size": MAX_BYTES + 1},
        {"size": MAX_BYTES + 1, "gzip": True},
    ],
    ids=str,
)
async def test_row_30_a_huge_reply_is_not_read(
    sim: Simulator, build: Build, vendor: Vendor, how: dict[str, bool | int]
) -> None:
    """A reply of more than a mebibyte is left unread, packed or not (row 30)."""
    sim.fail(vendor, "huge", **how)
    made = build(vendor)
    await made.check()
    err = await failure(made)
    assert (err.kind, err.status, err.oversize, err.sent) == (Kind.MALFORMED, 200, True, True)
    await made.describe(QUESTION)


@pytest.mark.parametrize("packed", [False, True])
async def test_the_longest_reply(
    sim: Simulator, build: Build, vendor: Vendor, packed: bool
) -> None:
    """A reply of exactly a mebibyte is read, even if it was packed against our wish."""
    sim.fail(vendor, "huge", size=MAX_BYTES, gzip=packed)
    assert "1280x720" in (await build(vendor).describe(QUESTION)).text


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", "this is not gzip"),
        ("deflate", "nor is this deflate"),
        ("br", "and this is what we cannot read"),
        ("zstd", "neither"),
    ],
)
async def test_packed_in_an_unknown_way(
    sim: Simulator, build: Build, vendor: Vendor, encoding: str, body: str
) -> None:
    """What cannot be unpacked is malformed."""
    sim.fail(vendor, "status", status=200, body=body, headers={"Content-Encoding": encoding})
    err = await failure(build(vendor, model="mine"))
    assert (err.kind, err.oversize) == (Kind.MALFORMED, False)


async def test_a_strange_letter_does_not_hide_the_status(
    build: Build, trap: _Trap, vendor: Vendor
) -> None:
    """An error page that is no UTF-8 is still an error of its status."""
    trap.answer = web.Response(status=502, body="Passerelle défaillante".encode("latin-1"))
    err = await failure(build(vendor, model="mine", base_url=trap.url))
    assert (err.kind, err.status) == (Kind.SERVER, 502)


def _memory(name: str) -> int:
    """Return a figure of this process, in bytes."""
    text = Path("/proc/self/status").read_text("ascii")
    line = next(line for line in text.splitlines() if line.startswith(name))
    return int(line.split()[1]) * 1024


@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="needs Linux")
@pytest.mark.parametrize("how", [{"content_length": False}, {"gzip": True}], ids=str)
async def test_row_30_a_huge_reply_takes_no_memory(
    sim: Simulator, build: Build, vendor: Vendor, how: dict[str, bool]
) -> None:
    """50 MB that arrive make the process grow by less than 5 MiB, simulator included (row 30)."""
    made = build(vendor)
    await made.describe(QUESTION)
    sim.fail(vendor, "huge", size=50_000_000, **how)
    await asyncio.to_thread(Path("/proc/self/clear_refs").write_text, "5", "ascii")
    before = _memory("VmRSS")
    assert (await failure(made)).oversize
    assert _memory("VmHWM") - before < 5 * 1024 * 1024
