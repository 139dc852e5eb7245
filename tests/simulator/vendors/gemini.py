"""Google's generateContent and model list, as the google-genai SDK 2.25 meets them.

Request fields: `_GenerateContentConfig_to_mldev`, `_Part_to_mldev` and their callers in
`google/genai/models.py`; reply fields: `_GenerateContentResponse_from_mldev` there and
the classes in `google/genai/types.py`. Like Google's JSON reader this one takes field
names in camelCase and in snake_case.
"""

from collections.abc import Collection
from typing import ClassVar, override

from ..catalog import Catalog, Model
from ..pictures import Picture
from ..wire import Call, JsonObject, Reply, Script, new_id
from .base import JSON_OBJECT, Dialect, Prompt, Spoken
from .fields import GEMINI, GEMINI_CONFIG, GEMINI_PART, GEMINI_THINKING
from .gemini_errors import GeminiErrors
from .schemas import shape_problem

_CONFIG = "generation_config"
_MIME = ("image/png", "image/jpeg", "image/webp", "image/heic", "image/heif")


class GeminiDialect(Dialect):
    """Google Gemini."""

    errors: ClassVar = GeminiErrors()
    describe_path: ClassVar = "v1beta/models/[^/:]+:generateContent"
    models_path: ClassVar = "v1beta/models"
    key_name: ClassVar = "x-goog-api-key"
    formats: ClassVar = ("png", "jpeg", "webp", "heif")
    max_body: ClassVar = 20 * 1024 * 1024

    @override
    def authenticate(self, call: Call) -> None:
        if "key" in call.query:
            self.refuse("unknown_field", "top", name="key")
        super().authenticate(call)

    @override
    def models(self, call: Call, catalog: Catalog) -> Reply:
        models = [_listed(model) for model in catalog.listed(call.vendor)]
        start = self.number(call.query.get("pageToken", "0"), "page_token")
        end = start + self.number(call.query.get("pageSize", "50"), "page_size")
        page: JsonObject = {"models": models[start:end]}
        return Reply.json(200, page | ({"nextPageToken": str(end)} if end < len(models) else {}))

    @override
    def read(self, call: Call, body: JsonObject, catalog: Catalog) -> Prompt:
        body = self._fields(body, GEMINI, "")
        model = self.model(catalog, call, model_of(call.tail))
        if not model.chat:
            self.refuse("no_model", model=model.id)
        config = self._fields(body.get("generationConfig", {}), GEMINI_CONFIG, _CONFIG)
        prompt = Prompt(
            model=model, effort=self._effort(config, model), cap=0, schema=self._schema(config)
        )
        self._contents(body.get("contents"), prompt)
        if "systemInstruction" in body:
            system = self.typed(body["systemInstruction"], dict, "system_instruction")
            self._contents([system], prompt)
        prompt.cap = self.integer(config, "maxOutputTokens", 65536, "max_output_tokens")
        detail = str(config.get("mediaResolution", ""))
        prompt.pictures = [(picture, detail) for picture, _ in prompt.pictures]
        return prompt

    def _fields(self, value: object, allowed: Collection[str], path: str) -> JsonObject:
        """Return an object with its names in camelCase, or refuse unknown ones."""
        named = {_camel(name): item for name, item in self.typed(value, dict, path).items()}
        self.known(named, allowed, path)
        return named

    def _effort(self, config: JsonObject, model: Model) -> str:
        """Return the thinking level, or refuse parameters the model lacks."""
        path = f"{_CONFIG}.thinking_config"
        refused = [name for name in config if name in model.refuses]
        if not refused:
            thinking = self._fields(config.get("thinkingConfig", {}), GEMINI_THINKING, path)
            refused = [name for name in thinking if name in model.refuses]
        if refused:
            self.unsupported(refused[0], model)
        if "thinkingBudget" in thinking:
            return self._budget(thinking["thinkingBudget"], model)
        if "thinkingLevel" not in thinking:
            return model.default_effort
        level = str(thinking["thinkingLevel"]).lower()
        if level not in model.efforts:
            text = f"level {level} is not supported for this model"
            self.invalid(f"{path}.thinking_level", text)
        return level

    def _budget(self, budget: object, model: Model) -> str:
        """Return the level that a budget comes to."""
        if type(budget) is not int:
            self.invalid("thinking_budget", "must be an integer")
        if budget == 0 and "thinkingBudget=0" in model.refuses:
            self.unsupported("thinkingBudget", model)
        return "none" if budget == 0 else "medium"

    def _schema(self, config: JsonObject) -> JsonObject | None:
        """Return the JSON schema that was asked for, if any."""
        schema = config.get("responseJsonSchema", config.get("responseSchema"))
        if "responseJsonSchema" in config and "responseSchema" in config:
            self.invalid(_CONFIG, "two schemas")
        is_json = config.get("responseMimeType", "text/plain") == "application/json"
        if schema is None:
            return JSON_OBJECT if is_json else None
        if not is_json:
            self.invalid(
                f"{_CONFIG}.response_mime_type",
                "a response schema needs response_mime_type application/json",
            )
        if problem := shape_problem(schema):
            self.invalid(f"{_CONFIG}.response_schema", problem)
        return self.typed(schema, dict, f"{_CONFIG}.response_schema")

    def _contents(self, contents: object, prompt: Prompt) -> None:
        """Walk the contents and decode their pictures."""
        if not contents:
            self.invalid("contents", "contents is not specified")
        for i, raw in enumerate(self.typed(contents, list, "contents")):
            path = f"contents[{i}]"
            content = self._fields(raw, ("role", "parts"), path)
            if content.get("role", "user") not in ("user", "model"):
                self.invalid(f"{path}.role", "Please use a valid role: user, model.")
            for j, part in enumerate(self.typed(content.get("parts"), list, path)):
                where = f"{path}.parts[{j}]"
                fields = self._fields(part, GEMINI_PART, where)
                if "text" in fields:
                    prompt.text += self.typed(fields["text"], str, where)
                if "inlineData" in fields:
                    picture = self._picture(fields["inlineData"], where, prompt.model)
                    prompt.pictures.append((picture, ""))

    def _picture(self, value: object, path: str, model: Model) -> Picture:
        where = f"{path}.inline_data"
        data = self._fields(value, ("mimeType", "data", "displayName"), where)
        if data.get("mimeType") not in _MIME:
            self.refuse("bad_image", "mime", mime=data.get("mimeType"))
        if not model.vision:
            self.invalid(where, "image input is not enabled")
        text = self.typed(data.get("data"), str, f"{where}.data")
        # Google takes both base64 alphabets; the SDK sends the one for URLs.
        text = text.replace("-", "+").replace("_", "/")
        return self.picture(text, f"{where}.data", self.formats)

    @override
    def render(self, prompt: Prompt, spoken: Spoken, script: Script) -> Reply:
        content: JsonObject = {"role": "model", "parts": [{"text": spoken.text}]}
        if script.thinking:
            content["parts"].insert(0, {"text": "Let me look.", "thought": True})
        if script.stop == "null" or (spoken.cut and not spoken.text):
            del content["parts"]
        finish = "MAX_TOKENS" if spoken.cut else "STOP"
        candidate: JsonObject = {"content": content, "finishReason": finish, "index": 0}
        body: JsonObject = {"candidates": [candidate]}
        if script.stop == "refusal":
            spoken.text = ""
            if script.variant in ("", "prompt"):
                body = {"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}}
            else:
                del candidate["content"]
                candidate["finishReason"] = script.variant
        elif script.stop == "no_choices":
            body = {}
        body |= {
            "usageMetadata": _usage(spoken),
            "modelVersion": prompt.model.billed,
            "responseId": new_id("", 22),
        }
        if prompt.model.ends:
            body["modelStatus"] = {
                "modelStage": "LEGACY",
                "retirementTime": f"{prompt.model.ends}T00:00:00Z",
            }
        return Reply.json(200, body)


def model_of(path: str) -> str:
    """Return the model that a path names."""
    return path.rpartition("/")[2].partition(":")[0]


def _usage(spoken: Spoken) -> JsonObject:
    usage: JsonObject = {
        "promptTokenCount": spoken.seen + spoken.asked,
        "totalTokenCount": spoken.seen + spoken.asked + spoken.thought + spoken.written,
        "promptTokensDetails": [
            {"modality": "TEXT", "tokenCount": spoken.asked},
            {"modality": "IMAGE", "tokenCount": spoken.seen},
        ],
    }
    if spoken.written:
        usage["candidatesTokenCount"] = spoken.written
    if spoken.thought:
        usage["thoughtsTokenCount"] = spoken.thought
    return usage


def _listed(model: Model) -> JsonObject:
    methods = ["generateContent", "countTokens"] if model.chat else ["embedContent"]
    return {
        "name": f"models/{model.id}",
        "version": "001",
        "displayName": model.id.replace("-", " ").title(),
        "description": "A simulated model.",
        "inputTokenLimit": 1048576,
        "outputTokenLimit": 65536,
        "supportedGenerationMethods": methods,
        "thinking": model.thinks,
    }


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)
