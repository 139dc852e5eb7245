"""The kinds of providers that there are."""

# ruff: noqa: PLC0415 - each vendor's SDK takes half a second to import, so it waits until it is needed.

from ssl import SSLContext

from .base import VendorProvider
from .spec import Spec


def build(spec: Spec, ssl_context: SSLContext) -> VendorProvider:
    """Return the provider for a spec; call it in an executor, since it imports the vendor's SDK.

    Raises ``ValueError`` for a kind that does not exist, and for a compatible server without an
    address.
    """
    match spec.kind:
        case "openai":
            from .openai import OpenAIProvider

            return OpenAIProvider(spec, ssl_context)
        case "grok":
            from .grok import GrokProvider

            return GrokProvider(spec, ssl_context)
        case "gemini":
            from .gemini import GeminiProvider

            return GeminiProvider(spec, ssl_context)
        case "anthropic":
            from .anthropic import AnthropicProvider

            return AnthropicProvider(spec, ssl_context)
        case "openai_compatible":
            from .compatible import CompatibleProvider

            return CompatibleProvider(spec, ssl_context)
        case _:
            raise ValueError(spec.kind)
