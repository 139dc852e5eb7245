"""Rules that cover other places where the same view is shown."""

from typing import Any

from homeassistant.data_entry_flow import InvalidData
from homeassistant.helpers import device_registry as dr, entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.eyewitness.pictures.rules import rules_for
from tests.flows.forms import open_add, open_change, send, suggested
from tests.flows.test_camera import AREA, STORED, stored
from tests.kit import House

GATE = "camera.gate"
VIEWS = ["camera.gate_sub", "camera.gate_onvif", "image.gate_event"]

MAC = {("mac", "aa:bb:cc:dd:ee:ff")}


def add_device(house: House, integration: str, *entity_ids: str) -> None:
    """Add entities to the device that one integration has for the camera at the gate."""
    entry = MockConfigEntry(domain=integration)
    entry.add_to_hass(house.hass)
    device = dr.async_get(house.hass).async_get_or_create(
        config_entry_id=entry.entry_id, connections=MAC, name="Gate"
    )
    for entity_id in entity_ids:
        domain, name = entity_id.split(".")
        er.async_get(house.hass).async_get_or_create(
            domain, integration, entity_id, suggested_object_id=name, device_id=device.id
        )


def ref(house: House, entity_id: str) -> dict[str, Any]:
    """Return an entity as it is stored."""
    found = er.async_get(house.hass).async_get(entity_id)
    assert found is not None
    return {"entity_id": entity_id, "registry_id": found.id}


def masked(house: House, *entity_ids: str) -> list[bool]:
    """Return whether some of these entities have a black area."""
    cameras = house.runtime.settings.cameras
    return [bool(rules_for(house.hass, cameras, each).masks) for each in entity_ids]


@pytest.fixture
async def gate(house: House) -> None:
    """Add a camera with a second stream, the picture of the last event, and a proxy."""
    add_device(house, "maker", GATE, "camera.gate_sub", "image.gate_event", "binary_sensor.gate")
    add_device(house, "onvif", "camera.gate_onvif")
    er.async_get(house.hass).async_get_or_create("camera", "maker", "other")
    await house.set_up("openai")


async def add(house: House, **rules: Any) -> Any:
    """Send the first form for the camera at the gate."""
    form = await open_add(house, "camera")
    return await send(house, form, entity_id=GATE, keep_pictures=True, **rules)


async def reopen(house: House) -> Any:
    """Open the form that changes the rules."""
    (subentry,) = house.entry.get_subentries_of_type("camera")
    return await open_change(house, subentry.subentry_id)


async def test_the_other_views_of_the_device_are_offered(house: House, gate: None) -> None:
    """E3: all are chosen, those of another integration for the same device as well."""
    form = await add(house, masks=[AREA])
    assert form["step_id"] == "views"
    assert form["description_placeholders"] == {"camera": "Gate"}
    assert sorted(suggested(form, "also")) == sorted(VIEWS)
    result = await send(house, form, also=suggested(form, "also"))
    assert (result["type"], result["title"]) == ("create_entry", "Gate")
    views = [ref(house, each) for each in sorted(VIEWS)]
    rules = STORED | ref(house, GATE) | {"masks": [AREA]}
    assert stored(house) == [rules | {"also": views, "left_out": []}]
    assert masked(house, GATE, *VIEWS, "camera.maker_other") == [True] * 4 + [False]
    assert suggested(await reopen(house), "also") == sorted(VIEWS)


async def test_a_view_that_is_left_out_stays_so(house: House, gate: None) -> None:
    """Its box is empty when the rules are changed, and what comes later is chosen again."""
    await send(house, await add(house, masks=[AREA]), also=VIEWS[:1])
    assert masked(house, *VIEWS) == [True, False, False]
    assert suggested(await reopen(house), "also") == VIEWS[:1]
    add_device(house, "maker", "camera.gate_zoom")
    form = await reopen(house)
    assert suggested(form, "also") == ["camera.gate_sub", "camera.gate_zoom"]
    await send(house, form, keep_pictures=True, masks=[AREA], also=VIEWS[1:])
    assert masked(house, *VIEWS, "camera.gate_zoom") == [False, True, True, False]
    assert suggested(await reopen(house), "also") == sorted(VIEWS[1:])
    await send(house, await reopen(house), keep_pictures=True, masks=[AREA])
    assert masked(house, GATE, *VIEWS) == [True, False, False, False]


async def test_a_channel_of_a_recorder_is_a_device_of_its_own(house: House, gate: None) -> None:
    """The recorder's other channels are other cameras, and not offered."""
    devices = dr.async_get(house.hass)
    recorder = devices.async_get_devices(connections=MAC)[0]
    channel = devices.async_get_or_create_child(
        config_entry_id=recorder.config_entry_id,
        parent_device_id=recorder.id,
        identifiers={("maker", "channel")},
        name="Channel",
    )
    for name in ("channel", "channel_sub"):
        er.async_get(house.hass).async_get_or_create(
            "camera", "maker", name, suggested_object_id=name, device_id=channel.id
        )
    form = await open_add(house, "camera")
    form = await send(house, form, entity_id="camera.channel", keep_pictures=True)
    assert suggested(form, "also") == ["camera.channel_sub"]


async def test_only_what_was_offered_can_be_chosen(house: House, gate: None) -> None:
    """Another camera has rules of its own."""
    form = await add(house)
    with pytest.raises(InvalidData):
        await send(house, form, also=["camera.maker_other"])


async def test_a_view_that_has_left_the_device_stays_covered(house: House, gate: None) -> None:
    """It is still offered, so that a person may take it out."""
    await send(house, await add(house, masks=[AREA]), also=VIEWS)
    er.async_get(house.hass).async_update_entity(VIEWS[0], device_id=None)
    form = await reopen(house)
    assert sorted(suggested(form, "also")) == sorted(VIEWS)
    await send(house, form, keep_pictures=True, masks=[AREA], also=VIEWS[1:])
    assert masked(house, *VIEWS) == [False, True, True]
    assert sorted(suggested(await reopen(house), "also")) == sorted(VIEWS[1:])


async def test_an_error_shows_what_was_left_out(house: House, gate: None) -> None:
    """An empty choice is not filled in again."""
    await send(house, await add(house), also=VIEWS)
    form = await send(house, await reopen(house), keep_pictures=True, polygons=["a window"])
    assert form["errors"] == {"polygons": "polygon_invalid"}
    assert suggested(form, "also") == []
