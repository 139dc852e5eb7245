"""A small client for Home Assistant's HTTP and WebSocket API."""

import asyncio
from collections.abc import AsyncGenerator
import contextlib
import itertools
from typing import Any, Self

import aiohttp

_REPLY_TIMEOUT_S = 90.0


class HassError(RuntimeError):
    """Home Assistant answered with an error."""

    def __init__(self, code: str, message: str, details: dict[str, Any]) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.translation_key: str | None = details.get("translation_key")
        self.translation_domain: str | None = details.get("translation_domain")


class EventTap:
    """Events of one type in the order in which they arrive."""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []

    async def wait(self, count: int = 1, timeout_s: float = 10.0) -> list[dict[str, Any]]:
        """Return the events once there are at least so many."""
        for _ in range(round(timeout_s / 0.02)):
            if len(self.events) >= count:
                return list(self.events)
            await asyncio.sleep(0.02)
        raise AssertionError(f"waited {timeout_s:g} s for {count} event(s), saw {self.events}")


class HassClient:
    """One user of a running Home Assistant."""

    def __init__(self, base_url: str, token: str) -> None:
        self._base_url = base_url
        self._token = token
        self._session: aiohttp.ClientSession | None = None
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._reader: asyncio.Task[None] | None = None
        self._ids = itertools.count(1)
        self._replies: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._taps: dict[int, EventTap] = {}

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(
            base_url=self._base_url,
            headers={"Authorization": f"Bearer {self._token}"},
            timeout=aiohttp.ClientTimeout(total=_REPLY_TIMEOUT_S),
        )
        try:
            self._socket = await self._session.ws_connect(
                "/api/websocket", max_msg_size=32 * 1024 * 1024
            )
            await self._socket.receive_json(timeout=10)
            await self._socket.send_json({"type": "auth", "access_token": self._token})
            await self._socket.receive_json(timeout=10)
        except BaseException:
            await self._session.close()
            raise
        self._reader = asyncio.create_task(self._read(self._socket))
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close everything, whatever state it is in."""
        if self._reader is not None:
            self._reader.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._reader
            self._reader = None
        if self._socket is not None:
            with contextlib.suppress(TimeoutError, aiohttp.ClientError):
                await asyncio.wait_for(self._socket.close(), 5)
        if self._session is not None:
            await self._session.close()

    async def _read(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        try:
            async for message in socket:
                if message.type is aiohttp.WSMsgType.TEXT:
                    self._dispatch(message.json())
        finally:
            for reply in self._replies.values():
                if not reply.done():
                    reply.set_exception(HassError("closed", "the socket closed", {}))

    def _dispatch(self, message: dict[str, Any]) -> None:
        if message["type"] == "event":
            if (tap := self._taps.get(message["id"])) is not None:
                tap.events.append(message["event"])
        elif (reply := self._replies.pop(message["id"], None)) and not reply.done():
            reply.set_result(message)

    async def ws(self, kind: str, **fields: Any) -> Any:
        """Send one WebSocket command and return its result."""
        return await self._command(next(self._ids), kind, fields)

    async def _command(self, number: int, kind: str, fields: dict[str, Any]) -> Any:
        if self._socket is None or self._reader is None or self._reader.done():
            raise HassError("closed", "the socket is not open", {})
        reply: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._replies[number] = reply
        try:
            await self._socket.send_json({"id": number, "type": kind, **fields})
            answer = await asyncio.wait_for(reply, _REPLY_TIMEOUT_S)
        finally:
            self._replies.pop(number, None)
        if not answer["success"]:
            error = answer["error"]
            raise HassError(error["code"], error["message"], error)
        return answer["result"]

    async def request(self, method: str, path: str, json: Any = None) -> Any:
        """Send one HTTP request and return the decoded body."""
        if self._session is None:
            raise HassError("closed", "the client is not open", {})
        async with self._session.request(method, path, json=json) as response:
            text = await response.text()
            if response.status >= 400:
                raise HassError(str(response.status), text[:2000], {})
            return await response.json() if text else None

    async def fetch(self, path: str) -> bytes:
        """Return the content of a file that the user may see."""
        if self._session is None:
            raise HassError("closed", "the client is not open", {})
        async with self._session.get(path, raise_for_status=True) as response:
            return await response.read()

    async def post(self, path: str, json: Any = None) -> Any:
        """Send one POST request."""
        return await self.request("POST", path, json or {})

    async def call(
        self, action: str, data: dict[str, Any] | None = None, *, response: bool = False
    ) -> Any:
        """Run an action such as `camera.snapshot`, with its response when asked."""
        domain, _, service = action.partition(".")
        result = await self.ws(
            "call_service",
            domain=domain,
            service=service,
            service_data=data or {},
            return_response=response,
        )
        return result["response"] if response else None

    async def states(self) -> dict[str, dict[str, Any]]:
        """Return every state by entity id."""
        return {state["entity_id"]: state for state in await self.ws("get_states")}

    async def state(self, entity_id: str) -> dict[str, Any] | None:
        """Return one entity's state, or None when there is no such entity."""
        return (await self.states()).get(entity_id)

    @contextlib.asynccontextmanager
    async def events(self, event_type: str) -> AsyncGenerator[EventTap]:
        """Collect bus events of one type for as long as the block lasts."""
        number = next(self._ids)
        tap = self._taps[number] = EventTap()
        await self._command(number, "subscribe_events", {"event_type": event_type})
        try:
            yield tap
        finally:
            self._taps.pop(number, None)
            with contextlib.suppress(HassError):
                await self.ws("unsubscribe_events", subscription=number)
