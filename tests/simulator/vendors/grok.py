"""xAI's Chat Completions and model list, as the OpenAI SDK meets them.

Where xAI differs from OpenAI: a wrong key is 400 with xAI's own error shape, pictures
are jpg or png of at most 20 MiB, refused parameters differ (note "users and peers",
section 5), and the newer OpenAI-only fields are unknown.
"""

from datetime import UTC, datetime
from typing import ClassVar, override

from ..catalog import Catalog, Model
from ..wire import Call, JsonObject, Reply, Vendor
from .chat import ChatDialect
from .fields import CHAT, CHAT_OPENAI_ONLY
from .grok_errors import GrokErrors, error


class GrokDialect(ChatDialect):
    """xAI."""

    vendor: ClassVar[Vendor] = "grok"
    formats: ClassVar[frozenset[str]] = frozenset({"png", "jpeg"})
    fields: ClassVar[frozenset[str]] = CHAT - CHAT_OPENAI_ONLY

    def __init__(self) -> None:
        """Take xAI's errors."""
        self.errors = GrokErrors()

    @override
    def models(self, call: Call, catalog: Catalog) -> Reply:
        return Reply.json(
            200,
            {
                "object": "list",
                "data": [
                    {
                        "id": model.id,
                        "object": "model",
                        "created": int(
                            datetime.fromisoformat(model.created).replace(tzinfo=UTC).timestamp()
                        ),
                        "owned_by": "xai",
                    }
                    for model in catalog.listed(self.vendor)
                ],
            },
        )

    @override
    def no_vision(self, model: Model, path: str) -> Reply:
        del path
        return error(400, f"Model {model.id} does not support image input.")

    @override
    def usage(self, seen: int, asked: int, thought: int, written: int) -> JsonObject:
        usage = super().usage(seen, asked, thought, written)
        usage["prompt_tokens_details"] |= {
            "text_tokens": asked,
            "image_tokens": seen,
        }
        usage["num_sources_used"] = 0
        return usage
