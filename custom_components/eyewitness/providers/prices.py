"""The vendors' list prices.

The prices come from the library ``genai-prices``, whose makers keep them up to date. Importing it
and its first call take about a second, so both happen in the executor, see ``VendorProvider``.
"""

from typing import Final

from genai_prices import Usage as PricedUsage, calc_price
from genai_prices.types import PriceCalculation

from ..chain.task import Usage
from ..const import ANTHROPIC, COMPATIBLE, GEMINI, GROK, OPENAI

_PROVIDER_IDS: Final = {OPENAI: "openai", GROK: "x-ai", GEMINI: "google", ANTHROPIC: "anthropic"}
"""The names that ``genai-prices`` has for the companies."""
_SAMPLE_TOKENS: Final = 1000
"""Few enough for the first of the prices that rise with the length of a request."""
_MILLION: Final = 1_000_000


def cost(kind: str, model: str, usage: Usage, base_url: str = "") -> float | None:
    """Return what a request costs in USD, or None for a model that the library does not know.

    The kind decides whose prices count, and for a compatible server its address.
    """
    price = _price(kind, model, usage, base_url)
    return None if price is None else float(price.total_price)


def rates(kind: str, model: str, base_url: str = "") -> tuple[float, float] | None:
    """Return USD per million tokens of input and of output, or None when they are not known."""
    price = _price(kind, model, Usage(_SAMPLE_TOKENS, _SAMPLE_TOKENS), base_url)
    if price is None:
        return None
    scale = _MILLION // _SAMPLE_TOKENS
    return float(price.input_price * scale), float(price.output_price * scale)


def _price(kind: str, model: str, usage: Usage, base_url: str) -> PriceCalculation | None:
    tokens = PricedUsage(input_tokens=usage.input_tokens, output_tokens=usage.output_tokens)
    try:
        if kind == COMPATIBLE:
            return calc_price(tokens, model, provider_api_url=base_url)
        return calc_price(tokens, model, provider_id=_PROVIDER_IDS[kind])
    except LookupError:
        return None


def warm() -> None:
    """Load the price table, so that no event waits for it."""
    cost(OPENAI, "gpt-4o-mini", Usage())
