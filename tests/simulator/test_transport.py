"""Faults of the connection, seen from the wire."""

import asyncio
import gzip
import json
import time

from aiohttp import (
    ClientConnectionError,
    ClientError,
    ClientPayloadError,
    ClientSession,
    ClientTimeout,
    ServerDisconnectedError,
)
import pytest

from . import Simulator
from .conftest import Send
from .samples import describe_sample


async def test_hang_until_the_client_goes(send: Send, sim: Simulator) -> None:
    """It never answers, and notes that the client went away."""
    sim.fail("openai", "hang")
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await send(describe_sample("openai"))
    await asyncio.sleep(0.05)
    (record,) = sim.requests()
    assert (record.status, record.client_gone) == (None, True)
    assert record.answered_monotonic
    assert 0.15 < record.answered_monotonic - record.received_monotonic < 1


async def test_client_gone_during_latency(send: Send, sim: Simulator) -> None:
    """A client that gives up while it waits is noted too."""
    sim.fail("openai", "latency", latency=5)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await send(describe_sample("openai"))
    await asyncio.sleep(0.05)
    assert sim.requests()[0].client_gone


async def test_stop_lets_hanging_requests_go(socket_enabled: None, session: ClientSession) -> None:
    """The simulator stops at once, and does not blame the client."""
    simulator = Simulator()
    await simulator.start()
    simulator.fail("openai", "hang")
    sample = describe_sample("openai")
    task = asyncio.create_task(
        session.post(sample.url(simulator.urls), headers=sample.headers, json=sample.body)
    )
    (record,) = await simulator.wait_for_requests(1)
    start = time.monotonic()
    await simulator.stop()
    assert time.monotonic() - start < 1
    assert not record.client_gone
    with pytest.raises((ClientError, AssertionError)):
        assert (await task).status == 200


async def test_reset(send: Send, sim: Simulator) -> None:
    """The connection is reset before the reply."""
    sim.fail("openai", "reset")
    with pytest.raises(ClientConnectionError):
        await send(describe_sample("openai"))
    assert sim.requests()[0].status is None
    assert (await send(describe_sample("openai"))).status == 200


@pytest.mark.parametrize("kind", ["reset_mid_body", "truncated"])
async def test_half_a_body(send: Send, sim: Simulator, kind: str) -> None:
    """Half of the reply comes, then the connection ends."""
    sim.fail("openai", kind)  # type: ignore[arg-type]
    with pytest.raises((ClientPayloadError, ConnectionResetError)) as failure:
        await send(describe_sample("openai"))
    assert not isinstance(failure.value, ServerDisconnectedError)
    assert sim.requests()[0].status == 200


async def test_half_a_body_on_the_wire(sim: Simulator) -> None:
    """The end is a FIN for one kind and a RST for the other, after the same bytes."""
    seen = {}
    for kind in ("truncated", "reset_mid_body"):
        sim.fail("openai", kind, endpoint="models")
        port = int(sim.urls.root.rpartition(":")[2])
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(
            b"GET /openai/v1/models HTTP/1.1\r\nHost: x\r\n"
            b"Authorization: Bearer sim-openai-key\r\n\r\n"
        )
        data = b""
        end = "FIN"
        try:
            while chunk := await reader.read(65536):
                data += chunk
        except ConnectionResetError:
            end = "RST"
        writer.close()
        head, _, body = data.partition(b"\r\n\r\n")
        length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        seen[kind] = (end, len(body) == length // 2)
    assert seen == {"truncated": ("FIN", True), "reset_mid_body": ("RST", True)}


async def test_drip(sim: Simulator, session: ClientSession) -> None:
    """The bytes come slowly."""
    sim.fail("openai", "drip", rate=10)
    sim.fail("openai", "drip", rate=20_000)
    sample = describe_sample("openai")
    url = sample.url(sim.urls)
    async with session.post(url, headers=sample.headers, json=sample.body) as response:
        assert response.status == 200
        start = time.monotonic()
        assert len(await response.content.readexactly(5)) == 5
        assert time.monotonic() - start >= 0.3
        response.close()
    async with session.post(url, headers=sample.headers, json=sample.body) as response:
        assert "1280x720" in await response.text()
    await asyncio.sleep(0.15)
    assert [record.client_gone for record in sim.requests()] == [True, False]


@pytest.mark.parametrize("content_length", [True, False])
@pytest.mark.parametrize("packed", [True, False])
async def test_huge(sim: Simulator, content_length: bool, packed: bool) -> None:
    """The reply is as long as was said, and still good JSON."""
    size = 3_000_000
    sim.fail("openai", "huge", size=size, content_length=content_length, gzip=packed)
    sample = describe_sample("openai")
    async with (
        ClientSession(auto_decompress=False, timeout=ClientTimeout(total=10)) as raw,
        raw.post(sample.url(sim.urls), headers=sample.headers, json=sample.body) as response,
    ):
        assert ("Content-Length" in response.headers) == content_length
        assert (response.headers.get("Content-Encoding") == "gzip") == packed
        data = await response.read()
    assert (len(data) < 20_000) == packed
    data = gzip.decompress(data) if packed else data
    assert len(data) == size
    assert "1280x720" in json.loads(data)["choices"][0]["message"]["content"]
