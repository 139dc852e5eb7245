"""What the lists of vendors and servers say of a model, and what is made of it."""

from datetime import date
from typing import Any

import pytest

from custom_components.eyewitness.providers.models.card import (
    ModelCard,
    from_anthropic_list,
    from_chat_list,
    from_gemini_list,
)

NAMES = ("sees", "chats", "thinks", "structured", "created", "ends")
OPENROUTER = {
    "created": 1754586848,
    "architecture": {"input_modalities": ["text", "image"], "output_modalities": ["text"]},
    "supported_parameters": ["max_tokens", "reasoning", "structured_outputs"],
    "expiration_date": "2026-12-31",
}


def known(card: ModelCard) -> dict[str, Any]:
    """Return what a card says."""
    return {name: value for name in NAMES if (value := getattr(card, name)) is not None}


@pytest.mark.parametrize(
    ("item", "says"),
    [
        ({}, {}),
        # OpenAI
        (
            {"object": "model", "created": 1721172741, "shutdown_date": "2027-01-14"},
            {"created": date(2024, 7, 16), "ends": date(2027, 1, 14)},
        ),
        ({"created": 0, "shutdown_date": None}, {}),
        # xAI
        (
            {"input_modalities": ["text"], "output_modalities": ["text"]},
            {"sees": False, "chats": True},
        ),
        ({"input_modalities": ["text", "image"]}, {"sees": True}),
        # OpenRouter
        (
            OPENROUTER,
            {
                "sees": True,
                "chats": True,
                "thinks": True,
                "structured": True,
                "created": date(2025, 8, 7),
                "ends": date(2026, 12, 31),
            },
        ),
        ({"supported_parameters": ["max_tokens"]}, {"thinks": False, "structured": False}),
        ({"architecture": {"output_modalities": ["image"]}}, {"chats": False}),
        # Mistral, llama.cpp, LM Studio, Together
        (
            {"capabilities": {"completion_chat": True, "vision": False}},
            {"sees": False, "chats": True},
        ),
        ({"capabilities": ["completion", "multimodal"]}, {"sees": True}),
        ({"capabilities": ["completion"]}, {}),
        ({"type": "vlm"}, {"sees": True}),
        ({"type": "embeddings"}, {"chats": False}),
        ({"type": "chat"}, {}),
        # Of another shape than expected.
        ({"created": "soon", "shutdown_date": [], "type": ["vlm"], "capabilities": 7}, {}),
        ({"created": 1e30, "input_modalities": "image", "supported_parameters": {"a": 1}}, {}),
        ({"capabilities": {"vision": "yes"}, "architecture": [1], "created": True}, {}),
    ],
)
def test_lists_of_openais_shape(item: dict[str, Any], says: dict[str, Any]) -> None:
    """What is said is taken, what is not said stays open."""
    card = from_chat_list({"id": "one", **item})
    assert (card.id, known(card)) == ("one", says)


def _supports(**names: Any) -> dict[str, Any]:
    return {"capabilities": {name: {"supported": value} for name, value in names.items()}}


@pytest.mark.parametrize(
    ("item", "says"),
    [
        ({}, {}),
        ({"capabilities": None, "created_at": "1970-01-01T00:00:00Z"}, {}),
        (
            _supports(image_input=True, structured_outputs=False, thinking=True)
            | {"created_at": "2026-09-22T00:00:00Z"},
            {"sees": True, "thinks": True, "structured": False, "created": date(2026, 9, 22)},
        ),
        (_supports(image_input=False, thinking="no"), {"sees": False}),
    ],
)
def test_anthropics_list(item: dict[str, Any], says: dict[str, Any]) -> None:
    """It says most of all."""
    assert known(from_anthropic_list({"id": "one", **item}, {"two": date(2027, 1, 1)})) == says


@pytest.mark.parametrize(
    ("methods", "thinking", "says"),
    [
        (["generateContent"], True, {"thinks": True}),
        (["generateContent", "countTokens"], None, {}),
        (["embedContent"], False, {"chats": False, "thinks": False}),
        ([], "x", {"chats": False}),
    ],
)
def test_googles_list(methods: list[str], thinking: object, says: dict[str, Any]) -> None:
    """A name without the folder that Google puts it in."""
    card = from_gemini_list("models/gemini-9", methods, thinking, {})
    assert (card.id, known(card)) == ("gemini-9", says)
