"""One module for each vendor's wire protocol."""

from ..wire import Vendor
from .anthropic import AnthropicDialect
from .base import Dialect
from .gemini import GeminiDialect
from .grok import GrokDialect
from .openai import OpenAIDialect

DIALECTS: dict[Vendor, Dialect] = {
    "openai": OpenAIDialect(),
    "grok": GrokDialect(),
    "gemini": GeminiDialect(),
    "anthropic": AnthropicDialect(),
}

__all__ = ["DIALECTS", "Dialect"]
