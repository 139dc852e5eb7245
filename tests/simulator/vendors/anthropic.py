"""Anthropic's Messages and model list, as the Anthropic SDK 0.125 meets them.

Request fields: `anthropic/types/message_create_params.py`; reply: `message.py`,
`usage.py`, `stop_reason.py` and `refusal_stop_details.py` beside it; list:
`model_info.py` and `model_capabilities.py`. Thinking is on by default in the 5.5 models
(platform.claude.com, Claude Haiku 5.5 migration guide).
"""

import json
from typing import ClassVar, override

from ..catalog import Catalog, Model
from ..pictures import Picture
from ..tokens import cut_to_tokens, image_tokens, text_tokens, thinking_tokens
from ..wire import Call, Endpoint, JsonObject, Reply, Script, Vendor
from .anthropic_errors import AnthropicErrors
from .anthropic_models import listed
from .base import Dialect, new_id
from .fields import ANTHROPIC
from .schemas import anthropic_problem, shape_problem

_VERSION = "2023-06-01"
_MIME = {
    "image/jpeg": "jpeg",
    "image/png": "png",
    "image/gif": "gif",
    "image/webp": "webp",
}
_MAX_BODY = 32 * 1024 * 1024
_MAX_BASE64 = 5 * 1024 * 1024
_MAX_SIDE = 8000


class AnthropicDialect(Dialect):
    """Anthropic."""

    vendor: ClassVar[Vendor] = "anthropic"
    errors: AnthropicErrors

    def __init__(self) -> None:
        """Take Anthropic's errors."""
        self.errors = AnthropicErrors()

    @override
    def endpoint(self, method: str, tail: str) -> Endpoint | None:
        match method, tail:
            case "POST", "v1/messages":
                return "describe"
            case "GET", "v1/models":
                return "models"
        return None

    @override
    def key_header(self, header: str, value: str) -> str | None:
        return value if header.lower() == "x-api-key" else None

    @override
    def authenticate(self, call: Call) -> None:
        key = call.headers.get("x-api-key", "")
        if not key:
            self.refuse(self.errors.status(401, "x-api-key header is required"))
        if key != call.key:
            self.refuse(self.errors.auth(key))
        version = call.headers.get("anthropic-version", "")
        if not version:
            self.refuse(self.errors.wrong("anthropic-version", "header is required"))
        if version != _VERSION:
            self.refuse(
                self.errors.wrong("anthropic-version", f'"{version}" is not a valid version')
            )

    @override
    def models(self, call: Call, catalog: Catalog) -> Reply:
        models = list(catalog.listed(self.vendor))
        ids = [model.id for model in models]
        after = call.query.get("after_id")
        start = ids.index(after) + 1 if after in ids else 0
        limit = self.number(call.query.get("limit", "20"), "limit")
        page = models[start : start + limit]
        return Reply.json(
            200,
            {
                "data": [listed(model) for model in page],
                "has_more": start + limit < len(models),
                "first_id": page[0].id if page else None,
                "last_id": page[-1].id if page else None,
            },
        )

    @override
    def describe(self, call: Call, catalog: Catalog, script: Script) -> Reply:
        if len(call.raw) > _MAX_BODY:
            self.refuse(self.errors.too_large())
        body = self.body(call)
        self.known(body, ANTHROPIC, "")
        for name in ("model", "max_tokens", "messages"):
            if name not in body:
                self.refuse(self.errors.wrong(name, "missing"))
        model = self.model(call, catalog, body["model"])
        cap = self.integer(body, "max_tokens", 0, "max_tokens")
        for name in ("temperature", "top_p", "top_k"):
            # The default stays allowed (expectedparrot/edsl #2458).
            default = name == "temperature" and body.get(name) == 1
            if name in body and name in model.refuses and not default:
                self.refuse(self.errors.unsupported(name, model.id))
        effort, schema = self._output(body, model)
        text, pictures = self._messages(body, model)
        if body.get("stream"):
            self.refuse(Reply.text(501, "the simulator does not stream"))
        answer = self.text(script, pictures, schema)
        return self._reply(cap, model, text, pictures, answer, effort, script)

    def _output(self, body: JsonObject, model: Model) -> tuple[str, JsonObject | None]:
        """Return the effort of thinking and the schema that was asked for."""
        config = self.mapping(body.get("output_config", {}), "output_config")
        self.known(config, ("effort", "format"), "output_config")
        effort = model.default_effort
        if config.get("effort") is not None:
            effort = str(config["effort"])
            if "effort" in model.refuses:
                self.refuse(self.errors.unsupported("output_config.effort", model.id))
            if effort not in model.efforts:
                self.refuse(self.errors.wrong("output_config.effort", "unknown effort"))
        thinking = self.mapping(body.get("thinking", {"type": ""}), "thinking")
        match thinking.get("type"):
            case "enabled":
                if "thinking.enabled" in model.refuses:
                    self.refuse(self.errors.unsupported("thinking.enabled", model.id))
                budget = self.integer(thinking, "budget_tokens", 0, "thinking.budget_tokens")
                if budget < 1024 or budget >= body["max_tokens"]:
                    self.refuse(
                        self.errors.wrong(
                            "thinking.enabled.budget_tokens",
                            "must be at least 1024 and below max_tokens",
                        )
                    )
                effort = "medium"
            case "disabled":
                effort = "none"
            case "adaptive" if not model.efforts:
                self.refuse(self.errors.unsupported("thinking.adaptive", model.id))
            case "" | "adaptive":
                pass
            case _:
                self.refuse(self.errors.wrong("thinking.type", "unknown type"))
        return effort, self._schema(config.get("format"), model)

    def _schema(self, value: object, model: Model) -> JsonObject | None:
        if value is None:
            return None
        path = "output_config.format"
        if path in model.refuses:
            self.refuse(self.errors.unsupported(path, model.id))
        wanted = self.mapping(value, path)
        self.known(wanted, ("type", "schema"), path)
        if wanted.get("type") != "json_schema":
            self.refuse(self.errors.wrong(f"{path}.type", "Input should be json_schema"))
        schema = self.mapping(wanted.get("schema"), f"{path}.schema")
        if problem := shape_problem(schema) or anthropic_problem(schema):
            self.refuse(self.errors.wrong(f"{path}.schema", problem))
        return schema

    def _messages(self, body: JsonObject, model: Model) -> tuple[str, list[Picture]]:
        """Walk the messages and decode their pictures."""
        system = body.get("system", "")
        text = system if isinstance(system, str) else json.dumps(system)
        pictures: list[Picture] = []
        messages = self.sequence(body["messages"], "messages")
        if not messages:
            self.refuse(self.errors.wrong("messages", "at least one message is required"))
        for i, raw in enumerate(messages):
            path = f"messages.{i}"
            message = self.mapping(raw, path)
            self.known(message, ("role", "content"), path)
            if message.get("role") not in ("user", "assistant"):
                self.refuse(
                    self.errors.wrong(f"{path}.role", "Input should be 'user' or 'assistant'")
                )
            content = message.get("content")
            if isinstance(content, str):
                text += content
                continue
            for j, part in enumerate(self.sequence(content, f"{path}.content")):
                where = f"{path}.content.{j}"
                block = self.mapping(part, where)
                match block.get("type"):
                    case "text":
                        self.known(block, ("type", "text", "cache_control", "citations"), where)
                        text += self.string(block.get("text"), f"{where}.text")
                    case "image":
                        pictures.append(self._picture(block, where, model))
                    case _:
                        self.refuse(self.errors.wrong(where, "unknown block type"))
        if messages[-1]["role"] == "assistant" and "prefill" in model.refuses:
            self.refuse(self.errors.unsupported("prefill", model.id))
        return text, pictures

    def _picture(self, block: JsonObject, path: str, model: Model) -> Picture:
        self.known(block, ("type", "source", "cache_control"), path)
        where = f"{path}.image.source"
        source = self.mapping(block.get("source"), where)
        self.known(source, ("type", "media_type", "data"), where)
        if source.get("type") != "base64":
            self.refuse(self.errors.wrong(where, "the simulator downloads nothing"))
        media_type = str(source.get("media_type"))
        if media_type not in _MIME:
            self.refuse(
                self.errors.wrong(
                    f"{where}.base64.media_type",
                    "Input should be 'image/jpeg', 'image/png', 'image/gif' or 'image/webp'",
                )
            )
        if not model.vision:
            self.refuse(self.errors.wrong(path, "this model does not support images"))
        where = f"{where}.base64"
        data = self.string(source.get("data"), f"{where}.data")
        if len(data) > _MAX_BASE64:
            self.refuse(self.errors.bad_image("too large", where))
        picture = self.picture(data, where, (_MIME[media_type],))
        if max(picture.width, picture.height) > _MAX_SIDE:
            self.refuse(self.errors.bad_image("pixels", where))
        return picture

    def _reply(
        self,
        cap: int,
        model: Model,
        prompt: str,
        pictures: list[Picture],
        text: str,
        effort: str,
        script: Script,
    ) -> Reply:
        """Render the reply, cut to the output cap as the vendor does."""
        seen = sum(image_tokens(model, picture) for picture in pictures)
        thought = thinking_tokens(effort)
        stop = "max_tokens" if script.stop == "length" else "end_turn"
        if script.text is None and thought + text_tokens(text) > cap:
            thought, stop = min(thought, cap), "max_tokens"
            text = cut_to_tokens(text, cap - thought)
        content: list[JsonObject] = [{"type": "text", "text": text, "citations": None}]
        if stop == "max_tokens" and not text and script.text is None:
            content = []
        if thought or script.thinking:
            content.insert(
                0,
                {"type": "thinking", "thinking": "", "signature": new_id("", 64)},
            )
        details = None
        if script.stop == "refusal":
            content, stop = [], "refusal"
            details = {
                "type": "refusal",
                "category": script.variant or None,
                "explanation": None,
            }
        elif script.stop in ("null", "no_choices"):
            content = []
        return Reply.json(
            200,
            {
                "id": new_id("msg_"),
                "type": "message",
                "role": "assistant",
                "model": model.billed,
                "content": content,
                "stop_reason": stop,
                "stop_sequence": None,
                "stop_details": details,
                "usage": {
                    "input_tokens": seen + text_tokens(prompt),
                    "output_tokens": thought + text_tokens(text),
                    "cache_creation_input_tokens": 0,
                    "cache_read_input_tokens": 0,
                    "service_tier": "standard",
                    "output_tokens_details": {"thinking_tokens": thought},
                },
            },
            {"request-id": new_id("req_")},
        )
