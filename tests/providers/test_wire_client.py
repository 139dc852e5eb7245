"""What can go wrong between the house and a vendor; and that every task is one request."""

import asyncio
from pathlib import Path
import socket
from typing import Any
from unittest.mock import Mock

import httpx
import httpx2
import pytest

from custom_components.eyewitness.chain.failures import Failure, ProviderError
from custom_components.eyewitness.providers.wire.client import MAX_BYTES, client_options
from custom_components.eyewitness.providers.wire.pinning import Reach
from tests.simulator.faults import Kind as FaultKind
from tests.simulator.samples import MODELS

from .kit import KINDS, SSL, TASK, OtherServer, SimVendor, error_of, only


@only(*KINDS)
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("endpoint", ["describe", "models"])
async def test_row_31_redirects_are_not_followed(
    vendor: SimVendor, server: OtherServer, status: int, endpoint: str
) -> None:
    """A redirect is an error, and the key does not go where it points (row 31)."""
    vendor.fail("redirect", endpoint=endpoint, status=status, location=server.url)
    provider = vendor.provider(model="mine")
    err = await error_of(provider.check() if endpoint == "models" else provider.generate(TASK))
    assert (err.failure, err.status) == (Failure.REDIRECT, status)
    assert server.requests == []
    assert len(vendor.requests()) == 1


@pytest.mark.parametrize(
    ("fault", "failure"),
    [
        ("reset", Failure.NETWORK),  # row 32: sent, so no immediate retry
        ("reset_mid_body", Failure.NETWORK),  # row 33
        ("truncated", Failure.NETWORK),  # row 27, where the connection ends before the body does
        ("server_error", Failure.SERVER),
        ("rate_limit", Failure.RATE_LIMIT),
        ("overloaded", Failure.SERVER),
        ("html", Failure.MALFORMED),
        ("auth", Failure.AUTH),
    ],
)
async def test_row_48_one_task_is_one_request(
    vendor: SimVendor, fault: FaultKind, failure: Failure
) -> None:
    """No SDK tries again by itself: the vendor sees what the chain asked, no more (row 48)."""
    vendor.fail(fault, repeat=True)
    provider = vendor.provider(model=MODELS[vendor.name])
    for requests in (1, 2):
        err = await error_of(provider.generate(TASK))
        assert (err.failure, err.sent) == (failure, True)
        assert len(vendor.requests()) == requests
    assert all(record.endpoint == "describe" for record in vendor.requests())
    vendor.sim.clear_faults()
    await vendor.provider().generate(TASK)


@only(*KINDS)
async def test_refused_connection(vendor: SimVendor, socket_enabled: None) -> None:
    """Where nobody listens nothing was sent, so it may be tried again at once (row 32)."""
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        err = await vendor.error(model="mine", base_url=url)
    assert (err.failure, err.sent, err.status) == (Failure.NETWORK, False, None)


async def test_a_rehearsal_sends_nothing(
    vendor: SimVendor, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The SDK makes a whole request, in a thread; then nothing of that is left to hinder events."""
    provider = vendor.provider()
    ends: list[tuple[Failure, bool]] = []
    request = provider._request

    async def watched(*arguments: Any) -> Any:
        try:
            return await request(*arguments)
        except ProviderError as err:
            ends.append((err.failure, err.sent))
            raise

    monkeypatch.setattr(provider, "_request", watched)
    await asyncio.to_thread(provider.rehearse, TASK)
    assert ends == [(Failure.CANCELLED, False)]
    assert vendor.requests() == []
    await asyncio.gather(*(provider.generate(TASK) for _ in range(2)))
    assert len(vendor.requests("describe")) == 2
    monkeypatch.setattr(provider, "_request", Mock(side_effect=ValueError("secret")))
    await asyncio.to_thread(provider.rehearse, TASK)
    assert "raised ValueError" in caplog.text
    assert "secret" not in caplog.text


async def test_no_tls_where_tls_is_asked_for(vendor: SimVendor) -> None:
    """A failed handshake is the network's fault; nothing is sent in the open (row 36)."""
    url = vendor.url.replace("http:", "https:")
    err = await vendor.error(model="mine", base_url=url)
    assert (err.failure, err.sent) == (Failure.NETWORK, False)
    assert vendor.sim.requests() == []


async def test_a_hang_is_for_the_chain_to_cut(vendor: SimVendor) -> None:
    """Cancelling a request closes its connection and leaves the provider usable (rows 7, 76)."""
    vendor.fail("hang")
    provider = vendor.provider()
    await provider.check()
    request = asyncio.create_task(provider.generate(TASK))
    await vendor.sim.wait_for_requests(2, vendor.name)
    await asyncio.sleep(0.1)
    request.cancel()
    with pytest.raises(asyncio.CancelledError):
        await request
    await provider.generate(TASK)
    assert vendor.requests()[-2].client_gone


async def test_a_drip_is_for_the_chain_to_cut(vendor: SimVendor) -> None:
    """A reply that trickles in can be cut in the middle (row 9)."""
    vendor.fail("drip", rate=1)
    provider = vendor.provider()
    await provider.check()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.5):
            await provider.generate(TASK)
    await provider.generate(TASK)


@pytest.mark.parametrize(
    "options",
    [
        {"gzip": gzip, **more}
        for gzip in (False, True)
        for more in ({}, {"content_length": False}, {"size": MAX_BYTES + 1})
    ],
    ids=str,
)
async def test_row_30_a_huge_reply_is_not_read(vendor: SimVendor, options: dict[str, Any]) -> None:
    """A reply of more than a mebibyte is left unread, compressed or not (row 30)."""
    vendor.fail("huge", **options)
    provider = vendor.provider()
    await provider.check()
    err = await error_of(provider.generate(TASK))
    assert (err.failure, err.status, err.oversize, err.sent) == (Failure.MALFORMED, 200, True, True)
    await provider.generate(TASK)


@pytest.mark.parametrize("gzip", [False, True])
async def test_the_longest_reply(vendor: SimVendor, gzip: bool) -> None:
    """A reply of exactly a mebibyte is read, even if it was compressed against our wish."""
    vendor.fail("huge", size=MAX_BYTES, gzip=gzip)
    assert "1280x720" in (await vendor.provider().generate(TASK)).text


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd"])
async def test_compressed_in_an_unknown_way(vendor: SimVendor, encoding: str) -> None:
    """What cannot be decompressed is malformed."""
    headers = {"Content-Encoding": encoding}
    vendor.fail("status", status=200, body="this is plain text", headers=headers)
    err = await vendor.error(model="mine")
    assert (err.failure, err.oversize) == (Failure.MALFORMED, False)


async def test_a_strange_letter_hides_no_status(vendor: SimVendor, server: OtherServer) -> None:
    """An error page that is no UTF-8 is still an error of its status."""
    server.status, server.body = 502, "Passerelle défaillante".encode("latin-1")
    err = await vendor.error(model="mine", base_url=server.url)
    assert (err.failure, err.status) == (Failure.SERVER, 502)


def _memory(name: str) -> int:
    """Return a figure of this process, in bytes."""
    text = Path("/proc/self/status").read_text("ascii")
    line = next(line for line in text.splitlines() if line.startswith(name))
    return int(line.split()[1]) * 1024


@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="needs Linux")
@pytest.mark.parametrize("options", [{"content_length": False}, {"gzip": True}], ids=str)
async def test_row_30_a_huge_reply_fills_no_memory(vendor: SimVendor, options: Any) -> None:
    """50 MB that arrive make the process grow by less than 5 MiB, simulator included (row 30)."""
    provider = vendor.provider()
    await provider.generate(TASK)
    vendor.fail("huge", size=50_000_000, **options)
    await asyncio.to_thread(Path("/proc/self/clear_refs").write_text, "5", "ascii")
    before = _memory("VmRSS")
    assert (await error_of(provider.generate(TASK))).oversize
    assert _memory("VmHWM") - before < 5 * 1024 * 1024


@pytest.mark.parametrize("library", [httpx, httpx2])
async def test_others_have_their_turn_before_a_reply_is_used(library: Any) -> None:
    """Its arrival, and what is made of it up to the entities, must not be one stall."""
    turns = []

    async def other() -> None:
        turns.append("other")

    def reply(_: Any) -> Any:
        waiting.append(asyncio.create_task(other()))
        return library.Response(200, stream=library.ByteStream(b"{}"))

    waiting: list[asyncio.Task[None]] = []
    options = client_options(SSL, {}, Reach.LOCAL, limits=library.Limits)
    async with library.AsyncClient(**options, transport=library.MockTransport(reply)) as client:
        await client.get("http://127.0.0.1/")
        turns.append("reply")
    assert turns == ["other", "reply"]
