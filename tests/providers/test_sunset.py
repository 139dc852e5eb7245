"""The end of a model: when it is told, and which model can take its place (issue I)."""

from datetime import date, timedelta
from typing import Any

from anthropic.resources.messages import messages
import pytest

from custom_components.eyewitness.const import COMPATIBLE
from custom_components.eyewitness.providers.anthropic import published_ends
from custom_components.eyewitness.providers.models.card import ModelCard
from custom_components.eyewitness.providers.models.sunset import end_of, sunset

from .kit import TASK, SimVendor, only

TODAY = date(2026, 11, 26)


def card(model: str, days: int | None = None, **says: Any) -> ModelCard:
    """Return a model that ends in so many days."""
    ends = None if days is None else TODAY + timedelta(days=days)
    return ModelCard(id=model, ends=ends, **says)


@pytest.mark.parametrize("days", [None, 31, 30, 1, 0, -3])
def test_an_end_is_near(days: int | None) -> None:
    """For thirty days, and longer while the vendor goes on listing it."""
    found = sunset("openai", [card("gpt-4o-mini", days), card("gpt-6-luna")], "gpt-4o-mini", TODAY)
    assert (found and found.days_left) == (None if days is None or days > 30 else days)


@pytest.mark.parametrize(
    ("others", "successor"),
    [
        ([card("gpt-4.1-mini"), card("gpt-6-luna")], "gpt-6-luna"),
        # Not one that ends as soon, nor one that is the next to be reported.
        ([card("gpt-6-luna", 20), card("gpt-4.1-mini", 60)], "gpt-4.1-mini"),
        ([card("gpt-6-luna", 21)], None),
        ([card("gpt-6-luna", 31)], "gpt-6-luna"),
        # Not the same model under another name, nor one that cannot do the work.
        ([card("gpt-4o-mini-2024-07-18"), card("gpt-3.5-turbo"), card("dall-e-3")], None),
        ([card("mystery", sees=False), card("plain")], "plain"),
        ([], None),
    ],
)
def test_the_successor(others: list[ModelCard], successor: str | None) -> None:
    """The best of the list that stays."""
    found = sunset("openai", [card("gpt-4o-mini", 20), *others], "gpt-4o-mini", TODAY)
    assert found is not None
    assert (found.successor and found.successor.model) == successor


def test_it_says_what_the_successor_costs() -> None:
    """Where price and tokens are known, and for a router as well."""
    for kind, prefix, url in (
        ("openai", "", ""),
        (COMPATIBLE, "openai/", "https://openrouter.ai/api/v1"),
    ):
        cards = [card(f"{prefix}gpt-4o-mini", 9), card(f"{prefix}gpt-5.4-nano")]
        found = sunset(kind, cards, f"{prefix}gpt-4o-mini", TODAY, url)
        assert found is not None
        assert found.successor is not None
        assert 0.01 < (found.successor.cents or 0) < 10


@pytest.mark.parametrize(
    ("listed", "days"),
    [
        ([card("claude-9", 5)], 5),
        ([card("claude-9"), card("claude-9-20270101", 5)], None),
        ([card("claude-9-20270101", 5), card("claude-9-20270505", 7)], 7),
        ([card("claude-9-20270101", 5), card("claude-9-20270505")], None),
        ([card("claude-99", 5)], None),
    ],
)
def test_a_model_by_its_names(listed: list[ModelCard], days: int | None) -> None:
    """Its own name counts most; without it, it lives as long as the last of its dated names."""
    assert end_of("claude-9", listed) == (None if days is None else TODAY + timedelta(days=days))


@pytest.mark.parametrize(
    ("table", "ends"),
    [
        ({"a": "June 15th, 2027", "b": "January 1st, 2028"}, ["2027-06-15", "2028-01-01"]),
        ({"a": "June 31st, 2027", "b": "Juni 1st, 2027", "c": "2027-06-15", "d": None}, []),
        (["a"], []),
        (None, []),
    ],
)
def test_anthropics_table(monkeypatch: pytest.MonkeyPatch, table: Any, ends: list[str]) -> None:
    """Its SDK's, whatever has become of it."""
    monkeypatch.setattr(messages, "DEPRECATED_MODELS", table)
    assert [day.isoformat() for day in published_ends().values()] == ends


def test_anthropics_installed_table_is_understood() -> None:
    """All of it, as long as it is there."""
    assert published_ends().keys() == messages.DEPRECATED_MODELS.keys()


def test_without_anthropics_table_no_end_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    """The provider works all the same."""
    monkeypatch.setitem(__import__("sys").modules, "anthropic.resources.messages", None)
    assert published_ends() == {}


@only("anthropic")
async def test_anthropics_list_gets_them(
    vendor: SimVendor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the models' names."""
    monkeypatch.setattr(messages, "DEPRECATED_MODELS", {"claude-haiku-4-5": "June 15th, 2027"})
    cards = await vendor.provider().list_models()
    assert {each.id for each in cards if each.ends} == {"claude-haiku-4-5"}


@only("gemini")
async def test_geminis_replies_tell_of_it(vendor: SimVendor) -> None:
    """The list takes it from them, as long as they say so."""
    model = "gemini-3.1-flash-lite"
    provider = vendor.provider(model=model)

    async def ends() -> set[str]:
        await provider.generate(TASK)
        return {f"{each.id} {each.ends}" for each in await provider.list_models() if each.ends}

    assert await ends() == set()
    vendor.offer(model, ends="2027-05-07")
    assert await ends() == {f"{model} 2027-05-07"}
    vendor.offer(model, ends=None)
    assert await ends() == set()
    # What is told then is the end of another one.
    vendor.offer(model, ends="2027-05-07", bills_as="gemini-3.5-flash-lite")
    assert await ends() == set()
