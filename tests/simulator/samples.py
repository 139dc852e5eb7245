"""Good requests as they stand on the wire, for tests that then spoil them."""

import base64
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from PIL import Image

from .wire import KEYS, JsonObject, SimulatorUrls, Vendor

SCHEMA: JsonObject = {
    "type": "object",
    "additionalProperties": False,
    "required": ["title", "description", "objects", "confidence", "importance"],
    "properties": {
        "title": {"type": "string"},
        "description": {"type": "string"},
        "objects": {
            "type": "array",
            "items": {
                "type": "string",
                "enum": ["person", "vehicle", "animal", "package", "other"],
            },
        },
        "confidence": {"type": ["integer", "null"]},
        "importance": {
            "anyOf": [
                {"type": "string", "enum": ["low", "normal", "high"]},
                {"type": "null"},
            ]
        },
    },
}
"""The schema that Eyewitness asks for, as far as the vendors have to know it."""

MODELS: dict[Vendor, str] = {
    "openai": "gpt-6-luna",
    "grok": "grok-4.3",
    "gemini": "gemini-3.5-flash-lite",
    "anthropic": "claude-haiku-5-5",
}


def picture(
    width: int = 1280,
    height: int = 720,
    colour: tuple[int, int, int] = (20, 30, 110),
    *,
    kind: str = "JPEG",
    exif: Image.Exif | None = None,
) -> bytes:
    """Return a picture of one colour."""
    buffer = BytesIO()
    image = Image.new("RGB", (width, height), colour)
    if exif:
        image.save(buffer, kind, exif=exif)
    else:
        image.save(buffer, kind)
    return buffer.getvalue()


@dataclass(slots=True)
class Sample:
    """One request that a vendor accepts."""

    vendor: Vendor
    method: str
    path: str
    """Below the vendor's base URL."""
    headers: dict[str, str]
    body: Any

    def url(self, urls: SimulatorUrls) -> str:
        """Return the whole URL."""
        return urls.base(self.vendor) + self.path


def auth_headers(vendor: Vendor, key: str | None = None) -> dict[str, str]:
    """Return the headers that carry the key."""
    key = KEYS[vendor] if key is None else key
    match vendor:
        case "openai" | "grok":
            return {"Authorization": f"Bearer {key}"}
        case "gemini":
            return {"x-goog-api-key": key}
        case "anthropic":
            return {"x-api-key": key, "anthropic-version": "2023-06-01"}


def list_sample(vendor: Vendor) -> Sample:
    """Return a good list-models request."""
    path = {"gemini": "/v1beta/models", "anthropic": "/v1/models"}.get(vendor, "/models")
    return Sample(vendor, "GET", path, auth_headers(vendor), None)


def describe_sample(
    vendor: Vendor, image: bytes | None = None, *, schema: JsonObject | None = SCHEMA
) -> Sample:
    """Return a good request with one picture."""
    data = base64.b64encode(picture() if image is None else image).decode()
    path = {
        "gemini": f"/v1beta/models/{MODELS['gemini']}:generateContent",
        "anthropic": "/v1/messages",
    }.get(vendor, "/chat/completions")
    build = {"gemini": _gemini, "anthropic": _anthropic}.get(vendor, _chat)
    body = build(vendor, data, deepcopy(schema))
    return Sample(vendor, "POST", path, auth_headers(vendor), body)


def changed(body: Mapping[str, Any], **changes: Any) -> JsonObject:
    """Return a copy of a body with other top-level fields; None takes one out."""
    merged = deepcopy(dict(body)) | changes
    return {name: value for name, value in merged.items() if value is not None}


def _chat(vendor: Vendor, data: str, schema: JsonObject | None) -> JsonObject:
    body: JsonObject = {
        "model": MODELS[vendor],
        "reasoning_effort": "none",
        "max_completion_tokens": 300,
        "messages": [
            {"role": "system", "content": "Describe the picture."},
            {
                "role": "user",
                "content": [
                    {"type": "text", "text": "Motion at the front door."},
                    {
                        "type": "image_url",
                        "image_url": {"url": f"data:image/jpeg;base64,{data}"},
                    },
                ],
            },
        ],
    }
    if schema:
        inner = {"name": "event", "strict": True, "schema": schema}
        body["response_format"] = {"type": "json_schema", "json_schema": inner}
    return body


def _gemini(vendor: Vendor, data: str, schema: JsonObject | None) -> JsonObject:
    config: JsonObject = {
        "maxOutputTokens": 300,
        "thinkingConfig": {"thinkingLevel": "MINIMAL"},
    }
    if schema:
        config |= {"responseMimeType": "application/json", "responseJsonSchema": schema}
    return {
        "systemInstruction": {"parts": [{"text": "Describe the picture."}]},
        "contents": [
            {
                "role": "user",
                "parts": [
                    {"text": "Motion at the front door."},
                    {"inlineData": {"mimeType": "image/jpeg", "data": data}},
                ],
            }
        ],
        "generationConfig": config,
    }


def _anthropic(vendor: Vendor, data: str, schema: JsonObject | None) -> JsonObject:
    body: JsonObject = {
        "model": MODELS[vendor],
        "max_tokens": 300,
        "thinking": {"type": "disabled"},
        "system": "Describe the picture.",
        "messages": [
            {
                "role": "user",
                "content": [
                    {
                        "type": "image",
                        "source": {
                            "type": "base64",
                            "media_type": "image/jpeg",
                            "data": data,
                        },
                    },
                    {"type": "text", "text": "Motion at the front door."},
                ],
            }
        ],
    }
    if schema:
        body["output_config"] = {"format": {"type": "json_schema", "schema": schema}}
    return body
