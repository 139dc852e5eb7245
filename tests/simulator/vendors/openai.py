"""OpenAI's Chat Completions and model list."""

from typing import ClassVar

from .chat import ChatDialect
from .openai_errors import OpenAIErrors


class OpenAIDialect(ChatDialect):
    """OpenAI."""

    errors: ClassVar = OpenAIErrors()
    formats: ClassVar = ("png", "jpeg", "gif", "webp")
    owner: ClassVar = "system"
