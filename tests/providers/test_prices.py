"""What the price library knows of the models that are used most."""

from genai_prices.data_snapshot import DataSnapshot
import pytest

from custom_components.eyewitness.chain.task import Usage
from custom_components.eyewitness.const import COMPATIBLE
from custom_components.eyewitness.providers import prices
from custom_components.eyewitness.providers.models.choose import PREFERRED

UNPRICED = {"grok-4.20-non-reasoning"}
"""Models that the pinned price library does not know yet."""


@pytest.mark.parametrize(
    ("kind", "model", "base_url", "rates"),
    [
        # The list prices of the vendors' pages, in USD per million tokens of input and output.
        ("openai", "gpt-4o-mini", "", (0.15, 0.6)),
        ("anthropic", "claude-3-haiku-20240307", "", (0.25, 1.25)),
        ("anthropic", "claude-haiku-4-5", "", (1.0, 5.0)),
        ("gemini", "gemini-2.0-flash", "", (0.1, 0.4)),
        ("grok", "grok-2-vision-1212", "", (2.0, 10.0)),
        # Its price rises above 200,000 tokens: the base counts.
        ("gemini", "gemini-2.5-pro", "", (1.25, 10.0)),
        (COMPATIBLE, "gpt-4o-mini", "https://api.openai.com/v1", (0.15, 0.6)),
        # A date changes no price, nor does a router's name in front.
        ("openai", "gpt-5.4-nano-2026-03-05", "", (0.2, 1.25)),
        ("openai", "openai/gpt-4o-mini", "", (0.15, 0.6)),
        ("grok", "grok-4.3-0901", "", (1.25, 2.5)),
        ("gemini", "models/gemini-2.5-flash", "", (0.3, 2.5)),
        ("anthropic", "anthropic/claude-haiku-4-5-20251001", "", (1.0, 5.0)),
        # An unknown model has no price, rather than none to pay.
        ("openai", "llava:13b", "", None),
        ("openai", "", "", None),
        ("grok", "gpt-4o-mini", "", None),
        ("gemini", "x" * 10_000, "", None),
        (COMPATIBLE, "gpt-4o-mini", "", None),
        (COMPATIBLE, "gpt-4o-mini", "https://llm.example/v1", None),
    ],
    ids=lambda value: value[:40] if isinstance(value, str) else None,
)
def test_list_prices(
    kind: str, model: str, base_url: str, rates: tuple[float, float] | None
) -> None:
    """A request costs what the vendor's page says; nothing used costs nothing."""
    for usage in (Usage(), Usage(1_104, 80), Usage(11_040, 800)):
        cost = prices.cost(kind, model, usage, base_url)
        if rates is None:
            assert cost is None
        else:
            expected = usage.input_tokens * rates[0] + usage.output_tokens * rates[1]
            assert cost == pytest.approx(expected / 1_000_000)


def test_an_unknown_model_is_looked_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """It takes 2 ms at a router, and an event asks several times: each name is one look."""
    names: list[str] = []

    def find(_self: DataSnapshot, name: str, *_whose: object) -> None:
        names.append(name)
        raise LookupError

    monkeypatch.setattr(DataSnapshot, "find_provider_model", find)
    for model in ("lens-3", "maker/sight-2", "maker/sight-2"):
        assert prices.cost(COMPATIBLE, model, Usage(1, 1), "https://openrouter.ai/api/v1") is None
    assert names == ["lens-3", "maker/sight-2", "sight-2"]


@pytest.mark.parametrize(
    ("kind", "rates"),
    [
        ("openai", (150, 600)),  # o1-pro
        ("grok", (5, 25)),  # grok-3-fast
        ("gemini", (2, 12)),  # Gemini 3 Pro; Claude 3 Opus is sold by Google's Vertex only
        ("anthropic", (15, 75)),  # Claude 3 Opus
        (COMPATIBLE, None),
    ],
)
def test_the_dearest_price_of_a_vendor(kind: str, rates: tuple[float, float] | None) -> None:
    """It stands in for a model that nobody knows; a host of many companies has none."""
    most = prices.most(kind, Usage(1_104, 80))
    assert most == (rates and pytest.approx((1_104 * rates[0] + 80 * rates[1]) / 1_000_000))


@pytest.mark.parametrize(
    ("kind", "model"), [(kind, model) for kind, models in PREFERRED.items() for model in models]
)
def test_preferred_models_have_a_price(kind: str, model: str) -> None:
    """What is chosen by itself can be accounted for."""
    cost = prices.cost(kind, model, Usage(1000, 100))
    assert (cost is None) == (model in UNPRICED)
    assert cost is None or 0 < cost < 0.02
