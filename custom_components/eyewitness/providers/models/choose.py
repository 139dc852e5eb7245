"""The choice of a model for a user who left it to us."""

from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime, timedelta
import re
from typing import Final

from ...const import ANTHROPIC, GEMINI, GROK, OPENAI
from .capabilities import READS_ONLY, can_chat, vision_rank
from .card import ModelCard
from .costs import guessed_usd

SEEDS: Final[Mapping[str, str]] = {GROK: "grok-2-vision-1212"}
"""The model that the client named first (AC2): taken where an account still lists it, and never
guessed, since xAI has retired it."""

PREFERRED: Final[Mapping[str, tuple[str, ...]]] = {
    OPENAI: ("gpt-6-luna", "gpt-5.6-luna", "gpt-5.4-nano", "gpt-4.1-mini"),
    GROK: ("grok-4.3", "grok-4.20-non-reasoning", "grok-4.20"),
    GEMINI: ("gemini-3.5-flash-lite", "gemini-3.1-flash-lite", "gemini-3.8-flash"),
    ANTHROPIC: ("claude-haiku-5-5", "claude-haiku-4-5", "claude-sonnet-5-5"),
}
"""Cheap models that see (vendors' model and price pages, November 2026), best first."""

LEAVING_DAYS: Final = 7
"""How long before its end a model is left: the list may be out of reach for some days, and at the
vendor it is another day already."""

_DATE: Final = re.compile(r"-(\d{8}|\d{4}-\d{2}-\d{2}|latest)$|:latest$")
_CHEAP: Final = re.compile(r"nano|lite|mini(?!max)|flash|haiku|luna|small|fast", re.IGNORECASE)
_DEAR: Final = re.compile(r"(^|[-_])(pro|opus|ultra|max|heavy|large)\b", re.IGNORECASE)
"""What vendors put into the names of small and of large models."""


def undated(model: str) -> str:
    """Return a model's name without the date or the word ``latest`` at its end."""
    return _DATE.sub("", model)


def is_listed(model: str, cards: Collection[ModelCard]) -> bool:
    """Return whether a list holds a model, be it under its name with another date."""
    return any(undated(card.id) == undated(model) for card in cards)


def ranked(kind: str, cards: Collection[ModelCard], base_url: str = "") -> list[str]:
    """Return the ids of the models that can be used, best first.

    They are always of the list: what sees before what may see, what stays before what ends within
    ``LEAVING_DAYS``, then our preferences, then the cheapest. Without a list our preferences are
    guessed, of which a compatible server has none.
    Blocking: a router's 400 models take 0.1 s, since each is looked up in the price table.
    """
    if not cards:
        return list(PREFERRED.get(kind, ()))
    chatting = [card for card in cards if can_chat(card)]
    # Who only reads is no way out while those that see are missing: they may be back in a minute.
    usable = [card for card in chatting if vision_rank(card) < READS_ONLY] or chatting
    if kind in PREFERRED:
        # Of two equals the newer one; a compatible server's order is its owner's.
        usable.sort(key=lambda card: (card.created or date.min, card.id), reverse=True)
    soon = datetime.now(UTC).date() + timedelta(days=LEAVING_DAYS)

    def rank(card: ModelCard) -> tuple[int, bool, tuple[int, bool], tuple[int, float]]:
        # A date only counts among others: this machine's clock may be wrong.
        is_leaving = card.ends is not None and card.ends <= soon
        dearness = _dearness(kind, card, base_url)
        return vision_rank(card), is_leaving, preference(kind, card.id), dearness

    return [card.id for card in sorted(usable, key=rank)]


def preference(kind: str, model: str) -> tuple[int, bool]:
    """Return a model's place among our preferences, and whether it has another date."""
    names = (*filter(None, [SEEDS.get(kind)]), *PREFERRED.get(kind, ()))
    name = model if model in names else undated(model)
    return (names.index(name), name != model) if name in names else (len(names), False)


def _dearness(kind: str, card: ModelCard, base_url: str) -> tuple[int, float]:
    if usd := guessed_usd(kind, card, base_url):
        return 0, usd
    # No price, or none to pay: at a router, whoever takes no money may keep the pictures.
    return 1, _size(card.id) if kind in PREFERRED else 0


def _size(model: str) -> int:
    """Return 0 for a name as small models have it, 2 for one as large models have it, else 1."""
    if _CHEAP.search(model):
        return 0
    return 2 if _DEAR.search(model) else 1
