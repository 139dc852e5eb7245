"""The vendors' list prices.

The prices come from the library ``genai-prices``, whose makers keep them up to date. Importing it
and its first call take about a second, so both happen in the executor, see ``VendorProvider``.
A library that cannot be used costs the prices and no provider.
"""

from functools import cache, lru_cache
import logging
import re
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final

from ..chain.crash import where
from ..chain.task import Usage
from ..const import ANTHROPIC, COMPATIBLE, GEMINI, GROK, OPENAI

if TYPE_CHECKING:
    from genai_prices.types import ModelInfo, Provider

_LOGGER = logging.getLogger(__name__)
_PROVIDER_IDS: Final = {OPENAI: "openai", GROK: "x-ai", GEMINI: "google", ANTHROPIC: "anthropic"}
"""The names that ``genai-prices`` has for the companies."""
_OWN: Final = {GEMINI: "gemini"}
"""How a company's own models begin, where it sells those of others as well, at another address."""
_KNOWN_MODEL: Final = "gpt-4o-mini"
"""A model that every price table holds: it shows whether a table can be read."""
_DATE: Final = re.compile(r"-(\d{4}|\d{8}|\d{4}-\d{2}-\d{2}|latest)$")
"""How vendors date their models; xAI's dates are a month and a day."""
_DESCRIPTION: Final = Usage(1_300, 120)
"""About what a description takes: by it the dearest model is found."""

_MODELS_MAX: Final = 512
"""More models than are asked, or than a router lists."""


def cost(kind: str, model: str, usage: Usage, base_url: str = "") -> float | None:
    """Return what a request costs in USD, or None for a model that the library does not know.

    The kind decides whose prices count, and for a compatible server its address. The table holds a
    price of its own for cached tokens and for long prompts, and the present one where it changes
    with the date or the hour.
    """
    if (library := _library()) is None or (found := _priced(kind, model, base_url)) is None:
        return None
    vendor, priced = found
    context: Any = {"service_tier": usage.tier} if usage.tier else None
    price = priced.calc_price(_counts(library, usage), vendor, price_context=context)
    return float(price.total_price)


def most(kind: str, usage: Usage) -> float | None:
    """Return what a request costs in USD at the dearest price of a vendor.

    None where there is no one vendor, or no library.
    """
    if (library := _library()) is None or (dearest := _dearest(kind)) is None:
        return None
    vendor, model = dearest
    return float(model.calc_price(_counts(library, usage), vendor).total_price)


@lru_cache(_MODELS_MAX)
def _priced(kind: str, model: str, base_url: str) -> tuple[Provider, ModelInfo] | None:
    """Return where the table holds a model's price.

    A router puts the company's name in front (``openai/``), and a dated model costs what it does
    without its date. The library keeps only what it finds: a router's model that it does not know
    takes 2 ms, and with limits an event asks several times.
    """
    from genai_prices.data_snapshot import get_snapshot  # noqa: PLC0415

    whose = (None, base_url) if kind == COMPATIBLE else (_PROVIDER_IDS[kind], None)
    names = (model, model.rpartition("/")[2])
    for name in dict.fromkeys(name for each in names for name in (each, _DATE.sub("", each))):
        try:
            return get_snapshot().find_provider_model(name, None, *whose)
        except LookupError:
            continue
    return None


def _counts(library: ModuleType, usage: Usage) -> Any:
    return library.Usage(
        input_tokens=usage.input_tokens,
        output_tokens=usage.output_tokens,
        cache_read_tokens=usage.cached_tokens,
        cache_write_tokens=usage.cache_write_tokens,
        cache_write_1h_tokens=usage.cache_write_1h_tokens,
        output_reasoning_tokens=usage.reasoning_tokens,
    )


@cache
def _dearest(kind: str) -> tuple[Provider, ModelInfo] | None:
    """Return the model of a vendor for which a description costs most; 4 ms, so it is kept."""
    from genai_prices.data_snapshot import get_snapshot  # noqa: PLC0415

    if (library := _library()) is None or kind not in _PROVIDER_IDS:
        return None
    counts = _counts(library, _DESCRIPTION)
    try:
        vendor = get_snapshot().find_provider(None, _PROVIDER_IDS[kind], None)
        models = [each for each in vendor.models if each.id.startswith(_OWN.get(kind, ""))]
        return vendor, max(models, key=lambda it: it.calc_price(counts, vendor).total_price)
    except LookupError, ValueError:
        return None  # a newer table without this vendor


@cache
def _library() -> ModuleType | None:
    """Return the library, None when it cannot be imported; blocking at the first call."""
    try:
        import genai_prices  # noqa: PLC0415
    except Exception as err:  # noqa: BLE001 - one that does not fit may raise anything
        _LOGGER.error("There are no prices: the library cannot be used: %s", where(err))  # noqa: TRY400
        return None
    return genai_prices


def warm(kind: str) -> None:
    """Load the price table, so that no event waits for it."""
    cost(OPENAI, _KNOWN_MODEL, Usage())
    most(kind, Usage())


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
    _priced.cache_clear()
    _dearest.cache_clear()
    for kind in _PROVIDER_IDS:
        _dearest(kind)
    return True
