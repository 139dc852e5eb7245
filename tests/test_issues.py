"""Ask for a new key only when the vendor says twice that the old one is bad."""

import asyncio
from typing import Any

from homeassistant.core import HomeAssistant
import pytest

from custom_components.eyewitness import issues
from tests.kit import FakeCamera, House
from tests.simulator import Simulator


async def describe_and_wait(hass: HomeAssistant, house: House) -> dict[str, Any]:
    """Describe, and let the second witness speak."""
    response = await house.describe()
    await hass.async_block_till_done(wait_background_tasks=True)
    return response


def reauths(hass: HomeAssistant) -> int:
    """Count the flows that ask for a key."""
    return len(
        [
            flow
            for flow in hass.config_entries.flow.async_progress()
            if flow["context"]["source"] == "reauth"
        ]
    )


@pytest.mark.parametrize("witness", [None, "server_error", "reset", "rate_limit"])
async def test_row_17_one_refusal_is_not_enough(
    hass: HomeAssistant,
    house: House,
    sim: Simulator,
    camera: FakeCamera,
    witness: Any,
) -> None:
    """Vendors answer 401 in outages too: nobody should have to type a key again for that."""
    await house.set_up("openai", "grok")
    await house.runtime.providers[house.provider("openai").subentry_id].check()
    sim.fail("openai", "auth")
    if witness:
        sim.fail("openai", witness, endpoint="models")
    response = await describe_and_wait(hass, house)
    assert response["attempts"][0]["outcome"] == "auth"
    assert len(sim.requests("openai", "models")) == 2
    assert reauths(hass) == 0
    assert house.runtime.refused == set()


async def test_row_18_two_refusals_make_one_flow(
    hass: HomeAssistant,
    house: House,
    sim: Simulator,
    camera: FakeCamera,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """However many events there are, and however many of them at once."""
    await house.set_up("openai", "grok")
    sim.set_key("openai", "renewed-key")
    await asyncio.gather(*(house.describe() for _ in range(5)))
    await hass.async_block_till_done(wait_background_tasks=True)
    for _ in range(3):
        await describe_and_wait(hass, house)
    assert reauths(hass) == 1
    assert house.runtime.refused == {house.provider("openai").subentry_id}
    assert caplog.text.count("OpenAI refuses its key") == 1


async def test_a_provider_that_is_removed_meanwhile_is_forgotten(
    hass: HomeAssistant, house: House, sim: Simulator
) -> None:
    """The second witness may speak after its provider has gone."""
    entry = await house.set_up("openai", "grok")
    runtime = house.runtime
    provider_id = house.provider("openai").subentry_id
    sim.set_key("openai", "renewed-key")
    sim.fail("openai", "latency", latency=0.3, endpoint="models")
    witness = hass.async_create_task(issues.async_witness_auth(hass, entry, runtime, provider_id))
    await sim.wait_for_requests(1, "openai")
    entry.update_listeners.clear()  # or the reload would stop the witness
    hass.config_entries.async_remove_subentry(entry, provider_id)
    await witness
    assert runtime.refused == set()
    assert reauths(hass) == 0


async def test_a_key_that_is_known_to_be_bad_is_not_checked_again(
    hass: HomeAssistant, house: House, sim: Simulator
) -> None:
    """The user has been asked already."""
    entry = await house.set_up("openai")
    provider_id = house.provider("openai").subentry_id
    house.runtime.refused.add(provider_id)
    await issues.async_witness_auth(hass, entry, house.runtime, provider_id)
    assert sim.requests() == []
