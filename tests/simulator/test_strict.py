"""What the vendors would refuse, the simulator refuses."""

from copy import deepcopy
from typing import Any

import pytest

from . import VENDORS, Simulator, Vendor
from .conftest import Send, error_words
from .samples import SCHEMA, auth_headers, describe_sample, list_sample, picture


@pytest.mark.parametrize("vendor", VENDORS)
async def test_good_samples(send: Send, vendor: Vendor) -> None:
    """The unspoilt samples are accepted, or the tests below would prove nothing."""
    assert (await send(describe_sample(vendor))).status == 200
    assert (await send(list_sample(vendor))).status == 200


@pytest.mark.parametrize(
    ("vendor", "path", "value", "status", "words"),
    [
        ("openai", "surprise", 1, 400, "Unknown parameter: 'surprise'"),
        ("openai", "model", ..., 400, "'model'"),
        ("openai", "messages", ..., 400, "'messages'"),
        ("openai", "messages", [], 400, "'messages'"),
        ("openai", "messages.1.role", "robot", 400, "role"),
        ("openai", "messages.1.content.0.type", "image", 400, "type"),
        ("openai", "messages.1.content.1.image_url", "x", 400, "image_url"),
        ("openai", "messages.0.content", ..., 400, "content"),
        ("openai", "max_completion_tokens", 0, 400, "max_completion_tokens"),
        ("openai", "reasoning_effort", "heroic", 400, "reasoning_effort"),
        ("openai", "stream", True, 501, "the simulator does not stream"),
        ("grok", "surprise", 1, 400, "Argument not supported: surprise"),
        ("grok", "messages", ..., 422, "messages"),
        ("grok", "messages.0.cache", True, 400, "cache"),
        ("grok", "verbosity", "low", 400, "verbosity"),
        ("grok", "stream", True, 501, "the simulator does not stream"),
        ("gemini", "surprise", 1, 400, 'Unknown name "surprise"'),
        ("gemini", "contents", ..., 400, "contents"),
        ("gemini", "contents.0.role", "assistant", 400, "role"),
        ("gemini", "contents.0.parts.1.inlineData.mimeType", ..., 400, "MIME"),
        ("gemini", "generationConfig.responseMimeType", "text/plain", 400, "mime"),
        ("gemini", "generationConfig.candidateCount", 2, 400, "candidateCount"),
        ("gemini", "generationConfig.thinkingConfig.thinkingLevel", "MAX", 400, "level max"),
        ("anthropic", "surprise", 1, 400, "surprise: Extra inputs are not permitted"),
        ("anthropic", "max_tokens", ..., 400, "max_tokens"),
        ("anthropic", "messages", ..., 400, "messages"),
        ("anthropic", "messages.0.role", "system", 400, "role"),
        ("anthropic", "messages.0.role", "assistant", 400, "prefill"),
        ("anthropic", "messages.0.content.0.type", "picture", 400, "type"),
        ("anthropic", "output_config.effort", "heroic", 400, "effort"),
        ("anthropic", "output_config.format.type", "json", 400, "json_schema"),
        ("anthropic", "thinking.type", "off", 400, "thinking"),
        ("anthropic", "stream", True, 501, "the simulator does not stream"),
    ],
)
async def test_spoilt_bodies(
    send: Send, vendor: Vendor, path: str, value: object, status: int, words: str
) -> None:
    """Unknown fields, missing fields and wrong values are refused; streaming is not simulated."""
    sample = describe_sample(vendor)
    sample.put(path, value)
    response = await send(sample)
    assert response.status == status
    assert words in await error_words(response)


@pytest.mark.parametrize(
    ("vendor", "missing", "bad", "words"),
    [
        ("openai", 401, 401, "Incorrect API key provided: si***ey."),
        ("grok", 401, 400, "You can obtain an API key from https://console.x.ai."),
        ("gemini", 403, 400, "API key not valid."),
        ("anthropic", 401, 401, "invalid x-api-key"),
    ],
)
async def test_keys(
    send: Send, sim: Simulator, vendor: Vendor, missing: int, bad: int, words: str
) -> None:
    """A key that is no longer valid is a wrong key, and without one not even the list is served."""
    sim.set_key(vendor, "another-key")
    for sample in (describe_sample(vendor), list_sample(vendor)):
        response = await send(sample)
        assert response.status == bad
        assert words in await error_words(response)
        sample.headers = auth_headers(vendor, "another-key")
        assert (await send(sample)).status == 200
        sample.headers = {}
        assert (await send(sample)).status == missing
    assert [request.key for request in sim.requests()] == ["bad", "ok", "missing"] * 2


async def test_gemini_key_in_the_query(send: Send, sim: Simulator) -> None:
    """A key in the address is refused, even beside a good header, and noted."""
    sample = list_sample("gemini")
    sample.path += "?key=sim-gemini-key"
    assert (await send(sample)).status == 400
    assert sim.requests()[0].key_elsewhere


@pytest.mark.parametrize("version", ["", "2019-01-01"])
async def test_anthropic_version(send: Send, version: str) -> None:
    """Anthropic needs its version header."""
    sample = describe_sample("anthropic")
    sample.headers["anthropic-version"] = version
    response = await send(sample)
    assert response.status == 400
    assert "anthropic-version" in await error_words(response)


@pytest.mark.parametrize("vendor", VENDORS)
async def test_paths_and_content_type(send: Send, vendor: Vendor) -> None:
    """Other paths and methods are not there, and a body has to say that it is JSON."""
    for method, path in (("POST", "/nowhere"), ("GET", "/"), ("DELETE", "/models")):
        sample = list_sample(vendor)
        sample.method, sample.path = method, path
        assert (await send(sample)).status == 404
    sample = describe_sample(vendor)
    sample.headers["Content-Type"] = "text/plain"
    assert (await send(sample)).status == (415 if vendor == "grok" else 400)


@pytest.mark.parametrize(
    ("vendor", "size", "status"), [("anthropic", 33, 413), ("gemini", 21, 400), ("openai", 51, 413)]
)
async def test_large_bodies(send: Send, vendor: Vendor, size: int, status: int) -> None:
    """A body over the vendor's limit is refused before it is read."""
    sample = describe_sample(vendor)
    sample.body["padding"] = "x" * size * 1024 * 1024
    assert (await send(sample)).status == status


@pytest.mark.parametrize("vendor", VENDORS)
async def test_schemas(send: Send, vendor: Vendor) -> None:
    """Each vendor has its own idea of a good schema; all of them refuse nonsense."""
    loose, optional, bounded, nonsense = (deepcopy(SCHEMA) for _ in range(4))
    del loose["additionalProperties"]
    optional["required"].remove("title")
    bounded["properties"]["confidence"] |= {"minimum": 0, "maximum": 100}
    nonsense["properties"]["title"] = {"type": "text"}
    refused = [
        (await send(describe_sample(vendor, schema=schema))).status >= 400
        for schema in (loose, optional, bounded, nonsense)
    ]
    strict = [True, True, False, True]
    assert (
        refused
        == {
            "openai": strict,
            "grok": strict,
            "gemini": [False, False, False, True],
            "anthropic": [True, False, True, True],
        }[vendor]
    )


_NO_EFFORT = {"reasoning_effort": None}
_ENABLED = {"max_tokens": 4000, "thinking": {"type": "enabled", "budget_tokens": 1024}}


@pytest.mark.parametrize(
    ("vendor", "model", "changes", "status", "words"),
    [
        ("openai", "gpt-6-luna", {"temperature": 0.2}, 200, ""),
        ("openai", "gpt-6-luna", {"reasoning_effort": "low", "temperature": 1}, 200, ""),
        ("openai", "gpt-6-luna", _NO_EFFORT | {"temperature": 0.2}, 400, "'temperature'"),
        ("openai", "gpt-6-luna", {"max_tokens": 300}, 400, "'max_tokens'"),
        ("openai", "gpt-4o-mini", _NO_EFFORT | {"temperature": 0.2}, 200, ""),
        ("openai", "gpt-4-vision-preview", {}, 404, "does not exist"),
        ("openai", "text-embedding-3-small", {}, 404, "not a chat model"),
        ("openai", "gpt-3.5-turbo", _NO_EFFORT, 400, "only supported by certain models"),
        ("grok", "grok-4.3", {"presence_penalty": 0}, 400, "presencePenalty"),
        ("grok", "grok-4.20", {}, 400, "reasoningEffort"),
        ("grok", "grok-2-vision-1212", {}, 404, "grok-2-vision-1212 does not exist"),
        ("gemini", "gemini-3.5-flash-lite", {"thinkingBudget": 0}, 400, "Thinking budget"),
        ("gemini", "gemini-2.5-flash", {"thinkingLevel": "LOW"}, 400, "Thinking level"),
        ("gemini", "gemini-2.5-flash", {"thinkingBudget": 0}, 200, ""),
        ("gemini", "gemini-2.0-flash", {}, 404, "gemini-2.0-flash is not found"),
        ("gemini", "gemini-1.5-flash", {}, 404, "gemini-1.5-flash is not found"),
        ("gemini", "gemini-embedding-001", {}, 404, "is not found"),
        ("anthropic", "claude-haiku-5-5", {"temperature": 1}, 200, ""),
        ("anthropic", "claude-haiku-5-5", {"temperature": 0.2}, 400, "`temperature` is deprecated"),
        ("anthropic", "claude-haiku-5-5", _ENABLED, 400, "thinking.type.enabled"),
        ("anthropic", "claude-haiku-4-5", {"thinking": None, "temperature": 0.2}, 200, ""),
        ("anthropic", "claude-3-haiku-20240307", {}, 404, "model: claude-3-haiku-20240307"),
    ],
)
async def test_models_and_parameters(
    send: Send, vendor: Vendor, model: str, changes: dict[str, Any], status: int, words: str
) -> None:
    """Retired models and those without eyes are refused, and older parameters by newer models."""
    sample = describe_sample(vendor)
    if vendor == "gemini":
        sample.body["generationConfig"]["thinkingConfig"] = changes
        changes = {}
    response = await send(sample.with_model(model, **changes))
    assert response.status == status
    if words:
        assert words in await error_words(response)


@pytest.mark.parametrize("vendor", VENDORS)
@pytest.mark.parametrize(
    "data",
    [
        "!!!!",
        b"",
        b"hello" * 50,
        picture()[:5000],
        picture(kind="BMP"),
    ],
    ids=["not base64", "empty", "not a picture", "half a picture", "a format nobody takes"],
)
async def test_broken_pictures(
    send: Send, sim: Simulator, vendor: Vendor, data: bytes | str
) -> None:
    """A picture that cannot be read is refused."""
    assert (await send(describe_sample(vendor, data))).status == 400
    assert len(sim.requests()[0].images) == 1


@pytest.mark.parametrize(
    ("vendor", "kind", "status"),
    [
        ("openai", "PNG", 200),
        ("openai", "GIF", 200),
        ("openai", "WEBP", 200),
        ("grok", "PNG", 200),
        ("grok", "GIF", 400),
        ("grok", "WEBP", 400),
        ("gemini", "PNG", 200),
        ("gemini", "GIF", 400),
        ("anthropic", "PNG", 400),  # it says image/jpeg in the request
    ],
)
async def test_picture_formats(send: Send, vendor: Vendor, kind: str, status: int) -> None:
    """Each vendor has its own list of formats."""
    assert (await send(describe_sample(vendor, picture(kind=kind)))).status == status


@pytest.mark.parametrize(
    ("vendor", "data", "words"),
    [
        ("anthropic", picture() + b"\0" * 4_000_000, "image exceeds 5 MB maximum"),
        ("anthropic", picture(8001, 10), "8000 pixels"),
        ("openai", picture() + b"\0" * 4_000_000, ""),
    ],
    ids=["bytes", "pixels", "openai"],
)
async def test_large_pictures(send: Send, vendor: Vendor, data: bytes, words: str) -> None:
    """Anthropic limits the base64 text and the pixels."""
    response = await send(describe_sample(vendor, data))
    assert response.status == (400 if words else 200)
    if words:
        assert words in await error_words(response)
