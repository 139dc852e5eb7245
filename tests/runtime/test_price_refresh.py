"""Newer prices: fetched in the background, and used only when they make sense (F 12)."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from genai_prices import UpdatePrices, data_snapshot
from genai_prices.data_snapshot import DataSnapshot, get_snapshot
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import httpx2
import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.eyewitness.chain.task import Usage
from custom_components.eyewitness.const import GROK, OPENAI
from custom_components.eyewitness.providers import prices
from tests.kit import House

MILLION = Usage(1_000_000, 0)
MINUTES, WEEK = timedelta(minutes=16), timedelta(days=7, hours=1)


@pytest.fixture
def fetched(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    """Return what the library fetches next, one after the other."""
    tables: list[Any] = []

    def fetch(_self: UpdatePrices) -> Any:
        table = tables.pop(0)
        if isinstance(table, Exception):
            raise table
        return table

    monkeypatch.setattr(UpdatePrices, "fetch", fetch)
    yield tables
    data_snapshot.set_custom_snapshot(None)
    prices._priced.cache_clear()
    prices._dearest.cache_clear()


def dearer(price: int) -> DataSnapshot:
    """Return a price table in which one model of OpenAI's costs this many dollars."""
    from genai_prices.types import _providers_from_raw  # noqa: PLC0415

    model = {
        "id": "gpt-4o-mini",
        "match": {"equals": "gpt-4o-mini"},
        "prices": {"input_mtok": price, "output_mtok": price},
    }
    openai = {"id": "openai", "name": "OpenAI", "api_pattern": "x", "models": [model]}
    return DataSnapshot(_providers_from_raw([openai]), from_auto_update=True)


async def later(hass: HomeAssistant, delta: timedelta) -> None:
    """Let time pass."""
    async_fire_time_changed(hass, dt_util.utcnow() + delta)
    await hass.async_block_till_done(wait_background_tasks=True)


async def test_prices_move(hass: HomeAssistant, house: House, fetched: list[Any]) -> None:
    """Soon after the start and every week, as long as the entry runs."""
    fetched += [dearer(7), dearer(8), dearer(9)]
    await house.set_up("openai")
    for delta, price in ((MINUTES, 7.0), (WEEK, 8.0)):
        await later(hass, delta)
        assert prices.cost(OPENAI, "gpt-4o-mini", MILLION) == pytest.approx(price)
        assert prices.most(OPENAI, MILLION) == pytest.approx(price)
        assert prices.most(GROK, MILLION) is None, "a table that lacks a company breaks nothing"
    await hass.config_entries.async_unload(house.entry.entry_id)
    await later(hass, 2 * WEEK)
    assert len(fetched) == 1


@pytest.mark.parametrize(
    "table",
    [
        httpx2.ConnectError("no way"),
        httpx2.InvalidURL("odd"),
        ValueError("no JSON"),
        None,
        DataSnapshot([], from_auto_update=True),
        {"not": "a table"},
    ],
    ids=lambda table: type(table).__name__,
)
def test_whatever_is_wrong_the_present_prices_stay(fetched: list[Any], table: Any) -> None:
    """Silently: nobody can do anything about it."""
    fetched.append(table)
    before = get_snapshot()
    assert not prices.refresh()
    assert get_snapshot() is before
    assert prices.cost(OPENAI, "gpt-4o-mini", MILLION) == pytest.approx(0.15)


async def test_a_house_with_servers_of_its_own_asks_nobody(
    hass: HomeAssistant, house: House, fetched: list[Any]
) -> None:
    """They send no bill."""
    fetched += [dearer(7)]
    await house.set_up("openai_compatible")
    await later(hass, WEEK)
    assert len(fetched) == 1
