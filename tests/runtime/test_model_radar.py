"""The end of a model: told thirty days ahead, and left in time where the choice is ours."""

from datetime import date, timedelta
import logging
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.eyewitness.chain import policy
from custom_components.eyewitness.chain.failures import Failure
from custom_components.eyewitness.const import DOMAIN
from custom_components.eyewitness.runtime import model_radar, outcome_texts
from tests.kit import House
from tests.simulator import Model, Simulator

from .kit import describe_and_wait, reload
from .test_device_models import model_of
from .test_issues import reported

pytestmark = pytest.mark.usefixtures("camera")
MINE, BEST = "gpt-4o-mini", "gpt-6-luna"
END = date(2027, 1, 14)
DAY = timedelta(hours=25, minutes=1)
"""Longer than the longest pause between two looks."""


async def next_look(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
    """Let a day pass."""
    freezer.tick(DAY)
    async_fire_time_changed(hass)
    await hass.async_block_till_done(wait_background_tasks=True)


async def look(house: House) -> dict[str, ir.IssueEntry]:
    """Look at once; return what is reported then."""
    await model_radar.async_look(house.hass, house.entry)
    return reported(house.hass)


def end_in(sim: Simulator, days: int | None, model: str = MINE) -> None:
    """Let OpenAI's list tell of an end in so many days."""
    ends = None if days is None else str(dt_util.now().date() + timedelta(days=days))
    sim.offer("openai", model, ends=ends)


async def ending(house: House, days: int | None = 20, model: str = MINE) -> str:
    """Choose a model that ends in so many days; return the provider's id."""
    end_in(house.sim, days)
    await house.set_up(house.subentry("openai", model=model, title="Mine"))
    return house.provider("Mine").subentry_id


async def fail(house: House) -> None:
    """Describe in vain, and wait for the second look at a missing model."""
    with pytest.raises(HomeAssistantError):
        await house.describe()
    await house.hass.async_block_till_done(wait_background_tasks=True)


async def test_day_by_day(
    hass: HomeAssistant, house: House, sim: Simulator, freezer: FrozenDateTimeFactory
) -> None:
    """Told from the thirtieth day before the end, until an event meets the missing model.

    The list is asked for once a day, which costs nothing, and not at the start.
    """
    freezer.move_to("2026-12-11 12:00:00")
    provider_id = await ending(house, days=(END - date(2026, 12, 11)).days)
    left: dict[int, set[str]] = {}
    while dt_util.now().date() <= END:
        assert len(sim.requests("openai")) == len(left)
        await next_look(hass, freezer)
        left[(END - dt_util.now().date()).days] = set(reported(hass))
    assert {days for days, told in left.items() if told} == {days for days in left if days <= 30}
    assert (min(left) < 0, max(left) > 30) == (True, True)
    assert set().union(*left.values()) == {"model_retires"}
    issue = reported(hass)["model_retires"]
    assert issue.issue_id == f"model_retires_{provider_id}"
    assert issue.translation_placeholders is not None
    assert issue.translation_placeholders == {
        "provider": "Mine",
        "model": MINE,
        "day": "14 January 2027",
        "successor": BEST,
        "price": issue.translation_placeholders["price"],
    }
    sim.retire("openai", MINE)
    assert set(await look(house)) == {"model_retires"}
    await fail(house)
    assert set(reported(hass)) == {"model_missing"}
    assert set(await look(house)) == {"model_missing"}


async def test_not_at_the_start(
    hass: HomeAssistant, house: House, freezer: FrozenDateTimeFactory
) -> None:
    """And not at the same minute in every house; no more once the entry is unloaded."""
    await ending(house)
    asked = []
    for minutes in (14, 167):
        freezer.tick(timedelta(minutes=minutes))
        async_fire_time_changed(hass)
        await hass.async_block_till_done(wait_background_tasks=True)
        asked.append(len(house.sim.requests("openai", "models")))
    assert asked == [0, 1]
    await hass.config_entries.async_unload(house.entry.entry_id)
    await next_look(hass, freezer)
    assert len(house.sim.requests("openai", "models")) == 1


@pytest.mark.parametrize(
    ("change", "is_told"),
    [
        ({"model": BEST}, False),
        ({"model": "auto"}, False),
        ({"api_key": "other"}, True),
        (None, False),  # removed
        ({}, True),  # nothing but a reload
    ],
    ids=["model", "auto", "key", "removed", "reload"],
)
async def test_it_is_told_as_long_as_the_model_is_chosen(
    hass: HomeAssistant, house: House, change: dict[str, str] | None, is_told: bool
) -> None:
    """At once, without another look at the list."""
    provider_id = await ending(house)
    assert set(await look(house)) == {"model_retires"}
    subentry = house.entry.subentries[provider_id]
    if change is None:
        hass.config_entries.async_remove_subentry(house.entry, provider_id)
    elif change:
        data = {**subentry.data, **change}
        hass.config_entries.async_update_subentry(house.entry, subentry, data=data)
    await reload(house)
    assert ("model_retires" in reported(hass)) is is_told


async def test_it_is_told_as_long_as_the_list_says_so(house: House, sim: Simulator) -> None:
    """A new day is told, a list that does not come changes nothing, and no end ends it."""
    await ending(house)
    before = (await look(house))["model_retires"].translation_placeholders
    end_in(sim, 12)
    after = (await look(house))["model_retires"].translation_placeholders
    assert before is not None
    assert after == {**before, "day": after and after["day"]} != before
    sim.fail("openai", "server_error", endpoint="models")
    assert set(await look(house)) == {"model_retires"}
    end_in(sim, None)
    assert await look(house) == {}


async def test_what_was_ignored_stays_ignored(hass: HomeAssistant, house: House) -> None:
    """Over the looks of the next days, and over a reload."""
    await ending(house)
    issue_id = (await look(house))["model_retires"].issue_id
    ir.async_ignore_issue(hass, DOMAIN, issue_id, ignore=True)
    for _ in range(2):
        assert (await look(house))["model_retires"].dismissed_version is not None
        await reload(house)


@pytest.mark.parametrize("kind", ["server_error", "auth", "hang", "html"])
async def test_a_list_that_does_not_come_is_no_failure(
    house: House, sim: Simulator, kind: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The provider is asked by the next event as if nothing had been."""
    monkeypatch.setattr(policy, "CHECK_SECONDS", 0.3)
    provider_id = await ending(house)
    sim.fail("openai", kind, endpoint="models")
    assert await look(house) == {}
    assert house.runtime.chain.health(provider_id).cooldown_left == 0
    assert (await house.describe())["provider"] == "openai"


async def test_who_is_not_asked(house: House, sim: Simulator) -> None:
    """A refused key is not sent again, and whose model is gone for good has a report already."""
    provider_id = await ending(house)
    sim.retire("openai", MINE)
    await fail(house)
    asked = len(sim.requests("openai", "models"))
    await look(house)
    house.runtime.reset(provider_id)
    house.runtime.refused.add(provider_id)
    await look(house)
    assert len(sim.requests("openai", "models")) == asked
    house.runtime.refused.clear()
    await look(house)
    assert len(sim.requests("openai", "models")) == asked + 1


async def test_there_are_never_two_reports_of_one_model(house: House) -> None:
    """A model that is missing at times says so already."""
    provider_id = await ending(house)
    assert set(await look(house)) == {"model_retires"}
    house.runtime.troubles[provider_id] = Failure.MODEL_MISSING
    assert await look(house) == {}


@pytest.mark.parametrize("removed", [True, False])
async def test_a_change_during_a_look(
    hass: HomeAssistant, house: House, monkeypatch: pytest.MonkeyPatch, removed: bool
) -> None:
    """Nobody is told of the model that was chosen before."""
    provider_id = await ending(house)

    async def change(*_: Any) -> str:
        subentry = house.entry.subentries[provider_id]
        if removed:
            hass.config_entries.async_remove_subentry(house.entry, provider_id)
        else:
            data = {**subentry.data, "model": BEST}
            hass.config_entries.async_update_subentry(house.entry, subentry, data=data)
        return ""

    monkeypatch.setattr(outcome_texts, "async_day", change)
    assert await look(house) == {}
    await hass.async_block_till_done()
    assert set(reported(hass)) == ({"no_provider"} if removed else set())


async def test_a_server_at_home_is_asked_for_its_own_list_only(
    house: House, sim: Simulator
) -> None:
    """Nobody else knows of its models."""
    await house.set_up("openai_compatible")
    sim.set_models("openai", [Model(id="llava:13b")])
    assert await look(house) == {}
    assert [each.path for each in sim.requests()] == ["/openai/v1/models"]


async def test_auto_moves_by_itself(
    hass: HomeAssistant, house: House, sim: Simulator, caplog: pytest.LogCaptureFixture
) -> None:
    """A week before the end, told once in the log; the device shows it with the next answer."""
    caplog.set_level(logging.INFO, "custom_components.eyewitness")
    await house.set_up("openai")
    chosen = []
    for days in (9, 7, 6, -1):
        end_in(sim, days, BEST)
        assert await look(house) == {}
        chosen.append(house.runtime.built[house.provider("OpenAI").subentry_id].model)
    assert chosen == [BEST, *["gpt-5.6-luna"] * 3]
    moves = [line for line in caplog.messages if "auto is gpt-5.6-luna now" in line]
    assert len(moves) == 1
    assert f"({BEST} ends on 20" in moves[0]
    assert (await describe_and_wait(house))["model"] == "gpt-5.6-luna"
    assert model_of(hass, house, "OpenAI") == "gpt-5.6-luna"


async def test_auto_stays_where_nothing_else_is_left(house: House, sim: Simulator) -> None:
    """This machine's clock may be wrong."""
    await house.set_up("openai")
    sim.set_models("openai", [Model(id=MINE, ends="2001-01-01")])
    assert await look(house) == {}
    assert (await house.describe())["model"] == MINE
