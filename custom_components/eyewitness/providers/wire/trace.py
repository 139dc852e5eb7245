"""Hear how a request goes on, from httpcore, which sits below both HTTP libraries."""

from collections.abc import Awaitable, Callable
from typing import Any


def listen(request: Any, listener: Callable[[str, Any], Awaitable[None]]) -> None:
    """Let somebody hear of each step of a request, ahead of those who listen already.

    What one raises ends the request, and is not heard by those behind it.
    """
    others = request.extensions.get("trace")

    async def trace(event: str, info: Any) -> None:
        await listener(event, info)
        if others is not None:
            await others(event, info)

    request.extensions = {**request.extensions, "trace": trace}
