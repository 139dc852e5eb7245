"""Put TLS before the simulator, and look at every request as it arrives."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
import re
import ssl
from typing import NamedTuple
from urllib.parse import urlsplit

from tests.simulator import Simulator, Vendor
from tests.tls import trusted

NOT_FOUND = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nSet-Cookie: who=you\r\n\r\n"


class Seen(NamedTuple):
    """The head of one request."""

    connection: int
    method: str
    target: str
    headers: dict[str, str]
    """By their names in small letters."""


class Front:
    """A vendor's front: it passes everything on to the simulator, but for a HEAD."""

    def __init__(self, sim: Simulator, trusting: ssl.SSLContext) -> None:
        """Take the context with which a client trusts it."""
        self.trusting = trusting
        self.port = 0
        self.seen: list[Seen] = []
        self.opened = 0
        """How many connections were opened."""
        self.answer: bytes | None = NOT_FOUND
        """The answer to a HEAD: an empty one hangs up, and None never comes."""
        self._sim = sim

    def base(self, vendor: Vendor) -> str:
        """Return the base URL of a vendor behind it."""
        behind = urlsplit(self._sim.urls.base(vendor))
        return behind._replace(scheme="https", netloc=f"127.0.0.1:{self.port}").geturl()

    @property
    def methods(self) -> list[str]:
        """Return the methods of all requests."""
        return [seen.method for seen in self.seen]

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection."""
        self.opened += 1
        connection = self.opened
        behind = urlsplit(self._sim.urls.base("openai"))
        answers, forward = await asyncio.open_connection(behind.hostname, behind.port)
        back = asyncio.create_task(_pass_on(answers, writer))
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                self.seen.append(_read(connection, head.decode("latin-1")))
                if self.seen[-1].method != "HEAD":
                    length = int(self.seen[-1].headers.get("content-length", "0"))
                    forward.write(head + await reader.readexactly(length))
                elif self.answer:
                    writer.write(self.answer)
                else:
                    await reader.read(-1 if self.answer is None else 0)
                    break
        except asyncio.IncompleteReadError, ConnectionError:
            pass
        finally:
            back.cancel()
            forward.close()
            writer.close()


def _read(connection: int, head: str) -> Seen:
    first, *lines = head.strip().split("\r\n")
    method, target, _ = first.split(" ")
    headers = (re.split(r": *", line, maxsplit=1) for line in lines)
    return Seen(connection, method, target, {name.lower(): value for name, value in headers})


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while chunk := await reader.read(65536):
            writer.write(chunk)
    except ConnectionError:
        pass
    finally:
        writer.close()


@asynccontextmanager
async def front_of(sim: Simulator) -> AsyncGenerator[Front]:
    """Run a front on 127.0.0.1."""
    tls, trusting = trusted()
    front = Front(sim, trusting)
    async with await asyncio.start_server(front.talk, "127.0.0.1", 0, ssl=tls) as server:
        front.port = server.sockets[0].getsockname()[1]
        yield front
        server.abort_clients()
