"""Price a request at the vendor's list price.

The prices come from the library ``genai-prices``, whose makers keep them up to date. Importing it
and its first call take about a second, so both happen in the executor, see ``VendorProvider``.
"""

from typing import Final

from genai_prices import Usage as PricedUsage, calc_price

from ..chain.models import Usage
from ..const import ANTHROPIC, GEMINI, GROK, OPENAI

_NAMES: Final = {OPENAI: "openai", GROK: "x-ai", GEMINI: "google", ANTHROPIC: "anthropic"}


def cost(kind: str, model: str, usage: Usage) -> float | None:
    """Return USD, or None for a model that the library does not know."""
    try:
        price = calc_price(
            PricedUsage(input_tokens=usage.input_tokens, output_tokens=usage.output_tokens),
            model,
            provider_id=_NAMES[kind],
        )
    except LookupError:
        return None
    return float(price.total_price)


def warm() -> None:
    """Load the price table, so that no event waits for it."""
    cost(OPENAI, "gpt-4o-mini", Usage())
