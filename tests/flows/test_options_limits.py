"""Turn the few limits that a person may turn, and see what each of them does."""

import asyncio
from itertools import pairwise
import time
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, InvalidData
from homeassistant.exceptions import HomeAssistantError
import pytest
from pytest_homeassistant_custom_component.common import (
    async_capture_events,
    get_schema_suggested_value,
)

from custom_components.eyewitness.chain import policy
from custom_components.eyewitness.const import EVENT_DESCRIBED, EVENT_FAILED
from tests.kit import FakeCamera, House, pick, until
from tests.simulator import Simulator
from tests.waiting import landed

LIMITS = {
    "total_seconds": 60.0,
    "attempt_seconds": 30.0,
    "hedge_seconds": 0.0,
    "cooldown_seconds": 0.0,
}


async def open_form(hass: HomeAssistant, house: House) -> Any:
    """Open the options."""
    return await hass.config_entries.options.async_init(house.entry.entry_id)


def shown(form: Any) -> dict[str, Any]:
    """Return what the section suggests."""
    fields = form["data_schema"].schema["limits"].schema.schema
    return {name: get_schema_suggested_value(fields, name) for name in LIMITS}


async def turn(hass: HomeAssistant, house: House, **limits: Any) -> Any:
    """Change limits in the dialog, and leave everything else as it is shown."""
    form = await open_form(hass, house)
    order = get_schema_suggested_value(form["data_schema"].schema, "provider_order")
    result = await hass.config_entries.options.async_configure(
        form["flow_id"], {"provider_order": order, "limits": {**shown(form), **limits}}
    )
    await hass.async_block_till_done()
    return result


async def test_the_defaults_are_those_of_the_policy(hass: HomeAssistant, house: House) -> None:
    """60 s in all, 30 s a provider, no second request, no pause."""
    await house.set_up("openai")
    assert shown(await open_form(hass, house)) == LIMITS
    assert (policy.TOTAL_SECONDS, policy.ATTEMPT_SECONDS) == (60.0, 30.0)


async def test_what_was_turned_is_stored_and_shown_again(hass: HomeAssistant, house: House) -> None:
    """Next to the order, and what other versions put there stays."""
    await house.set_up("openai", "grok", options={"later": 1})
    new = {
        "total_seconds": 90,
        "attempt_seconds": 12,
        "hedge_seconds": 8,
        "cooldown_seconds": 30,
    }
    result = await turn(hass, house, **new)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    order = [house.provider(kind).subentry_id for kind in ("openai", "grok")]
    assert house.entry.options == {"later": 1, "provider_order": order, **new}
    assert shown(await open_form(hass, house)) == new


@pytest.mark.parametrize(
    ("name", "least", "most"),
    [
        ("total_seconds", 5, 180),
        ("attempt_seconds", 5, 60),
        ("hedge_seconds", 0, 30),
        ("cooldown_seconds", 0, 3600),
    ],
)
async def test_row_74_each_has_its_limits(
    hass: HomeAssistant, house: House, name: str, least: float, most: float
) -> None:
    """The edges are taken, what lies beyond them is not, nor what is no number."""
    await house.set_up("openai")
    for good in (least, most):
        await turn(hass, house, **{name: good})
        assert house.entry.options[name] == good
    bad: Any
    for bad in (least - 1, most + 1, -1, 1e9, float("inf"), "abc", None, []):
        with pytest.raises(InvalidData):
            await turn(hass, house, **{name: bad})
    assert house.entry.options[name] == most


async def test_an_order_that_is_refused_costs_no_limits(hass: HomeAssistant, house: House) -> None:
    """What was typed into the section is there when the form is shown again."""
    await house.set_up("openai", "grok")
    form = await open_form(hass, house)
    typed = {**LIMITS, "total_seconds": 99.0}
    form = await hass.config_entries.options.async_configure(
        form["flow_id"], {"provider_order": [{"name": "OpenAI"}], "limits": typed}
    )
    assert form["errors"] == {"provider_order": "only_sort"}
    assert shown(form) == typed


async def test_the_time_for_everything(
    hass: HomeAssistant, house: House, sim: Simulator, camera: FakeCamera
) -> None:
    """For a call that names no time of its own; a call may name another."""
    await house.set_up("openai", options={"total_seconds": 1.8})
    sim.fail("openai", "hang", repeat=True)
    began = time.monotonic()
    with pytest.raises(HomeAssistantError) as raised:
        await house.describe()
    assert 1.5 < time.monotonic() - began < 3.0
    assert raised.value.translation_key == "all_failed"
    call = hass.async_create_task(house.describe(timeout=60))
    await asyncio.sleep(2.2)
    assert not call.done()
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call


async def test_the_patience_with_one_provider(
    hass: HomeAssistant, house: House, sim: Simulator, camera: FakeCamera
) -> None:
    """When it is over the next one is asked."""
    await house.set_up("openai", "grok", options={"attempt_seconds": 0.4})
    sim.fail("openai", "hang")
    response = await house.describe()
    assert pick(response["attempts"], "provider", "outcome") == [
        ("openai", "timeout"),
        ("grok", "ok"),
    ]
    assert 350 < response["attempts"][0]["response_time_ms"] < 1500


async def test_row_47_a_second_provider_is_asked_as_well(
    hass: HomeAssistant, house: House, sim: Simulator, camera: FakeCamera
) -> None:
    """The loser's socket is closed, it is booked as cancelled, and one event is fired."""
    await house.set_up("openai", "grok", "gemini", options={"hedge_seconds": 0.5})
    fired = [async_capture_events(hass, name) for name in (EVENT_DESCRIBED, EVENT_FAILED)]
    sim.fail("openai", "hang")
    response = await house.describe()
    assert response["provider"] == "grok"
    assert pick(response["attempts"], "provider", "outcome", "cost")[1] == (
        "openai",
        "cancelled",
        None,
    )
    assert response["cost"] == pytest.approx(response["attempts"][0]["cost"], abs=1e-6)
    assert [len(events) for events in fired] == [1, 0]
    (slow,), (fast,) = (sim.requests(kind, "describe") for kind in ("openai", "grok"))
    await until(lambda: slow.client_gone)
    assert slow.status is None
    assert not fast.client_gone
    assert fast.received_monotonic - slow.received_monotonic < 2
    assert sim.requests("gemini") == []
    await landed(house)
    rows = await house.usage()
    assert sorted(pick(rows, "provider", "outcome", "attempt")) == [
        ("grok", "ok", 1),
        ("openai", "cancelled", 2),
    ]
    totals = house.runtime.totals[house.provider("openai").subentry_id]
    assert (totals.calls, totals.failures) == (1, 0)
    assert house.runtime.chain.standing(house.provider("openai").subentry_id)._failures == 0


async def test_row_47_off_by_default(
    hass: HomeAssistant,
    house: House,
    sim: Simulator,
    camera: FakeCamera,
) -> None:
    """A slow answer is waited for: one request, one company that sees the picture."""
    await house.set_up("openai", "grok")
    sim.fail("openai", "latency", latency=0.9)
    assert (await house.describe())["provider"] == "openai"
    assert sim.requests("grok") == []
    assert len(sim.requests("openai", "describe")) == 1


async def test_row_47_no_more_than_one_in_twenty(
    hass: HomeAssistant, house: House, sim: Simulator, camera: FakeCamera
) -> None:
    """The first slow event is hedged; the next ones wait."""
    await house.set_up("openai", "grok", options={"hedge_seconds": 0.03})
    sim.fail("openai", "latency", latency=0.4)
    sim.fail("openai", "latency", latency=0.05, repeat=True)
    providers = [(await house.describe())["provider"] for _ in range(10)]
    assert providers == ["grok", *["openai"] * 9]
    assert len(sim.requests("grok", "describe")) == 1


async def test_the_pause_for_a_camera(
    hass: HomeAssistant, house: House, sim: Simulator, camera: FakeCamera
) -> None:
    """Within it the last answer is given again; the option holds without a restart."""
    await house.set_up("openai")
    await house.describe()
    await turn(hass, house, cooldown_seconds=3600)
    answers = [await house.describe() for _ in range(3)]
    assert [answer["reused"] for answer in answers] == [False, True, True]
    assert all(one["event_id"] == two["event_id"] for one, two in pairwise(answers))
    assert len(sim.requests("openai", "describe")) == 2
