"""Price a request at the vendor's list price.

The prices come from the library ``genai-prices``, whose makers keep them up to date. Importing it
and its first call take about a second, so both happen in the executor, see ``VendorProvider``.
"""

from typing import Final

from genai_prices import Usage as PricedUsage, calc_price
from genai_prices.types import PriceCalculation

from ..chain.task import Usage
from ..const import ANTHROPIC, COMPATIBLE, GEMINI, GROK, OPENAI

_NAMES: Final = {OPENAI: "openai", GROK: "x-ai", GEMINI: "google", ANTHROPIC: "anthropic"}
_SAMPLE: Final = 1000
"""Tokens; few enough for the first of the prices that rise with the length of a question."""
_MILLION: Final = 1_000_000


def cost(kind: str, model: str, usage: Usage, base_url: str = "") -> float | None:
    """Return USD, or None for a model that the library does not know.

    Whose prices count is told by the kind, and for a compatible server by its address.
    """
    found = _price(kind, model, usage, base_url)
    return None if found is None else float(found.total_price)


def rates(kind: str, model: str, base_url: str = "") -> tuple[float, float] | None:
    """Return USD per million tokens of input and of output, or None when they are not known."""
    found = _price(kind, model, Usage(_SAMPLE, _SAMPLE), base_url)
    if found is None:
        return None
    times = _MILLION // _SAMPLE
    return float(found.input_price * times), float(found.output_price * times)


def _price(kind: str, model: str, usage: Usage, base_url: str) -> PriceCalculation | None:
    tokens = PricedUsage(input_tokens=usage.input_tokens, output_tokens=usage.output_tokens)
    try:
        if kind == COMPATIBLE:
            return calc_price(tokens, model, provider_api_url=base_url)
        return calc_price(tokens, model, provider_id=_NAMES[kind])
    except LookupError:
        return None


def warm() -> None:
    """Load the price table, so that no event waits for it."""
    cost(OPENAI, "gpt-4o-mini", Usage())
