"""The Chat Completions dialect, which OpenAI and xAI share.

Field names: `openai/types/chat/completion_create_params.py` of the SDK 3.10; reply:
`openai/types/chat/chat_completion.py` and `openai/types/completion_usage.py`.
"""

from collections.abc import Collection
from datetime import datetime
import json
import time
from typing import Any, ClassVar, override

from ..catalog import Catalog, Model
from ..pictures import Picture
from ..wire import Call, JsonObject, Reply, Script, new_id
from .base import JSON_OBJECT, Prompt, Spoken
from .fields import CHAT, CHAT_MESSAGE
from .messages import MessagesDialect
from .schemas import openai_problem, shape_problem

_SAMPLING = frozenset({"temperature", "top_p"})
_DETAILS = ("auto", "low", "high", "original")
_MAX_PICTURE = 20 * 1024 * 1024


class ChatDialect(MessagesDialect):
    """Chat Completions and the model list."""

    describe_path: ClassVar = "chat/completions"
    models_path: ClassVar = "models"
    key_name: ClassVar = "authorization"
    roles: ClassVar = ("developer", "system", "user", "assistant", "tool")
    message_fields: ClassVar = CHAT_MESSAGE
    index: ClassVar = "[{}]"
    fields: ClassVar[Collection[str]] = CHAT
    owner: ClassVar[str]
    max_body: ClassVar = 50 * 1024 * 1024

    @override
    def key_header(self, header: str, value: str) -> str | None:
        if header.lower() != self.key_name:
            return None
        scheme, _, key = value.partition(" ")
        return key if scheme.lower() == "bearer" else value

    @override
    def sent_key(self, call: Call) -> str:
        scheme, _, key = call.headers.get("Authorization", "").partition(" ")
        return key if scheme == "Bearer" else ""

    @override
    def models(self, call: Call, catalog: Catalog) -> Reply:
        listed = [self.listed(model) for model in catalog.listed(call.vendor)]
        return Reply.json(200, {"object": "list", "data": listed})

    def listed(self, model: Model) -> JsonObject:
        """Return a model as it stands in the list."""
        return {
            "id": model.id,
            "object": "model",
            "created": int(datetime.fromisoformat(f"{model.created}T00:00Z").timestamp()),
            "owned_by": self.owner,
        }

    @override
    def read(self, call: Call, body: JsonObject, catalog: Catalog) -> Prompt:
        self.known(body, self.fields, "")
        self.needed(body, "model", "messages")
        model = self.model(catalog, call, body["model"])
        if not model.chat:
            self.refuse("not_chat", model=model.id)
        effort = self._effort(body, model)
        self._check_parameters(body, model, effort)
        prompt = Prompt(
            model=model,
            effort=effort,
            cap=body.get("max_completion_tokens") or body.get("max_tokens") or 16384,
            schema=None,
        )
        self.read_messages(body["messages"], prompt)
        prompt.schema = self._read_format(body.get("response_format"))
        prompt.text += json.dumps(body.get("response_format"))
        return prompt

    def _effort(self, body: JsonObject, model: Model) -> str:
        """Return the effort, or refuse one that the model does not have."""
        if "reasoning_effort" not in body:
            return model.default_effort
        value = body["reasoning_effort"]
        if not model.efforts:
            self.unsupported("reasoning_effort", model)
        if value not in model.efforts:
            self._unsupported_value("reasoning_effort", value)
        return str(value)

    def _unsupported_value(self, name: str, value: object) -> None:
        self.refuse("unsupported_value", name, parameter=name, value=value)

    def _check_parameters(self, body: JsonObject, model: Model, effort: str) -> None:
        for name, value in body.items():
            if name in model.refuses:
                self.unsupported(name, model)
            if effort != "none" and name in model.refuses_thinking:
                if name not in _SAMPLING:
                    self.unsupported(name, model)
                if value != 1:
                    self._unsupported_value(name, value)
        if "max_tokens" in body and "max_completion_tokens" in body:
            self.invalid("max_tokens", "set only one of the two")
        for name in ("max_tokens", "max_completion_tokens"):
            self.integer(body, name, 1, name)
        for name in _SAMPLING & set(body):
            if type(body[name]) not in (int, float):
                self.invalid(name, "must be a number")

    @override
    def read_part(self, part: JsonObject, path: str, role: str, prompt: Prompt) -> None:
        match part.get("type"):
            case "text":
                self.known(part, ("type", "text"), path)
                prompt.text += self.typed(part.get("text"), str, f"{path}.text")
            case "image_url":
                if role != "user":
                    self.invalid(path, "pictures come from the user")
                if not prompt.model.vision:
                    self.refuse("no_vision", model=prompt.model.id)
                self.known(part, ("type", "image_url"), path)
                where = f"{path}.image_url"
                image = self.typed(part.get("image_url"), dict, where)
                self.known(image, ("url", "detail"), where)
                detail = image.get("detail", "auto")
                if detail not in _DETAILS:
                    self.invalid(f"{where}.detail", "unknown detail")
                url = self.typed(image.get("url"), str, f"{where}.url")
                prompt.pictures.append((self._read_url(url), detail))
            case _:
                self.invalid(f"{path}.type", "unknown type")

    def _read_url(self, url: str) -> Picture:
        """Decode a data URL; the simulator downloads nothing."""
        head, comma, data = url.partition(",")
        if not head.startswith("data:"):
            self.refuse("bad_image", "download")
        kind = head.removeprefix("data:").removesuffix(";base64")
        if not comma or not head.endswith(";base64") or not kind.startswith("image/"):
            self.refuse("bad_image", "format")
        picture = self.picture(data, "", self.formats)
        if len(picture.data) > _MAX_PICTURE:
            self.refuse("bad_image", "too large")
        return picture

    def _read_format(self, value: object) -> JsonObject | None:
        """Return the JSON schema that was asked for, if any."""
        if value is None:
            return None
        path = "response_format"
        wanted = self.typed(value, dict, path)
        kind = wanted.get("type")
        if kind not in ("text", "json_object", "json_schema"):
            self.invalid(f"{path}.type", "unknown type")
        if kind == "json_schema":
            return self._read_schema(wanted.get("json_schema"), f"{path}.json_schema")
        return None if kind == "text" else JSON_OBJECT

    def _read_schema(self, value: object, path: str) -> JsonObject:
        inner = self.typed(value, dict, path)
        self.known(inner, ("name", "schema", "strict", "description"), path)
        name = inner.get("name")
        if not isinstance(name, str):
            self.refuse("missing", path=f"{path}.name", problem="missing")
        schema: JsonObject = self.typed(inner.get("schema"), dict, f"{path}.schema")
        problem = shape_problem(schema)
        if not problem and inner.get("strict"):
            problem = openai_problem(schema)
        if problem:
            text = f"Invalid schema for response_format '{name}': {problem}"
            self.invalid("response_format", text)
        return schema

    @override
    def render(self, prompt: Prompt, spoken: Spoken, script: Script) -> Reply:
        message: dict[str, Any] = {
            "role": "assistant",
            "content": None if script.stop in ("null", "refusal") else spoken.text,
            "refusal": None,
            "annotations": [],
        }
        finish = "length" if spoken.cut else "stop"
        if script.stop == "refusal" and script.variant == "content_filter":
            finish = "content_filter"
        elif script.stop == "refusal":
            message["refusal"] = "I'm sorry, I can't help with that picture."
        choice = {"index": 0, "message": message, "finish_reason": finish}
        reply_id = new_id("chatcmpl-")
        return Reply.json(
            200,
            {
                "id": reply_id,
                "object": "chat.completion",
                "created": int(time.time()),
                "model": prompt.model.billed,
                "choices": [] if script.stop == "no_choices" else [choice],
                "usage": self.usage(spoken),
                "service_tier": "default",
                "system_fingerprint": None,
            },
            {"x-request-id": reply_id},
        )

    def usage(self, spoken: Spoken) -> JsonObject:
        """Return the usage block."""
        prompt, completion = spoken.seen + spoken.asked, spoken.thought + spoken.written
        return {
            "prompt_tokens": prompt,
            "completion_tokens": completion,
            "total_tokens": prompt + completion,
            "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 0},
            "completion_tokens_details": {
                "reasoning_tokens": spoken.thought,
                "audio_tokens": 0,
                "accepted_prediction_tokens": 0,
                "rejected_prediction_tokens": 0,
            },
        }
