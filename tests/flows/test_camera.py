"""Rules for a camera: the form, and what it stores."""

import math
from typing import Any

from homeassistant.data_entry_flow import InvalidData
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import device_registry as dr, entity_registry as er
import pytest

from custom_components.eyewitness.pictures.rules import Wake
from custom_components.eyewitness.pictures.size import Detail
from tests.flows.forms import check_shown, open_add, open_change, send, suggested
from tests.kit import CAMERA, FakeImage, House
from tests.simulator import Simulator

AREA = {"name": "Window", "left": 10, "top": 20, "right": 50, "bottom": 80}
TRIANGLE = "10,20 50,20 50,80"
IMAGE = "image.last_visitor"
STORED: dict[str, Any] = {
    "entity_id": CAMERA,
    "registry_id": None,
    "masks": [],
    "polygons": [],
    "allowed_providers": [],
    "detail": "normal",
    "keep_pictures": True,
    "same_scene": False,
}
"""What is stored when only the camera is named."""


pytestmark = pytest.mark.usefixtures("camera")


def round_shape(corners: int) -> str:
    """Return a polygon with so many corners."""
    turns = (math.tau * corner / corners for corner in range(corners))
    return " ".join(
        f"{50 + 40 * math.cos(turn):.4f},{50 + 40 * math.sin(turn):.4f}" for turn in turns
    )


async def add(house: House, entity_id: str = CAMERA, **typed: Any) -> Any:
    """Add rules for a camera."""
    form = await open_add(house, "camera")
    assert (form["type"], form["step_id"]) == ("form", "user")
    return await send(house, form, **{"entity_id": entity_id, "keep_pictures": True, **typed})


async def open_first(house: House) -> Any:
    """Open the form that changes the first rules."""
    subentry_id = next(iter(house.entry.get_subentries_of_type("camera"))).subentry_id
    form = await open_change(house, subentry_id)
    assert (form["type"], form["step_id"]) == ("form", "reconfigure")
    return form


async def change(house: House, **typed: Any) -> Any:
    """Change the first rules."""
    return await send(house, await open_first(house), **{"keep_pictures": True, **typed})


def stored(house: House) -> list[dict[str, Any]]:
    """Return the data of all rules, in the order in which they were added."""
    return [dict(each.data) for each in house.entry.get_subentries_of_type("camera")]


def options(form: Any) -> dict[str, str]:
    """Return the titles of the providers on the list, by id."""
    selector = form["data_schema"].schema["allowed_providers"]
    return {option["value"]: option["label"] for option in selector.config["options"]}


def registered(house: House, name: str = "gate") -> er.RegistryEntry:
    """Return a camera that is in the registry and has a state."""
    entry = er.async_get(house.hass).async_get_or_create(
        "camera", "test", f"unique-{name}", suggested_object_id=name
    )
    house.hass.states.async_set(entry.entity_id, "idle", {"friendly_name": name.title()})
    return entry


async def test_rules_are_added(house: House, sim: Simulator) -> None:
    """They are stored as documented, hold at once, and bring a device with a button."""
    await house.set_up("openai", "grok")
    runtime = house.runtime
    entities = set(er.async_get(house.hass).entities)
    devices = {device.id for device in dr.async_get(house.hass).devices}
    providers = {house.provider(title).subentry_id: title for title in ("OpenAI", "xAI Grok")}
    assert options(await open_add(house, "camera")) == providers
    grok = house.provider("grok").subentry_id
    rules: dict[str, Any] = {
        "masks": [AREA],
        "polygons": [TRIANGLE],
        "allowed_providers": [grok],
        "detail": "low",
        "keep_pictures": False,
        "same_scene": True,
    }
    result = await add(house, **rules | {"polygons": [TRIANGLE, "  "]})
    assert (result["type"], result["title"]) == ("create_entry", "Front door")
    assert stored(house) == [STORED | rules]
    assert (await house.describe())["provider"] == "grok"
    assert sim.requests("openai") == []
    (found,) = house.runtime.settings.cameras
    assert (len(found.rules.masks), found.rules.keep) == (2, False)
    assert found.rules.detail is Detail.LOW
    assert found.rules.same_scene
    assert house.runtime is runtime
    assert set(er.async_get(house.hass).entities) - entities == {
        "button.front_door_describe",
        "event.front_door_event",
        "image.front_door_last_picture",
        "sensor.front_door_cost",
        "sensor.front_door_descriptions",
        "sensor.front_door_last_description",
    }
    new = [each for each in dr.async_get(house.hass).devices if each.id not in devices]
    assert [device.name for device in new] == ["Front door"]


async def test_the_least_that_can_be_typed(house: House, image: FakeImage) -> None:
    """Only the camera is needed; image entities have rules, too, and one without a state."""
    await house.set_up("openai")
    for entity_id, title in (
        (CAMERA, "Front door"),
        (IMAGE, "Last visitor"),
        ("camera.away", "camera.away"),
    ):
        assert (await add(house, entity_id))["title"] == title
        assert stored(house)[-1] == STORED | {"entity_id": entity_id}
    assert (await house.describe())["provider"] == "openai"


async def test_a_camera_has_rules_once(house: House) -> None:
    """Also under another name of the same entity; whoever takes over its old name is another."""
    gate = registered(house)
    await house.set_up("openai")
    await add(house)
    await add(house, gate.entity_id)
    assert stored(house)[1]["registry_id"] == gate.id
    registry = er.async_get(house.hass)
    registry.async_update_entity(gate.entity_id, new_entity_id="camera.garden")
    for again in (CAMERA, "camera.garden", gate.id):
        result = await add(house, again, masks=[AREA])
        assert result["reason"] == "already_configured"
    assert len(stored(house)) == 2
    house.hass.states.async_remove(gate.entity_id)
    other = registered(house, "other")
    registry.async_update_entity(other.entity_id, new_entity_id=gate.entity_id)
    assert (await add(house, gate.entity_id))["type"] == "create_entry"
    assert stored(house)[2]["registry_id"] == other.id


@pytest.mark.parametrize(
    ("typed", "errors", "area"),
    [
        (
            {"masks": [AREA, {**AREA, "right": 10, "name": "Gate"}]},
            {"masks": "mask_invalid"},
            "2 (Gate)",
        ),
        ({"polygons": [TRIANGLE, "a window"]}, {"polygons": "polygon_invalid"}, "2"),
        ({"masks": [AREA] * 51}, {"masks": "too_many_areas"}, ""),
        ({"polygons": [TRIANGLE] * 51}, {"polygons": "too_many_areas"}, ""),
        ({"polygons": [round_shape(101)]}, {"polygons": "too_many_corners"}, "1"),
    ],
)
@pytest.mark.parametrize("new", [False, True])
async def test_what_is_wrong_is_shown_and_can_be_corrected(
    house: House, typed: dict[str, Any], errors: dict[str, str], area: str, new: bool
) -> None:
    """What was typed is shown again, nothing is stored, and the same form can be sent again."""
    await house.set_up("openai")
    if not new:
        await add(house)
    before = stored(house)
    more: dict[str, Any] = {
        "allowed_providers": [house.provider("openai").subentry_id],
        "keep_pictures": False,
    }
    form = await (add if new else change)(house, **more, **typed)
    assert form["errors"] == errors
    assert form["description_placeholders"]["area"] == area
    check_shown(form, more | typed)
    assert stored(house) == before
    more |= {"entity_id": CAMERA} if new else {}
    await send(house, form, **more, masks=[AREA], polygons=[TRIANGLE])
    assert len(house.runtime.settings.cameras[0].rules.masks) == 2


@pytest.mark.parametrize(
    "masks", [[{"name": "no sides"}], [{**AREA, "left": -1}], [{**AREA, "left": "x"}], ["text"], 5]
)
async def test_what_the_form_cannot_send_is_refused(house: House, masks: Any) -> None:
    """A program may send anything; only whole areas are stored."""
    await house.set_up("openai")
    with pytest.raises(InvalidData):
        await add(house, masks=masks)
    assert stored(house) == []


async def test_rules_are_changed_and_removed(house: House, sim: Simulator) -> None:
    """The form shows what is stored; what is emptied is gone; either holds at once."""
    await house.set_up("openai", "grok")
    openai, grok = (house.provider(kind).subentry_id for kind in ("openai", "grok"))
    rules: dict[str, Any] = {"masks": [AREA], "allowed_providers": [grok], "keep_pictures": False}
    await add(house, **rules)
    form = await open_first(house)
    assert "entity_id" not in form["data_schema"].schema
    assert form["description_placeholders"] == {
        "camera": "Front door",
        "area": "",
        "draw": f"/eyewitness-masks?camera={CAMERA}",
    }
    check_shown(form, rules)
    result = await change(house, allowed_providers=[openai])
    assert result["reason"] == "reconfigure_successful"
    assert stored(house) == [STORED | {"allowed_providers": [openai]}]
    assert (await house.describe())["provider"] == "openai"
    assert sim.requests("grok") == []

    await change(house, allowed_providers=[grok], masks=[AREA])
    assert (await house.describe())["provider"] == "grok"
    (subentry,) = house.entry.get_subentries_of_type("camera")
    house.hass.config_entries.async_remove_subentry(house.entry, subentry.subentry_id)
    await house.hass.async_block_till_done()
    assert house.runtime.settings.cameras == ()
    assert (await house.describe())["provider"] == "openai"


async def test_as_many_areas_as_there_may_be(house: House) -> None:
    """Fifty of each kind, with a hundred corners."""
    await house.set_up("openai")
    result = await add(house, masks=[AREA] * 50, polygons=[round_shape(100)] * 50)
    assert result["type"] == "create_entry"


async def test_what_wakes_the_camera(house: House) -> None:
    """It is stored with its registry id, shown again, and taken away when the field is emptied."""
    await house.set_up("openai")
    button = er.async_get(house.hass).async_get_or_create(
        "button", "test", "wake", suggested_object_id="wake"
    )
    await add(house, wake={"wake_entity": button.entity_id, "wake_seconds": 5})
    assert stored(house) == [
        STORED | {"wake_entity": "button.wake", "wake_registry_id": button.id, "wake_seconds": 5}
    ]
    assert house.runtime.settings.cameras[0].rules.wake == Wake(entity_id="button.wake", seconds=5)
    form = await open_first(house)
    assert suggested(form, "wake", "wake_entity") == "button.wake"
    assert suggested(form, "wake", "wake_seconds") == 5
    await send(house, form, keep_pictures=True, wake={"wake_entity": "script.wake"})
    assert house.runtime.settings.cameras[0].rules.wake == Wake(entity_id="script.wake", seconds=3)
    await change(house, wake={"wake_seconds": 9})
    assert stored(house) == [STORED]


@pytest.mark.parametrize(
    "wake", [{"wake_entity": "switch.wake"}, {"wake_entity": "script.wake", "wake_seconds": 31}]
)
async def test_what_cannot_wake_a_camera(house: House, wake: dict[str, Any]) -> None:
    """A switch would stay on, and no event waits for longer than half a minute."""
    await house.set_up("openai")
    with pytest.raises(InvalidData):
        await add(house, wake=wake)


async def test_a_removed_provider_stays_on_the_list(house: House) -> None:
    """By its id, so that saving the form does not open the camera to everybody."""
    await house.set_up("openai", "grok")
    openai, grok = (house.provider(kind).subentry_id for kind in ("openai", "grok"))
    await add(house, allowed_providers=[grok])
    house.hass.config_entries.async_remove_subentry(house.entry, grok)
    await house.hass.async_block_till_done()
    form = await open_first(house)
    assert options(form) == {openai: "OpenAI", grok: grok}
    await change(house, allowed_providers=suggested(form, "allowed_providers"))
    with pytest.raises(ServiceValidationError):
        await house.describe()
    assert house.sim.requests() == []


async def test_all_are_ticked_until_somebody_leaves_one_out(house: House) -> None:
    """All includes who is added later, as it always did; some do not, and none is nobody."""
    await house.set_up("openai", "grok")
    openai, grok = (house.provider(kind).subentry_id for kind in ("openai", "grok"))
    form = await open_add(house, "camera")
    assert suggested(form, "allowed_providers") == [openai, grok]
    await add(house, allowed_providers=[openai, grok])
    assert stored(house) == [STORED]

    def rules() -> frozenset[str] | None:
        return house.runtime.settings.cameras[0].rules.allowed

    for ticked, allowed in (([grok], {grok}), ([], {"-"}), ([openai, grok], None)):
        await change(house, allowed_providers=ticked)
        assert rules() == allowed
        shown = suggested(await open_first(house), "allowed_providers")
        assert shown == ticked
        await change(house, allowed_providers=shown)
        assert rules() == allowed
    await change(house, allowed_providers=[])
    with pytest.raises(ServiceValidationError, match="None of these providers"):
        await house.describe()
    assert house.sim.requests() == []


async def test_a_camera_that_was_closed_to_some_stays_closed(house: House) -> None:
    """Also when the others are gone and all that are left are ticked."""
    await house.set_up("openai", "grok")
    openai, grok = (house.provider(kind).subentry_id for kind in ("openai", "grok"))
    await add(house, allowed_providers=[openai])
    house.hass.config_entries.async_remove_subentry(house.entry, grok)
    await house.hass.async_block_till_done()
    assert suggested(await open_first(house), "allowed_providers") == [openai]
    await change(house, allowed_providers=[openai], masks=[AREA])
    assert stored(house)[0]["allowed_providers"] == [openai]
