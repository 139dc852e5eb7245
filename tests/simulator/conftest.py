"""Plain HTTP to the simulator; the fixture `sim` comes from `tests/conftest.py`."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from aiohttp import ClientResponse, ClientSession, ClientTimeout
import pytest

from . import Simulator, SimulatorUrls, Vendor
from .samples import Sample

type Send = Callable[[Sample], Awaitable[ClientResponse]]


@pytest.fixture
async def session(socket_enabled: None) -> AsyncGenerator[ClientSession]:
    """Open a client session."""
    async with ClientSession(timeout=ClientTimeout(total=10)) as client:
        yield client


async def send_to(urls: SimulatorUrls, session: ClientSession, sample: Sample) -> ClientResponse:
    """Send a sample and read the whole answer."""
    response = await session.request(
        sample.method,
        sample.url(urls),
        headers=sample.headers,
        json=sample.body,
        allow_redirects=False,
    )
    await response.read()
    return response


@pytest.fixture
def send(sim: Simulator, session: ClientSession) -> Send:
    """Return a function that sends a sample to the simulator."""
    return lambda sample: send_to(sim.urls, session, sample)


@dataclass(frozen=True)
class Answer:
    """What every vendor's reply says in its own way."""

    text: str | None
    finish: str | None
    model: str
    asked: int
    """Tokens."""
    written: int


async def answer(response: ClientResponse, vendor: Vendor) -> Answer:
    """Read a vendor's reply."""
    assert response.status == 200, await response.text()
    body = await response.json()
    usage = body["usageMetadata" if vendor == "gemini" else "usage"]
    match vendor:
        case "gemini":
            candidate = body.get("candidates", [{}])[0]
            parts = candidate.get("content", {}).get("parts", [{}])
            return Answer(
                parts[-1].get("text"),
                candidate.get("finishReason"),
                body["modelVersion"],
                usage["promptTokenCount"],
                usage.get("candidatesTokenCount", 0) + usage.get("thoughtsTokenCount", 0),
            )
        case "anthropic":
            texts = [block["text"] for block in body["content"] if block["type"] == "text"]
            return Answer(
                texts[0] if texts else None,
                body["stop_reason"],
                body["model"],
                usage["input_tokens"],
                usage["output_tokens"],
            )
        case _:
            choices: list[Any] = body["choices"] or [{"message": {"content": None}}]
            return Answer(
                choices[0]["message"]["content"],
                choices[0].get("finish_reason"),
                body["model"],
                usage["prompt_tokens"],
                usage["completion_tokens"],
            )


async def error_words(response: ClientResponse) -> str:
    """Return the words of any vendor's error."""
    if response.content_type == "text/plain":
        return await response.text()
    error = (await response.json())["error"]
    return str(error if isinstance(error, str) else error["message"])
