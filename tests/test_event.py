"""Tell automations what a camera saw, without a template."""

import json
from typing import Any
from unittest.mock import Mock

from homeassistant.core import Event, EventStateChangedData, HomeAssistant, State, callback
from homeassistant.helpers.event import async_track_state_change_event
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import (
    async_mock_service,
    mock_restore_cache_with_extra_data,
)

from custom_components.eyewitness.event import CameraEvent
from tests.kit import ENTRY_ID, FakeCamera, House
from tests.pictures.scenes import add_rules
from tests.results import error_of, state_of
from tests.runtime.test_camera_devices import remove
from tests.simulator import Simulator

EVENT = "event.front_door_event"


def say(sim: Simulator, *objects: str, title: str = "Somebody came") -> None:
    """Let the next answer name these objects."""
    answer = {"title": title, "description": "It rained.", "objects": objects, "importance": "high"}
    sim.fail("openai", "answer", text=json.dumps(answer))


def watch(hass: HomeAssistant) -> list[State]:
    """Collect the states that the entity has from now on."""
    states: list[State] = []

    @callback
    def keep(event: Event[EventStateChangedData]) -> None:
        if (state := event.data["new_state"]) is not None:
            states.append(state)

    async_track_state_change_event(hass, EVENT, keep)
    return states


def types(states: list[State]) -> list[str]:
    """Return what happened, state by state."""
    return [state.attributes["event_type"] for state in states]


async def test_the_first_description_is_told_too(
    hass: HomeAssistant, house: House, sim: Simulator, camera: FakeCamera
) -> None:
    """The entity is made for it; a reload tells nothing again, and all that it shows stays."""
    await house.set_up("openai")
    states = watch(hass)
    say(sim, "person")
    response = await house.describe()
    await hass.async_block_till_done()
    shown = state_of(hass, EVENT)
    assert types(states) == [None, "described", "person"]
    assert shown.attributes["event_id"] == response["event_id"]
    await hass.config_entries.async_reload(ENTRY_ID)
    again = state_of(hass, EVENT)
    assert (again.state, again.attributes) == (shown.state, shown.attributes)


async def test_an_entity_that_comes_back_tells_nothing_again(
    hass: HomeAssistant, house: House, camera: FakeCamera
) -> None:
    """Its device was removed, and the camera got rules."""
    await house.set_up("openai")
    await house.describe()
    await hass.async_block_till_done()
    before = state_of(hass, EVENT)
    await remove(house, "Front door")
    assert hass.states.get(EVENT) is None
    mock_restore_cache_with_extra_data(
        hass,
        [(before, {"last_event_type": "described", "last_event_attributes": before.attributes})],
    )
    states = watch(hass)
    await add_rules(house)
    await hass.async_block_till_done()
    assert {state.state for state in states} == {before.state}


@pytest.mark.parametrize(
    ("objects", "told"),
    [
        ([], ["described"]),
        (["other"], ["described"]),
        (["person", "package", "vehicle"], ["described", "package", "vehicle", "person"]),
        (["animal"], ["described", "animal"]),
    ],
)
async def test_each_thing_that_was_seen_is_an_event_of_its_own(
    hass: HomeAssistant,
    house: House,
    sim: Simulator,
    camera: FakeCamera,
    monkeypatch: pytest.MonkeyPatch,
    objects: list[str],
    told: list[str],
) -> None:
    """After the description, a person last, with all that was said.

    Each is a state of its own also within one millisecond: a trigger would pass over it otherwise.
    """
    await house.set_up("openai")
    await house.describe()
    await hass.async_block_till_done()
    states = watch(hass)
    say(sim, *objects)
    clock = Mock(wraps=dt_util, utcnow=Mock(return_value=dt_util.utcnow()))
    monkeypatch.setattr("homeassistant.components.event.dt_util", clock)
    response = await house.describe()
    await hass.async_block_till_done()
    assert types(states) == told
    assert len({state.state for state in states}) == len(told)
    for state in states:
        assert {name: state.attributes[name] for name in ("title", "description")} == {
            name: response[name] for name in ("title", "description")
        }
        assert state.attributes["importance"] == "high"
        assert state.attributes["provider"] == "OpenAI"


async def test_a_failure_is_told_with_its_reason(
    hass: HomeAssistant, house: House, sim: Simulator, camera: FakeCamera
) -> None:
    """And no text of an earlier event."""
    await house.set_up("openai")
    await house.describe()
    await hass.async_block_till_done()
    sim.fail("openai", "quota")
    why = str(await error_of(house.describe()))
    await hass.async_block_till_done()
    attributes = state_of(hass, EVENT).attributes
    assert attributes["event_type"] == "failed"
    assert attributes["reason"].removesuffix(".") == why.removesuffix(".")
    assert "title" not in attributes


async def test_an_automation_that_is_clicked_together_hears_of_a_person(
    hass: HomeAssistant, house: House, sim: Simulator, camera: FakeCamera
) -> None:
    """Once for each description with a person, and never for one without."""
    await house.set_up("openai")
    await house.describe()
    await hass.async_block_till_done()
    calls = async_mock_service(hass, "notify", "phone")
    automation: dict[str, Any] = {
        "triggers": {
            "trigger": "event.received",
            "target": {"entity_id": EVENT},
            "options": {"event_type": ["person"]},
        },
        "actions": {"action": "notify.phone"},
    }
    assert await async_setup_component(hass, "automation", {"automation": automation})
    await hass.async_block_till_done()
    for objects, heard in ((["vehicle"], 0), (["vehicle", "person"], 1), (["person"], 2)):
        say(sim, *objects)
        await house.describe()
        await hass.async_block_till_done()
        assert len(calls) == heard


async def test_what_was_shown_before_a_restart_is_no_news(
    hass: HomeAssistant, house: House, camera: FakeCamera
) -> None:
    """It is shown as it was, and told to nobody."""
    await house.set_up("openai")
    await house.describe()
    await hass.async_block_till_done()
    await hass.config_entries.async_unload(ENTRY_ID)
    before = State(EVENT, "2026-11-26T10:00:00.000+00:00")
    extra = {"last_event_type": "person", "last_event_attributes": {"title": "A man"}}
    mock_restore_cache_with_extra_data(hass, [(before, extra)])
    await hass.config_entries.async_setup(ENTRY_ID)
    await hass.async_block_till_done()
    shown = state_of(hass, EVENT)
    assert (shown.state, shown.attributes["title"]) == (before.state, "A man")


def test_texts_are_not_recorded_twice() -> None:
    """Each event is several states."""
    recorded = {"title", "description", "importance", "provider", "reason", "event_id"}
    assert recorded - CameraEvent._unrecorded_attributes == {"event_id"}
