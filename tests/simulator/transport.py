"""Send a reply, or break the connection on the way."""

import asyncio
from collections.abc import Iterator
import socket
import struct
import zlib

from aiohttp import web

from .faults import Fault
from .wire import Reply

_CHUNK = 64 * 1024


def send(reply: Reply) -> web.Response:
    """Return a whole reply for aiohttp to send."""
    return web.Response(status=reply.status, body=reply.body, headers=dict(reply.headers))


async def play(
    request: web.Request, reply: Reply, fault: Fault, closing: asyncio.Event
) -> web.StreamResponse | None:
    """Send the reply the broken way; None means that nothing was answered."""
    if not fault.is_transport:
        return send(reply)
    match fault.kind:
        case "hang":
            await closing.wait()
            return None
        case "reset":
            _reset(request)
            return None
        case "huge":
            return await _huge(request, reply, fault)
        case "drip":
            return await _drip(request, reply, fault.rate)
        case _:
            response = await _begin(request, reply, len(reply.body))
            await response.write(reply.body[: len(reply.body) // 2])
            # Let the first half reach the client before the connection ends.
            await asyncio.sleep(0.05)
            if fault.kind == "reset_mid_body":
                _reset(request)
            elif request.transport:
                request.transport.close()
            return response


async def _begin(request: web.Request, reply: Reply, length: int | None) -> web.StreamResponse:
    response = web.StreamResponse(status=reply.status, headers=dict(reply.headers))
    response.content_length = length
    if length is None:
        response.enable_chunked_encoding()
    await response.prepare(request)
    return response


def _reset(request: web.Request) -> None:
    """Close with a TCP reset in place of the usual end."""
    transport = request.transport
    if transport is None:
        return
    sock = transport.get_extra_info("socket")
    linger = struct.pack("ii", 1, 0)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    transport.abort()


async def _drip(request: web.Request, reply: Reply, rate: float) -> web.StreamResponse:
    """Send the body a few bytes at a time."""
    pause = max(0.02, 1 / rate)
    step = max(1, round(rate * pause))
    response = await _begin(request, reply, len(reply.body))
    for start in range(0, len(reply.body), step):
        await response.write(reply.body[start : start + step])
        await asyncio.sleep(pause)
    await response.write_eof()
    return response


async def _huge(request: web.Request, reply: Reply, fault: Fault) -> web.StreamResponse:
    """Send the true reply with spaces behind it, so that it stays good JSON.

    Piece by piece: a test measures that a huge reply fills no memory, the simulator's included.
    """
    size = max(fault.size, len(reply.body))
    pieces = _pieces(reply.body, size)
    if fault.gzip:
        packer, packed = zlib.compressobj(wbits=31), bytearray()
        for piece in pieces:
            packed += packer.compress(piece)
            await asyncio.sleep(0)  # compressing is work without a pause: let others have a turn
        packed += packer.flush()
        reply = reply.with_headers({"Content-Encoding": "gzip"})
        size, pieces = len(packed), iter([bytes(packed)])
    response = await _begin(request, reply, size if fault.content_length else None)
    for piece in pieces:
        await response.write(piece)
    await response.write_eof()
    return response


def _pieces(body: bytes, size: int) -> Iterator[bytes]:
    yield body
    spaces = b" " * _CHUNK
    for left in range(size - len(body), 0, -_CHUNK):
        yield spaces[:left]
