"""Which models are chosen and offered, and what a family of models takes."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from custom_components.eyewitness.const import COMPATIBLE, KINDS, VENDORS
from custom_components.eyewitness.providers.models import choose, costs, offers
from custom_components.eyewitness.providers.models.card import ModelCard
from custom_components.eyewitness.providers.models.parameters import parameters_for


def test_each_vendor_has_preferences() -> None:
    """Every vendor has several, so that one may go."""
    assert choose.PREFERRED.keys() == set(VENDORS)
    assert all(len(models) >= 2 for models in choose.PREFERRED.values())


def cards(*names: str) -> list[ModelCard]:
    """Return the models of a list that says nothing but their names."""
    return [ModelCard(id=name) for name in names]


def in_days(days: int) -> date:
    """Return the day in so many days."""
    return datetime.now(UTC).date() + timedelta(days=days)


PAST, FUTURE = date(2001, 1, 1), date(2999, 1, 1)
READS, SEES = ModelCard(id="gpt-9-nano", sees=False), ModelCard(id="mystery", sees=True)


@pytest.mark.parametrize(
    ("kind", "listed", "missing", "chosen"),
    [
        # The first preference that is there, under a dated name if need be.
        ("openai", cards("gpt-4.1-mini", "gpt-6-luna"), (), "gpt-6-luna"),
        ("openai", cards("gpt-4o-mini", "gpt-6-luna"), (), "gpt-6-luna"),
        ("openai", cards("gpt-5.6-luna", "gpt-6-luna"), ("gpt-6-luna",), "gpt-5.6-luna"),
        ("grok", cards("grok-4.3-2024-07-18", "grok-4.3-2025-01-01"), (), "grok-4.3-2025-01-01"),
        ("grok", cards("grok-4.3", "grok-2-vision-1212"), (), "grok-2-vision-1212"),
        ("grok", cards("something-else", "grok-4.3-latest"), (), "grok-4.3-latest"),
        ("openai", cards("gpt-5.6-luna-20240718", "gpt-6-luna-latest"), (), "gpt-6-luna-latest"),
        ("anthropic", cards("claude-haiku-4-5-20251001"), (), "claude-haiku-4-5-20251001"),
        ("gemini", cards("gemini-3.5-flash-lite", "something-else"), (), "gemini-3.5-flash-lite"),
        # Without one of them what is there: the cheapest that sees, and nobody unlisted (9).
        ("anthropic", cards("claude-opus-5", "claude-sonnet-5"), (), "claude-sonnet-5"),
        ("anthropic", cards("claude-opus-5"), (), "claude-opus-5"),
        ("openai", cards("gpt-7-pro", "gpt-7-nano", "gpt-7"), (), "gpt-7-nano"),
        ("openai", cards("gpt-7-2027-01-02", "gpt-7-2027-03-04"), (), "gpt-7-2027-03-04"),
        ("openai", cards("gpt-9-nano", "gpt-5.4-mini"), (), "gpt-5.4-mini"),
        ("gemini", cards("gemini-4-flash", "gemini-embedding-9"), (), "gemini-4-flash"),
        ("grok", cards("grok-9-mini", "grok-imagine-9"), (), "grok-9-mini"),
        ("openai", cards("gpt-4o-mini-2024-07-18", "gpt-5.4-mini"), (), "gpt-5.4-mini"),
        ("openai", cards("gpt-4o-mini"), (), "gpt-4o-mini"),
        ("openai", cards("gpt-3.5-turbo", "mystery"), (), "mystery"),
        ("openai", cards("gpt-3.5-turbo"), (), "gpt-3.5-turbo"),
        # What the list says counts more than a name.
        ("openai", [READS, SEES], (), "mystery"),
        (COMPATIBLE, [READS, *cards("plain"), SEES], (), "mystery"),
        ("grok", [ModelCard(id="grok-4.3", sees=False), *cards("grok-9")], (), "grok-9"),
        ("gemini", [ModelCard(id="gemini-9", chats=False), *cards("mystery")], (), "mystery"),
        ("openai", [ModelCard(id="gpt-6-luna", ends=PAST), *cards("gpt-9")], (), "gpt-9"),
        ("openai", [ModelCard(id="gpt-6-luna", ends=FUTURE), *cards("gpt-9")], (), "gpt-6-luna"),
        ("openai", [ModelCard(id="gpt-6-luna", ends=PAST), READS], (), "gpt-6-luna"),
        # A week before its end a model is left.
        ("openai", [ModelCard(id="gpt-6-luna", ends=in_days(7)), *cards("gpt-9")], (), "gpt-9"),
        (
            "openai",
            [ModelCard(id="gpt-6-luna", ends=in_days(9)), *cards("gpt-9")],
            (),
            "gpt-6-luna",
        ),
        # Without a list: a preference that the vendor has not retired.
        ("openai", (), (), "gpt-6-luna"),
        ("openai", (), ("gpt-6-luna",), "gpt-5.6-luna"),
        ("grok", (), (), "grok-4.3"),
        # On a server of the user's own: what seems to see, then what may see.
        (COMPATIBLE, cards("plain", "llava:13b", "qwen2.5vl:7b"), (), "llava:13b"),
        (COMPATIBLE, cards("plain", "llava:13b", "qwen2.5vl:7b"), ("llava:13b",), "qwen2.5vl:7b"),
        (COMPATIBLE, cards("nomic-embed-text", "whisper-1", "plain", "other"), (), "plain"),
        (COMPATIBLE, cards("llama3.2:3b", "plain"), (), "plain"),
        (COMPATIBLE, cards("gemma3:1b", "gemma3n", "gemma3:4b"), (), "gemma3:4b"),
        (COMPATIBLE, cards("gpt-oss:20b"), (), "gpt-oss:20b"),
        (COMPATIBLE, cards("deepseek-r1:8b", "openai/gpt-4o-mini"), (), "openai/gpt-4o-mini"),
    ],
)
def test_choose(kind: str, listed: list[ModelCard], missing: tuple[str, ...], chosen: str) -> None:
    """A model that was missing is not chosen again while there is another."""
    assert next(name for name in choose.ranked(kind, listed) if name not in missing) == chosen


def test_a_router_is_asked_for_the_cheapest_that_takes_money() -> None:
    """Whoever takes none has a daily limit, and may keep the pictures."""
    names = ("anthropic/claude-sonnet-4.5", "google/gemma-3-27b-it:free", "openai/gpt-4.1-nano")
    best, *_ = choose.ranked(COMPATIBLE, cards(*names), base_url="https://openrouter.ai/api/v1")
    assert best == "openai/gpt-4.1-nano"


@pytest.mark.parametrize(
    ("kind", "listed"),
    [
        *((COMPATIBLE, cards(*names)) for names in ((), ("bge-m3",), ("mine",), ("tts-1",))),
        ("openai", cards("mine")),
        ("openai", cards("text-embedding-3-small", "gpt-image-2")),
    ],
)
def test_nothing_to_choose(kind: str, listed: list[ModelCard]) -> None:
    """Without a model that chats no model is named, and none is guessed beside a list."""
    assert set(choose.ranked(kind, listed)) <= {"mine"}


@pytest.mark.parametrize(
    ("model", "listed", "found"),
    [
        ("llava", "llava:latest", True),
        ("claude-haiku-4-5", "claude-haiku-4-5-20251001", True),
        ("gpt-4o-2024-08-06", "gpt-4o", True),
        ("gpt-4o", "gpt-4o-mini", False),
        ("llava:7b", "llava:13b", False),
    ],
)
def test_is_listed(model: str, listed: str, found: bool) -> None:
    """A list may name a model with its date."""
    assert choose.is_listed(model, cards(listed)) is found


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
    found = offers.offers(kind, cards(*UNKNOWN, *LEFT_OUT, *SEEING, *SEEING))
    names = [offer.model for offer in found]
    assert len(names) == len(SEEING) + len(UNKNOWN)
    assert set(names[: len(SEEING)]) == set(SEEING)
    assert set(names[len(SEEING) :]) == set(UNKNOWN)


@pytest.mark.parametrize("kind", VENDORS)
def test_offers_begin_with_our_preferences(kind: str) -> None:
    """In their order, even under a dated name."""
    preferred = choose.PREFERRED[kind]
    dated = f"{preferred[1]}-2026-07-18"
    found = offers.offers(kind, cards("gpt-4o", dated, "zeta", *reversed(preferred)))
    names = [offer.model for offer in found]
    assert names == [*preferred[:2], dated, *preferred[2:], "gpt-4o", "zeta"]


def test_offers_say_what_a_description_costs() -> None:
    """In USD, where both the price and what a picture counts are known."""
    found = [
        *offers.offers("openai", cards("gpt-4o-mini", "plain")),
        *offers.offers(COMPATIBLE, cards("openai/gpt-4o-mini"), "https://openrouter.ai/api/v1"),
    ]
    # 36,835 tokens for the picture, 300 for the question, 120 for the answer.
    usd = pytest.approx((37_135 * 0.15 + 120 * 0.6) / 1_000_000)
    assert [(offer.usd, offer.is_auto) for offer in found] == [
        *((usd, True), (None, False), (usd, True)),
    ]
    assert offers.offers("openai", []) == []


@pytest.mark.parametrize(
    ("tokens", "models"),
    [
        (36_835, "gpt-4o-mini openai/gpt-4o-mini gpt-4o-mini-2024-07-18"),
        (1_004, "gpt-5-nano gpt-5.6-luna gpt-6-luna openai/gpt-6-luna"),
        (1_100, "gemini-3.5-flash-lite google/gemini-3.8-flash"),
        (1_152, "claude-haiku-5-5 claude-opus-4-7 claude-sonnet-4-10"),
        (1_080, "claude-haiku-4-5 claude-haiku-4-5-20251001 claude-3-haiku-20240307 claude-opus-4"),
        (None, "grok-4.3 gpt-4.1-mini llava:13b gemini-2.5-flash mystery"),
    ],
)
def test_what_a_picture_counts(tokens: int | None, models: str) -> None:
    """As the README's table says for a 1080p camera at normal; else nobody knows."""
    assert {costs.picture_tokens(model) for model in models.split()} == {tokens}


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
        ({}, 0, ("gemini-3.5-flash-lite", "claude-3-haiku-20240307", "llava:13b", "gemma3:4b")),
        ({}, 0, ("grok-4.20-non-reasoning", "mistralai/mistral-small-3.2", "ministral-3:8b")),
        ({}, 1000, ("grok-4.20", "qwen3-vl:8b", "Qwen/Qwen3-VL-8B-Thinking", "magistral")),
        # Nobody knows how long they think, and a limit that is not used costs nothing (10).
        ({}, 1000, ("gemini-2.5-pro", "gemini-flash-latest", "gpt-5.3-chat-latest", "mystery")),
        ({"reasoning_effort": "none"}, 0, ("gpt-10", "gpt-7-x")),
        ({"thinking_config": {"thinking_level": "low"}}, 1000, ("gemini-10-flash",)),
    ],
)
def test_parameters(
    arguments: dict[str, Any], thinking_tokens: int, models: tuple[str, ...]
) -> None:
    """Each family of models gets what keeps it from thinking long."""
    for model in models:
        parameters = parameters_for(model)
        assert (parameters.arguments, parameters.thinking_tokens) == (arguments, thinking_tokens)


def test_parameters_of_a_model_that_cannot_think() -> None:
    """It takes no word about it, as its vendor's list says."""
    card = ModelCard(id="claude-haiku-9", thinks=False)
    assert parameters_for(card.id, card).arguments == {}
    assert parameters_for(card.id, replace(card, thinks=True)).arguments
