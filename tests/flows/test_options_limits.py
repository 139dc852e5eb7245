"""See what each of the limits does."""

import asyncio
from itertools import pairwise
import time

from homeassistant.exceptions import HomeAssistantError
import pytest
from pytest_homeassistant_custom_component.common import async_capture_events

from custom_components.eyewitness.const import EVENT_DESCRIBED, EVENT_FAILED
from tests.flows.test_options import change_limits
from tests.kit import House, pick, until
from tests.simulator import Simulator
from tests.waiting import landed

pytestmark = pytest.mark.usefixtures("camera")


async def test_the_time_for_everything(house: House, sim: Simulator) -> None:
    """For a call that names no time of its own; a call may name another."""
    await house.set_up("openai", options={"total_seconds": 1.8})
    sim.fail("openai", "hang", repeat=True)
    began = time.monotonic()
    with pytest.raises(HomeAssistantError) as raised:
        await house.describe()
    assert 1.5 < time.monotonic() - began < 3.0
    assert raised.value.translation_key == "all_failed"
    call = house.hass.async_create_task(house.describe(timeout=60))
    await asyncio.sleep(2.2)
    assert not call.done()
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call


async def test_the_patience_with_one_provider(house: House, sim: Simulator) -> None:
    """When it is over the next one is asked."""
    await house.set_up("openai", "grok", options={"attempt_seconds": 0.4})
    sim.fail("openai", "hang")
    attempts = (await house.describe())["attempts"]
    assert pick(attempts, "provider", "outcome") == [("openai", "timeout"), ("grok", "ok")]
    assert 350 < attempts[0]["response_time_ms"] < 1500


async def test_row_47_a_second_provider_is_asked_as_well(house: House, sim: Simulator) -> None:
    """The loser's socket is closed, it is booked as cancelled, and one event is fired."""
    await house.set_up("openai", "grok", "gemini", options={"hedge_seconds": 0.5})
    fired = [async_capture_events(house.hass, name) for name in (EVENT_DESCRIBED, EVENT_FAILED)]
    sim.fail("openai", "hang")
    response = await house.describe()
    assert response["provider"] == "grok"
    winner, loser = response["attempts"]
    assert pick([loser], "provider", "outcome", "cost") == [("openai", "cancelled", None)]
    assert response["cost"] == pytest.approx(winner["cost"], abs=1e-6)
    assert [len(events) for events in fired] == [1, 0]
    (slow,), (fast,) = (sim.requests(kind, "describe") for kind in ("openai", "grok"))
    await until(lambda: slow.client_gone)
    assert slow.status is None
    assert not fast.client_gone
    assert fast.received_monotonic - slow.received_monotonic < 2
    assert sim.requests("gemini") == []
    await landed(house)
    assert sorted(pick(await house.usage(), "provider", "outcome", "attempt")) == [
        ("grok", "ok", 1),
        ("openai", "cancelled", 2),
    ]
    provider_id = house.provider("openai").subentry_id
    totals = house.runtime.accounts.totals[provider_id]
    assert (totals.calls, totals.failures) == (1, 0)
    assert house.runtime.chain.health(provider_id)._failures == 0


async def test_row_47_off_by_default(house: House, sim: Simulator) -> None:
    """A slow answer is waited for: one request, one company that sees the picture."""
    await house.set_up("openai", "grok")
    sim.fail("openai", "latency", latency=0.9)
    assert (await house.describe())["provider"] == "openai"
    assert sim.requests("grok") == []
    assert len(sim.requests("openai", "describe")) == 1


async def test_the_pause_for_a_camera(house: House, sim: Simulator) -> None:
    """Within it the last answer is given again; the option holds without a restart."""
    await house.set_up("openai")
    await house.describe()
    await change_limits(house, cooldown_seconds=3600)
    answers = [await house.describe() for _ in range(3)]
    assert [answer["reused"] for answer in answers] == [False, True, True]
    assert all(one["event_id"] == two["event_id"] for one, two in pairwise(answers))
    assert len(sim.requests("openai", "describe")) == 2
