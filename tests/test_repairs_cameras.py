"""Mend the rules of a camera that is gone, or whose view is shown elsewhere."""

from typing import Any

from homeassistant.helpers import entity_registry as er
import pytest

from tests.flows.test_camera_views import add_device, ref
from tests.kit import CAMERA, House
from tests.runtime.test_camera_registry import camera, cover, masked, remove, rule
from tests.runtime.test_issues import reported
from tests.test_repairs import Page, page

__all__ = ["page"]

pytestmark = pytest.mark.usefixtures("camera")


@pytest.fixture
async def gone(house: House) -> House:
    """Store rules for a camera that is not there."""
    await house.set_up("openai")
    await cover(house, "gate")
    house.hass.config_entries.async_update_subentry(house.entry, rule(house), title="Gate")
    return house


async def choose(page: Page, option: str) -> Any:
    """Open the report of the camera that is gone, and choose what to do about it."""
    menu = await page.open("camera_gone")
    assert (menu["type"], menu["menu_options"]) == ("menu", ["replace", "remove"])
    assert menu["description_placeholders"] == {"camera": "Gate", "entity_id": "camera.gate"}
    return await page.send(menu, next_step_id=option)


async def test_another_camera_gets_the_rules(gone: House, page: Page) -> None:
    """From the next event on; one that has rules already is another one."""
    camera(gone, "garden", "1")
    await cover(gone, "garden")
    form = await choose(page, "replace")
    form = await page.send(form, entity_id="camera.garden")
    assert form["errors"] == {"entity_id": "already_configured"}
    assert rule(gone).data["registry_id"] is None
    assert (await page.send(form, entity_id=CAMERA))["type"] == "create_entry"
    assert reported(gone.hass) == {}
    assert (rule(gone).title, rule(gone).data["entity_id"]) == ("Front door", CAMERA)
    assert masked(gone, "front_door")


async def test_the_rules_stay_with_what_was_gone(gone: House, page: Page) -> None:
    """It may come back under its name, or with its id under another one."""
    old = camera(gone, "gate", "1")
    remove(gone, "gate")
    await page.send(await choose(page, "replace"), entity_id=CAMERA)
    assert rule(gone).data["former"] == ["camera.gate", old]
    camera(gone, "gate")
    assert masked(gone, "gate")
    registry = er.async_get(gone.hass)
    back = registry.async_get_or_create("camera", "test", "1", suggested_object_id="other")
    assert back.entity_id != "camera.gate"
    assert masked(gone, back.entity_id.removeprefix("camera."))


async def test_the_rules_are_removed(gone: House, page: Page) -> None:
    """Only when that was confirmed."""
    form = await choose(page, "remove")
    assert (form["type"], form["step_id"], masked(gone, "gate")) == ("form", "remove", True)
    assert (await page.send(form))["type"] == "create_entry"
    assert reported(gone.hass) == {}
    assert list(gone.entry.get_subentries_of_type("camera")) == []


async def test_other_views_are_covered_or_left_out(house: House, page: Page) -> None:
    """Both end the report for good."""
    await house.set_up("openai")
    add_device(house, "maker", "camera.gate", "camera.one", "camera.two")
    await cover(house, "gate")
    form = await page.open("camera_uncovered")
    (field,) = form["data_schema"]
    assert field["description"] == {"suggested_value": ["camera.one", "camera.two"]}
    assert (await page.send(form, also=["camera.two"]))["type"] == "create_entry"
    assert reported(house.hass) == {}
    assert rule(house).data["also"] == [ref(house, "camera.two")]
    assert [masked(house, name) for name in ("gate", "one", "two")] == [True, False, True]


@pytest.mark.parametrize("way", ["unload", "remove"])
async def test_there_is_nothing_to_fix_any_more(gone: House, page: Page, way: str) -> None:
    """Eyewitness is down, or the rules were removed behind the form."""
    forms = [await choose(page, option) for option in ("replace", "remove")]
    add_device(gone, "maker", "camera.gate", "camera.new")
    forms.append(await page.open("camera_uncovered"))
    subentry_id = rule(gone).subentry_id
    if way == "unload":
        await gone.hass.config_entries.async_unload(gone.entry.entry_id)
        assert (await page.open("camera_uncovered"))["reason"] == "not_loaded"
    else:
        gone.hass.config_entries.async_remove_subentry(gone.entry, subentry_id)
    for form, typed in zip(forms, ({"entity_id": CAMERA}, {}, {}), strict=True):
        assert (await page.send(form, **typed))["reason"] == "not_loaded"
