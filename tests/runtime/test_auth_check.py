"""A refused key: it is checked once more, and then a person is asked only once."""

import asyncio
from typing import Any

import pytest

from custom_components.eyewitness.chain import policy
from custom_components.eyewitness.runtime.auth_check import async_check_key
from tests.kit import House, pick
from tests.simulator import Simulator

from .kit import describe_and_wait, forget_flows, reauths, reload

pytestmark = pytest.mark.usefixtures("camera")


@pytest.mark.parametrize("check", [None, "server_error", "reset", "rate_limit", "hang"])
async def test_row_17_one_refusal_is_not_enough(
    house: House, sim: Simulator, check: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Vendors answer 401 in outages too: the provider rests for five minutes, and that is all."""
    await house.set_up("openai", "grok")
    openai = house.provider("openai").subentry_id
    await house.runtime.providers[openai].check()
    sim.fail("openai", "auth")
    if check == "hang":
        monkeypatch.setattr(policy, "CHECK_SECONDS", 0.3)
    if check:
        sim.fail("openai", check, endpoint="models")
    async with asyncio.timeout(15):  # half of what the library itself would wait
        response = await describe_and_wait(house)
    assert response["attempts"][0]["outcome"] == "auth"
    assert len(sim.requests("openai", "models")) == 2
    await reload(house)
    assert 290 < house.runtime.chain.health(openai).cooldown_left <= 301
    assert (reauths(house), house.runtime.refused) == ([], set())
    assert pick((await house.describe())["attempts"], "provider") == [("grok",)]


async def test_row_18_one_reauth_for_a_hundred_events(
    house: House, sim: Simulator, caplog: pytest.LogCaptureFixture
) -> None:
    """Two refusals, one flow, and no request with that key any more.

    Home Assistant forgets flows when it stops; the key is still wrong, so it is asked for again.
    """
    await house.set_up("openai", "grok")
    refused = {house.provider("openai").subentry_id}
    sim.set_key("openai", "renewed-key")
    await asyncio.gather(*(house.describe(prompt=f"{n}") for n in range(10)))
    await house.hass.async_block_till_done(wait_background_tasks=True)
    seen = len(sim.requests("openai"))
    for _ in range(90):
        assert (await house.describe())["provider"] == "grok"
    await house.hass.async_block_till_done(wait_background_tasks=True)
    assert (len(reauths(house)), house.runtime.refused) == (1, refused)
    assert caplog.text.count("OpenAI refuses its key") == 1

    forget_flows(house)
    await reload(house)
    assert (len(reauths(house)), house.runtime.refused) == (1, refused)
    assert (await describe_and_wait(house))["provider"] == "grok"
    assert len(reauths(house)) == 1
    assert len(sim.requests("openai")) == seen


async def test_row_18_many_refusals_at_once_are_checked_once(house: House, sim: Simulator) -> None:
    """The requests that were under way are refused together; one look at the key is enough."""
    await house.set_up("openai", "grok")
    for provider in house.runtime.providers.values():
        await provider.check()
    sim.set_key("openai", "renewed-key")
    for endpoint in ("describe", "models"):
        sim.fail("openai", "latency", latency=0.5, endpoint=endpoint, repeat=True)
    records = await asyncio.gather(*(house.describe(prompt=f"{n}") for n in range(4)))
    await house.hass.async_block_till_done(wait_background_tasks=True)
    assert {record["attempts"][0]["outcome"] for record in records} == {"auth"}
    assert len(sim.requests("openai", "models")) == 2
    assert len(reauths(house)) == 1


@pytest.mark.parametrize("same_key", [False, True], ids=["new key", "same key"])
async def test_row_18_a_key_that_was_entered_again_is_asked_again(
    house: House, sim: Simulator, same_key: bool
) -> None:
    """Be it the same one, which its vendor had locked and has unlocked."""
    await house.set_up("openai", "grok")
    old = sim.keys["openai"]
    sim.set_key("openai", "renewed-key")
    await describe_and_wait(house)
    (flow,) = reauths(house)
    if same_key:
        sim.set_key("openai", old)
    result = await house.hass.config_entries.flow.async_configure(
        flow["flow_id"], {"api_key": old if same_key else "renewed-key"}
    )
    assert (result["type"], result["reason"]) == ("abort", "reauth_successful")
    await house.hass.async_block_till_done()
    assert (await house.describe())["provider"] == "openai"
    await reload(house)
    assert (reauths(house), house.runtime.refused) == ([], set())
    assert (await house.describe())["provider"] == "openai"


async def test_a_provider_that_is_removed_meanwhile_is_forgotten(
    house: House, sim: Simulator
) -> None:
    """The check may end after its provider has gone."""
    entry = await house.set_up("openai", "grok")
    runtime = house.runtime
    provider_id = house.provider("openai").subentry_id
    sim.set_key("openai", "renewed-key")
    sim.fail("openai", "latency", latency=0.3, endpoint="models")
    check = house.hass.async_create_task(async_check_key(house.hass, entry, provider_id))
    await sim.wait_for_requests(1, "openai")
    entry.update_listeners.clear()  # or the reload would stop the check
    house.hass.config_entries.async_remove_subentry(entry, provider_id)
    await check
    assert (reauths(house), runtime.refused) == ([], set())


async def test_a_key_that_is_known_to_be_bad_is_not_checked_again(house: House) -> None:
    """The user has been asked already."""
    entry = await house.set_up("openai")
    provider_id = house.provider("openai").subentry_id
    house.runtime.refused.add(provider_id)
    await async_check_key(house.hass, entry, provider_id)
    assert house.sim.requests() == []
