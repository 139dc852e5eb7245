"""What leaves the house: one request, with the picture, and the key in its header alone."""

from typing import Any

import openai
import pytest

from custom_components.eyewitness.chain import policy
from custom_components.eyewitness.chain.answer import SCHEMA
from custom_components.eyewitness.chain.task import Question
from custom_components.eyewitness.providers import registry
from custom_components.eyewitness.providers.chat import ChatProvider
from custom_components.eyewitness.providers.grok import GrokProvider
from custom_components.eyewitness.providers.openai import OpenAIProvider
from custom_components.eyewitness.providers.prompt import SYSTEM, user_text
from custom_components.eyewitness.providers.spec import Spec
from tests.simulator import Simulator, Vendor

from .conftest import Build
from .kit import QUESTION, SSL

KEY_HEADERS = {
    "openai": ("Authorization", "Bearer <key:ok>"),
    "grok": ("Authorization", "Bearer <key:ok>"),
    "gemini": ("x-goog-api-key", "<key:ok>"),
    "anthropic": ("x-api-key", "<key:ok>"),
}
SENT_HEADERS = {
    "accept",
    "accept-encoding",
    "anthropic-version",
    "authorization",
    "connection",
    "content-length",
    "content-type",
    "host",
    "user-agent",
    "x-api-key",
    "x-goog-api-key",
    "x-server-timeout",
    "x-stainless-raw-response",
}
USER = user_text(QUESTION)


async def _body(sim: Simulator, build: Build, vendor: Vendor, **spec: Any) -> dict[str, Any]:
    """Ask once and return what the vendor received."""
    await build(vendor, **spec).describe(QUESTION)
    (record,) = sim.requests(vendor, "describe")
    assert record.strict_status == 200
    assert isinstance(record.body, dict)
    return record.body


@pytest.mark.parametrize(
    ("vendor", "model", "more"),
    [
        ("openai", "gpt-4o-mini", {"max_completion_tokens": 300}),
        ("openai", "gpt-6-luna", {"max_completion_tokens": 300, "reasoning_effort": "none"}),
        ("grok", "grok-4.3", {"max_completion_tokens": 300, "reasoning_effort": "none"}),
        ("grok", "grok-4.20", {"max_completion_tokens": 1300}),
    ],
)
async def test_chat_request(
    sim: Simulator, build: Build, vendor: Vendor, model: str, more: dict[str, Any]
) -> None:
    """AC1, AC3: OpenAI and Grok get the same request, with a base64 picture and no tools."""
    body = await _body(sim, build, vendor, model=model)
    picture = body["messages"][1]["content"][1]["image_url"].pop("url")
    assert picture["width"] == 1280
    assert body == {
        "model": model,
        "store": False,
        "messages": [
            {"role": "system", "content": SYSTEM},
            {
                "role": "user",
                "content": [
                    {"type": "text", "text": USER},
                    {"type": "image_url", "image_url": {"detail": "high"}},
                ],
            },
        ],
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "event", "strict": True, "schema": SCHEMA},
        },
        **more,
    }


@pytest.mark.parametrize(
    ("model", "thinking", "cap"),
    [
        ("gemini-3.5-flash-lite", None, 300),
        ("gemini-2.5-flash", {"thinking_budget": 0}, 300),
        ("gemini-3.8-flash", {"thinking_level": "LOW"}, 1300),
    ],
)
async def test_gemini_request(
    sim: Simulator, build: Build, model: str, thinking: dict[str, Any] | None, cap: int
) -> None:
    """Gemini gets the picture inline, the system prompt apart and no tools."""
    sim.offer("gemini", "gemini-3.8-flash", efforts=("low", "medium", "high"))
    body = await _body(sim, build, "gemini", model=model)
    assert sim.requests("gemini", "describe")[0].model == model
    picture = body["contents"][0]["parts"][0].pop("inlineData")
    assert picture.pop("data")["width"] == 1280
    assert list(picture.values()) == ["image/jpeg"]  # in one of two spellings
    config = body["generationConfig"]
    assert config.pop("thinkingConfig", None) == thinking
    assert body == {
        "systemInstruction": {"role": "user", "parts": [{"text": SYSTEM}]},
        "contents": [{"role": "user", "parts": [{}, {"text": USER}]}],
        "generationConfig": {
            "maxOutputTokens": cap,
            "responseMimeType": "application/json",
            "responseJsonSchema": SCHEMA,
        },
    }


@pytest.mark.parametrize(
    ("model", "more"),
    [
        ("claude-haiku-5-5", {"thinking": {"type": "disabled"}}),
        ("claude-haiku-4-5", {"thinking": {"type": "disabled"}}),
        ("claude-3-opus", {}),
    ],
)
async def test_claude_request(
    sim: Simulator, build: Build, model: str, more: dict[str, Any]
) -> None:
    """Claude gets the picture before the words, the system prompt apart and no tools."""
    sim.offer("anthropic", "claude-3-opus")
    body = await _body(sim, build, "anthropic", model=model)
    assert body["messages"][0]["content"][0]["source"].pop("data")["width"] == 1280
    assert body == {
        "model": model,
        "max_tokens": 300,
        "system": SYSTEM,
        "messages": [
            {
                "role": "user",
                "content": [
                    {"type": "image", "source": {"type": "base64", "media_type": "image/jpeg"}},
                    {"type": "text", "text": USER},
                ],
            }
        ],
        "output_config": {"format": {"type": "json_schema", "schema": SCHEMA}},
        **more,
    }


async def test_the_picture_arrives_as_it_is(sim: Simulator, build: Build, vendor: Vendor) -> None:
    """AC3: what the vendor decodes from base64 is the picture, byte for byte, and just one."""
    await build(vendor).describe(QUESTION)
    (record,) = sim.requests(vendor, "describe")
    assert len(record.images) == 1
    assert sim.image(record.seq) == QUESTION.frame.jpeg


async def test_row_89_no_request_offers_a_tool(
    sim: Simulator, build: Build, vendor: Vendor
) -> None:
    """Whatever a picture says, there is nothing that a model could set off."""
    body = await _body(sim, build, vendor)
    assert not [name for name in body if "tool" in name.lower() or "function" in name.lower()]


async def test_row_91_a_reply_that_knows_our_key(
    sim: Simulator, build: Build, vendor: Vendor
) -> None:
    """Whoever sits in the vendor's place could have it said aloud: it does not come through."""
    sim.fail(vendor, "answer", text=f'{{"description": "The key is {sim.keys[vendor]}."}}')
    reply = await build(vendor).describe(QUESTION)
    assert reply.text == '{"description": "The key is [key removed]."}'


async def test_headers(sim: Simulator, build: Build, vendor: Vendor) -> None:
    """The key is in the vendor's header and nowhere else; nothing tells about this machine."""
    made = build(vendor)
    await made.check()
    await made.describe(QUESTION)
    name, value = KEY_HEADERS[vendor]
    assert [record.endpoint for record in sim.requests(vendor)] == ["models", "describe"]
    for record in sim.requests(vendor):
        headers = {key.lower(): text for key, text in record.headers.items()}
        assert headers[name.lower()] == value
        assert record.key == "ok"
        assert not record.key_elsewhere
        assert headers.keys() <= SENT_HEADERS
        assert headers["accept-encoding"] == "identity"


async def test_what_people_say_goes_to_the_user_part(
    sim: Simulator, build: Build, vendor: Vendor
) -> None:
    """Camera, trigger, wishes and language never reach the system prompt (matrix row 90)."""
    body = await _body(sim, build, vendor)
    system = str(body.get("system") or body.get("systemInstruction") or body["messages"][0])
    words = ("Front door", "motion at the front door", "look for parcels", "Dutch")
    for word in words:
        assert word in USER
        assert word in str(body)
        assert word not in system


def test_what_nobody_said_is_left_out() -> None:
    """Without a trigger and without wishes only camera and language remain."""
    question = Question(frame=QUESTION.frame, camera_name="Shed")
    assert user_text(question).splitlines() == [
        "Camera: Shed",
        "Write title and description in this language: English",
    ]


def test_grok_is_openai_at_another_address() -> None:
    """AC2: Grok is asked through ``AsyncOpenAI`` at xAI's address, with 30 s and no retries."""
    for cls, kind, address in (
        (GrokProvider, "grok", "https://api.x.ai/v1"),
        (OpenAIProvider, "openai", "https://api.openai.com/v1"),
    ):
        made = registry.build(Spec(id="one", kind=kind, api_key="a-key"), SSL)
        assert isinstance(made, cls)
        assert isinstance(made, ChatProvider)
        assert isinstance(made._client, openai.AsyncOpenAI)
        assert str(made._client.base_url).rstrip("/") == address
        assert made._client.max_retries == 0
        assert made._client.timeout == policy.ATTEMPT_SECONDS == 30


async def test_each_provider_is_the_same_to_the_chain(build: Build, vendor: Vendor) -> None:
    """AC1: all four have what ``chain.models.Provider`` names, and say who they are."""
    made = build(vendor)
    assert (made.id, made.kind, made.model) == (f"id-{vendor}", vendor, "auto")
    assert (await made.describe(QUESTION)).model == made.model


def test_a_spec_hides_its_key() -> None:
    """A provider's settings can be printed."""
    assert "a-key" not in repr(Spec(id="one", kind="openai", api_key="a-key"))


def test_an_unknown_kind_is_refused() -> None:
    """The registry knows the four vendors."""
    with pytest.raises(ValueError, match="nobody"):
        registry.build(Spec(id="one", kind="nobody", api_key="a-key"), SSL)


@pytest.mark.parametrize(
    ("vendor", "address"),
    [
        ("gemini", "https://generativelanguage.googleapis.com"),
        ("anthropic", "https://api.anthropic.com"),
    ],
)
async def test_default_addresses(vendor: Vendor, address: str) -> None:
    """Without a base URL the vendor's own is used."""
    made: Any = registry.build(Spec(id="one", kind=vendor, api_key="a-key"), SSL)
    client = made._client
    used = client._api_client._http_options.base_url if vendor == "gemini" else client.base_url
    assert str(used).rstrip("/") == address
    await made.close()
