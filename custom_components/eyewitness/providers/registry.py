"""The kinds of providers that there are."""

# ruff: noqa: PLC0415 - each vendor's SDK takes half a second to import, so it waits until it is needed.

from ssl import SSLContext

from ..const import COMPATIBLE, KINDS
from .base import VendorProvider
from .spec import Spec


class LibraryError(Exception):
    """A vendor's library that cannot be imported, or is another one than we know."""


def build(spec: Spec, ssl_context: SSLContext) -> VendorProvider:
    """Return the provider for a spec; call it in an executor, since it imports the vendor's SDK.

    Raises ``LibraryError`` when that cannot be imported or is not the one that we know, and
    ``ValueError`` for a kind that does not exist and for a compatible server without an address.
    """
    if spec.kind not in KINDS:
        raise ValueError(spec.kind)
    if spec.kind == COMPATIBLE and not spec.base_url:
        raise ValueError(spec.base_url)
    try:
        return _build(spec, ssl_context)
    except Exception as err:
        raise LibraryError(spec.kind) from err  # one that does not fit may raise anything


def _build(spec: Spec, ssl_context: SSLContext) -> VendorProvider:
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
        case _:
            from .compatible import CompatibleProvider

            return CompatibleProvider(spec, ssl_context)
