"""What leaves the house: one request, with the picture, and the key in its header alone."""

from typing import Any

import pytest

from custom_components.eyewitness.pipeline.answer import SCHEMA
from custom_components.eyewitness.pipeline.prompt import SYSTEM, camera_task
from tests.simulator import Model

from .kit import KINDS, TASK, SimVendor, only

KEY_HEADERS = dict.fromkeys(KINDS, ("authorization", "Bearer <key:ok>")) | {
    "gemini": ("x-goog-api-key", "<key:ok>"),
    "anthropic": ("x-api-key", "<key:ok>"),
}
SENT_HEADERS = {
    *("accept", "accept-encoding", "connection", "content-length", "content-type", "host"),
    *("user-agent", "authorization", "x-goog-api-key", "x-api-key", "anthropic-version"),
}


async def _body(vendor: SimVendor, **spec: Any) -> dict[str, Any]:
    """Ask once and return what the vendor received."""
    await vendor.provider(**spec).generate(TASK)
    (record,) = vendor.requests("describe")
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
    indirect=["vendor"],
)
async def test_chat_request(vendor: SimVendor, model: str, more: dict[str, Any]) -> None:
    """AC1, AC3: OpenAI and Grok get the same request, with a base64 picture and no tools."""
    body = await _body(vendor, model=model)
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
                    {"type": "text", "text": TASK.user},
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


@only("gemini")
@pytest.mark.parametrize(
    ("model", "thinking", "limit"),
    [
        ("gemini-3.5-flash-lite", None, 300),
        ("gemini-2.5-flash", {"thinking_budget": 0}, 300),
        ("gemini-3.8-flash", {"thinking_level": "LOW"}, 1300),
    ],
)
async def test_gemini_request(
    vendor: SimVendor, model: str, thinking: dict[str, Any] | None, limit: int
) -> None:
    """Gemini gets the picture inline, the system prompt apart and no tools."""
    vendor.offer("gemini-3.8-flash", efforts=("low", "medium", "high"))
    body = await _body(vendor, model=model)
    assert vendor.requests("describe")[0].model == model
    picture = body["contents"][0]["parts"][0].pop("inlineData")
    assert picture.pop("data")["width"] == 1280
    assert list(picture.values()) == ["image/jpeg"]  # in one of two spellings
    assert body["generationConfig"].pop("thinkingConfig", None) == thinking
    assert body == {
        "systemInstruction": {"role": "user", "parts": [{"text": SYSTEM}]},
        "contents": [{"role": "user", "parts": [{}, {"text": TASK.user}]}],
        "generationConfig": {
            "maxOutputTokens": limit,
            "responseMimeType": "application/json",
            "responseJsonSchema": SCHEMA,
        },
    }


@only("anthropic")
@pytest.mark.parametrize(
    ("model", "more"),
    [
        ("claude-haiku-5-5", {"thinking": {"type": "disabled"}}),
        ("claude-haiku-4-5", {"thinking": {"type": "disabled"}}),
        ("claude-3-opus", {}),
    ],
)
async def test_claude_request(vendor: SimVendor, model: str, more: dict[str, Any]) -> None:
    """Claude gets the picture before the words, the system prompt apart and no tools."""
    vendor.offer("claude-3-opus")
    body = await _body(vendor, model=model)
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
                    {"type": "text", "text": TASK.user},
                ],
            }
        ],
        "output_config": {"format": {"type": "json_schema", "schema": SCHEMA}},
        **more,
    }


async def test_the_picture_arrives_as_it_is(vendor: SimVendor) -> None:
    """AC3: what the vendor decodes from base64 is the picture, byte for byte, and just one."""
    await vendor.provider().generate(TASK)
    (record,) = vendor.requests("describe")
    assert len(record.images) == 1
    assert vendor.sim.image(record.seq) == TASK.pictures[0].jpeg


async def test_row_89_no_request_offers_a_tool(vendor: SimVendor) -> None:
    """Whatever a picture says, there is nothing that a model could set off."""
    body = await _body(vendor)
    assert not [name for name in body if "tool" in name.lower() or "function" in name.lower()]


def test_what_people_say_goes_to_the_user_part() -> None:
    """Camera, trigger, wishes and language never reach the system prompt (row 90)."""
    for word in ("Front door", "motion at the front door", "look for parcels", "Dutch"):
        assert word in TASK.user
        assert word not in SYSTEM


def test_what_nobody_said_is_left_out() -> None:
    """Without a trigger and without wishes only camera and language remain."""
    task = camera_task(TASK.pictures[0], camera_name="Shed")
    assert task.user.splitlines() == [
        "Camera: Shed",
        "Write title and description in this language: English",
    ]


@only(*KINDS)
async def test_headers(vendor: SimVendor) -> None:
    """The key is in the vendor's header and nowhere else; nothing tells about this machine."""
    vendor.set_models([Model(id="mine")])
    provider = vendor.provider(model="mine")
    await provider.check()
    await provider.generate(TASK)
    assert [record.endpoint for record in vendor.requests()] == ["models", "describe"]
    for record in vendor.requests():
        headers = {name.lower(): value for name, value in record.headers.items()}
        assert KEY_HEADERS[vendor.kind] in headers.items()
        assert (record.key, record.key_elsewhere) == ("ok", False)
        assert headers.keys() <= SENT_HEADERS
        assert headers["accept-encoding"] == "identity"
