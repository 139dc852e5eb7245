"""LLMock, which somebody else wrote, as a process of its own that stands in for the vendors."""

from collections import Counter
from pathlib import Path
import re
import sys
from typing import Any, Final, Self

import aiohttp

from tests.harness.config import PROJECT
from tests.harness.process import Child, ProcessError
from tests.simulator import Vendor

_START_TIMEOUT_S = 30.0
_PROGRAM = """
from llmock import cli, simulation
simulation.RETRYABLE_STATUS_CODES = frozenset()
cli.app()
"""
"""By itself it sends a Retry-After of 1 s with every error that may pass. Vendors seldom do; here a
hint is sent only where a test asks for one."""
_ARGUMENTS = ("serve", "--host", "127.0.0.1", "--port", "0")
_READY = re.compile(r"Uvicorn running on (http://127\.0\.0\.1:\d+)")
_BASES: Final[dict[Vendor, str]] = {
    "openai": "/v1",
    "grok": "/xai/v1",
    "gemini": "/gemini",
    "anthropic": "/anthropic",
}
_DESCRIPTIONS: Final[dict[Vendor, dict[str, str]]] = {
    "openai": {"provider": "openai", "path": "*/chat/completions"},
    "grok": {"provider": "xai", "path": "*/chat/completions"},
    "gemini": {"provider": "gemini", "path": "*:generateContent"},
    "anthropic": {"provider": "anthropic", "path": "*/messages"},
}
"""Which requests are for a description; those for a list of models are always answered."""
_VENDORS: Final = {match["provider"]: vendor for vendor, match in _DESCRIPTIONS.items()}


def behave(vendor: Vendor, type_: str, times: int | None = 1, /, **fields: Any) -> dict[str, Any]:
    """Return what becomes of a vendor's next descriptions, of all of them with None.

    LLMock's types and their fields: ``fail`` (status, retry_after, message, code), ``delay``
    (seconds), ``reply`` (text, tool_calls, finish_reason), ``tool_fault`` (kind). A request takes
    the first one of each type.
    """
    return {"type": type_, "times": times, "match": _DESCRIPTIONS[vendor], **fields}


class Llmock:
    """A running ``llmock serve``."""

    def __init__(self, folder: Path) -> None:
        argv = [sys.executable, "-c", _PROGRAM, *_ARGUMENTS]
        self._child = Child("LLMock", argv, folder / "llmock.log", cwd=PROJECT)
        self._root = ""

    async def __aenter__(self) -> Self:
        await self._child.begin(self._listens, _START_TIMEOUT_S)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._child.stop(10)

    def base(self, vendor: Vendor) -> str:
        """Return the base URL of one vendor."""
        return self._root + _BASES[vendor]

    async def script(self, *behaviors: dict[str, Any]) -> None:
        """Let this happen from now on, in place of what was scripted before."""
        await self._call("DELETE", "/scenario")
        await self.add(*behaviors)

    async def add(self, *behaviors: dict[str, Any]) -> None:
        """Let this happen after what was scripted before."""
        if behaviors:
            await self._call("POST", "/scenario", {"behaviors": behaviors})

    async def waiting(self, type_: str) -> Counter[Vendor]:
        """Return how much of a type was scripted for each vendor that it has not done yet."""
        found = await self._call("GET", "/scenario")
        return Counter(
            _VENDORS[behavior["match"]["provider"]]
            for behavior in found["pending"]
            if behavior["type"] == type_
        )

    async def forget_requests(self) -> None:
        """Empty the log."""
        await self._call("DELETE", "/requests")

    async def requests(self) -> list[dict[str, Any]]:
        """Return the requests for descriptions in order, named as the simulator names them."""
        found = await self._call("GET", "/requests")
        return [
            {
                "vendor": _VENDORS[request["provider"]],
                "status": request["status"],
                "retry_after": request["retry_after"],
                "received_monotonic": request["started_at"],
                "answered_monotonic": request["ended_at"],
            }
            for request in found["requests"]
            if request["method"] == "POST"
        ]

    async def complaints(self) -> list[str]:
        """Return what it finds wrong in our requests, without what it only warns of.

        It warns of every failure that is not retried at the same vendor: asking the next one is
        what we are for.
        """
        verdict = await self._call("GET", "/verdict")
        return [each["title"] for each in verdict["findings"] if each["severity"] == "error"]

    async def _call(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=15)) as session,
            session.request(method, f"{self._root}/_llmock{path}", json=body) as response,
        ):
            if not response.ok:
                raise ProcessError(f"{method} {path}: {response.status} {await response.text()}")
            found: dict[str, Any] = await response.json()
            return found

    async def _listens(self) -> bool:
        if ready := _READY.search(self._child.log()):
            self._root = ready[1]
        return bool(self._root)
