"""OpenAI."""

from .chat import ChatProvider


class OpenAIProvider(ChatProvider):
    """OpenAI's Chat Completions."""
