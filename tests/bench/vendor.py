"""A vendor that answers at once, or after as long as it is told, and checks nothing.

The simulator is strict and decodes every picture, which would be in the figures. This one speaks
Chat Completions (Eyewitness, the peer's recipe) and streamed Responses (Home Assistant's own
``openai_conversation``); run as ``python -m tests.bench.vendor``.
"""

import asyncio
from dataclasses import dataclass
import json
import sys
from typing import Any, Final

from aiohttp import web

from tests.harness.demo.progress import show

MODEL: Final = "gpt-4o-mini"
TEXT: Final = json.dumps(
    {
        "title": "A van at the gate",
        "description": "A white van has stopped at the gate and a man carries a box to the door.",
        "objects": ["person", "vehicle", "package"],
        "confidence": 90,
        "importance": "normal",
    }
)
_USAGE: Final = {"input_tokens": 1000, "output_tokens": 50, "total_tokens": 1050}
_MODELS: Final = {
    "object": "list",
    "data": [{"id": MODEL, "object": "model", "created": 1721172741, "owned_by": "system"}],
}
_CHAT: Final = {
    "id": "chatcmpl-1",
    "object": "chat.completion",
    "created": 1721172741,
    "model": MODEL,
    "choices": [
        {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": TEXT}}
    ],
    "usage": {"prompt_tokens": 1000, "completion_tokens": 50, "total_tokens": 1050},
}


def _events() -> bytes:
    """Return the whole stream of a Responses reply."""
    part = {"type": "output_text", "text": TEXT, "annotations": []}
    item = {"id": "msg_1", "type": "message", "role": "assistant", "status": "in_progress"}
    done = item | {"status": "completed", "content": [part]}
    place = {"item_id": "msg_1", "output_index": 0, "content_index": 0}
    reply = {"id": "resp_1", "object": "response", "created_at": 1721172741, "model": MODEL}
    reply |= {"parallel_tool_calls": True, "tool_choice": "auto", "tools": []}
    begun = reply | {"status": "in_progress", "output": []}
    whole = reply | {"status": "completed", "output": [done], "usage": _USAGE}
    kinds: list[dict[str, Any]] = [
        {"type": "response.created", "response": begun},
        {"type": "response.output_item.added", "output_index": 0, "item": item | {"content": []}},
        {"type": "response.content_part.added", **place, "part": part | {"text": ""}},
        {"type": "response.output_text.delta", **place, "delta": TEXT, "logprobs": []},
        {"type": "response.output_text.done", **place, "text": TEXT, "logprobs": []},
        {"type": "response.content_part.done", **place, "part": part},
        {"type": "response.output_item.done", "output_index": 0, "item": done},
        {"type": "response.completed", "response": whole},
    ]
    numbered = [kind | {"sequence_number": number} for number, kind in enumerate(kinds)]
    return "".join(
        f"event: {kind['type']}\ndata: {json.dumps(kind)}\n\n" for kind in numbered
    ).encode()


@dataclass
class Vendor:
    """What it has seen since somebody last looked, and how long it takes."""

    seconds: float = 0.0
    requests: int = 0
    bytes: int = 0
    under_way: int = 0
    most_at_once: int = 0

    async def describe(self, request: web.Request) -> web.Response:
        """Read one request and answer it."""
        body = await request.read()
        self.requests += 1
        self.bytes += len(body)
        self.under_way += 1
        self.most_at_once = max(self.most_at_once, self.under_way)
        try:
            await asyncio.sleep(self.seconds)
        finally:
            self.under_way -= 1
        if request.path.endswith("/responses"):
            return web.Response(body=_STREAM, content_type="text/event-stream")
        return web.Response(body=_REPLY, content_type="application/json")

    async def models(self, request: web.Request) -> web.Response:
        """List the one model."""
        return web.json_response(_MODELS)

    async def take(self, request: web.Request) -> web.Response:
        """Say what was seen, forget it, and take as long from now on as the caller says."""
        seen = {
            "requests": self.requests,
            "under_way": self.under_way,
            "bytes": self.bytes,
            "most_at_once": self.most_at_once,
        }
        self.requests = self.bytes = self.most_at_once = 0
        self.seconds = float(request.query.get("seconds", self.seconds))
        return web.json_response(seen)


_STREAM: Final = _events()
_REPLY: Final = json.dumps(_CHAT).encode()


async def serve() -> None:
    """Serve until the process is ended."""
    vendor = Vendor()
    app = web.Application(client_max_size=64 * 2**20)
    app.router.add_get("/v1/models", vendor.models)
    app.router.add_post("/v1/chat/completions", vendor.describe)
    app.router.add_post("/v1/responses", vendor.describe)
    app.router.add_post("/take", vendor.take)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    show(f"listening on http://127.0.0.1:{runner.addresses[0][1]}", sys.stdout)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve())
