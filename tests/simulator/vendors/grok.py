"""xAI's Chat Completions and model list, as the OpenAI SDK meets them.

Where xAI differs from OpenAI (docs.x.ai): a wrong key is 400 with xAI's own error shape, pictures
are jpg or png of at most 20 MiB, refused parameters differ, and the newer OpenAI-only fields are
unknown.
"""

from typing import ClassVar, override

from ..wire import JsonObject
from .base import Spoken
from .chat import ChatDialect
from .fields import CHAT, CHAT_OPENAI_ONLY
from .grok_errors import GrokErrors


class GrokDialect(ChatDialect):
    """xAI."""

    errors: ClassVar = GrokErrors()
    formats: ClassVar = ("png", "jpeg")
    fields: ClassVar = CHAT - CHAT_OPENAI_ONLY
    owner: ClassVar = "xai"

    @override
    def usage(self, spoken: Spoken) -> JsonObject:
        usage = super().usage(spoken)
        details = {"text_tokens": spoken.asked, "image_tokens": spoken.seen}
        usage["prompt_tokens_details"] |= details
        return usage | {"num_sources_used": 0}
