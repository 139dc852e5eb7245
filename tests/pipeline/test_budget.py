"""Spend a budget: who is asked then, about which picture, and what is said at its end."""

import asyncio
from collections import Counter
from typing import Any

from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import entity_registry as er, issue_registry as ir
from homeassistant.util import dt as dt_util
import pytest

from custom_components.eyewitness.chain.attempt import Attempt
from custom_components.eyewitness.const import CONF_BUDGET, DOMAIN
from custom_components.eyewitness.ledger.rows import Purpose
from custom_components.eyewitness.pipeline import recovery
from custom_components.eyewitness.pipeline.look import async_look
from custom_components.eyewitness.pipeline.self_test import async_test
from tests.kit import CAMERA, FakeCamera, House, Kind
from tests.results import Fired, error_of
from tests.simulator import Simulator

DEAR = {"price_input": 10.0, "price_output": 10.0}
CHEAP = {"price_input": 1.0, "price_output": 1.0}
FREE = {"price_input": 0.0, "price_output": 0.0}
LARGE, SMALLER = "A 1280 by 720", "A 640 by 360"
DAY: dict[str, Any] = {"cost_per_day": 1.0}


async def set_up(
    house: House, *kinds: Kind, own: dict[str, Any] | None = None, **budget: Any
) -> None:
    """Set a dear OpenAI up, a cheap Gemini, and whoever else; a server at home is free."""
    prices: dict[str, dict[str, float]] = {"openai": DEAR, "gemini": CHEAP, "grok": FREE}
    limits = own or {}
    providers = [
        house.subentry(
            kind,
            **prices.get(kind, {}),
            **({CONF_BUDGET: limits[kind]} if kind in limits else {}),
        )
        for kind in kinds or ("openai", "gemini")
    ]
    await house.set_up(*providers, options={CONF_BUDGET: budget})


def spend(house: House, kind: Kind, *, calls: int = 1, cost: float = 0.0) -> None:
    """Book requests that cost so much together."""
    for number in range(calls):
        attempt = Attempt(
            provider_id=house.provider(kind).subentry_id,
            provider=kind,
            model="m",
            number=1,
            failure=None,
            started=dt_util.utcnow().timestamp(),
            cost=cost / calls,
        )
        house.runtime.accounts.async_book(f"{kind} {number}", CAMERA, Purpose.EVENT, attempt)


async def described(house: House, **data: Any) -> tuple[str, str]:
    """Return who described the camera, and how large the picture was."""
    response = await house.describe(**data)
    return response["provider"], response["description"].partition(" picture")[0]


@pytest.mark.parametrize(
    ("budget", "spent", "outcome"),
    [
        (DAY, {"cost": 0.79}, ("openai", LARGE)),
        (DAY, {"cost": 0.8}, ("gemini", SMALLER)),
        (DAY, {"cost": 0.9999}, ("gemini", SMALLER)),
        ({"cost_per_month": 1.0}, {"cost": 0.8}, ("gemini", SMALLER)),
        ({"calls_per_day": 20}, {"calls": 15}, ("openai", LARGE)),
        ({"calls_per_day": 20}, {"calls": 16}, ("gemini", SMALLER)),
        ({"calls_per_month": 20}, {"calls": 19}, ("gemini", SMALLER)),
    ],
)
async def test_near_the_end_it_is_saved(
    house: House,
    camera: FakeCamera,
    budget: dict[str, Any],
    spent: dict[str, Any],
    outcome: tuple[str, str],
) -> None:
    """From 80 percent on the cheapest is asked first, about a smaller picture."""
    await set_up(house, **budget)
    spend(house, "openai", **spent)
    assert await described(house) == outcome


@pytest.mark.parametrize(
    ("budget", "spent", "text"),
    [
        (DAY, {"cost": 1.0}, "because the budget for today (1 USD) is used up"),
        (
            {"cost_per_month": 0.25},
            {"cost": 0.3},
            "the budget for this month (0.25 USD) is",
        ),
        ({"calls_per_day": 20}, {"calls": 20}, "because the request limit for today (20) is"),
        ({"calls_per_month": 20}, {"calls": 21}, "the request limit for this month (20) is"),
        ({"cost_per_day": 0}, {}, "because the budget for today (0 USD) is used up"),
        ({"calls_per_day": 0}, {}, "because the request limit for today (0) is reached"),
    ],
)
async def test_at_the_end_nobody_is_asked_who_costs(
    house: House,
    sim: Simulator,
    camera: FakeCamera,
    fired: Fired,
    budget: dict[str, Any],
    spent: dict[str, Any],
    text: str,
) -> None:
    """The event says which limit it was; there is neither a picture nor a request."""
    await set_up(house, **budget)
    if spent:
        spend(house, "openai", **spent)
    error = await error_of(house.describe())
    assert error.translation_key == "budget"
    assert text in str(error)
    assert str(error).count("because") == 1
    assert "You can change the limits" in str(error)
    assert (fired.statuses, camera.asked, sim.requests()) == (["budget"], 0, [])
    assert fired.failed[0].data["reason"] == f"{error}."


@pytest.mark.parametrize("free", ["openai_compatible", "grok"])
async def test_at_the_end_who_is_free_goes_on(house: House, camera: FakeCamera, free: Kind) -> None:
    """A server at home, or a provider whose price is set to 0; its picture need not shrink."""
    await set_up(house, "openai", free, calls_per_day=20, **DAY)
    spend(house, free, calls=30)
    assert await described(house) == ("openai", LARGE)  # whose calls are all that count
    spend(house, "openai", calls=20)
    assert await described(house) == (free, LARGE)


async def test_a_providers_own_calls(house: House, sim: Simulator, camera: FakeCamera) -> None:
    """Of a free tier all calls are used, then the others are asked, and the reasons name it."""
    await set_up(house, "openai", "grok", own={"grok": {"calls_per_day": 20}})
    spend(house, "grok", calls=19)
    assert await described(house, providers=["grok", "openai"]) == ("grok", LARGE)
    assert await described(house, providers=["grok", "openai"]) == ("openai", LARGE)
    text = (
        "xAI Grok is not asked until midnight, because its own request limit for today (20) is "
        "reached."
    )
    error = await error_of(house.describe(providers="grok"))
    assert (error.translation_key, text in str(error)) == ("budget", True)
    sim.fail("openai", "refusal", repeat=True)
    error = await error_of(house.describe())
    assert error.translation_key == "all_failed"
    assert str(error).endswith(f"OpenAI: Declined to answer. {text}")
    assert len(sim.requests("grok", "describe")) == 1


async def test_a_providers_own_money(house: House, camera: FakeCamera) -> None:
    """Near its end it is saved, but only where that provider may be asked."""
    await set_up(house, own={"openai": {"cost_per_month": 1.0}})
    spend(house, "openai", cost=0.9)
    assert await described(house) == ("gemini", SMALLER)
    assert await described(house, providers="gemini") == ("gemini", LARGE)
    spend(house, "openai", cost=0.2)
    assert await described(house) == ("gemini", LARGE)


async def test_twenty_at_once_at_the_last_call(
    hass: HomeAssistant, house: House, sim: Simulator, camera: FakeCamera, fired: Fired
) -> None:
    """Requests under way count: only one of them is made."""
    await set_up(house, "openai", calls_per_day=3)
    sim.fail("openai", "latency", latency=0.3, repeat=True)
    calls = (house.describe(prompt=f"Look {number}") for number in range(20))
    results = await asyncio.gather(*calls, return_exceptions=True)
    keys = Counter(getattr(each, "translation_key", "described") for each in results)
    assert keys == {"described": 3, "budget": 17}
    assert len(sim.requests("openai", "describe")) == 3
    assert Counter(fired.statuses) == {"budget": 17}
    assert house.runtime.expenses._under_way == []


async def test_money_under_way(house: House, sim: Simulator, camera: FakeCamera) -> None:
    """It is overdrawn by what one request costs at most, however many come at once."""
    await set_up(house, "openai", cost_per_day=0.03)
    sim.fail("openai", "latency", latency=0.3, repeat=True)
    calls = (house.describe(prompt=f"Look {number}") for number in range(10))
    await asyncio.gather(*calls, return_exceptions=True)
    assert len(sim.requests("openai", "describe")) == 2  # of which each may come to 0.0152
    assert 0 < house.runtime.accounts.today.cost < 0.03


async def test_the_second_request_of_an_event(
    house: House, sim: Simulator, camera: FakeCamera
) -> None:
    """It is counted like the first."""
    await set_up(house, calls_per_day=1)
    sim.fail("openai", "server_error", repeat=True)
    error = await error_of(house.describe())
    assert error.translation_key == "all_failed"
    assert "the request limit for today (1) is reached" in str(error)
    assert (len(sim.requests("openai", "describe")), sim.requests("gemini")) == (1, [])


async def test_the_doorbells_reserve(
    hass: HomeAssistant, house: House, sim: Simulator, camera: FakeCamera
) -> None:
    """Others stop earlier and say for whom the rest is; it keeps its part when it is renamed."""
    registry = er.async_get(hass)
    door = registry.async_get_or_create("camera", "test", "door", suggested_object_id="door")
    hass.states.async_set(door.entity_id, "idle", {"friendly_name": "Doorbell"})
    await set_up(
        house, "openai", calls_per_day=20, reserve_cameras=[door.id, CAMERA], reserve_percent=50
    )
    hass.config_entries.async_update_entry(
        house.entry, options={CONF_BUDGET: {"calls_per_day": 20, "reserve_cameras": [CAMERA]}}
    )
    spend(house, "openai", calls=15)
    assert await described(house) == ("openai", LARGE)
    assert await described(house) == ("openai", SMALLER)
    hass.config_entries.async_update_entry(
        house.entry, options={CONF_BUDGET: {"calls_per_day": 20, "reserve_cameras": [door.id]}}
    )
    registry.async_update_entity(door.entity_id, new_entity_id="camera.doorbell")
    hass.states.async_set("camera.doorbell", "idle", {"friendly_name": "Doorbell"})
    error = await error_of(house.describe())
    assert "the request limit for today (16) is reached." in str(error)
    assert "What is left is kept for Doorbell." in str(error)
    error = await error_of(house.describe(entity_id="camera.doorbell"))
    assert error.translation_key == "camera_unavailable"  # admitted: there is no such camera


async def test_a_limit_that_is_raised_holds_at_once(house: House, camera: FakeCamera) -> None:
    """Without a restart."""
    await set_up(house, "openai", **DAY)
    spend(house, "openai", cost=1.0)
    assert (await error_of(house.describe())).translation_key == "budget"
    house.hass.config_entries.async_update_entry(
        house.entry, options={CONF_BUDGET: {"cost_per_day": 9}}
    )
    assert await described(house) == ("openai", LARGE)


async def test_a_person_who_looks_obeys_and_one_who_tests_does_not(
    hass: HomeAssistant, house: House, sim: Simulator, camera: FakeCamera
) -> None:
    """A test is a person's wish, and it counts like any other request."""
    await set_up(house, "openai", calls_per_day=1)
    await async_test(hass, house.entry)
    assert house.runtime.accounts.today.calls == len(sim.requests("openai", "describe")) == 1
    error = await error_of(async_look(hass, house.entry, CAMERA, Context()))
    assert error.translation_key == "budget"
    await async_test(hass, house.entry)
    assert len(sim.requests("openai", "describe")) == 2


@pytest.mark.parametrize(("spent", "looks"), [(2, 1), (3, 0)])
async def test_nobody_looks_at_a_provider_whose_budget_is_used_up(
    house: House,
    sim: Simulator,
    camera: FakeCamera,
    monkeypatch: pytest.MonkeyPatch,
    spent: int,
    looks: int,
) -> None:
    """A look of our own is no wish of a person."""
    for name in ("LEAST_SECONDS", "MOST_SECONDS"):
        monkeypatch.setattr(recovery, name, 0.05)
    await set_up(house, "openai", calls_per_day=4)
    sim.fail("openai", "quota", repeat=True)
    await error_of(house.describe())
    spend(house, "openai", calls=spent)
    house.runtime.chain.health(house.provider("openai").subentry_id)._firm_until = 0.0
    await asyncio.sleep(0.3)
    assert len(sim.requests("openai", "describe")) == 1 + looks


async def test_a_camera_that_waits_for_money_is_not_reported_as_failing(
    hass: HomeAssistant, house: House, camera: FakeCamera, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The budget has a report of its own."""
    monkeypatch.setattr("custom_components.eyewitness.pipeline.failing_cameras.SECONDS", 0.0)
    await set_up(house, "openai", cost_per_day=0)
    for _ in range(4):
        await error_of(house.describe())
    await hass.async_block_till_done(wait_background_tasks=True)
    assert not [each for each in ir.async_get(hass).issues if each[0] == DOMAIN]
