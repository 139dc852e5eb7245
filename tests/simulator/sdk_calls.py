"""Calls through the vendors' own SDKs."""

import base64
import json
from typing import Any

import anthropic
from google import genai
from google.genai import types as genai_types
import openai

from . import KEYS, Simulator, Vendor
from .samples import MODELS, SCHEMA, picture

_B64 = base64.b64encode(picture()).decode()


CHAT_VENDORS: tuple[Vendor, ...] = ("openai", "grok")


def chat_client(sim: Simulator, vendor: Vendor, key: str = "") -> openai.AsyncOpenAI:
    """Return an OpenAI client that never tries twice."""
    return openai.AsyncOpenAI(
        api_key=key or KEYS[vendor], base_url=sim.urls.base(vendor), max_retries=0
    )


async def ask_chat(sim: Simulator, vendor: Vendor, key: str = "", **changes: Any) -> Any:
    """Send a description request through the OpenAI SDK."""
    request: dict[str, Any] = {
        "model": MODELS[vendor],
        "reasoning_effort": "none",
        "max_completion_tokens": 300,
        "messages": [
            {
                "role": "user",
                "content": [
                    {"type": "text", "text": "What is this?"},
                    {
                        "type": "image_url",
                        "image_url": {"url": f"data:image/jpeg;base64,{_B64}"},
                    },
                ],
            }
        ],
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "event", "strict": True, "schema": SCHEMA},
        },
    }
    async with chat_client(sim, vendor, key) as client:
        return await client.chat.completions.create(**(request | changes))


async def ask_claude(sim: Simulator, key: str = "", **changes: Any) -> anthropic.types.Message:
    """Send a description request through the Anthropic SDK."""
    request: dict[str, Any] = {
        "model": MODELS["anthropic"],
        "max_tokens": 300,
        "thinking": {"type": "disabled"},
        "output_config": {"format": {"type": "json_schema", "schema": SCHEMA}},
        "messages": [
            {
                "role": "user",
                "content": [
                    {
                        "type": "image",
                        "source": {
                            "type": "base64",
                            "media_type": "image/jpeg",
                            "data": _B64,
                        },
                    },
                    {"type": "text", "text": "What is this?"},
                ],
            }
        ],
    }
    async with anthropic.AsyncAnthropic(
        api_key=key or KEYS["anthropic"], base_url=sim.urls.anthropic, max_retries=0
    ) as client:
        message: anthropic.types.Message = await client.messages.create(**(request | changes))
        return message


async def ask_gemini(client: genai.Client, model: str = MODELS["gemini"], **changes: Any) -> Any:
    """Send a description request through the google-genai SDK."""
    config: dict[str, Any] = {
        "max_output_tokens": 300,
        "response_mime_type": "application/json",
        "response_json_schema": SCHEMA,
    } | changes
    contents: list[Any] = [
        genai_types.Part.from_bytes(data=picture(), mime_type="image/jpeg"),
        "What is this?",
    ]
    return await client.aio.models.generate_content(
        model=model, contents=contents, config=genai_types.GenerateContentConfig(**config)
    )


def check_answer(text: str | None) -> None:
    """Check that the answer follows the schema and is true."""
    answer = json.loads(text or "")
    assert set(answer) == set(SCHEMA["properties"])
    assert "1280x720" in answer["description"]
    assert answer["title"] == "Mostly dark blue"
    assert answer["objects"] == ["other"]
    assert 0 <= answer["confidence"] <= 100
    assert answer["importance"] in ("low", "normal", "high")
