"""Anthropic's Messages and model list, as the Anthropic SDK 0.125 meets them.

Request fields: `anthropic/types/message_create_params.py`; reply: `message.py`,
`usage.py`, `stop_reason.py` and `refusal_stop_details.py` beside it; list: `model_info.py`.
Thinking is on by default in the 5.5 models (platform.claude.com, Haiku 5.5 migration guide).
"""

import json
from typing import ClassVar, override

from ..catalog import Catalog, Model
from ..pictures import Picture
from ..wire import Call, JsonObject, Reply, Script, new_id
from .anthropic_errors import AnthropicErrors
from .base import Prompt, Spoken
from .fields import ANTHROPIC
from .messages import MessagesDialect
from .schemas import anthropic_problem, shape_problem

_VERSION = "2023-06-01"
_FORMAT = "output_config.format"
_MAX_BASE64 = 5 * 1024 * 1024
_MAX_SIDE = 8000


class AnthropicDialect(MessagesDialect):
    """Anthropic."""

    errors: ClassVar = AnthropicErrors()
    describe_path: ClassVar = "v1/messages"
    models_path: ClassVar = "v1/models"
    key_name: ClassVar = "x-api-key"
    roles: ClassVar = ("user", "assistant")
    message_fields: ClassVar = ("role", "content")
    index: ClassVar = ".{}"
    formats: ClassVar = ("jpeg", "png", "gif", "webp")
    max_body: ClassVar = 32 * 1024 * 1024

    @override
    def authenticate(self, call: Call) -> None:
        super().authenticate(call)
        version = call.headers.get("anthropic-version", "")
        if not version:
            self.invalid("anthropic-version", "header is required")
        if version != _VERSION:
            self.invalid("anthropic-version", f'"{version}" is not a valid version')

    @override
    def models(self, call: Call, catalog: Catalog) -> Reply:
        models = list(catalog.listed(call.vendor))
        ids = [model.id for model in models]
        after = call.query.get("after_id")
        start = ids.index(after) + 1 if after in ids else 0
        end = start + self.number(call.query.get("limit", "20"), "limit")
        page = models[start:end]
        return Reply.json(
            200,
            {
                "data": [_listed(model) for model in page],
                "has_more": end < len(models),
                "first_id": page[0].id if page else None,
                "last_id": page[-1].id if page else None,
            },
        )

    @override
    def read(self, call: Call, body: JsonObject, catalog: Catalog) -> Prompt:
        self.known(body, ANTHROPIC, "")
        self.needed(body, "model", "max_tokens", "messages")
        model = self.model(catalog, call, body["model"])
        cap = self.integer(body, "max_tokens", 0, "max_tokens")
        for name in ("temperature", "top_p", "top_k"):
            # The default stays allowed (expectedparrot/edsl #2458).
            default = name == "temperature" and body.get(name) == 1
            if name in body and name in model.refuses and not default:
                self.unsupported(name, model)
        config = self.typed(body.get("output_config", {}), dict, "output_config")
        self.known(config, ("effort", "format"), "output_config")
        effort = self._effort(config, model)
        effort = self._thinking(body, model, effort)
        schema = self._schema(config.get("format"), model)
        prompt = Prompt(model=model, effort=effort, cap=cap, schema=schema)
        system = body.get("system", "")
        prompt.text = system if isinstance(system, str) else json.dumps(system)
        self.read_messages(body["messages"], prompt)
        if body["messages"][-1]["role"] == "assistant" and "prefill" in model.refuses:
            self.unsupported("prefill", model)
        return prompt

    def _effort(self, config: JsonObject, model: Model) -> str:
        if config.get("effort") is None:
            return model.default_effort
        effort = str(config["effort"])
        if "effort" in model.refuses:
            self.unsupported("output_config.effort", model)
        if effort not in model.efforts:
            self.invalid("output_config.effort", "unknown effort")
        return effort

    def _thinking(self, body: JsonObject, model: Model, effort: str) -> str:
        """Return the effort that is left after what the body says about thinking."""
        thinking = self.typed(body.get("thinking", {"type": ""}), dict, "thinking")
        kind = thinking.get("type")
        if kind not in ("", "adaptive", "enabled", "disabled"):
            self.invalid("thinking.type", "unknown type")
        if f"thinking.{kind}" in model.refuses or (kind == "adaptive" and not model.efforts):
            self.unsupported(f"thinking.{kind}", model)
        if kind == "enabled":
            budget = self.integer(thinking, "budget_tokens", 0, "thinking.budget_tokens")
            if not 1024 <= budget < body["max_tokens"]:
                text = "must be at least 1024 and below max_tokens"
                self.invalid("thinking.enabled.budget_tokens", text)
        return {"enabled": "medium", "disabled": "none"}.get(kind, effort)

    def _schema(self, value: object, model: Model) -> JsonObject | None:
        if value is None:
            return None
        if _FORMAT in model.refuses:
            self.unsupported(_FORMAT, model)
        wanted = self.typed(value, dict, _FORMAT)
        self.known(wanted, ("type", "schema"), _FORMAT)
        if wanted.get("type") != "json_schema":
            self.invalid(f"{_FORMAT}.type", "Input should be json_schema")
        schema: JsonObject = self.typed(wanted.get("schema"), dict, f"{_FORMAT}.schema")
        if problem := shape_problem(schema) or anthropic_problem(schema):
            self.invalid(f"{_FORMAT}.schema", problem)
        return schema

    @override
    def read_part(self, part: JsonObject, path: str, role: str, prompt: Prompt) -> None:
        match part.get("type"):
            case "text":
                self.known(part, ("type", "text", "cache_control", "citations"), path)
                prompt.text += self.typed(part.get("text"), str, f"{path}.text")
            case "image":
                prompt.pictures.append((self._picture(part, path, prompt.model), ""))
            case _:
                self.invalid(path, "unknown block type")

    def _picture(self, block: JsonObject, path: str, model: Model) -> Picture:
        self.known(block, ("type", "source", "cache_control"), path)
        where = f"{path}.image.source"
        source = self.typed(block.get("source"), dict, where)
        self.known(source, ("type", "media_type", "data"), where)
        if source.get("type") != "base64":
            self.invalid(where, "the simulator downloads nothing")
        where = f"{where}.base64"
        kind, _, format_ = str(source.get("media_type")).partition("/")
        if kind != "image" or format_ not in self.formats:
            self.invalid(
                f"{where}.media_type",
                "Input should be 'image/jpeg', 'image/png', 'image/gif' or 'image/webp'",
            )
        if not model.vision:
            self.refuse("no_vision", path=path)
        data = self.typed(source.get("data"), str, f"{where}.data")
        if len(data) > _MAX_BASE64:
            self.refuse("bad_image", "too large", path=where)
        picture = self.picture(data, where, (format_,))
        if max(picture.width, picture.height) > _MAX_SIDE:
            self.refuse("bad_image", "pixels", path=where)
        return picture

    @override
    def render(self, prompt: Prompt, spoken: Spoken, script: Script) -> Reply:
        content: list[JsonObject] = [{"type": "text", "text": spoken.text, "citations": None}]
        if spoken.cut and not spoken.text and script.text is None:
            content = []
        if spoken.thought or script.thinking:
            thinking = {"type": "thinking", "thinking": "", "signature": new_id("", 64)}
            content.insert(0, thinking)
        stop, details = "max_tokens" if spoken.cut else "end_turn", None
        if script.stop == "refusal":
            stop = "refusal"
            details = {"type": stop, "category": script.variant or None, "explanation": None}
        if script.stop in ("null", "no_choices", "refusal"):
            content = []
        return Reply.json(
            200,
            {
                "id": new_id("msg_"),
                "type": "message",
                "role": "assistant",
                "model": prompt.model.billed,
                "content": content,
                "stop_reason": stop,
                "stop_sequence": None,
                "stop_details": details,
                "usage": {
                    "input_tokens": spoken.seen + spoken.asked,
                    "output_tokens": spoken.thought + spoken.written,
                    "cache_creation_input_tokens": 0,
                    "cache_read_input_tokens": 0,
                    "service_tier": "standard",
                    "output_tokens_details": {"thinking_tokens": spoken.thought},
                },
            },
            {"request-id": new_id("req_")},
        )


def _listed(model: Model) -> JsonObject:
    return {
        "type": "model",
        "id": model.id,
        "display_name": model.id.replace("-", " ").title(),
        "created_at": f"{model.created}T00:00:00Z",
        "capabilities": {
            "image_input": {"supported": model.vision},
            "structured_outputs": {"supported": _FORMAT not in model.refuses},
            "thinking": {"supported": model.thinks},
        },
    }
