"""Replies as the vendors write them, with what each costs, reckoned by hand.

The shapes are from the vendors' API references and SDKs: ``openai/types/completion_usage.py``
(Chat Completions), docs.x.ai (its thoughts are only in the total), ``google.genai.types``
(``GenerateContentResponseUsageMetadata``) and ``anthropic/types/usage.py``. The rates are those of
the vendors' price pages in November 2026, in USD per million tokens; each sum is written out, in
millionths of a dollar.
"""

from dataclasses import dataclass
from typing import Any

from tests.chain.fakes import GOOD
from tests.simulator import Vendor


@dataclass(frozen=True, slots=True)
class Bill:
    """One reply and its cost."""

    name: str
    kind: Vendor
    model: str
    usage: dict[str, Any]
    """The reply's own, and what stands beside it."""
    micro_usd: float
    tokens: tuple[int, int]
    """All of the input and all of the output."""

    @property
    def body(self) -> dict[str, Any]:
        """Return the whole reply."""
        match self.kind:
            case "gemini":
                content = {"role": "model", "parts": [{"text": GOOD}]}
                return {
                    "candidates": [{"content": content, "finishReason": "STOP"}],
                    "modelVersion": self.model,
                    **self.usage,
                }
            case "anthropic":
                return {
                    "type": "message",
                    "role": "assistant",
                    "model": self.model,
                    "content": [{"type": "text", "text": GOOD}],
                    "stop_reason": "end_turn",
                    **self.usage,
                }
            case _:
                message = {"role": "assistant", "content": GOOD, "refusal": None}
                return {
                    "object": "chat.completion",
                    "model": self.model,
                    "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
                    **self.usage,
                }


def _chat(prompt: int, completion: int, *, total: int = 0, **more: Any) -> dict[str, Any]:
    inputs = {"cached_tokens": 0, "audio_tokens": 0, **more.pop("inputs", {})}
    outputs = {"reasoning_tokens": 0, "audio_tokens": 0, **more.pop("outputs", {})}
    usage = {
        "prompt_tokens": prompt,
        "completion_tokens": completion,
        "total_tokens": total or prompt + completion,
        "prompt_tokens_details": inputs,
        "completion_tokens_details": outputs,
    }
    return {"usage": usage, **more}


def _gemini(
    prompt: int, answer: int, *, thoughts: int = 0, image: int = 1100, cached: int = 0
) -> dict[str, Any]:
    usage: dict[str, Any] = {
        "promptTokenCount": prompt,
        "candidatesTokenCount": answer,
        "totalTokenCount": prompt + answer + thoughts,
        "promptTokensDetails": [
            {"modality": "TEXT", "tokenCount": prompt - image},
            {"modality": "IMAGE", "tokenCount": image},
        ],
    }
    if thoughts:
        usage["thoughtsTokenCount"] = thoughts
    if cached:
        usage["cachedContentTokenCount"] = cached
        usage["cacheTokensDetails"] = [{"modality": "IMAGE", "tokenCount": cached}]
    return {"usageMetadata": usage}


def _claude(prompt: int, answer: int, **more: Any) -> dict[str, Any]:
    usage = {"input_tokens": prompt, "output_tokens": answer, "service_tier": "standard"}
    caches = {"cache_read_input_tokens": 0, "cache_creation_input_tokens": 0}
    return {"usage": {**usage, **caches, **more}}


BILLS = (
    Bill(
        "picture",
        "openai",
        "gpt-4o-mini-2024-07-18",
        _chat(37_178, 93),
        37_178 * 0.15 + 93 * 0.6,  # 5576.7 + 55.8
        (37_178, 93),
    ),
    Bill(
        "cached",
        "openai",
        "gpt-5.6-luna",
        _chat(1_333, 80, inputs={"cached_tokens": 1_024}),
        309 * 0.2 + 1_024 * 0.02 + 80 * 1.2,  # 61.8 + 20.48 + 96, and 362.6 without a cache
        (1_333, 80),
    ),
    Bill(
        "thoughts within the output",
        "openai",
        "gpt-5-mini-2025-08-07",
        _chat(1_404, 460, outputs={"reasoning_tokens": 384}),
        1_404 * 0.25 + 460 * 2,  # 351 + 920
        (1_404, 460),
    ),
    Bill(
        "priority, and written to a cache",
        "openai",
        "gpt-6-luna",
        _chat(1_304, 120, inputs={"cache_write_tokens": 1_280}, service_tier="priority"),
        24 * 0.2 + 1_280 * 0.25 + 120 * 1,  # 4.8 + 320 + 120
        (1_304, 120),
    ),
    Bill(
        "picture",
        "grok",
        "grok-4.3",
        _chat(1_792, 96, inputs={"image_tokens": 1_480}),
        1_792 * 1.25 + 96 * 2.5,  # 2240 + 240
        (1_792, 96),
    ),
    Bill(
        "cached",
        "grok",
        "grok-4.3",
        _chat(1_792, 96, inputs={"cached_tokens": 1_280}),
        512 * 1.25 + 1_280 * 0.2 + 96 * 2.5,  # 640 + 256 + 240
        (1_792, 96),
    ),
    Bill(
        "thoughts beside the output",
        "grok",
        "grok-4.3",
        _chat(1_792, 90, total=2_192, outputs={"reasoning_tokens": 310}),
        1_792 * 1.25 + 400 * 2.5,  # 2240 + 1000
        (1_792, 400),
    ),
    Bill(
        "picture",
        "gemini",
        "gemini-2.5-flash",
        _gemini(1_420, 88),
        1_420 * 0.3 + 88 * 2.5,  # 426 + 220
        (1_420, 88),
    ),
    Bill(
        "cached, with thoughts",
        "gemini",
        "gemini-2.5-flash",
        _gemini(1_420, 88, thoughts=412, cached=1_024),
        396 * 0.3 + 1_024 * 0.03 + 500 * 2.5,  # 118.8 + 30.72 + 1250
        (1_420, 500),
    ),
    Bill(
        "dearer above 200,000 tokens",
        "gemini",
        "gemini-2.5-pro",
        _gemini(250_000, 100),
        250_000 * 2.5 + 100 * 15,  # 625000 + 1500
        (250_000, 100),
    ),
    Bill(
        "picture",
        "anthropic",
        "claude-haiku-4-5-20251001",
        _claude(1_542, 101),
        1_542 * 1 + 101 * 5,  # 1542 + 505
        (1_542, 101),
    ),
    Bill(
        "cached, written to two caches, with thoughts",
        "anthropic",
        "claude-sonnet-4-5-20250929",
        _claude(
            262,
            301,
            cache_read_input_tokens=1_024,
            cache_creation_input_tokens=300,
            cache_creation={"ephemeral_5m_input_tokens": 200, "ephemeral_1h_input_tokens": 100},
            output_tokens_details={"thinking_tokens": 200},
        ),
        262 * 3 + 1_024 * 0.3 + 200 * 3.75 + 100 * 6 + 301 * 15,  # 786 + 307.2 + 750 + 600 + 4515
        (1_586, 301),
    ),
)
