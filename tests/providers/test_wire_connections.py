"""Connections stay open from one event to the next, and one that ended meanwhile costs no event."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
import re
import socket
from typing import Any, cast

import httpx
import httpx2
import pytest

from custom_components.eyewitness.chain.failures import Failure, ProviderError
from custom_components.eyewitness.chain.walk import Chain
from custom_components.eyewitness.providers.wire import connections
from custom_components.eyewitness.providers.wire.attachments import attached
from custom_components.eyewitness.providers.wire.client import client_options
from custom_components.eyewitness.providers.wire.pinning import Reach
from tests.kit import until

from .kit import KINDS, SSL, TASK, SimVendor, error_of, only

both_libraries = pytest.mark.parametrize("library", [httpx, httpx2])
_ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


class Line:
    """A server that notes its connections; it does with the n-th request on one what it is told."""

    def __init__(self) -> None:
        self.url = ""
        self.opened = 0
        self.open: set[asyncio.StreamWriter] = set()
        self.idle_seconds: float | None = None
        """After so long without a request it hangs up."""
        self.answered = 10**6
        """How many requests of a connection are answered; at the next one it hangs up."""
        self.is_ending = False
        """Whether it hangs up when the next request comes."""
        self.hold = 0.0
        """Seconds until an answer, or until it hangs up."""
        self.busy = 0.0
        """Seconds in which it reads nothing."""

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection."""
        self.opened += 1
        self.open.add(writer)
        if self.busy:
            cast("asyncio.Transport", writer.transport).pause_reading()
            await asyncio.sleep(self.busy)
            cast("asyncio.Transport", writer.transport).resume_reading()
        try:
            for number in range(self.answered + 1):
                async with asyncio.timeout(self.idle_seconds):
                    head = await reader.readuntil(b"\r\n\r\n")
                if found := re.search(rb"content-length: (\d+)", head.lower()):
                    await reader.readexactly(int(found[1]))
                if self.is_ending:
                    break
                await asyncio.sleep(self.hold)
                if number < self.answered:
                    writer.write(_ANSWER)
        except TimeoutError, asyncio.IncompleteReadError, ConnectionError:
            pass
        finally:
            self.open.discard(writer)
            writer.close()


async def post(client: Any, line: Line, body: bytes) -> Any:
    """Send a body in which no picture is missing."""
    with attached(()):
        return await client.post(line.url, content=body)


@pytest.fixture
async def line(socket_enabled: None) -> AsyncGenerator[Line]:
    """Run such a server."""
    found = Line()
    async with await asyncio.start_server(found.talk, "127.0.0.1", 0) as server:
        found.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
        yield found
        for writer in found.open:
            writer.transport.abort()
        await until(lambda: not found.open)


@asynccontextmanager
async def opened(library: Any, reach: Reach = Reach.LOCAL) -> AsyncGenerator[Any]:
    """Return an HTTP client as the SDKs get it."""
    options = client_options(SSL, {}, reach, limits=library.Limits)
    async with library.AsyncClient(**options) as client:
        yield client


@both_libraries
@pytest.mark.parametrize("reach", [Reach.LOCAL, Reach.VENDOR])
async def test_a_connection_outlasts_a_pause(
    library: Any, line: Line, reach: Reach, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Motion comes and goes within minutes; after that it is given up."""
    monkeypatch.setattr(connections, "IDLE_SECONDS", 0.3)
    async with opened(library, reach) as client:
        for pause, opened_so_far in ((0.0, 1), (0.1, 1), (0.5, 2)):
            await asyncio.sleep(pause)
            await client.get(line.url)
            assert line.opened == opened_so_far


def test_how_long() -> None:
    """Longer than the pause between two motions, and not so long that vendors hang up first."""
    assert connections.IDLE_SECONDS == 240


@both_libraries
async def test_after_a_storm_few_stay_open(library: Any, line: Line) -> None:
    """All cameras at once get a connection each; a house needs few of them afterwards."""
    line.hold = 0.1
    async with opened(library) as client:
        await asyncio.gather(*(client.get(line.url) for _ in range(32)))
        assert line.opened == 32
        await until(lambda: len(line.open) == connections.IDLE_CONNECTIONS)
        line.hold = 0.0
        for _ in range(3):
            await asyncio.gather(
                *(client.get(line.url) for _ in range(connections.IDLE_CONNECTIONS))
            )
        assert line.opened == 32


@both_libraries
async def test_one_that_the_server_closed_is_not_used(library: Any, line: Line) -> None:
    """Between two events a server may hang up; the next request does not notice."""
    line.idle_seconds = 0.05
    async with opened(library) as client:
        for number in (1, 2, 3):
            assert (await client.get(line.url)).status_code == 200
            assert line.opened == number
            await asyncio.sleep(0.15)


@both_libraries
async def test_one_that_the_server_closes_at_this_moment(library: Any, line: Line) -> None:
    """The vendor did nothing, so it may be asked again at once; the picture may have been seen."""
    line.answered = 1
    async with opened(library) as client:
        await client.get(line.url)
        err = await error_of(post(client, line, b"picture"))
        assert (err.failure, err.sent, err.shown) == (Failure.NETWORK, False, True)
        assert (await post(client, line, b"picture")).status_code == 200
    assert line.opened == 2


@both_libraries
@pytest.mark.parametrize("hold", [0.0, 0.1], ids=["at once", "after a while"])
async def test_when_one_proves_to_be_dead_so_do_the_others(
    library: Any, line: Line, hold: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A router that forgot one forgot all: an event would spend its tries on them one by one."""
    monkeypatch.setattr(connections, "STALE_SECONDS", 0.05)
    line.answered, line.hold = 1, 0.5
    async with opened(library) as client:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(client.get(line.url), 0.05)
        line.hold = 0.05
        await asyncio.gather(*(client.get(line.url) for _ in range(connections.IDLE_CONNECTIONS)))
        line.hold = hold
        with pytest.raises((ProviderError, library.ReadError, library.RemoteProtocolError)):
            await post(client, line, b"picture")
        assert (await post(client, line, b"picture")).status_code == 200
    assert line.opened == 1 + connections.IDLE_CONNECTIONS + 1


@both_libraries
async def test_one_that_is_dead_takes_nothing_from_those_at_work(library: Any, line: Line) -> None:
    """What is under way over another connection may be answered, and would be paid for twice."""
    async with opened(library) as client:
        await asyncio.gather(*(client.get(line.url) for _ in range(2)))
        line.hold = 0.2
        at_work = asyncio.ensure_future(post(client, line, b"picture"))
        await asyncio.sleep(0.05)
        line.is_ending = True
        with pytest.raises((ProviderError, library.ReadError, library.RemoteProtocolError)):
            await post(client, line, b"another")
        assert (await at_work).status_code == 200


@both_libraries
@pytest.mark.parametrize(("answered", "hold"), [(0, 0.0), (1, 0.3)], ids=["new", "late"])
async def test_others_that_end_have_their_request(
    library: Any, line: Line, answered: int, hold: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that was opened for it, or ends later than a round trip: the vendor may be at work."""
    monkeypatch.setattr(connections, "STALE_SECONDS", 0.2)
    line.answered = answered
    async with opened(library) as client:
        if answered:
            await client.get(line.url)
        line.hold = hold
        with pytest.raises((library.RemoteProtocolError, library.ReadError)):
            await post(client, line, b"picture")


@both_libraries
async def test_an_idle_connection_is_probed(library: Any, line: Line) -> None:
    """A router forgets a silent one; what nobody answers any more is gone before an event."""
    async with opened(library) as client:
        reply = await client.get(line.url)
        sock = reply.extensions["network_stream"].get_extra_info("socket")
        assert sock.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1
        assert sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE) == 60


@both_libraries
@pytest.mark.parametrize("reach", [Reach.VENDOR, Reach.LOCAL])
async def test_a_picture_that_nobody_takes(
    library: Any, line: Line, reach: Reach, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given up after seconds, not after all the patience; a server at home may just be busy."""
    patient = [(level, name, 300) for level, name, _ in connections._GIVEN_UP]
    monkeypatch.setattr(connections, "_GIVEN_UP", patient)
    line.busy = 1.2
    async with opened(library, reach) as client:
        asked = post(client, line, bytes(8_000_000))
        if reach is Reach.LOCAL:
            assert (await asked).status_code == 200
        else:
            with pytest.raises((library.ReadError, library.WriteError)):
                await asked


@only(*KINDS)
async def test_row_32_a_kept_connection_that_ends_costs_no_answer(vendor: SimVendor) -> None:
    """The provider is asked again at once; after a second reset the next one is, as after any."""
    vendor.offer("mine")
    provider = vendor.provider(model="mine")
    await provider.check()
    vendor.fail("reset")
    verdict = await Chain().run(TASK, [provider], seconds=60, on_attempt=lambda _: None)
    assert [attempt.outcome for attempt in verdict.attempts] == ["network", "ok"]
    assert all(attempt.sent for attempt in verdict.attempts)
    assert verdict.attempts[0].usage is None, "nobody knows"
    vendor.fail("reset", count=2)
    errors = [await error_of(provider.generate(TASK)) for _ in range(2)]
    assert [(err.failure, err.sent) for err in errors] == [
        (Failure.NETWORK, False),
        (Failure.NETWORK, True),
    ]
