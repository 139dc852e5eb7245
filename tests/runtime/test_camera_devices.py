"""A device for every camera that was described or has rules, however it is called."""

from homeassistant.core import HomeAssistant
from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    entity_registry as er,
)
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import setup_test_component_platform

from custom_components.eyewitness import async_remove_config_entry_device
from tests.flows.test_camera_views import add_device
from tests.kit import CAMERA, ENTRY_ID, FakeCamera, House
from tests.pictures.scenes import add_rules
from tests.results import error_of, state_of

BUTTON = "button.front_door_describe"


@pytest.fixture
async def registered(hass: HomeAssistant) -> FakeCamera:
    """Set up a camera that the registry knows."""
    entity = FakeCamera("Front door")
    entity._attr_unique_id = "door"
    setup_test_component_platform(hass, "camera", [entity])
    assert await async_setup_component(hass, "camera", {"camera": {"platform": "test"}})
    await hass.async_block_till_done()
    return entity


def device_of(hass: HomeAssistant, name: str) -> dr.DeviceEntry | None:
    """Return the device of ours with a name."""
    devices = dr.async_entries_for_config_entry(dr.async_get(hass), ENTRY_ID)
    return next((device for device in devices if device.name == name), None)


async def remove(house: House, name: str) -> None:
    """Delete a device as a person does; raise what the page would say."""
    device = device_of(house.hass, name)
    assert device is not None
    assert await async_remove_config_entry_device(house.hass, house.entry, device)
    dr.async_get(house.hass).async_remove_device(device.id)
    await house.hass.async_block_till_done()


async def test_a_camera_gets_one_when_it_is_described(
    hass: HomeAssistant, house: House, registered: FakeCamera
) -> None:
    """Named like the camera, in its area, below Eyewitness, and the same after a restart."""
    area = ar.async_get(hass).async_create("Garden")
    er.async_get(hass).async_update_entity(CAMERA, area_id=area.id)
    await house.set_up("openai")
    assert device_of(hass, "Front door") is None
    await house.describe()
    await house.describe()
    await hass.async_block_till_done()
    device, ours = device_of(hass, "Front door"), device_of(hass, "Eyewitness")
    assert device is not None
    assert ours is not None
    assert (device.area_id, device.via_device_id) == (area.id, ours.id)
    camera = er.async_get(hass).async_get(CAMERA)
    assert camera is not None
    entities = er.async_entries_for_device(er.async_get(hass), device.id)
    assert {entity.unique_id for entity in entities} == {
        f"camera_{camera.id}_{key}"
        for key in (
            *("describe", "descriptions", "cost"),
            *("event", "last_picture", "last_description"),
        )
    }
    await hass.config_entries.async_reload(ENTRY_ID)
    await hass.async_block_till_done()
    assert device_of(hass, "Front door") == device
    for entity in entities:
        assert state_of(hass, entity.entity_id).state != "unavailable"


async def test_a_failure_brings_none(
    hass: HomeAssistant, house: House, registered: FakeCamera
) -> None:
    """A typing error in an automation would leave one behind."""
    await house.set_up("openai")
    house.sim.fail("openai", "quota", repeat=True)
    await error_of(house.describe())
    assert device_of(hass, "Front door") is None


async def test_a_device_in_an_area_lends_it(hass: HomeAssistant, house: House) -> None:
    """Most people put devices into areas, not entities."""
    add_device(house, "maker", "camera.gate")
    area = ar.async_get(hass).async_create("Garden")
    entity = er.async_get(hass).async_get("camera.gate")
    assert entity is not None
    assert entity.device_id is not None
    dr.async_get(hass).async_update_device(entity.device_id, area_id=area.id)
    await house.set_up("openai")
    await add_rules(house, entity_id="camera.gate")
    device = device_of(hass, "Gate")
    assert device is not None
    assert device.area_id == area.id


async def test_it_follows_its_camera(
    hass: HomeAssistant, house: House, registered: FakeCamera
) -> None:
    """A new name, a new entity id, and at last none."""
    await house.set_up("openai")
    await house.describe()
    registry = er.async_get(hass)
    registry.async_update_entity(CAMERA, name="Porch", new_entity_id="camera.porch")
    await hass.async_block_till_done()
    assert device_of(hass, "Front door") is None
    assert device_of(hass, "Porch")
    await hass.services.async_call("button", "press", {"entity_id": BUTTON}, blocking=True)
    assert house.runtime.accounts.last is not None
    assert house.runtime.accounts.last.camera == "camera.porch"
    registry.async_remove("camera.porch")
    await hass.async_block_till_done()
    assert device_of(hass, "Porch") is None
    assert hass.states.get(BUTTON) is None


async def test_a_person_may_remove_it(
    hass: HomeAssistant, house: House, registered: FakeCamera
) -> None:
    """It comes back with the next description, also a second time."""
    await house.set_up("openai")
    for _ in range(2):
        await house.describe()
        await hass.async_block_till_done()
        assert hass.states.get(BUTTON)
        await remove(house, "Front door")
        assert hass.states.get(BUTTON) is None


async def test_what_is_needed_cannot_be_removed(
    hass: HomeAssistant, house: House, registered: FakeCamera
) -> None:
    """A camera with rules and a provider: they would come back at the next start."""
    await house.set_up("openai")
    await add_rules(house)
    await hass.async_block_till_done()
    for name in ("Front door", "OpenAI", "Eyewitness"):
        error = await error_of(remove(house, name))
        assert str(error).startswith(f"{name} is still in use")
    (rules,) = house.entry.get_subentries_of_type("camera")
    hass.config_entries.async_remove_subentry(house.entry, rules.subentry_id)
    await hass.async_block_till_done()
    await remove(house, "Front door")
    assert device_of(hass, "Front door") is None


async def test_a_camera_that_the_registry_does_not_know(
    hass: HomeAssistant, house: House, camera: FakeCamera
) -> None:
    """One of YAML without a unique id: its name is all there is of it."""
    await house.set_up("openai")
    await house.describe()
    await hass.config_entries.async_reload(ENTRY_ID)
    await hass.async_block_till_done()
    button = er.async_get(hass).async_get(BUTTON)
    assert button is not None
    assert button.unique_id == f"camera_{CAMERA}_describe"
    assert device_of(hass, "Front door")


async def test_a_camera_that_the_registry_learns_of_later(
    hass: HomeAssistant, house: House, camera: FakeCamera, caplog: pytest.LogCaptureFixture
) -> None:
    """Somebody gave it a unique id: it has one device and one button, now and after a restart."""
    await house.set_up("openai")
    await house.describe()
    await hass.config_entries.async_unload(ENTRY_ID)
    hass.states.async_remove(CAMERA)
    entry = er.async_get(hass).async_get_or_create(
        "camera", "test", "door", suggested_object_id="front_door", original_name="Front door"
    )
    assert entry.entity_id == CAMERA
    hass.states.async_set(CAMERA, "idle", {"friendly_name": "Front door"})
    for _ in range(2):
        await hass.config_entries.async_reload(ENTRY_ID)
        await hass.async_block_till_done()
        devices = dr.async_entries_for_config_entry(dr.async_get(hass), ENTRY_ID)
        keys = {key for device in devices for _, key in device.identifiers if "camera" in key}
        assert keys == {f"camera_{entry.id}"}
        assert device_of(hass, "Front door")
        assert hass.states.async_entity_ids("button").count(BUTTON) == 1
        button = er.async_get(hass).async_get(BUTTON)
        assert button is not None
        assert button.unique_id == f"camera_{entry.id}_describe"
    assert "unique IDs" not in caplog.text


async def test_rules_for_a_camera_that_is_gone_bring_none(
    hass: HomeAssistant, house: House
) -> None:
    """A repair asks for its successor."""
    await house.set_up("openai")
    await add_rules(house, entity_id="camera.nowhere")
    await hass.async_block_till_done()
    assert hass.states.async_entity_ids("button") == ["button.eyewitness_test_all_providers"]
