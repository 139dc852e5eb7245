"""The short list of models, and what the price library knows of them."""

from decimal import Decimal

import pytest

from custom_components.eyewitness.chain.failures import Kind, ProviderError
from custom_components.eyewitness.chain.task import Usage
from custom_components.eyewitness.const import COMPATIBLE, KINDS, VENDORS
from custom_components.eyewitness.providers import prices
from custom_components.eyewitness.providers.models import choose, offers, parameters

PREFERRED = [(kind, model) for kind, models in choose.PREFERRED.items() for model in models]
UNPRICED = {"grok-4.20-non-reasoning"}
"""Models that the pinned price library does not know yet."""


def test_each_vendor_has_preferences() -> None:
    """Every vendor has the seed's model first and a successor."""
    assert choose.PREFERRED.keys() == set(VENDORS)
    assert all(len(models) >= 2 for models in choose.PREFERRED.values())


@pytest.mark.parametrize(
    ("listed", "missing", "chosen"),
    [
        (("gpt-4.1-mini", "gpt-6-luna"), (), "gpt-6-luna"),
        (("gpt-4o-mini", "gpt-6-luna"), (), "gpt-4o-mini"),
        (("gpt-4o-mini", "gpt-6-luna"), ("gpt-4o-mini",), "gpt-6-luna"),
        (("gpt-4o-mini-2024-07-18", "gpt-4o-mini-2025-01-01"), (), "gpt-4o-mini-2025-01-01"),
        (("gpt-4o-mini-2024-07-18",), ("gpt-4o-mini-2024-07-18",), "gpt-6-luna"),
        (("gpt-4o-mini-20240718", "gpt-6-luna-latest"), (), "gpt-4o-mini-20240718"),
        (("gpt-4o-mini-audio",), (), "gpt-6-luna"),
        ((), (), "gpt-6-luna"),
        ((), ("gpt-6-luna",), "gpt-5.6-luna"),
        ((), choose.PREFERRED["openai"], "gpt-6-luna"),
    ],
)
def test_choose(listed: tuple[str, ...], missing: tuple[str, ...], chosen: str) -> None:
    """The first preference that is there wins, under a dated name if need be."""
    assert choose.choose("openai", listed, missing) == chosen


def test_a_dated_preference_is_itself() -> None:
    """The seed names one model with its date."""
    listed = ("claude-3-haiku-20240307", "claude-haiku-4-5-20251001")
    assert choose.choose("anthropic", listed) == "claude-3-haiku-20240307"


@pytest.mark.parametrize(
    ("listed", "missing", "chosen"),
    [
        (("plain", "llava:13b", "qwen2.5vl:7b"), (), "llava:13b"),
        (("plain", "llava:13b", "qwen2.5vl:7b"), ("llava:13b",), "qwen2.5vl:7b"),
        (("nomic-embed-text", "whisper-1", "plain", "other"), (), "plain"),
        (("llama3.2:3b", "plain"), (), "plain"),
        (("gemma3:1b", "gemma3n", "gemma3:4b"), (), "gemma3:4b"),
        (("gpt-oss:20b",), (), "gpt-oss:20b"),
        (("deepseek-r1:8b", "openai/gpt-4o-mini"), (), "openai/gpt-4o-mini"),
    ],
)
def test_choose_on_a_server_of_ones_own(
    listed: tuple[str, ...], missing: tuple[str, ...], chosen: str
) -> None:
    """The first that seems to see, then the first whose name does not tell."""
    assert choose.choose(COMPATIBLE, listed, missing) == chosen


@pytest.mark.parametrize("listed", [(), ("bge-m3",), ("mine",), ("tts-1", "mxbai-embed-large")])
def test_nothing_to_choose(listed: tuple[str, ...]) -> None:
    """Without a model that chats no model is named."""
    with pytest.raises(ProviderError) as caught:
        choose.choose(COMPATIBLE, listed, ("mine",))
    assert caught.value.kind is Kind.MODEL_MISSING


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
    found = {offer.model: offer for offer in offers.offers("openai", ["gpt-4o-mini", "plain"])}
    assert (found["gpt-4o-mini"].input_price, found["gpt-4o-mini"].output_price) == (0.15, 0.6)
    assert (found["plain"].input_price, found["plain"].output_price) == (None, None)
    assert offers.offers("openai", []) == []
    (offer,) = offers.offers(COMPATIBLE, ["openai/gpt-4o-mini"], "https://openrouter.ai/api/v1")
    assert (offer.input_price, offer.output_price) == (0.15, 0.6)


@pytest.mark.parametrize(
    ("kind", "model", "base_url", "known"),
    [
        ("anthropic", "claude-haiku-4-5", "", (1.0, 5.0)),
        ("gemini", "gemini-2.0-flash", "", (0.1, 0.4)),
        ("grok", "grok-2-vision-1212", "", (2.0, 10.0)),
        # Its price rises above 200,000 tokens: the base counts.
        ("gemini", "gemini-2.5-pro", "", (1.25, 10.0)),
        ("openai", "llava:13b", "", None),
        (COMPATIBLE, "gpt-4o-mini", "", None),
        (COMPATIBLE, "gpt-4o-mini", "https://llm.example/v1", None),
        (COMPATIBLE, "gpt-4o-mini", "https://api.openai.com/v1", (0.15, 0.6)),
    ],
)
def test_rates(kind: str, model: str, base_url: str, known: tuple[float, float] | None) -> None:
    """The list prices of the vendors' pages."""
    assert prices.rates(kind, model, base_url) == known


@pytest.mark.parametrize(
    ("model", "params", "room"),
    [
        ("gpt-4o-mini", {}, 0),
        ("gpt-4.1-mini", {}, 0),
        ("gpt-5-mini", {"reasoning_effort": "minimal"}, 1000),
        ("gpt-5.4-nano", {"reasoning_effort": "none"}, 0),
        ("gpt-6-luna", {"reasoning_effort": "none"}, 0),
        ("o4-mini", {"reasoning_effort": "low"}, 1000),
        ("grok-2-vision-1212", {}, 0),
        ("grok-4.3", {"reasoning_effort": "none"}, 0),
        ("grok-4.20", {}, 1000),
        ("gemini-2.0-flash", {}, 0),
        ("gemini-2.5-flash", {"thinking_config": {"thinking_budget": 0}}, 0),
        ("gemini-3.5-flash-lite", {}, 0),
        ("gemini-3.8-flash", {"thinking_config": {"thinking_level": "low"}}, 1000),
        ("claude-3-haiku-20240307", {}, 0),
        ("claude-haiku-4-5", {"thinking": {"type": "disabled"}}, 0),
        ("llava:13b", {}, 0),
        ("qwen3-vl:8b", {}, 1000),
        ("Qwen/Qwen3-VL-8B-Thinking", {}, 1000),
        ("openai/gpt-5-mini", {"reasoning_effort": "minimal"}, 1000),
    ],
)
def test_extras(model: str, params: dict[str, object], room: int) -> None:
    """Each family of models gets what keeps it from thinking long."""
    found = parameters.extras(model)
    assert (dict(found.params), found.room) == (params, room)


@pytest.mark.parametrize(
    ("kind", "model", "per_million"),
    [
        # The list prices of the vendors' pages, in USD for input and output.
        ("openai", "gpt-4o-mini", ("0.15", "0.60")),
        ("anthropic", "claude-3-haiku-20240307", ("0.25", "1.25")),
        ("anthropic", "claude-haiku-4-5", ("1", "5")),
        ("gemini", "gemini-2.0-flash", ("0.10", "0.40")),
        ("grok", "grok-2-vision-1212", ("2", "10")),
    ],
)
def test_list_prices(kind: str, model: str, per_million: tuple[str, str]) -> None:
    """A request costs what the vendor's page says."""
    usage = Usage(1_104, 80)
    expected = (1_104 * Decimal(per_million[0]) + 80 * Decimal(per_million[1])) / 1_000_000
    assert prices.cost(kind, model, usage) == pytest.approx(float(expected))


@pytest.mark.parametrize(("kind", "model"), PREFERRED)
def test_preferred_models_have_a_price(kind: str, model: str) -> None:
    """What is chosen by itself can be accounted for."""
    cost = prices.cost(kind, model, Usage(1000, 100))
    if model in UNPRICED:
        assert cost is None
    else:
        assert cost is not None
        assert 0 < cost < 0.02


@pytest.mark.parametrize(
    ("kind", "model"),
    [("openai", "llava:13b"), ("openai", ""), ("grok", "gpt-4o-mini"), ("gemini", "x" * 10_000)],
)
def test_no_price(kind: str, model: str) -> None:
    """An unknown model has no price, rather than none to pay."""
    assert prices.cost(kind, model, Usage(1000, 100)) is None


def test_nothing_used_costs_nothing() -> None:
    """No tokens, no money."""
    assert prices.cost("openai", "gpt-4o-mini", Usage()) == 0


def test_many_tokens() -> None:
    """The price grows with the usage."""
    costs = [prices.cost("openai", "gpt-4o-mini", Usage(10**n, 10**n)) or 0 for n in range(2, 8)]
    assert sorted(set(costs)) == costs
