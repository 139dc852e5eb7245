"""The models that a user may choose from."""

from collections.abc import Collection
from dataclasses import dataclass

from ..spec import Rates
from .capabilities import READS_ONLY, can_chat, vision_rank
from .card import ModelCard
from .choose import preference, ranked
from .costs import known_usd


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """One model that a user may choose."""

    model: str
    usd: float | None = None
    """What a description costs; None when that is not known."""
    is_auto: bool = False
    """Whether it is the one that ``auto`` means now."""

    @property
    def cents(self) -> float | None:
        """Return what 100 descriptions cost in US cents: one costs a fraction of a cent."""
        return None if self.usd is None else self.usd * 100 * 100


def offers(
    kind: str, cards: Collection[ModelCard], base_url: str = "", rates: Rates | None = None
) -> list[Offer]:
    """Return the models to choose from: our preferences, then what sees, then what may see.

    ``rates`` are the user's own price instead of list prices. Call it in an executor, since it
    loads the price table.
    """
    cards = {card.id: card for card in cards}.values()
    best = next(iter(ranked(kind, cards, base_url)), None) if cards else None
    nobody = preference(kind, "")

    def rank(card: ModelCard) -> tuple[int, tuple[int, bool], int, str]:
        place = preference(kind, card.id)
        return place == nobody, place, vision_rank(card), card.id

    found: list[Offer] = []
    for card in sorted(cards, key=rank):
        useless = vision_rank(card) == READS_ONLY or not can_chat(card)
        if useless and preference(kind, card.id) == nobody:
            continue
        usd = known_usd(kind, card, base_url, rates)
        found.append(Offer(model=card.id, usd=usd, is_auto=card.id == best))
    return found
