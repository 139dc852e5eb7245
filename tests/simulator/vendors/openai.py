"""OpenAI's Chat Completions and model list.

The list's fields, `shutdown_date` among them: `openai/types/model.py` of the SDK 3.10.
"""

from datetime import UTC, datetime
from typing import ClassVar, override

from ..catalog import Catalog, Model
from ..wire import Call, Reply, Vendor
from .chat import ChatDialect
from .openai_errors import OpenAIErrors, error


class OpenAIDialect(ChatDialect):
    """OpenAI."""

    vendor: ClassVar[Vendor] = "openai"
    formats: ClassVar[frozenset[str]] = frozenset({"png", "jpeg", "gif", "webp"})

    def __init__(self) -> None:
        """Take OpenAI's errors."""
        self.errors = OpenAIErrors()

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
                        "created": _timestamp(model.created),
                        "owned_by": "system",
                        "shutdown_date": model.shutdown,
                    }
                    for model in catalog.listed(self.vendor)
                ],
            },
        )

    @override
    def not_chat(self, model: Model) -> Reply:
        return error(
            404,
            "This is not a chat model and thus not supported in the v1/chat/completions endpoint.",
            param="model",
        )

    @override
    def no_vision(self, model: Model, path: str) -> Reply:
        del path
        return error(
            400,
            "Invalid content type. image_url is only supported by certain models.",
            param="messages.[0].content.[1].type",
        )


def _timestamp(day: str) -> int:
    return int(datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp())
