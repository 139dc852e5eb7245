"""What the vendors would refuse, the simulator refuses."""

from copy import deepcopy
import json
from typing import Any

import pytest

from . import VENDORS, Simulator, Vendor
from .conftest import Send, Spoil, error_words, send_spoilt
from .samples import SCHEMA, auth_headers, describe_sample, list_sample


@pytest.mark.parametrize("vendor", VENDORS)
async def test_good_samples(send: Send, vendor: Vendor) -> None:
    """The unspoilt samples are accepted, or the tests below would prove nothing."""
    assert (await send(describe_sample(vendor))).status == 200
    assert (await send(list_sample(vendor))).status == 200


@pytest.mark.parametrize(
    ("vendor", "status", "words"),
    [
        ("openai", 400, "Unknown parameter: 'surprise'"),
        ("grok", 400, "Argument not supported: surprise"),
        ("gemini", 400, 'Unknown name "surprise"'),
        ("anthropic", 400, "surprise: Extra inputs are not permitted"),
    ],
)
async def test_unknown_fields(send: Send, vendor: Vendor, status: int, words: str) -> None:
    """A field that the vendor does not know is refused."""
    found, body = await send_spoilt(send, vendor, lambda body: body.update(surprise=1))
    assert found == status
    assert words in error_words(body)


@pytest.mark.parametrize(
    ("vendor", "missing", "status"),
    [
        ("openai", "model", 400),
        ("openai", "messages", 400),
        ("grok", "messages", 422),
        ("gemini", "contents", 400),
        ("anthropic", "max_tokens", 400),
        ("anthropic", "messages", 400),
    ],
)
async def test_missing_fields(send: Send, vendor: Vendor, missing: str, status: int) -> None:
    """A field that the vendor needs must be there."""
    found, body = await send_spoilt(send, vendor, lambda body: body.pop(missing))
    assert found == status
    assert missing in error_words(body)


@pytest.mark.parametrize(
    ("vendor", "status"), [("openai", 401), ("grok", 401), ("gemini", 403), ("anthropic", 401)]
)
async def test_missing_key(send: Send, sim: Simulator, vendor: Vendor, status: int) -> None:
    """Without a key nothing is served, not even the list."""
    for sample in (describe_sample(vendor), list_sample(vendor)):
        sample.headers = {}
        assert (await send(sample)).status == status
    assert [request.key for request in sim.requests()] == ["missing", "missing"]


@pytest.mark.parametrize(
    ("vendor", "status"), [("openai", 401), ("grok", 400), ("gemini", 400), ("anthropic", 401)]
)
async def test_changed_key(send: Send, sim: Simulator, vendor: Vendor, status: int) -> None:
    """A key that is no longer valid is a wrong key."""
    sim.set_key(vendor, "another-key")
    for sample in (describe_sample(vendor), list_sample(vendor)):
        assert (await send(sample)).status == status
        sample.headers = auth_headers(vendor, "another-key")
        assert (await send(sample)).status == 200


async def test_gemini_key_in_the_query(send: Send, sim: Simulator) -> None:
    """A key in the address is refused, even beside a good header, and noted."""
    sample = list_sample("gemini")
    sample.path += "?key=sim-gemini-key"
    assert (await send(sample)).status == 400
    (request,) = sim.requests()
    assert request.key_elsewhere
    assert "sim-gemini-key" not in json.dumps(request.to_json())


async def test_anthropic_version(send: Send) -> None:
    """Anthropic needs its version header."""
    for version in ("", "2019-01-01"):
        sample = describe_sample("anthropic")
        sample.headers["anthropic-version"] = version
        response = await send(sample)
        assert response.status == 400
        assert "anthropic-version" in error_words(await response.json())


@pytest.mark.parametrize("vendor", VENDORS)
async def test_body_must_be_json(send: Send, sim: Simulator, vendor: Vendor) -> None:
    """Another content type is refused."""
    sample = describe_sample(vendor)
    sample.headers["Content-Type"] = "text/plain"
    assert (await send(sample)).status == (415 if vendor == "grok" else 400)


@pytest.mark.parametrize(
    ("method", "path"), [("POST", "/nowhere"), ("GET", "/"), ("DELETE", "/models")]
)
@pytest.mark.parametrize("vendor", VENDORS)
async def test_unknown_paths(send: Send, vendor: Vendor, method: str, path: str) -> None:
    """Other paths and methods are not there."""
    sample = list_sample(vendor)
    sample.method, sample.path = method, path
    assert (await send(sample)).status == 404


@pytest.mark.parametrize(
    ("vendor", "size", "status"), [("anthropic", 33, 413), ("gemini", 21, 400), ("openai", 51, 413)]
)
async def test_large_bodies(send: Send, vendor: Vendor, size: int, status: int) -> None:
    """A body over the vendor's limit is refused before it is read."""
    found, _ = await send_spoilt(
        send, vendor, lambda body: body.update(padding="x" * size * 1024 * 1024)
    )
    assert found == status


def _loose(schema: Any) -> None:
    del schema["additionalProperties"]


def _optional(schema: Any) -> None:
    schema["required"].remove("title")


def _bounded(schema: Any) -> None:
    schema["properties"]["confidence"] |= {"minimum": 0, "maximum": 100}


def _nonsense(schema: Any) -> None:
    schema["properties"]["title"] = {"type": "text"}


@pytest.mark.parametrize(
    ("spoil", "refusing"),
    [
        (_loose, {"openai", "grok", "anthropic"}),
        (_optional, {"openai", "grok"}),
        (_bounded, {"anthropic"}),
        (_nonsense, set(VENDORS)),
    ],
)
@pytest.mark.parametrize("vendor", VENDORS)
async def test_schemas(send: Send, vendor: Vendor, spoil: Spoil, refusing: set[str]) -> None:
    """Each vendor has its own idea of a good schema."""
    schema = deepcopy(SCHEMA)
    spoil(schema)
    response = await send(describe_sample(vendor, schema=schema))
    assert (response.status >= 400) == (vendor in refusing)


@pytest.mark.parametrize("vendor", VENDORS)
async def test_plain_text(send: Send, vendor: Vendor) -> None:
    """Without a schema the answer is prose."""
    response = await send(describe_sample(vendor, schema=None))
    text = await response.text()
    assert "A 1280 by 720 picture (1280x720), mostly dark blue." in text
    assert "confidence" not in text


@pytest.mark.parametrize(
    ("vendor", "spoil"),
    [
        ("openai", lambda body: body.update(messages=[])),
        ("openai", lambda body: body["messages"][1].update(role="robot")),
        ("openai", lambda body: body["messages"][1]["content"][0].update(type="image")),
        ("openai", lambda body: body["messages"][1]["content"][1].update(image_url="x")),
        ("openai", lambda body: body["messages"][0].update(content=None)),
        ("openai", lambda body: body.update(max_completion_tokens=0)),
        ("openai", lambda body: body.update(reasoning_effort="heroic")),
        ("grok", lambda body: body.update(verbosity="low")),
        ("grok", lambda body: body["messages"][0].update(cache=True)),
        ("gemini", lambda body: body["contents"][0].update(role="assistant")),
        ("gemini", lambda body: body["contents"][0]["parts"][1]["inlineData"].pop("mimeType")),
        ("gemini", lambda body: body["generationConfig"].update(responseMimeType="text/plain")),
        ("gemini", lambda body: body["generationConfig"].update(candidateCount=2)),
        (
            "gemini",
            lambda body: body["generationConfig"]["thinkingConfig"].update(thinkingLevel="MAX"),
        ),
        ("anthropic", lambda body: body["messages"][0].update(role="system")),
        ("anthropic", lambda body: body["messages"][0]["content"][0].update(type="picture")),
        ("anthropic", lambda body: body["messages"].append({"role": "assistant", "content": "{"})),
        ("anthropic", lambda body: body["output_config"].update(effort="heroic")),
        ("anthropic", lambda body: body["output_config"]["format"].update(type="json")),
        ("anthropic", lambda body: body["thinking"].update(type="off")),
        ("anthropic", lambda body: body.update(model="claude-3-haiku-20240307")),
    ],
)
async def test_wrong_shapes(send: Send, vendor: Vendor, spoil: Spoil) -> None:
    """A message of the wrong shape is refused."""
    status, body = await send_spoilt(send, vendor, spoil)
    assert 400 <= status < 500
    assert error_words(body)


@pytest.mark.parametrize("vendor", ["openai", "grok", "anthropic"])
async def test_streaming_is_not_simulated(send: Send, vendor: Vendor) -> None:
    """The simulator says what it cannot do, in words of its own."""
    sample = describe_sample(vendor)
    sample.body["stream"] = True
    response = await send(sample)
    assert response.status == 501
    assert await response.text() == "the simulator does not stream"
