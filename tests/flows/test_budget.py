"""Fill in limits, for all providers and for one."""

from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest

from custom_components.eyewitness.const import CONF_PROVIDER_ORDER
from tests.flows.forms import check_shown, open_change, open_options, send, suggested
from tests.kit import CAMERA, House

from .test_provider import add, finish, resend

pytestmark = pytest.mark.usefixtures("camera")

LIMITS = {"cost_per_day": 0.5, "calls_per_day": 50, "cost_per_month": 5, "calls_per_month": 900}


async def change_budget(house: House, **budget: Any) -> Any:
    """Fill in the budget, and leave everything else as it is shown."""
    form = await open_options(house)
    order = suggested(form, CONF_PROVIDER_ORDER)
    return await send(house, form, provider_order=order, budget=budget)


async def test_a_budget_is_kept_changed_and_taken_back(house: House) -> None:
    """A field that was emptied is no limit any more; a form without the section changes none."""
    await house.set_up("openai")
    assert (await change_budget(house, **LIMITS))["data"]["budget"] == LIMITS
    assert len(house.runtime.settings.budget.limits) == 4
    form = await open_options(house)
    check_shown(form, {"budget": {**LIMITS, "reserve_cameras": [], "reserve_percent": 20}})
    await send(house, form, provider_order=suggested(form, CONF_PROVIDER_ORDER))
    assert house.entry.options["budget"] == LIMITS
    await change_budget(house, cost_per_day=0)
    assert house.entry.options["budget"] == {"cost_per_day": 0}
    await change_budget(house)
    assert house.entry.options["budget"] == {}


async def test_cameras_of_the_reserve(hass: HomeAssistant, house: House) -> None:
    """They are found again when they were renamed; a share without a camera is not kept."""
    door = er.async_get(hass).async_get_or_create("camera", "test", "door")
    await house.set_up("openai")
    done = await change_budget(house, reserve_percent=30)
    assert done["data"]["budget"] == {}
    await change_budget(house, reserve_cameras=[CAMERA, door.entity_id], reserve_percent=30.0)
    stored = {"reserve_cameras": [CAMERA, door.id], "reserve_percent": 30}
    assert house.entry.options["budget"] == stored
    er.async_get(hass).async_update_entity(door.entity_id, new_entity_id="camera.bell")
    shown = {"reserve_cameras": [CAMERA, "camera.bell"], "reserve_percent": 30}
    check_shown(await open_options(house), {"budget": shown})


MISTAKES: list[tuple[dict[str, Any], str]] = [
    ({"cost_per_day": 2, "cost_per_month": 1}, "budget_day_above_month"),
    ({"calls_per_day": 20, "calls_per_month": 19}, "budget_day_above_month"),
    ({"calls_per_day": 2.5}, "budget_calls_not_whole"),
    ({"calls_per_month": 0.1}, "budget_calls_not_whole"),
]


@pytest.mark.parametrize(("typed", "error"), MISTAKES)
async def test_a_mistake_is_named_and_what_was_typed_stays(
    house: House, typed: dict[str, float], error: str
) -> None:
    """In the form for all and in that for one provider."""
    await house.set_up("openai")
    form = await change_budget(house, **typed)
    assert form["errors"] == {"base": error}
    check_shown(form, {"budget": typed})
    assert form["data_schema"].schema["budget"].options == {"collapsed": False}
    form = await add(house, "gemini", more=typed)
    assert form["errors"] == {"base": error}
    check_shown(form, {"more": typed})
    assert house.sim.requests() == []


async def test_limits_of_one_provider(house: House) -> None:
    """They are kept when something else is changed, and gone when they are emptied."""
    await house.set_up("openai")
    form = await open_change(house, house.provider("OpenAI").subentry_id)
    await finish(house, await resend(house, form, "openai", more={"calls_per_day": 20}))
    assert house.provider("OpenAI").data["budget"] == {"calls_per_day": 20}
    assert [each.most for each in house.runtime.settings.budget.limits] == [20]
    form = await open_change(house, house.provider("OpenAI").subentry_id)
    check_shown(form, {"more": {"calls_per_day": 20}})
    await finish(house, await resend(house, form, "openai"))
    assert house.provider("OpenAI").data["budget"] == {"calls_per_day": 20}
    form = await open_change(house, house.provider("OpenAI").subentry_id)
    await finish(house, await resend(house, form, "openai", more={}))
    assert "budget" not in house.provider("OpenAI").data
