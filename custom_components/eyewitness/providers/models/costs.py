"""What a description costs at list price, by what a model counts for a picture."""

import re
from typing import Final

from ...chain.task import Usage
from .. import prices
from ..spec import Rates
from .card import ModelCard
from .parameters import parameters_for

_PICTURE_TOKENS: Final[tuple[tuple[re.Pattern[str], int], ...]] = tuple(
    (re.compile(pattern), tokens)
    for pattern, tokens in (
        (r"gpt-4o-mini", 36_835),
        (r"gpt-[56]", 1_004),
        (r"gemini-3", 1_100),
        # 4.7 and later; older ones put the figures of their version before or behind their size.
        (r"claude-[a-z]+-(4-([7-9]|\d\d)(?!\d)|[5-9])", 1_152),
        (r"claude-", 1_080),
    )
)
"""Tokens for the picture of a 1080p camera at ``normal``, 1200 by 675 pixels, by the beginning of a
model's name: the table in the README, with its sources. xAI publishes no figure for its models."""
_USUAL_TOKENS: Final = 1_100
"""What most models count, for a choice among models that nobody knows."""
_TEXT_TOKENS: Final = 300
_ANSWER_TOKENS: Final = 120


def picture_tokens(model: str) -> int | None:
    """Return what a model counts for a picture of 1200 by 675 pixels, None when it is not known.

    A router's prefix (``openai/``) is skipped.
    """
    name = model.rpartition("/")[2].lower()
    return next((tokens for pattern, tokens in _PICTURE_TOKENS if pattern.match(name)), None)


def known_usd(
    kind: str, card: ModelCard, base_url: str = "", rates: Rates | None = None
) -> float | None:
    """Return what a description costs in USD, None unless price and tokens are both known.

    Thinking that cannot be avoided is included. ``rates`` are the user's own price, which counts
    for all models. Blocking, since it loads the price table.
    """
    if (tokens := picture_tokens(card.id)) is None:
        return None
    if rates is not None:
        return rates.usd(_usage(card, tokens))
    return prices.cost(kind, card.id, _usage(card, tokens), base_url)


def guessed_usd(kind: str, card: ModelCard, base_url: str = "") -> float | None:
    """Return the same with the tokens that most models count, where they are not known."""
    usage = _usage(card, picture_tokens(card.id) or _USUAL_TOKENS)
    return prices.cost(kind, card.id, usage, base_url)


def _usage(card: ModelCard, picture: int) -> Usage:
    """Return the tokens of a description whose picture counts so many."""
    output = _ANSWER_TOKENS + parameters_for(card.id, card).thinking_tokens
    return Usage(_TEXT_TOKENS + picture, output)
