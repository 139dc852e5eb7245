"""Google's generateContent and model list, as the google-genai SDK 2.25 meets them.

Request fields: `_GenerateContentConfig_to_mldev`, `_Part_to_mldev` and their callers in
`google/genai/models.py`; reply fields: `_GenerateContentResponse_from_mldev` there and
the classes in `google/genai/types.py`. Like Google's JSON reader this one takes field
names in camelCase and in snake_case.
"""

import re
from typing import Any, ClassVar, override

from ..catalog import Catalog, Model
from ..pictures import Picture
from ..tokens import cut_to_tokens, image_tokens, text_tokens, thinking_tokens
from ..wire import Call, Endpoint, JsonObject, Reply, Script, Vendor
from .base import Dialect, new_id
from .fields import GEMINI, GEMINI_CONFIG, GEMINI_PART, GEMINI_THINKING
from .gemini_errors import GeminiErrors
from .schemas import shape_problem

_DESCRIBE = re.compile(r"v1beta/models/([^/:]+):generateContent")
_FORMATS = frozenset({"png", "jpeg", "webp", "heif"})
_MIME = ("image/png", "image/jpeg", "image/webp", "image/heic", "image/heif")
_MAX_BODY = 20 * 1024 * 1024


class GeminiDialect(Dialect):
    """Google Gemini."""

    vendor: ClassVar[Vendor] = "gemini"
    errors: GeminiErrors

    def __init__(self) -> None:
        """Take Google's errors."""
        self.errors = GeminiErrors()

    @override
    def endpoint(self, method: str, tail: str) -> Endpoint | None:
        if method == "POST" and _DESCRIBE.fullmatch(tail):
            return "describe"
        return "models" if (method, tail) == ("GET", "v1beta/models") else None

    @override
    def key_header(self, header: str, value: str) -> str | None:
        return value if header.lower() == "x-goog-api-key" else None

    @override
    def authenticate(self, call: Call) -> None:
        if "key" in call.query:
            self.refuse(self.errors.unknown_field("key"))
        key = call.headers.get("x-goog-api-key", "")
        if not key:
            self.refuse(self.errors.no_key())
        if key != call.key:
            self.refuse(self.errors.auth(key))

    @override
    def models(self, call: Call, catalog: Catalog) -> Reply:
        models = [_listed(model) for model in catalog.listed(self.vendor)]
        size = self.number(call.query.get("pageSize", "50"), "page_size")
        start = self.number(call.query.get("pageToken", "0"), "page_token")
        page: JsonObject = {"models": models[start : start + size]}
        if start + size < len(models):
            page["nextPageToken"] = str(start + size)
        return Reply.json(200, page)

    @override
    def describe(self, call: Call, catalog: Catalog, script: Script) -> Reply:
        if len(call.raw) > _MAX_BODY:
            self.refuse(self.errors.too_large())
        match = _DESCRIBE.fullmatch(call.tail)
        model_id = match[1] if match else ""
        body = self._fields(self.body(call), GEMINI, "")
        model = self.model(call, catalog, model_id)
        if not model.chat:
            self.refuse(self.errors.no_model(model.id))
        config = self._fields(
            self.mapping(body.get("generationConfig", {}), "generation_config"),
            GEMINI_CONFIG,
            "generation_config",
        )
        effort = self._effort(config, model)
        schema = self._schema(config)
        text, pictures = self._contents(body.get("contents"), model)
        if "systemInstruction" in body:
            system = [self.mapping(body["systemInstruction"], "system_instruction")]
            text += self._contents(system, model)[0]
        answer = self.text(script, pictures, schema)
        return self._reply(config, model, text, pictures, answer, effort, script)

    def _fields(self, value: JsonObject, allowed: frozenset[str], path: str) -> JsonObject:
        """Return an object with its names in camelCase, or refuse unknown ones."""
        named = {_camel(name): item for name, item in value.items()}
        self.known(named, allowed, path)
        return named

    def _effort(self, config: JsonObject, model: Model) -> str:
        """Return the thinking level, or refuse parameters the model lacks."""
        for name in config:
            if name in model.refuses:
                self.refuse(self.errors.unsupported(name, model.id))
        thinking = self._fields(
            self.mapping(config.get("thinkingConfig", {}), "thinking_config"),
            GEMINI_THINKING,
            "generation_config.thinking_config",
        )
        for name in thinking:
            if name in model.refuses:
                self.refuse(self.errors.unsupported(name, model.id))
        if "thinkingBudget" in thinking:
            return self._budget(thinking["thinkingBudget"], model)
        if "thinkingLevel" not in thinking:
            return model.default_effort
        level = str(thinking["thinkingLevel"]).lower()
        if level not in model.efforts:
            self.refuse(
                self.errors.wrong(
                    "generation_config.thinking_config.thinking_level",
                    f"level {level} is not supported for this model",
                )
            )
        return level

    def _budget(self, budget: object, model: Model) -> str:
        """Return the level that a budget comes to."""
        if type(budget) is not int:
            self.refuse(self.errors.wrong("thinking_budget", "must be an integer"))
        if budget == 0 and "thinkingBudget=0" in model.refuses:
            self.refuse(self.errors.unsupported("thinkingBudget", model.id))
        return "none" if budget == 0 else "medium"

    def _schema(self, config: JsonObject) -> JsonObject | None:
        """Return the JSON schema that was asked for, if any."""
        schema = config.get("responseJsonSchema", config.get("responseSchema"))
        if "responseJsonSchema" in config and "responseSchema" in config:
            self.refuse(self.errors.wrong("generation_config", "two schemas"))
        mime = config.get("responseMimeType", "text/plain")
        if schema is not None and mime != "application/json":
            self.refuse(
                self.errors.wrong(
                    "generation_config.response_mime_type",
                    "a response schema needs response_mime_type application/json",
                )
            )
        if schema is not None:
            if problem := shape_problem(schema):
                self.refuse(self.errors.wrong("generation_config.response_schema", problem))
            return self.mapping(schema, "generation_config.response_schema")
        if mime == "application/json":
            return {"type": "object", "properties": {"description": {}}}
        return None

    def _contents(self, contents: object, model: Model) -> tuple[str, list[Picture]]:
        """Walk the contents and decode their pictures."""
        if not contents:
            self.refuse(self.errors.wrong("contents", "contents is not specified"))
        text, pictures = "", []
        for i, raw in enumerate(self.sequence(contents, "contents")):
            path = f"contents[{i}]"
            content = self._fields(self.mapping(raw, path), frozenset({"role", "parts"}), path)
            if content.get("role", "user") not in ("user", "model"):
                self.refuse(
                    self.errors.wrong(f"{path}.role", "Please use a valid role: user, model.")
                )
            for j, part in enumerate(self.sequence(content.get("parts"), path)):
                where = f"{path}.parts[{j}]"
                fields = self._fields(self.mapping(part, where), GEMINI_PART, where)
                if "text" in fields:
                    text += self.string(fields["text"], where)
                if "inlineData" in fields:
                    pictures.append(self._picture(fields["inlineData"], where, model))
        return text, pictures

    def _picture(self, value: object, path: str, model: Model) -> Picture:
        where = f"{path}.inline_data"
        data = self._fields(
            self.mapping(value, where),
            frozenset({"mimeType", "data", "displayName"}),
            where,
        )
        if data.get("mimeType") not in _MIME:
            self.refuse(self.errors.status(400, f"Unsupported MIME type: {data.get('mimeType')}"))
        if not model.vision:
            self.refuse(self.errors.wrong(where, "image input is not enabled"))
        text = self.string(data.get("data"), f"{where}.data")
        # Google takes both base64 alphabets; the SDK sends the one for URLs.
        text = text.replace("-", "+").replace("_", "/")
        return self.picture(text, f"{where}.data", _FORMATS)

    def _reply(
        self,
        config: JsonObject,
        model: Model,
        prompt: str,
        pictures: list[Picture],
        text: str,
        effort: str,
        script: Script,
    ) -> Reply:
        """Render the reply, cut to the output cap as the vendor does."""
        resolution = str(config.get("mediaResolution", ""))
        seen = sum(image_tokens(model, picture, resolution) for picture in pictures)
        asked = text_tokens(prompt)
        thought = thinking_tokens(effort)
        cap = self.integer(config, "maxOutputTokens", 65536, "max_output_tokens")
        finish = "MAX_TOKENS" if script.stop == "length" else "STOP"
        if script.text is None and thought + text_tokens(text) > cap:
            thought, finish = min(thought, cap), "MAX_TOKENS"
            text = cut_to_tokens(text, cap - thought)
        content: JsonObject = {"role": "model", "parts": [{"text": text}]}
        if script.thinking:
            content["parts"].insert(0, {"text": "Let me look.", "thought": True})
        if script.stop == "null" or (finish == "MAX_TOKENS" and not text):
            del content["parts"]
        candidate: JsonObject = {"content": content, "finishReason": finish, "index": 0}
        body: JsonObject = {"candidates": [candidate]}
        written = text_tokens(text)
        if script.stop == "refusal":
            written = 0
            if script.variant in ("", "prompt"):
                body = {"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}}
            else:
                del candidate["content"]
                candidate["finishReason"] = script.variant
        elif script.stop == "no_choices":
            body = {}
        body |= {
            "usageMetadata": _usage(seen, asked, thought, written),
            "modelVersion": model.billed,
            "responseId": new_id("", 22),
        }
        return Reply.json(200, body)


def _usage(seen: int, asked: int, thought: int, written: int) -> JsonObject:
    usage: JsonObject = {
        "promptTokenCount": seen + asked,
        "totalTokenCount": seen + asked + thought + written,
        "promptTokensDetails": [
            {"modality": "TEXT", "tokenCount": asked},
            {"modality": "IMAGE", "tokenCount": seen},
        ],
    }
    if written:
        usage["candidatesTokenCount"] = written
    if thought:
        usage["thoughtsTokenCount"] = thought
    return usage


def _listed(model: Model) -> JsonObject:
    methods = ["generateContent", "countTokens"] if model.chat else ["embedContent"]
    listed: dict[str, Any] = {
        "name": f"models/{model.id}",
        "version": "001",
        "displayName": model.id.replace("-", " ").title(),
        "description": "A simulated model.",
        "inputTokenLimit": 1048576,
        "outputTokenLimit": 65536,
        "supportedGenerationMethods": methods,
    }
    if model.chat:
        listed |= {"temperature": 1, "topP": 0.95, "topK": 64, "maxTemperature": 2}
        listed["thinking"] = bool(model.efforts) or model.default_effort != "none"
    return listed


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)
