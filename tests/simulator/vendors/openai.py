"""OpenAI's Chat Completions and model list."""

from typing import ClassVar, override

from ..catalog import Model
from ..wire import JsonObject
from .chat import ChatDialect
from .openai_errors import OpenAIErrors


class OpenAIDialect(ChatDialect):
    """OpenAI."""

    errors: ClassVar = OpenAIErrors()
    formats: ClassVar = ("png", "jpeg", "gif", "webp")
    owner: ClassVar = "system"

    @override
    def listed(self, model: Model) -> JsonObject:
        return super().listed(model) | {"shutdown_date": model.ends}
