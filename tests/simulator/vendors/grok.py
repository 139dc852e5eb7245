"""xAI's Chat Completions and model list, as the OpenAI SDK meets them.

Where xAI differs from OpenAI (docs.x.ai): a wrong key is 400 with xAI's own error shape, pictures
are jpg or png of at most 20 MiB, refused parameters differ, and the newer OpenAI-only fields are
unknown.
"""

from typing import ClassVar, override

from ..catalog import Catalog
from ..wire import Call, Endpoint, JsonObject, Reply
from .base import Spoken
from .chat import ChatDialect
from .fields import CHAT, CHAT_OPENAI_ONLY
from .grok_errors import GrokErrors

_OWN_LIST = "language-models"
"""Says more than ``models`` (api-evangelist/xai, OpenAPI document)."""


class GrokDialect(ChatDialect):
    """xAI."""

    errors: ClassVar = GrokErrors()
    formats: ClassVar = ("png", "jpeg")
    fields: ClassVar = CHAT - CHAT_OPENAI_ONLY
    owner: ClassVar = "xai"

    @override
    def endpoint(self, method: str, tail: str) -> Endpoint | None:
        return "models" if (method, tail) == ("GET", _OWN_LIST) else super().endpoint(method, tail)

    @override
    def models(self, call: Call, catalog: Catalog) -> Reply:
        if call.tail != _OWN_LIST:
            return super().models(call, catalog)
        models = [
            self.listed(model)
            | {
                "input_modalities": ["text", "image"] if model.vision else ["text"],
                "output_modalities": ["text"],
            }
            for model in catalog.listed(call.vendor)
            if model.chat
        ]
        return Reply.json(200, {"models": models})

    @override
    def usage(self, spoken: Spoken) -> JsonObject:
        usage = super().usage(spoken)
        details = {"text_tokens": spoken.asked, "image_tokens": spoken.seen}
        usage["prompt_tokens_details"] |= details
        return usage | {"num_sources_used": 0}
