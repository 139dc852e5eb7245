"""Plain HTTP to the simulator; the fixture `sim` comes from `tests/conftest.py`."""

from collections.abc import AsyncGenerator, Awaitable, Callable
import json
from typing import Any

from aiohttp import ClientResponse, ClientSession, ClientTimeout
from google import genai
from google.genai import types as genai_types
import pytest

from . import KEYS, Simulator, Vendor
from .samples import Sample, describe_sample

type Send = Callable[[Sample], Awaitable[ClientResponse]]
type Spoil = Callable[[Any], None]


@pytest.fixture
async def session(socket_enabled: None) -> AsyncGenerator[ClientSession]:
    """Open a client session."""
    async with ClientSession(timeout=ClientTimeout(total=10)) as client:
        yield client


@pytest.fixture
def send(sim: Simulator, session: ClientSession) -> Send:
    """Return a function that sends a sample and reads the whole answer."""

    async def send_sample(sample: Sample) -> ClientResponse:
        response = await session.request(
            sample.method,
            sample.url(sim.urls),
            headers=sample.headers,
            json=sample.body,
            allow_redirects=False,
        )
        await response.read()
        return response

    return send_sample


@pytest.fixture
async def gemini(sim: Simulator) -> AsyncGenerator[genai.Client]:
    """Open a google-genai client."""
    client = genai.Client(
        api_key=KEYS["gemini"],
        http_options=genai_types.HttpOptions(base_url=sim.urls.gemini),
    )
    yield client
    await client.aio.aclose()
    client.close()


def error_words(body: Any) -> str:
    """Return the words of any vendor's error."""
    error = body["error"]
    return str(error if isinstance(error, str) else error["message"])


async def send_spoilt(send: Send, vendor: Vendor, spoil: Spoil) -> tuple[int, Any]:
    """Send a spoilt request; return the status and the body."""
    sample = describe_sample(vendor)
    spoil(sample.body)
    response = await send(sample)
    text = await response.text()
    if response.content_type == "text/plain":
        return response.status, {"error": text}
    return response.status, json.loads(text)
