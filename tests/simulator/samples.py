"""Good requests as they stand on the wire, for tests that then spoil them."""

import base64
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
            "anyOf": [{"type": "string", "enum": ["low", "normal", "high"]}, {"type": "null"}]
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
_SYSTEM = "Describe the picture."
_USER = "Motion at the front door."


def picture(
    width: int = 1280,
    height: int = 720,
    colour: tuple[int, int, int] = (20, 30, 110),
    *,
    kind: str = "JPEG",
    **options: Any,
) -> bytes:
    """Return a picture of one colour."""
    return encoded(Image.new("RGB", (width, height), colour), kind, **options)


def encoded(image: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    """Return the bytes of a picture's file."""
    buffer = BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def base64_text(data: bytes) -> str:
    """Return bytes as they stand in a request."""
    return base64.b64encode(data).decode()


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

    def put(self, path: str, value: object) -> None:
        """Put a value into the body, at a place such as `messages.1.role`; `...` takes it out."""
        node, (*steps, last) = self.body, [int(s) if s.isdecimal() else s for s in path.split(".")]
        for step in steps:
            node = node[step]
        node[last] = value
        if value is ...:
            del node[last]

    def with_model(self, model: str, **changes: Any) -> Sample:
        """Ask for another model, with other top-level fields; None takes one out."""
        if self.vendor == "gemini":
            self.path = f"/v1beta/models/{model}:generateContent"
        else:
            changes["model"] = model
        merged = self.body | changes
        self.body = {name: value for name, value in merged.items() if value is not None}
        return self


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
    own = {"gemini": "/v1beta/models", "anthropic": "/v1/models", "grok": "/language-models"}
    path = own.get(vendor, "/models")
    return Sample(vendor, "GET", path, auth_headers(vendor), None)


def describe_sample(
    vendor: Vendor, image: bytes | str | None = None, *, schema: JsonObject | None = SCHEMA
) -> Sample:
    """Return a good request with one picture, which may stand there as base64 already."""
    data = image if isinstance(image, str) else base64_text(picture() if image is None else image)
    path, build = {
        "gemini": (f"/v1beta/models/{MODELS['gemini']}:generateContent", _gemini),
        "anthropic": ("/v1/messages", _anthropic),
    }.get(vendor, ("/chat/completions", _chat))
    body = build(data, deepcopy(schema))
    if vendor != "gemini":
        body["model"] = MODELS[vendor]
    return Sample(vendor, "POST", path, auth_headers(vendor), body)


def _chat(data: str, schema: JsonObject | None) -> JsonObject:
    image = {"type": "image_url", "image_url": {"url": f"data:image/jpeg;base64,{data}"}}
    body: JsonObject = {
        "reasoning_effort": "none",
        "max_completion_tokens": 300,
        "messages": [
            {"role": "system", "content": _SYSTEM},
            {"role": "user", "content": [{"type": "text", "text": _USER}, image]},
        ],
    }
    if schema:
        inner = {"name": "event", "strict": True, "schema": schema}
        body["response_format"] = {"type": "json_schema", "json_schema": inner}
    return body


def _gemini(data: str, schema: JsonObject | None) -> JsonObject:
    config: JsonObject = {"maxOutputTokens": 300, "thinkingConfig": {"thinkingLevel": "MINIMAL"}}
    if schema:
        config |= {"responseMimeType": "application/json", "responseJsonSchema": schema}
    image = {"inlineData": {"mimeType": "image/jpeg", "data": data}}
    return {
        "systemInstruction": {"parts": [{"text": _SYSTEM}]},
        "contents": [{"role": "user", "parts": [{"text": _USER}, image]}],
        "generationConfig": config,
    }


def _anthropic(data: str, schema: JsonObject | None) -> JsonObject:
    source = {"type": "base64", "media_type": "image/jpeg", "data": data}
    content = [{"type": "image", "source": source}, {"type": "text", "text": _USER}]
    body: JsonObject = {
        "max_tokens": 300,
        "thinking": {"type": "disabled"},
        "system": _SYSTEM,
        "messages": [{"role": "user", "content": content}],
    }
    if schema:
        body["output_config"] = {"format": {"type": "json_schema", "schema": schema}}
    return body
