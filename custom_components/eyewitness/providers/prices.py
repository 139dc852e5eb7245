"""The vendors' list prices.

The prices come from the library ``genai-prices``, whose makers keep them up to date. Importing it
and its first call take about a second, so both happen in the executor, see ``VendorProvider``.
A library that cannot be used costs the prices and no provider.
"""

from functools import cache
import logging
from types import ModuleType
from typing import TYPE_CHECKING, Final

from ..chain.crash import where
from ..chain.task import Usage
from ..const import ANTHROPIC, COMPATIBLE, GEMINI, GROK, OPENAI

if TYPE_CHECKING:
    from genai_prices.types import PriceCalculation

_LOGGER = logging.getLogger(__name__)
_PROVIDER_IDS: Final = {OPENAI: "openai", GROK: "x-ai", GEMINI: "google", ANTHROPIC: "anthropic"}
"""The names that ``genai-prices`` has for the companies."""
_KNOWN_MODEL: Final = "gpt-4o-mini"
"""A model that every price table holds: it shows whether a table can be read."""


def cost(kind: str, model: str, usage: Usage, base_url: str = "") -> float | None:
    """Return what a request costs in USD, or None for a model that the library does not know.

    The kind decides whose prices count, and for a compatible server its address.
    """
    price = _price(kind, model, usage, base_url)
    return None if price is None else float(price.total_price)


def _price(kind: str, model: str, usage: Usage, base_url: str) -> PriceCalculation | None:
    if (library := _library()) is None:
        return None
    tokens = library.Usage(input_tokens=usage.input_tokens, output_tokens=usage.output_tokens)
    whose = (
        {"provider_api_url": base_url}
        if kind == COMPATIBLE
        else {"provider_id": _PROVIDER_IDS[kind]}
    )
    try:
        found: PriceCalculation = library.calc_price(tokens, model, **whose)
    except LookupError:
        return None
    return found


@cache
def _library() -> ModuleType | None:
    """Return the library, None when it cannot be imported; blocking at the first call."""
    try:
        import genai_prices  # noqa: PLC0415
    except Exception as err:  # noqa: BLE001 - one that does not fit may raise anything
        _LOGGER.error("There are no prices: the library cannot be used: %s", where(err))  # noqa: TRY400
        return None
    return genai_prices


def warm() -> None:
    """Load the price table, so that no event waits for it."""
    cost(OPENAI, _KNOWN_MODEL, Usage())


def refresh() -> bool:
    """Fetch today's price table and use it from now on; return whether that worked. Blocking.

    It is asked for at the library's own address (GitHub's). Whatever is wrong with it, or with the
    way there, the present table stays.
    """
    if (library := _library()) is None:
        return False
    try:
        table = library.UpdatePrices().fetch()
        table.calc(library.Usage(input_tokens=1), _KNOWN_MODEL, _PROVIDER_IDS[OPENAI], None, None)
    except Exception as err:  # noqa: BLE001 - what a server sends may raise anything
        _LOGGER.debug("No newer prices: %s", type(err).__name__)
        return False
    library.data_snapshot.set_custom_snapshot(table)
    return True
