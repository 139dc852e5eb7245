"""Faults of the connection, as far as the providers' tests do not show them."""

import asyncio
import contextlib
import time

from aiohttp import ClientError, ClientSession
import pytest

from . import Simulator
from .conftest import Send, send_to
from .faults import Kind
from .samples import describe_sample


@pytest.mark.parametrize("kind", ["hang", "latency"])
async def test_a_client_that_gives_up_is_noted(send: Send, sim: Simulator, kind: Kind) -> None:
    """It waits in vain for an answer, or for the time before one."""
    sim.fail("openai", kind, latency=5 if kind == "latency" else 0)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await send(describe_sample("openai"))
    await asyncio.sleep(0.05)
    (record,) = sim.requests()
    assert (record.status, record.client_gone) == (None, True)
    assert record.answered_monotonic
    assert 0.15 < record.answered_monotonic - record.received_monotonic < 1


async def test_stop_lets_hanging_requests_go(socket_enabled: None, session: ClientSession) -> None:
    """The simulator stops at once, and does not blame the client."""
    simulator = Simulator()
    await simulator.start()
    simulator.fail("openai", "hang")
    sample = describe_sample("openai")
    task = asyncio.create_task(send_to(simulator.urls, session, sample))
    (record,) = await simulator.wait_for_requests(1)
    start = time.monotonic()
    await simulator.stop()
    assert time.monotonic() - start < 1
    assert not record.client_gone
    with contextlib.suppress(ClientError):
        assert (await task).status == 503


@pytest.mark.parametrize(("kind", "end"), [("truncated", "FIN"), ("reset_mid_body", "RST")])
async def test_half_a_body(sim: Simulator, kind: Kind, end: str) -> None:
    """Half of the reply comes, then the connection ends, in one way or the other."""
    sim.fail("openai", kind, endpoint="models")
    port = int(sim.urls.root.rpartition(":")[2])
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(
        b"GET /openai/v1/models HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer sim-openai-key\r\n\r\n"
    )
    data, seen = b"", "FIN"
    try:
        while chunk := await reader.read(65536):
            data += chunk
    except ConnectionResetError:
        seen = "RST"
    writer.close()
    head, _, body = data.partition(b"\r\n\r\n")
    length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
    assert (seen, len(body)) == (end, length // 2)
    assert sim.requests()[0].status == 200
