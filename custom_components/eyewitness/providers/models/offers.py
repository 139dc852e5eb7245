"""The models that a user may choose from."""

from collections.abc import Collection
from dataclasses import dataclass

from .capabilities import READS_ONLY, can_chat, vision_rank
from .card import ModelCard
from .choose import preference


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """One model that a user may choose."""

    model: str
    input_price: float | None = None
    """USD per million tokens; None when no price is known."""
    output_price: float | None = None


def offers(kind: str, cards: Collection[ModelCard], base_url: str = "") -> list[Offer]:
    """Return the models to choose from: our preferences, then what sees, then what may see.

    Call it in an executor, since it loads the price table.
    """
    from .. import prices  # noqa: PLC0415

    nobody = preference(kind, "")

    def rank(card: ModelCard) -> tuple[int, tuple[int, bool], int, str]:
        place = preference(kind, card.id)
        return place == nobody, place, vision_rank(card), card.id

    found: list[Offer] = []
    for card in sorted({card.id: card for card in cards}.values(), key=rank):
        useless = vision_rank(card) == READS_ONLY or not can_chat(card)
        if useless and preference(kind, card.id) == nobody:
            continue
        input_price, output_price = prices.rates(kind, card.id, base_url) or (None, None)
        found.append(Offer(model=card.id, input_price=input_price, output_price=output_price))
    return found
