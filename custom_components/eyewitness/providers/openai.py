"""Ask OpenAI."""

from .chat import ChatProvider


class OpenAIProvider(ChatProvider):
    """Ask OpenAI's Chat Completions."""

    default_base_url = "https://api.openai.com/v1"
