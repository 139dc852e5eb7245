"""Whether a model is about to be switched off, and which one can take its place."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Final

from .capabilities import READS_ONLY, vision_rank
from .card import ModelCard
from .choose import ranked, undated
from .costs import known_usd
from .offers import Offer

WARNING_DAYS: Final = 30
"""How long before its end a model's user is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sunset:
    """The end of a model, as its vendor has announced it."""

    ends: date
    days_left: int
    """Negative when the day has passed and the model is still listed."""
    successor: Offer | None
    """The best model that stays; None when none of the list does."""


def sunset(
    kind: str, cards: Collection[ModelCard], model: str, today: date, base_url: str = ""
) -> Sunset | None:
    """Return the end of a model when it is near, None when it is not or nobody knows of one.

    A successor sees, and has more than ``WARNING_DAYS`` left, and so outlives the model. Blocking,
    like ``choose.ranked``.
    """
    ends = end_of(model, cards)
    if ends is None or (days_left := (ends - today).days) > WARNING_DAYS:
        return None
    staying = [card for card in cards if _stays(card, model, today)]
    best = next(iter(ranked(kind, staying, base_url)), None) if staying else None
    offers = (
        Offer(model=card.id, usd=known_usd(kind, card, base_url))
        for card in staying
        if card.id == best
    )
    return Sunset(ends=ends, days_left=days_left, successor=next(offers, None))


def end_of(model: str, cards: Collection[ModelCard]) -> date | None:
    """Return the day on which a model ends, None when the list tells of none.

    A model that is listed only under names with another date ends with the last of them.
    """
    exact = [card.ends for card in cards if card.id == model]
    ends = exact or [card.ends for card in cards if undated(card.id) == undated(model)]
    known = [day for day in ends if day is not None]
    return max(known) if known and len(known) == len(ends) else None


def _stays(card: ModelCard, model: str, today: date) -> bool:
    """Return whether a model is fit to take another one's place, and no end of it is near."""
    if undated(card.id) == undated(model) or vision_rank(card) == READS_ONLY:
        return False
    return card.ends is None or (card.ends - today).days > WARNING_DAYS
