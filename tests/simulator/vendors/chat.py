"""The Chat Completions dialect, which OpenAI and xAI share.

Field names: `openai/types/chat/completion_create_params.py` of the SDK 3.10; reply:
`openai/types/chat/chat_completion.py` and `openai/types/completion_usage.py`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
import json
import time
from typing import Any, ClassVar, override

from ..catalog import Catalog, Model
from ..pictures import Picture
from ..tokens import cut_to_tokens, image_tokens, text_tokens, thinking_tokens
from ..wire import Call, Endpoint, JsonObject, RefusedError, Reply, Script
from .base import Dialect, new_id
from .chat_errors import ChatErrors
from .fields import CHAT, CHAT_MESSAGE
from .schemas import openai_problem, shape_problem

# Tuples, because a test for membership must also take what has no hash.
_ROLES = ("developer", "system", "user", "assistant", "tool")
_SAMPLING = frozenset({"temperature", "top_p"})
_DETAILS = ("auto", "low", "high", "original")


@dataclass(slots=True)
class _Prompt:
    """What the messages held."""

    text: str = ""
    pictures: list[tuple[Picture, str]] = field(default_factory=list)


class ChatDialect(Dialect):
    """Chat Completions and the model list."""

    errors: ChatErrors
    fields: ClassVar[frozenset[str]] = CHAT
    formats: ClassVar[frozenset[str]]
    max_picture_bytes: ClassVar[int] = 20 * 1024 * 1024
    max_body_bytes: ClassVar[int] = 50 * 1024 * 1024

    @override
    def endpoint(self, method: str, tail: str) -> Endpoint | None:
        match method, tail:
            case "POST", "chat/completions":
                return "describe"
            case "GET", "models":
                return "models"
        return None

    @override
    def key_header(self, header: str, value: str) -> str | None:
        if header.lower() != "authorization":
            return None
        scheme, _, key = value.partition(" ")
        return key if scheme.lower() == "bearer" else value

    @override
    def authenticate(self, call: Call) -> None:
        sent = call.headers.get("Authorization", "")
        scheme, _, key = sent.partition(" ")
        if scheme != "Bearer" or not key:
            self.refuse(self.errors.no_key())
        if key != call.key:
            self.refuse(self.errors.auth(key))

    @override
    def describe(self, call: Call, catalog: Catalog, script: Script) -> Reply:
        if len(call.raw) > self.max_body_bytes:
            self.refuse(self.errors.too_large())
        body = self.body(call)
        self.known(body, self.fields, "")
        for name in ("model", "messages"):
            if name not in body:
                self.refuse(self.errors.wrong(name, "missing"))
        model = self.model(call, catalog, body["model"])
        if not model.chat:
            self.refuse(self.not_chat(model))
        effort = self._effort(body, model)
        self._check_parameters(body, model, effort)
        prompt = self._read_messages(body["messages"], model)
        schema = self._read_format(body.get("response_format"))
        if body.get("stream"):
            self.refuse(Reply.text(501, "the simulator does not stream"))
        text = self.text(script, [picture for picture, _ in prompt.pictures], schema)
        return self._completion(body, model, prompt, text, effort, script)

    def not_chat(self, model: Model) -> Reply:
        """Return the answer to a model that does not chat."""
        return self.errors.no_model(model.id)

    def no_vision(self, model: Model, path: str) -> Reply:
        """Return the answer to a picture for a model without eyes."""
        del model
        return self.errors.wrong(path, "image_url is only supported by certain models")

    def _effort(self, body: JsonObject, model: Model) -> str:
        """Return the effort, or refuse one that the model does not have."""
        if "reasoning_effort" not in body:
            return model.default_effort
        value = body["reasoning_effort"]
        if not model.efforts:
            self.refuse(self.errors.unsupported("reasoning_effort", model.id))
        if value not in model.efforts:
            self.refuse(self.errors.unsupported_value("reasoning_effort", value))
        return str(value)

    def _check_parameters(self, body: JsonObject, model: Model, effort: str) -> None:
        for name, value in body.items():
            if name in model.refuses:
                self.refuse(self.errors.unsupported(name, model.id))
            if effort != "none" and name in model.refuses_thinking:
                if name not in _SAMPLING:
                    self.refuse(self.errors.unsupported(name, model.id))
                if value != 1:
                    self.refuse(self.errors.unsupported_value(name, value))
        if "max_tokens" in body and "max_completion_tokens" in body:
            self.refuse(self.errors.wrong("max_tokens", "set only one of the two"))
        for name in ("max_tokens", "max_completion_tokens"):
            self.integer(body, name, 1, name)
        for name in _SAMPLING & set(body):
            if type(body[name]) not in (int, float):
                self.refuse(self.errors.wrong(name, "must be a number"))

    def _read_messages(self, messages: object, model: Model) -> _Prompt:
        """Walk the messages and decode their pictures."""
        prompt = _Prompt()
        if not self.sequence(messages, "messages"):
            self.refuse(self.errors.wrong("messages", "must not be empty"))
        for i, raw in enumerate(self.sequence(messages, "messages")):
            path = f"messages[{i}]"
            message = self.mapping(raw, path)
            self.known(message, CHAT_MESSAGE, path)
            if message.get("role") not in _ROLES:
                self.refuse(self.errors.wrong(f"{path}.role", "unknown role"))
            content = message.get("content")
            if isinstance(content, str):
                prompt.text += content
                continue
            for j, part in enumerate(self.sequence(content, f"{path}.content")):
                where = f"{path}.content[{j}]"
                self._read_part(self.mapping(part, where), where, message, model, prompt)
        return prompt

    def _read_part(
        self,
        part: JsonObject,
        path: str,
        message: JsonObject,
        model: Model,
        prompt: _Prompt,
    ) -> None:
        match part.get("type"):
            case "text":
                self.known(part, ("type", "text"), path)
                prompt.text += self.string(part.get("text"), f"{path}.text")
            case "image_url":
                if message["role"] != "user":
                    self.refuse(self.errors.wrong(path, "pictures come from the user"))
                if not model.vision:
                    self.refuse(self.no_vision(model, path))
                self.known(part, ("type", "image_url"), path)
                where = f"{path}.image_url"
                image = self.mapping(part.get("image_url"), where)
                self.known(image, ("url", "detail"), where)
                detail = image.get("detail", "auto")
                if detail not in _DETAILS:
                    self.refuse(self.errors.wrong(f"{where}.detail", "unknown detail"))
                url = self.string(image.get("url"), f"{where}.url")
                prompt.pictures.append((self._read_url(url, where), str(detail)))
            case _:
                self.refuse(self.errors.wrong(f"{path}.type", "unknown type"))

    def _read_url(self, url: str, where: str) -> Picture:
        """Decode a data URL; the simulator downloads nothing."""
        head, comma, data = url.partition(",")
        if not head.startswith("data:"):
            self.refuse(self.errors.bad_image("download", where))
        kind = head.removeprefix("data:").removesuffix(";base64")
        if not comma or not head.endswith(";base64") or not kind.startswith("image/"):
            self.refuse(self.errors.bad_image("format", where))
        picture = self.picture(data, where, self.formats)
        if len(picture.data) > self.max_picture_bytes:
            self.refuse(self.errors.bad_image("too large", where))
        return picture

    def _read_format(self, value: object) -> JsonObject | None:
        """Return the JSON schema that was asked for, if any."""
        if value is None:
            return None
        path = "response_format"
        wanted = self.mapping(value, path)
        match wanted.get("type"):
            case "text":
                return None
            case "json_object":
                return {"type": "object", "properties": {"description": {}}}
            case "json_schema":
                where = f"{path}.json_schema"
                inner = self.mapping(wanted.get("json_schema"), where)
                self.known(inner, ("name", "schema", "strict", "description"), where)
                if not isinstance(inner.get("name"), str):
                    self.refuse(self.errors.wrong(f"{where}.name", "missing"))
                schema = self.mapping(inner.get("schema"), f"{where}.schema")
                problem = shape_problem(schema)
                if not problem and inner.get("strict"):
                    problem = openai_problem(schema)
                if problem:
                    self.refuse(self.bad_schema(inner["name"], problem))
                return schema
        raise RefusedError(self.errors.wrong(f"{path}.type", "unknown type"))

    def bad_schema(self, name: str, problem: str) -> Reply:
        """Return the answer to a schema that strict mode refuses."""
        return self.errors.wrong(
            "response_format", f"Invalid schema for response_format '{name}': {problem}"
        )

    def reply_headers(self, reply_id: str) -> Mapping[str, str]:
        """Return the headers of a successful reply."""
        return {"x-request-id": reply_id}

    def _completion(
        self,
        body: JsonObject,
        model: Model,
        prompt: _Prompt,
        text: str,
        effort: str,
        script: Script,
    ) -> Reply:
        """Render the reply, cut to the output cap as the vendor does."""
        seen = sum(image_tokens(model, pic, detail) for pic, detail in prompt.pictures)
        asked = text_tokens(prompt.text + json.dumps(body.get("response_format")))
        thought = thinking_tokens(effort)
        cap: int = body.get("max_completion_tokens") or body.get("max_tokens") or 16384
        finish = "length" if script.stop == "length" else "stop"
        if script.text is None and thought + text_tokens(text) > cap:
            thought, finish = min(thought, cap), "length"
            text = cut_to_tokens(text, cap - thought)
        message: dict[str, Any] = {
            "role": "assistant",
            "content": text,
            "refusal": None,
            "annotations": [],
        }
        if script.stop == "null":
            message["content"] = None
        if script.stop == "refusal":
            message["content"] = None
            if script.variant == "content_filter":
                finish = "content_filter"
            else:
                message["refusal"] = "I'm sorry, I can't help with that picture."
        written = thought + text_tokens(text)
        choice = {"index": 0, "message": message, "finish_reason": finish}
        reply_id = new_id("chatcmpl-")
        return Reply.json(
            200,
            {
                "id": reply_id,
                "object": "chat.completion",
                "created": int(time.time()),
                "model": model.billed,
                "choices": [] if script.stop == "no_choices" else [choice],
                "usage": self.usage(seen, asked, thought, written),
                "service_tier": "default",
                "system_fingerprint": None,
            },
            self.reply_headers(reply_id),
        )

    def usage(self, seen: int, asked: int, thought: int, written: int) -> JsonObject:
        """Return the usage block."""
        return {
            "prompt_tokens": seen + asked,
            "completion_tokens": written,
            "total_tokens": seen + asked + written,
            "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 0},
            "completion_tokens_details": {
                "reasoning_tokens": thought,
                "audio_tokens": 0,
                "accepted_prediction_tokens": 0,
                "rejected_prediction_tokens": 0,
            },
        }
