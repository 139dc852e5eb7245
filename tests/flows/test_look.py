"""Look through a camera right after the set-up, and later from the page of the integration."""

import asyncio
from base64 import b64decode
import re
from typing import Any, cast

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import EVENT_DATA_ENTRY_FLOW_PROGRESSED
from homeassistant.helpers import device_registry as dr
import pytest
from pytest_homeassistant_custom_component.common import async_capture_events

from custom_components.eyewitness.flows import look as look_flow
from custom_components.eyewitness.pipeline import failing_cameras
from tests.flows.forms import open_add, open_setup, send
from tests.flows.test_setup import typed
from tests.kit import CAMERA, FakeCamera, FakeImage, House, pick, until
from tests.pictures.scenes import add_rules
from tests.results import Fired
from tests.runtime.test_issues import reported
from tests.simulator import Model, Simulator
from tests.waiting import landed


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """No browser has to be ready."""
    monkeypatch.setattr(look_flow, "MOMENT_SECONDS", 0.0)


async def go_on(house: House, flow_id: str, answer: dict[str, Any] | None = None) -> Any:
    """Answer the step that is shown, wait as the dialog does, and return what is shown then."""
    flows = house.hass.config_entries.subentries
    result = await flows.async_configure(flow_id, answer)
    while result["type"] == "progress":
        await house.hass.async_block_till_done()
        result = await flows.async_configure(flow_id)
    return result


async def look(house: House, entity_id: str = CAMERA) -> Any:
    """Press the button on the page, choose a camera and wait for what is said."""
    form = await open_add(house, "look")
    return await go_on(house, form["flow_id"], {"entity_id": entity_id})


async def choose(house: House, menu: Any, option: str) -> Any:
    """Choose from the menu that is shown."""
    assert option in menu["menu_options"]
    return await go_on(house, menu["flow_id"], {"next_step_id": option})


def shown(menu: Any, name: str) -> str:
    """Return what stands in one place of a step's text."""
    return cast("str", menu["description_placeholders"][name])


def picture_of(menu: Any) -> bytes:
    """Return the picture that a menu shows."""
    start, end = "![](data:image/jpeg;base64,", ")"
    image = shown(menu, "picture")
    assert image.startswith(start)
    assert image.endswith(end)
    return b64decode(image.removeprefix(start).removesuffix(end))


async def test_the_set_up_goes_on_with_a_camera(
    house: House, sim: Simulator, camera: FakeCamera, fired: Fired
) -> None:
    """It is chosen already, so one press more and there is a description, booked as any event."""
    result = await send(house, await open_setup(house), **typed(sim, "openai"))
    kind, flow_id = result["next_flow"]
    house.entry = result["result"]
    assert (kind, result["description"]) == ("config_subentries_flow", None)
    flows = house.hass.config_entries.subentries
    form: Any = await flows.async_configure(flow_id)
    assert form["data_schema"]({}) == {"entity_id": CAMERA}
    assert shown(form, "provider") == "OpenAI"
    menu = await go_on(house, flow_id, {"entity_id": CAMERA})
    assert menu["step_id"] == "seen"
    event = fired.described[0].data
    assert shown(menu, "title") == event["title"].replace(".", r"\.")
    assert float(shown(menu, "cents")) == pytest.approx(event["cost"] * 100, rel=0.1)
    assert pick(await house.usage(), "purpose", "camera", "sent") == [("event", CAMERA, 1)]
    (request,) = sim.requests("openai", "describe")
    assert picture_of(menu) == sim.image(request.seq)


async def test_without_a_camera_the_set_up_says_so(house: House, sim: Simulator) -> None:
    """There is nothing to look through, and no dialog that could only fail."""
    result = await send(house, await open_setup(house), **typed(sim, "openai"))
    house.entry = result["result"]
    assert "next_flow" not in result
    assert result["description"] == "no_camera"
    assert (await open_add(house, "look"))["reason"] == "no_camera"


async def test_an_image_will_do(house: House, image: FakeImage) -> None:
    """Some cameras show only the picture of their last event."""
    await house.set_up("openai")
    assert (await look(house, "image.last_visitor"))["step_id"] == "seen"


async def test_nothing_is_looked_through_while_nothing_runs(
    house: House, camera: FakeCamera, fired: Fired
) -> None:
    """The page says why it does not run."""
    entry = house.add_entry("openai")
    assert (await open_add(house, "look"))["reason"] == "not_loaded"
    await house.hass.config_entries.async_setup(entry.entry_id)
    form = await open_add(house, "look")
    await house.hass.config_entries.async_unload(entry.entry_id)
    assert house.state() is ConfigEntryState.NOT_LOADED
    end = await go_on(house, form["flow_id"], {"entity_id": CAMERA})
    assert end["reason"] == "not_loaded"
    assert fired.counts() == (0, 0)


@pytest.mark.parametrize("option", ["look", "next"])
async def test_nothing_is_looked_through_again_while_nothing_runs(
    house: House, camera: FakeCamera, fired: Fired, option: str
) -> None:
    """The dialog may stand open for as long as somebody likes."""
    entry = await house.set_up("openai")
    menu = await look(house)
    await house.hass.config_entries.async_unload(entry.entry_id)
    end = await choose(house, menu, option)
    assert end["reason"] == {"look": "not_loaded", "next": "next_steps"}[option]
    assert fired.counts() == (1, 0)


async def test_without_a_provider_nobody_can_look(house: House, camera: FakeCamera) -> None:
    """The last one may have been removed."""
    await house.set_up("openai")
    provider = house.provider("openai").subentry_id
    house.hass.config_entries.async_remove_subentry(house.entry, provider)
    await house.hass.async_block_till_done()
    assert (await open_add(house, "look"))["reason"] == "no_provider"


async def test_who_looked_and_failed_has_seen_it(
    house: House, sim: Simulator, camera: FakeCamera, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A report about automations would be about nothing."""
    monkeypatch.setattr(failing_cameras, "SECONDS", 0.0)
    await house.set_up("openai")
    sim.fail("openai", "refusal", repeat=True)
    menu = await look(house)
    for _ in range(3):
        menu = await choose(house, menu, "look")
    await landed(house)
    assert "cameras_failing" not in reported(house.hass)


async def test_rules_hold_and_a_failure_is_told_in_words(
    house: House, sim: Simulator, camera: FakeCamera
) -> None:
    """Nobody sees a camera that they may not see; another try or another camera is one press."""
    await house.set_up("openai", "grok")
    await add_rules(house, "grok")
    sim.fail("grok", "quota", repeat=True)
    menu = await look(house)
    assert menu["step_id"] == "failed"
    assert menu["menu_options"] == ["look", "user", "next"]
    assert shown(menu, "camera") == "Front door"
    reason = shown(menu, "reason").replace("\\", "")
    assert re.fullmatch(r"No provider .+ left alone until [^.]+\.", reason)
    sim.clear_faults()
    house.runtime.reset(house.provider("grok").subentry_id)
    menu = await choose(house, menu, "look")
    assert (menu["step_id"], shown(menu, "provider")) == ("seen", "xAI Grok")
    assert sim.requests("openai", "describe") == []
    assert (await choose(house, menu, "user"))["step_id"] == "user"


async def test_a_cost_that_nobody_knows_is_not_invented(
    house: House, sim: Simulator, camera: FakeCamera
) -> None:
    """A model that is in no price list."""
    sim.set_models("openai", [Model(id="unheard-of")])
    await house.set_up(house.subentry("openai", model="unheard-of"))
    menu = await look(house)
    assert (menu["step_id"], shown(menu, "cents")) == ("seen_unpriced", "")


async def test_what_a_model_writes_is_only_text(
    house: House, sim: Simulator, camera: FakeCamera
) -> None:
    """It must not load a picture from anywhere, nor link to it."""
    await house.set_up("openai")
    text = '{"title": "<b>Cat</b>", "description": "A cat. ![x] (//evil) **Sure** `x`"}'
    sim.fail("openai", "answer", text=text)
    menu = await look(house)
    assert shown(menu, "description") == r"A cat\. \!\[x\] \(\/\/evil\) \*\*Sure\*\* \`x\`"


async def test_nothing_ends_before_the_dialog_listens(
    house: House, camera: FakeCamera, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would wait for ever: a camera that is off says so at once."""
    await house.set_up("openai")
    camera.sends = None
    monkeypatch.setattr(look_flow, "MOMENT_SECONDS", 0.2)
    form = await open_add(house, "look")
    ended = async_capture_events(house.hass, EVENT_DATA_ENTRY_FLOW_PROGRESSED)
    flows = house.hass.config_entries.subentries
    assert (await flows.async_configure(form["flow_id"], {"entity_id": CAMERA}))[
        "type"
    ] == "progress"
    await asyncio.sleep(0.1)
    assert ended == []
    assert (await go_on(house, form["flow_id"]))["step_id"] == "failed"
    assert len(ended) == 1


async def test_an_answer_that_is_still_good_comes_without_a_picture(
    house: House, camera: FakeCamera
) -> None:
    """None was taken, and a newer one would not be what was said."""
    await house.set_up("openai", options={"cooldown_seconds": 60})
    menu = await look(house)
    assert picture_of(menu)
    menu = await choose(house, menu, "look")
    assert (menu["step_id"], shown(menu, "picture")) == ("seen", "")


async def test_who_closes_the_dialog_pays_for_nothing_more(
    hass: HomeAssistant, house: House, sim: Simulator, camera: FakeCamera, fired: Fired
) -> None:
    """What is under way is stopped, as when an automation is."""
    await house.set_up("openai")
    camera.hangs = True
    form = await open_add(house, "look")
    flows = hass.config_entries.subentries
    shown_now = await flows.async_configure(form["flow_id"], {"entity_id": CAMERA})
    assert (shown_now["type"], shown_now["progress_action"]) == ("progress", "look")
    await until(lambda: camera.asked > 0)
    flows.async_abort(form["flow_id"])
    await until(lambda: house.runtime.runs.running == 0)
    await hass.async_block_till_done()
    assert fired.counts() == (0, 0)
    assert sim.requests("openai", "describe") == []


@pytest.mark.parametrize("fault", [None, "quota"])
async def test_the_last_step_says_what_comes_next(
    hass: HomeAssistant, house: House, sim: Simulator, camera: FakeCamera, fault: str | None
) -> None:
    """Also after a failure: the camera that was chosen has its page and its button."""
    await house.set_up("openai")
    if fault:
        sim.fail("openai", "quota", repeat=True)
    end = await choose(house, await look(house), "next")
    assert (end["type"], end["reason"]) == ("abort", "next_steps")
    device_id = shown(end, "device").rpartition("/")[2]
    device = dr.async_get(hass).async_get(device_id)
    assert device is not None
    assert device.name == "Front door"
    assert hass.states.get("button.front_door_describe")
