"""The tokens that a vendor's reply says were used, in each of the dialects.

The price library reads them as well (``extract_usage``), but only as the four vendors write them,
and fails at anything else. Here a server may leave out what it does not count, or write a number as
a text. ``tests/providers/test_costs.py`` shows that both read the same in the vendors' own replies.
"""

from typing import Any, Final

from ...chain.task import Usage
from .replies import get_path, text_or_empty, token_count

_MAX_TIER_CHARS: Final = 20


def chat_usage(body: dict[str, Any]) -> Usage | None:
    """Return what a Chat Completions reply says (``openai/types/completion_usage.py``).

    OpenAI counts thoughts as output. xAI does not, so only the total holds them.
    """
    return _usage(
        prompt=_tokens(body, "usage", "prompt_tokens"),
        output=_tokens(body, "usage", "completion_tokens"),
        total=_tokens(body, "usage", "total_tokens"),
        cached=_tokens(body, "usage", "prompt_tokens_details", "cached_tokens"),
        written=_tokens(body, "usage", "prompt_tokens_details", "cache_write_tokens"),
        reasoning=_tokens(body, "usage", "completion_tokens_details", "reasoning_tokens"),
        tier=get_path(body, "service_tier"),
    )


def gemini_usage(body: dict[str, Any]) -> Usage | None:
    """Return what a ``generateContent`` reply says (``GenerateContentResponseUsageMetadata``).

    Google leaves out what is 0, and counts thoughts apart from the answer.
    """
    answer, thoughts = (
        _tokens(body, "usageMetadata", f"{name}TokenCount") or 0
        for name in ("candidates", "thoughts")
    )
    return _usage(
        prompt=_tokens(body, "usageMetadata", "promptTokenCount"),
        output=answer + thoughts,
        total=_tokens(body, "usageMetadata", "totalTokenCount"),
        cached=_tokens(body, "usageMetadata", "cachedContentTokenCount"),
        reasoning=thoughts,
        tier=get_path(body, "usageMetadata", "serviceTier"),
    )


def anthropic_usage(body: dict[str, Any]) -> Usage | None:
    """Return what a Messages reply says (``anthropic/types/usage.py``).

    Its input is what neither came from the cache nor went into it.
    """
    cached, written = (
        _tokens(body, "usage", f"cache_{name}_input_tokens") or 0 for name in ("read", "creation")
    )
    prompt = _tokens(body, "usage", "input_tokens")
    return _usage(
        prompt=None if prompt is None else prompt + cached + written,
        output=_tokens(body, "usage", "output_tokens"),
        cached=cached,
        written=written,
        written_1h=_tokens(body, "usage", "cache_creation", "ephemeral_1h_input_tokens"),
        reasoning=_tokens(body, "usage", "output_tokens_details", "thinking_tokens"),
        tier=get_path(body, "usage", "service_tier"),
    )


def _tokens(body: dict[str, Any], *path: str) -> int | None:
    return token_count(get_path(body, *path))


def _usage(
    *,
    prompt: int | None,
    output: int | None,
    total: int | None = None,
    cached: int | None = None,
    written: int | None = None,
    written_1h: int | None = None,
    reasoning: int | None = None,
    tier: object = None,
) -> Usage | None:
    """Return the tokens that are billed, None when they are not known.

    ``total`` counts what only it holds. No request with a picture takes 0 tokens of input: a server
    that says so does not count. A part is never more than what it is a part of.
    """
    if not prompt:
        return None
    known = [output] if output is not None else []
    if total is not None and total >= prompt:
        known.append(total - prompt)
    if not known:
        return None
    cached = min(cached or 0, prompt)
    written = min(written or 0, prompt - cached)
    return Usage(
        prompt,
        max(known),
        cached_tokens=cached,
        cache_write_tokens=written,
        cache_write_1h_tokens=min(written_1h or 0, written),
        reasoning_tokens=min(reasoning or 0, max(known)),
        tier=text_or_empty(tier)[:_MAX_TIER_CHARS].lower(),
    )
