"""Rules for a camera: the form, what it stores, and the sensor that tells who saw what."""

from typing import Any

from homeassistant.config_entries import SOURCE_USER, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, InvalidData
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import device_registry as dr, entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import get_schema_suggested_value

from tests.kit import CAMERA, FakeCamera, FakeImage, House
from tests.simulator import Simulator

AREA = {"name": "Window", "left": 10, "top": 20, "right": 50, "bottom": 80}
SENSOR = "sensor.eyewitness_cameras_shown_to_providers"


async def open_form(hass: HomeAssistant, house: House) -> Any:
    """Open the form that adds rules."""
    form = await hass.config_entries.subentries.async_init(
        (house.entry.entry_id, "camera"), context={"source": SOURCE_USER}
    )
    assert (form["type"], form["step_id"]) == (FlowResultType.FORM, "user")
    return form


async def send(hass: HomeAssistant, form: Any, **typed: Any) -> Any:
    """Send a form."""
    typed = {"keep_pictures": True, **typed}
    result = await hass.config_entries.subentries.async_configure(form["flow_id"], typed)
    await hass.async_block_till_done()
    return result


async def add(hass: HomeAssistant, house: House, entity_id: str = CAMERA, **typed: Any) -> Any:
    """Add rules for a camera."""
    return await send(hass, await open_form(hass, house), entity_id=entity_id, **typed)


async def open_change(hass: HomeAssistant, house: House) -> Any:
    """Open the form that changes the only rules."""
    (rules,) = cameras(house)
    form = await house.entry_for_tests.start_subentry_reconfigure_flow(hass, rules.subentry_id)
    assert (form["type"], form["step_id"]) == (FlowResultType.FORM, "reconfigure")
    return form


def cameras(house: House) -> list[Any]:
    """Return the rules' subentries."""
    return list(house.entry.get_subentries_of_type("camera"))


def options(form: Any) -> dict[str, str]:
    """Return the titles of the providers on the list, by id."""
    selector = form["data_schema"].schema["allowed_providers"]
    return {option["value"]: option["label"] for option in selector.config["options"]}


def registered(hass: HomeAssistant, name: str = "gate") -> er.RegistryEntry:
    """Return a camera that is in the registry and has a state."""
    entry = er.async_get(hass).async_get_or_create(
        "camera", "test", f"unique-{name}", suggested_object_id=name
    )
    hass.states.async_set(entry.entity_id, "idle", {"friendly_name": name.title()})
    return entry


async def test_rules_are_added(
    hass: HomeAssistant, house: House, sim: Simulator, camera: FakeCamera
) -> None:
    """They are stored as documented, apply at once, and bring neither entities nor devices."""
    await house.set_up("openai", "grok")
    entities = set(er.async_get(hass).entities)
    devices = {device.id for device in dr.async_get(hass).devices}
    grok = house.provider("grok").subentry_id
    form = await open_form(hass, house)
    assert options(form) == {
        house.provider(kind).subentry_id: title
        for kind, title in (("openai", "OpenAI"), ("grok", "xAI Grok"))
    }
    result = await send(
        hass,
        form,
        entity_id=CAMERA,
        masks=[AREA],
        polygons=["10,20 50,20 50,80", "  "],
        allowed_providers=[grok],
        keep_pictures=False,
    )
    assert result["type"] is FlowResultType.CREATE_ENTRY
    (rules,) = cameras(house)
    assert rules.title == "Front door"
    assert dict(rules.data) == {
        "entity_id": CAMERA,
        "registry_id": None,
        "masks": [AREA],
        "polygons": ["10,20 50,20 50,80"],
        "allowed_providers": [grok],
        "keep_pictures": False,
    }
    assert (await house.describe())["provider"] == "grok"
    assert sim.requests("openai") == []
    assert house.runtime.cameras[0].masks
    assert not house.runtime.cameras[0].keep
    assert set(er.async_get(hass).entities) == entities
    assert {device.id for device in dr.async_get(hass).devices} == devices


async def test_the_least_that_can_be_typed(
    hass: HomeAssistant, house: House, camera: FakeCamera, image: FakeImage
) -> None:
    """Only the camera is needed; image entities have rules, too, and one without a state."""
    await house.set_up("openai")
    for entity_id, title in (
        (CAMERA, "Front door"),
        ("image.last_visitor", "Last visitor"),
        ("camera.away", "camera.away"),
    ):
        result = await add(hass, house, entity_id)
        assert result["type"] is FlowResultType.CREATE_ENTRY
        assert cameras(house)[-1].title == title
        assert dict(cameras(house)[-1].data) == {
            "entity_id": entity_id,
            "registry_id": None,
            "masks": [],
            "polygons": [],
            "allowed_providers": [],
            "keep_pictures": True,
        }
    assert (await house.describe())["provider"] == "openai"


async def test_a_camera_has_rules_once(
    hass: HomeAssistant, house: House, camera: FakeCamera
) -> None:
    """Also under another name of the same entity; whoever takes over its old name is another."""
    gate = registered(hass)
    await house.set_up("openai")
    await add(hass, house)
    await add(hass, house, gate.entity_id)
    assert cameras(house)[1].data["registry_id"] == gate.id
    er.async_get(hass).async_update_entity(gate.entity_id, new_entity_id="camera.garden")
    for again in (CAMERA, "camera.garden"):
        result = await add(hass, house, again, masks=[AREA])
        assert result["type"] is FlowResultType.ABORT
        assert result["reason"] == "already_configured"
    assert len(cameras(house)) == 2

    hass.states.async_remove(gate.entity_id)
    other = registered(hass, "other")
    er.async_get(hass).async_update_entity(other.entity_id, new_entity_id=gate.entity_id)
    result = await add(hass, house, gate.entity_id)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert cameras(house)[2].data["registry_id"] == other.id


BAD: list[tuple[dict[str, Any], dict[str, str]]] = [
    ({"masks": [AREA, {**AREA, "right": 10}]}, {"masks": "mask_invalid"}),
    ({"masks": [{**AREA, "top": 90}]}, {"masks": "mask_invalid"}),
    ({"polygons": ["10,20 50,20"]}, {"polygons": "polygon_invalid"}),
    ({"polygons": ["10,20 50,20 50,101"]}, {"polygons": "polygon_invalid"}),
    ({"polygons": ["10,20 50,20 50,80", "a window"]}, {"polygons": "polygon_invalid"}),
    ({"polygons": ["10,20 50,20 nan,80"]}, {"polygons": "polygon_invalid"}),
    ({"polygons": ["10,20,30 50,20 50,80"]}, {"polygons": "polygon_invalid"}),
]


@pytest.mark.parametrize(("typed", "errors"), BAD)
@pytest.mark.parametrize("change", [False, True])
async def test_what_is_wrong_is_told_and_can_be_mended(
    hass: HomeAssistant,
    house: House,
    camera: FakeCamera,
    typed: dict[str, Any],
    errors: dict[str, str],
    change: bool,
) -> None:
    """What was typed is shown again, nothing is stored, and the same form can be sent again."""
    await house.set_up("openai")
    if change:
        await add(hass, house)
    before = [dict(each.data) for each in cameras(house)]
    form = await (open_change if change else open_form)(hass, house)
    more = {"allowed_providers": [house.provider("openai").subentry_id], "keep_pictures": False}
    more |= {} if change else {"entity_id": CAMERA}
    form = await send(hass, form, **more, **typed)
    assert form["type"] is FlowResultType.FORM
    assert form["errors"] == errors
    for name, value in {**more, **typed}.items():
        assert get_schema_suggested_value(form["data_schema"].schema, name) == value
    assert [dict(each.data) for each in cameras(house)] == before

    mended = {**more, "masks": [AREA], "polygons": ["10,20 50,20 50,80"]}
    result = await send(hass, form, **mended)
    assert result["type"] in {FlowResultType.CREATE_ENTRY, FlowResultType.ABORT}
    assert len(house.runtime.cameras[0].masks) == 2


@pytest.mark.parametrize(
    "masks", [[{"name": "no sides"}], [{**AREA, "left": -1}], [{**AREA, "left": "x"}], ["text"], 5]
)
async def test_what_the_form_cannot_send_is_refused(
    hass: HomeAssistant, house: House, camera: FakeCamera, masks: Any
) -> None:
    """A program may send anything; only whole areas are stored."""
    await house.set_up("openai")
    with pytest.raises(InvalidData):
        await add(hass, house, masks=masks)
    assert cameras(house) == []


async def test_rules_are_changed(
    hass: HomeAssistant, house: House, sim: Simulator, camera: FakeCamera
) -> None:
    """The form shows what is stored; what is emptied is gone; it applies at once."""
    await house.set_up("openai", "grok")
    keys = {kind: house.provider(kind).subentry_id for kind in ("openai", "grok")}
    await add(hass, house, masks=[AREA], allowed_providers=[keys["grok"]], keep_pictures=False)
    form = await open_change(hass, house)
    schema = form["data_schema"].schema
    assert "entity_id" not in schema
    assert form["description_placeholders"] == {"camera": "Front door"}
    assert get_schema_suggested_value(schema, "masks") == [AREA]
    assert get_schema_suggested_value(schema, "allowed_providers") == [keys["grok"]]
    assert get_schema_suggested_value(schema, "keep_pictures") is False

    result = await send(hass, form, allowed_providers=[keys["openai"]])
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "reconfigure_successful"
    assert dict(cameras(house)[0].data) == {
        "entity_id": CAMERA,
        "registry_id": None,
        "masks": [],
        "polygons": [],
        "allowed_providers": [keys["openai"]],
        "keep_pictures": True,
    }
    assert (await house.describe())["provider"] == "openai"
    assert sim.requests("grok") == []


async def test_a_change_follows_the_camera(
    hass: HomeAssistant, house: House, camera: FakeCamera
) -> None:
    """Its new name is stored, and its new id when it was removed and came back as another."""
    gate = registered(hass)
    await house.set_up("openai")
    await add(hass, house, gate.entity_id)
    registry = er.async_get(hass)
    registry.async_update_entity(gate.entity_id, new_entity_id="camera.garden")
    await send(hass, await open_change(hass, house), masks=[AREA])
    assert cameras(house)[0].data["entity_id"] == "camera.garden"
    assert cameras(house)[0].data["registry_id"] == gate.id

    registry.async_remove("camera.garden")
    new = registry.async_get_or_create("camera", "new", "2", suggested_object_id="garden")
    assert new.entity_id == "camera.garden"
    assert new.id != gate.id
    await send(hass, await open_change(hass, house), masks=[AREA])
    assert cameras(house)[0].data["registry_id"] == new.id
    registry.async_update_entity("camera.garden", new_entity_id="camera.lawn")
    assert house.runtime.rules_for(hass, "camera.lawn").masks


async def test_a_removed_provider_stays_on_the_list(
    hass: HomeAssistant, house: House, sim: Simulator, camera: FakeCamera
) -> None:
    """By its id, so that saving the form does not open the camera to everybody."""
    await house.set_up("openai", "grok")
    grok = house.provider("grok").subentry_id
    await add(hass, house, allowed_providers=[grok])
    hass.config_entries.async_remove_subentry(house.entry, grok)
    await hass.async_block_till_done()
    form = await open_change(hass, house)
    assert options(form) == {house.provider("openai").subentry_id: "OpenAI", grok: grok}
    chosen = get_schema_suggested_value(form["data_schema"].schema, "allowed_providers")
    await send(hass, form, allowed_providers=chosen)
    with pytest.raises(ServiceValidationError) as raised:
        await house.describe()
    assert raised.value.translation_key == "provider_not_allowed"
    assert sim.requests() == []
    assert camera.asked == 0


async def test_without_the_rules_everything_is_as_before(
    hass: HomeAssistant, house: House, camera: FakeCamera
) -> None:
    """Removing them lifts them at once."""
    await house.set_up("openai", "grok")
    await add(hass, house, allowed_providers=[house.provider("grok").subentry_id], masks=[AREA])
    assert (await house.describe())["provider"] == "grok"
    hass.config_entries.async_remove_subentry(house.entry, cameras(house)[0].subentry_id)
    await hass.async_block_till_done()
    assert house.runtime.cameras == ()
    assert (await house.describe())["provider"] == "openai"


def viewed(hass: HomeAssistant) -> tuple[str, dict[str, str]]:
    """Return what the sensor shows."""
    state = hass.states.get(SENSOR)
    assert state is not None
    return state.state, dict(state.attributes["viewers"])


async def test_who_saw_which_camera(
    hass: HomeAssistant,
    house: House,
    sim: Simulator,
    camera: FakeCamera,
    image: FakeImage,
    quick: None,
) -> None:
    """The last one that was asked, answered or not; the self-test's drawing is no camera."""
    await house.set_up("openai", "grok")
    assert viewed(hass) == ("0", {})
    await hass.services.async_call(
        "eyewitness", "test_chain", {}, blocking=True, return_response=True
    )
    await hass.async_block_till_done()
    assert viewed(hass) == ("0", {})
    await house.describe()
    await hass.async_block_till_done()
    assert viewed(hass) == ("1", {CAMERA: "OpenAI"})
    sim.fail("openai", "quota")
    await house.describe(entity_id="image.last_visitor")
    await house.describe(providers="grok")
    await hass.async_block_till_done()
    both = {CAMERA: "xAI Grok", "image.last_visitor": "xAI Grok"}
    assert viewed(hass) == ("2", both)

    await hass.config_entries.async_unload(house.entry.entry_id)
    await hass.config_entries.async_setup(house.entry.entry_id)
    await hass.async_block_till_done()
    assert house.state() is ConfigEntryState.LOADED
    assert viewed(hass) == ("2", both)
    await house.describe()
    await hass.async_block_till_done()
    assert viewed(hass) == ("2", both)  # OpenAI pauses for its quota and is not asked
