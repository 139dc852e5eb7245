"""List the models that a user may choose from."""

from collections.abc import Collection
from dataclasses import dataclass

from .choose import _DATED, PREFERRED
from .eyesight import _NO_CHAT, _blindness


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """Hold one model that a user may choose."""

    model: str
    input_price: float | None = None
    """USD per million tokens; None when no price is known."""
    output_price: float | None = None


def offers(kind: str, listed: Collection[str], base_url: str = "") -> list[Offer]:
    """Return the models to choose from: our preferences, then what sees, then what may see.

    Call it in an executor, since it loads the price table.
    """
    from .. import prices  # noqa: PLC0415

    def order(model: str) -> tuple[int, int, str]:
        name = model if model in preferred else _DATED.sub("", model)
        if name in preferred:
            return 0, preferred.index(name), model
        return 1, _blindness(model), model

    preferred = PREFERRED.get(kind, ())
    found: list[Offer] = []
    for model in sorted(set(listed), key=order):
        first, blindness, _ = order(model)
        if first and (blindness > 1 or _NO_CHAT.search(model)):
            continue
        price, said = prices.rates(kind, model, base_url) or (None, None)
        found.append(Offer(model=model, input_price=price, output_price=said))
    return found
