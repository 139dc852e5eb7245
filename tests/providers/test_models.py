"""Which models are chosen and offered, and what a family of models takes."""

from typing import Any

import pytest

from custom_components.eyewitness.chain.failures import Failure, ProviderError
from custom_components.eyewitness.const import COMPATIBLE, KINDS, VENDORS
from custom_components.eyewitness.providers.models import choose, offers
from custom_components.eyewitness.providers.models.parameters import parameters_for


def test_each_vendor_has_preferences() -> None:
    """Every vendor has the seed's model first and a successor."""
    assert choose.PREFERRED.keys() == set(VENDORS)
    assert all(len(models) >= 2 for models in choose.PREFERRED.values())


@pytest.mark.parametrize(
    ("kind", "listed", "missing", "chosen"),
    [
        # The first preference that is there, under a dated name if need be.
        ("openai", ("gpt-4.1-mini", "gpt-6-luna"), (), "gpt-6-luna"),
        ("openai", ("gpt-4o-mini", "gpt-6-luna"), (), "gpt-4o-mini"),
        ("openai", ("gpt-4o-mini", "gpt-6-luna"), ("gpt-4o-mini",), "gpt-6-luna"),
        ("grok", ("grok-4.3-2024-07-18", "grok-4.3-2025-01-01"), (), "grok-4.3-2025-01-01"),
        ("openai", ("gpt-4o-mini-2024-07-18",), ("gpt-4o-mini-2024-07-18",), "gpt-6-luna"),
        ("openai", ("gpt-4o-mini-20240718", "gpt-6-luna-latest"), (), "gpt-4o-mini-20240718"),
        ("openai", ("gpt-4o-mini-audio",), (), "gpt-6-luna"),
        ("openai", (), (), "gpt-6-luna"),
        ("openai", (), ("gpt-6-luna",), "gpt-5.6-luna"),
        ("openai", (), choose.PREFERRED["openai"], "gpt-6-luna"),
        ("grok", ("something-else", "grok-4.3-latest"), (), "grok-4.3-latest"),
        ("anthropic", ("claude-haiku-4-5-20251001",), (), "claude-haiku-4-5-20251001"),
        ("gemini", ("gemini-3.5-flash-lite", "something-else"), (), "gemini-3.5-flash-lite"),
        # The seed names one model with its date.
        ("anthropic", ("claude-3-haiku", "claude-3-haiku-20240307"), (), "claude-3-haiku-20240307"),
        # On a server of the user's own: what seems to see, then what may see.
        (COMPATIBLE, ("plain", "llava:13b", "qwen2.5vl:7b"), (), "llava:13b"),
        (COMPATIBLE, ("plain", "llava:13b", "qwen2.5vl:7b"), ("llava:13b",), "qwen2.5vl:7b"),
        (COMPATIBLE, ("nomic-embed-text", "whisper-1", "plain", "other"), (), "plain"),
        (COMPATIBLE, ("llama3.2:3b", "plain"), (), "plain"),
        (COMPATIBLE, ("gemma3:1b", "gemma3n", "gemma3:4b"), (), "gemma3:4b"),
        (COMPATIBLE, ("gpt-oss:20b",), (), "gpt-oss:20b"),
        (COMPATIBLE, ("deepseek-r1:8b", "openai/gpt-4o-mini"), (), "openai/gpt-4o-mini"),
    ],
)
def test_choose(kind: str, listed: tuple[str, ...], missing: tuple[str, ...], chosen: str) -> None:
    """A model that was missing is not chosen again while there is another."""
    assert choose.choose(kind, listed, missing) == chosen


@pytest.mark.parametrize("listed", [(), ("bge-m3",), ("mine",), ("tts-1", "mxbai-embed-large")])
def test_nothing_to_choose(listed: tuple[str, ...]) -> None:
    """Without a model that chats no model is named."""
    with pytest.raises(ProviderError) as caught:
        choose.choose(COMPATIBLE, listed, ("mine",))
    assert caught.value.failure is Failure.MODEL_MISSING


SEEING = (
    *("llava:13b", "bakllava", "llama3.2-vision:11b", "qwen2.5vl:7b", "Qwen/Qwen3-VL-8B-Instruct"),
    *("gemma3:4b", "google/gemma-4-26b", "pixtral-12b", "minicpm-v:8b", "moondream", "llama4:16x"),
    *("mistral-small3.2", "ministral-3:8b", "internvl3:8b", "deepseek-vl2", "phi-4-multimodal"),
    *("gpt-4o", "openai/gpt-4.1-nano", "gpt-4-turbo", "gpt-4-1106-vision-preview", "gpt-9"),
    *("o1", "o3", "openai/o4-mini", "gemini-9-flash", "anthropic/claude-9", "grok-4-fast"),
)
UNKNOWN = ("plain", "oc-mock", "qwen3.6:35b", "mistral-nemo", "demo1")
LEFT_OUT = (
    *("gpt-3.5-turbo", "gpt-4", "gpt-4-0613", "gpt-4-1106-preview", "o1-mini", "o3-mini"),
    *("gpt-oss:120b", "grok-3", "grok-code-fast-1", "llama3.1:8b", "llama3.2:3b", "gemma3:1b"),
    *("text-embedding-3-small", "nomic-embed-text", "all-minilm", "bge-m3", "gemini-embedding-001"),
    *("tts-1", "gemini-2.5-flash-preview-tts", "whisper-1", "gpt-4o-transcribe", "gpt-audio"),
    *("gpt-4o-audio-preview", "gpt-realtime", "gemini-live-2.5-flash", "gpt-image-1", "dall-e-3"),
    *("imagen-4.0-generate-001", "veo-3.0", "sora-2", "gemini-2.5-flash-image", "grok-imagine-2"),
    *("grok-2-image-1212", "omni-moderation-latest", "llama-guard3", "babbage-002", "davinci-002"),
    *("gpt-5-codex", "o1-pro", "gpt-5.2-pro", "gpt-4o-search-preview", "claude-2.1", "aqa"),
)


@pytest.mark.parametrize("kind", KINDS)
def test_offers(kind: str) -> None:
    """What sees comes first, then what may; what surely does not is left out."""
    found = offers.offers(kind, [*UNKNOWN, *LEFT_OUT, *SEEING, *SEEING])
    names = [offer.model for offer in found]
    assert len(names) == len(SEEING) + len(UNKNOWN)
    assert set(names[: len(SEEING)]) == set(SEEING)
    assert set(names[len(SEEING) :]) == set(UNKNOWN)


@pytest.mark.parametrize("kind", VENDORS)
def test_offers_begin_with_our_preferences(kind: str) -> None:
    """In their order, even under a dated name."""
    preferred = choose.PREFERRED[kind]
    dated = f"{preferred[1]}-2026-07-18"
    found = offers.offers(kind, ["gpt-4o", dated, "zeta", *reversed(preferred)])
    names = [offer.model for offer in found]
    assert names == [*preferred[:2], dated, *preferred[2:], "gpt-4o", "zeta"]


def test_offers_have_prices() -> None:
    """In USD per million tokens, where they are known."""
    found = [
        *offers.offers("openai", ["gpt-4o-mini", "plain"]),
        *offers.offers(COMPATIBLE, ["openai/gpt-4o-mini"], "https://openrouter.ai/api/v1"),
    ]
    prices = [(offer.input_price, offer.output_price) for offer in found]
    assert prices == [(0.15, 0.6), (None, None), (0.15, 0.6)]
    assert offers.offers("openai", []) == []


@pytest.mark.parametrize(
    ("arguments", "thinking_tokens", "models"),
    [
        ({"reasoning_effort": "none"}, 0, ("gpt-5.4-nano", "gpt-6-luna", "grok-4.3")),
        ({"reasoning_effort": "minimal"}, 1000, ("gpt-5-mini", "openai/gpt-5-mini")),
        ({"reasoning_effort": "low"}, 1000, ("o4-mini",)),
        ({"thinking_config": {"thinking_budget": 0}}, 0, ("gemini-2.5-flash",)),
        ({"thinking_config": {"thinking_level": "low"}}, 1000, ("gemini-3.8-flash",)),
        ({"thinking": {"type": "disabled"}}, 0, ("claude-haiku-4-5",)),
        ({}, 0, ("gpt-4o-mini", "gpt-4.1-mini", "grok-2-vision-1212", "gemini-2.0-flash")),
        ({}, 0, ("gemini-3.5-flash-lite", "claude-3-haiku-20240307", "llava:13b")),
        ({}, 1000, ("grok-4.20", "qwen3-vl:8b", "Qwen/Qwen3-VL-8B-Thinking")),
    ],
)
def test_parameters(
    arguments: dict[str, Any], thinking_tokens: int, models: tuple[str, ...]
) -> None:
    """Each family of models gets what keeps it from thinking long."""
    for model in models:
        parameters = parameters_for(model)
        assert (parameters.arguments, parameters.thinking_tokens) == (arguments, thinking_tokens)
