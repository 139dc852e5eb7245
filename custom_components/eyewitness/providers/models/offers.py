"""The models that a user may choose from."""

from collections.abc import Collection
from dataclasses import dataclass

from .capabilities import can_chat, vision_rank
from .choose import PREFERRED, undated


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """One model that a user may choose."""

    model: str
    input_price: float | None = None
    """USD per million tokens; None when no price is known."""
    output_price: float | None = None


def offers(kind: str, listed: Collection[str], base_url: str = "") -> list[Offer]:
    """Return the models to choose from: our preferences, then what sees, then what may see.

    Call it in an executor, since it loads the price table.
    """
    from .. import prices  # noqa: PLC0415

    preferred = PREFERRED.get(kind, ())

    def rank(model: str) -> tuple[int, int, str]:
        name = model if model in preferred else undated(model)
        if name in preferred:
            return 0, preferred.index(name), model
        return 1, vision_rank(model), model

    found: list[Offer] = []
    for model in sorted(set(listed), key=rank):
        not_preferred, vision, _ = rank(model)
        if not_preferred and (vision > 1 or not can_chat(model)):
            continue
        input_price, output_price = prices.rates(kind, model, base_url) or (None, None)
        found.append(Offer(model=model, input_price=input_price, output_price=output_price))
    return found
