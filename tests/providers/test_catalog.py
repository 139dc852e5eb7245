"""The short list of models, and what the price library knows of them."""

from decimal import Decimal

import pytest

from custom_components.eyewitness.chain.models import Usage
from custom_components.eyewitness.const import KINDS
from custom_components.eyewitness.providers import catalog, prices

PREFERRED = [(kind, model) for kind, models in catalog.PREFERRED.items() for model in models]
UNPRICED = {"grok-4.20-non-reasoning"}
"""Models that the pinned price library does not know yet."""


def test_each_vendor_has_preferences() -> None:
    """Every vendor has the seed's model first and a successor."""
    assert catalog.PREFERRED.keys() == set(KINDS)
    assert all(len(models) >= 2 for models in catalog.PREFERRED.values())


@pytest.mark.parametrize(
    ("listed", "missing", "chosen"),
    [
        (("gpt-4.1-mini", "gpt-6-luna"), (), "gpt-6-luna"),
        (("gpt-4o-mini", "gpt-6-luna"), (), "gpt-4o-mini"),
        (("gpt-4o-mini", "gpt-6-luna"), ("gpt-4o-mini",), "gpt-6-luna"),
        (("gpt-4o-mini-2024-07-18", "gpt-4o-mini-2025-01-01"), (), "gpt-4o-mini-2025-01-01"),
        (("gpt-4o-mini-2024-07-18",), ("gpt-4o-mini-2024-07-18",), "gpt-6-luna"),
        (("gpt-4o-mini-20240718", "gpt-6-luna-latest"), (), "gpt-4o-mini-20240718"),
        (("gpt-4o-mini-audio",), (), "gpt-6-luna"),
        ((), (), "gpt-6-luna"),
        ((), ("gpt-6-luna",), "gpt-5.6-luna"),
        ((), catalog.PREFERRED["openai"], "gpt-6-luna"),
    ],
)
def test_choose(listed: tuple[str, ...], missing: tuple[str, ...], chosen: str) -> None:
    """The first preference that is there wins, under a dated name if need be."""
    assert catalog.choose("openai", listed, missing) == chosen


def test_a_dated_preference_is_itself() -> None:
    """The seed names one model with its date."""
    listed = ("claude-3-haiku-20240307", "claude-haiku-4-5-20251001")
    assert catalog.choose("anthropic", listed) == "claude-3-haiku-20240307"


@pytest.mark.parametrize(
    ("model", "params", "room"),
    [
        ("gpt-4o-mini", {}, 0),
        ("gpt-4.1-mini", {}, 0),
        ("gpt-5-mini", {"reasoning_effort": "minimal"}, 1000),
        ("gpt-5.4-nano", {"reasoning_effort": "none"}, 0),
        ("gpt-6-luna", {"reasoning_effort": "none"}, 0),
        ("o4-mini", {"reasoning_effort": "low"}, 1000),
        ("grok-2-vision-1212", {}, 0),
        ("grok-4.3", {"reasoning_effort": "none"}, 0),
        ("grok-4.20", {}, 1000),
        ("gemini-2.0-flash", {}, 0),
        ("gemini-2.5-flash", {"thinking_config": {"thinking_budget": 0}}, 0),
        ("gemini-3.5-flash-lite", {}, 0),
        ("gemini-3.8-flash", {"thinking_config": {"thinking_level": "low"}}, 1000),
        ("claude-3-haiku-20240307", {}, 0),
        ("claude-haiku-4-5", {"thinking": {"type": "disabled"}}, 0),
        ("llava:13b", {}, 0),
    ],
)
def test_extras(model: str, params: dict[str, object], room: int) -> None:
    """Each family of models gets what keeps it from thinking long."""
    found = catalog.extras(model)
    assert (dict(found.params), found.room) == (params, room)


@pytest.mark.parametrize(
    ("kind", "model", "per_million"),
    [
        # The list prices of the vendors' pages, in USD for input and output.
        ("openai", "gpt-4o-mini", ("0.15", "0.60")),
        ("anthropic", "claude-3-haiku-20240307", ("0.25", "1.25")),
        ("anthropic", "claude-haiku-4-5", ("1", "5")),
        ("gemini", "gemini-2.0-flash", ("0.10", "0.40")),
        ("grok", "grok-2-vision-1212", ("2", "10")),
    ],
)
def test_list_prices(kind: str, model: str, per_million: tuple[str, str]) -> None:
    """A request costs what the vendor's page says."""
    usage = Usage(1_104, 80)
    expected = (1_104 * Decimal(per_million[0]) + 80 * Decimal(per_million[1])) / 1_000_000
    assert prices.cost(kind, model, usage) == pytest.approx(float(expected))


@pytest.mark.parametrize(("kind", "model"), PREFERRED)
def test_preferred_models_have_a_price(kind: str, model: str) -> None:
    """What is chosen by itself can be accounted for."""
    cost = prices.cost(kind, model, Usage(1000, 100))
    if model in UNPRICED:
        assert cost is None
    else:
        assert cost is not None
        assert 0 < cost < 0.02


@pytest.mark.parametrize(
    ("kind", "model"),
    [("openai", "llava:13b"), ("openai", ""), ("grok", "gpt-4o-mini"), ("gemini", "x" * 10_000)],
)
def test_no_price(kind: str, model: str) -> None:
    """An unknown model has no price, rather than none to pay."""
    assert prices.cost(kind, model, Usage(1000, 100)) is None


def test_nothing_used_costs_nothing() -> None:
    """No tokens, no money."""
    assert prices.cost("openai", "gpt-4o-mini", Usage()) == 0


def test_many_tokens() -> None:
    """The price grows with the usage."""
    costs = [prices.cost("openai", "gpt-4o-mini", Usage(10**n, 10**n)) or 0 for n in range(2, 8)]
    assert sorted(set(costs)) == costs
