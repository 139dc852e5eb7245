"""Look at the page that tells how the system is doing."""

import asyncio
from inspect import iscoroutine
from typing import Any
from unittest.mock import patch

import aiohttp
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import get_system_health_info

from custom_components.eyewitness import system_health
from custom_components.eyewitness.chain.failures import Failure
from custom_components.eyewitness.const import DOMAIN, VENDORS
from custom_components.eyewitness.ledger.errors import LedgerError
from custom_components.eyewitness.ledger.store import Ledger
from tests.kit import FakeCamera, House
from tests.simulator import Vendor

HOSTS = {
    "openai": "https://api.openai.com",
    "grok": "https://api.x.ai",
    "gemini": "https://generativelanguage.googleapis.com",
    "anthropic": "https://api.anthropic.com",
}
"""Where the providers send their requests, see ``tests/providers``."""


async def info(hass: HomeAssistant) -> dict[str, Any]:
    """Return what the page shows, with the checks done."""
    assert await async_setup_component(hass, "system_health", {})
    assert await async_setup_component(hass, DOMAIN, {})
    await hass.async_block_till_done()
    found = await get_system_health_info(hass, DOMAIN)
    return {key: await value if iscoroutine(value) else value for key, value in found.items()}


def direct(house: House, *kinds: Vendor) -> list[Any]:
    """Return providers that talk to the vendors themselves."""
    return [house.subentry(kind, base_url="") for kind in kinds]


async def test_what_it_shows(hass: HomeAssistant, house: House, aioclient_mock: Any) -> None:
    """All of it, with all four vendors."""
    for host in HOSTS.values():
        aioclient_mock.get(host, status=404)
    await house.set_up(*direct(house, *VENDORS))
    found = await info(hass)
    assert found.pop("ledger_size").endswith(" kB")
    assert found == {
        "version": "0.1.0",
        "providers": 4,
        "resting": 0,
        "history_events": 0,
        "history_size": "0 B",
        "master_key": "own file",
        **{f"cost_{period}": "0.0000 USD" for period in ("today", "this_month")},
        **{f"can_reach_{kind}": "ok" for kind in VENDORS},
    }


async def test_only_the_companies_in_use_are_called(
    hass: HomeAssistant, house: House, aioclient_mock: Any
) -> None:
    """Without a key, and never an address that a user entered."""
    aioclient_mock.get(HOSTS["grok"], exc=aiohttp.ClientError)
    await house.set_up("openai", *direct(house, "grok"))
    found = await info(hass)
    assert [key for key in found if key.startswith("can_reach")] == ["can_reach_grok"]
    assert found["can_reach_grok"] == {"type": "failed", "error": "unreachable"}
    ((_method, url, body, headers),) = aioclient_mock.mock_calls
    assert str(url).rstrip("/") == HOSTS["grok"]
    assert not body
    assert not headers


async def test_it_counts_who_rests(hass: HomeAssistant, house: House) -> None:
    """By a cooldown or by an open circuit."""
    await house.set_up()
    chain, providers = house.runtime.chain, list(house.runtime.providers)
    chain.health(providers[0]).cool_down(Failure.QUOTA, 60)
    for _ in range(3):
        chain.health(providers[1]).record_failure(Failure.SERVER, None, first_in_event=True)
    found = await info(hass)
    assert (found["providers"], found["resting"]) == (4, 2)


async def test_without_an_entry(hass: HomeAssistant) -> None:
    """There is only a version."""
    assert await info(hass) == {"version": "0.1.0", "providers": 0}


async def test_an_entry_that_is_not_loaded(
    hass: HomeAssistant,
    house: House,
    monkeypatch: pytest.MonkeyPatch,
    aioclient_mock: Any,
) -> None:
    """What only a loaded one knows is left out; the vendors can be reached all the same."""
    aioclient_mock.get(HOSTS["openai"])
    providers = direct(house, "openai")
    monkeypatch.setenv("EYEWITNESS_MASTER_KEY", "not a key")
    await house.set_up(*providers)
    assert house.state() is ConfigEntryState.SETUP_ERROR
    found = await info(hass)
    assert found == {"version": "0.1.0", "providers": 1, "can_reach_openai": "ok"}


async def test_after_unloading(hass: HomeAssistant, house: House) -> None:
    """The runtime is still there, but closed."""
    entry = await house.set_up("openai")
    await hass.config_entries.async_unload(entry.entry_id)
    assert await info(hass) == {"version": "0.1.0", "providers": 1}


async def test_a_damaged_ledger(hass: HomeAssistant, house: House) -> None:
    """It is one word; the rest is shown."""
    await house.set_up("openai")
    with patch.object(Ledger, "size", side_effect=LedgerError("DatabaseError")):
        found = await info(hass)
    for name in ("ledger_size", "history_events", "history_size"):
        assert found[name] == "unknown"
    assert found["cost_today"] == "0.0000 USD"
    house.runtime.accounts.complete = False
    assert (await info(hass))["cost_today"] == "unknown"
    assert found["resting"] == 0


async def test_it_does_not_wait_for_an_event(
    hass: HomeAssistant, house: House, camera: FakeCamera
) -> None:
    """Home Assistant gives it five seconds."""
    await house.set_up("openai")
    camera.hangs = True
    call = hass.async_create_task(house.describe(timeout=5))
    await asyncio.sleep(0)
    async with asyncio.timeout(2):
        await info(hass)
    call.cancel()


@pytest.mark.parametrize(
    ("size", "text"),
    [
        *((0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (45_056, "45.1 kB"), (999_400, "999.4 kB")),
        *((999_700, "1.0 MB"), (1_234_567, "1.2 MB"), (3_000_000_000, "3.0 GB")),
        (5_000_000_000_000, "5000.0 GB"),
    ],
)
async def test_sizes_in_words(hass: HomeAssistant, size: int, text: str) -> None:
    """Nobody counts bytes."""
    assert await system_health._async_human(hass, size) == text
