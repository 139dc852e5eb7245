"""Rules for a camera: who may see it, and that nobody else ever does."""

from itertools import groupby
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import async_capture_events
import voluptuous as vol

from custom_components.eyewitness.const import EVENT_FAILED
from custom_components.eyewitness.pictures.rules import CameraRules, Wake, read_rules, rules_for
from tests.kit import CAMERA, FakeCamera, House
from tests.pictures.scenes import add_rules

BOX = {"name": "Window", "left": 10, "top": 20.5, "right": 50, "bottom": 80}
TRIANGLE = "10,20 50,20 50,80"


async def check_refused(house: House, **call: Any) -> None:
    """Fail unless a call is refused by the rules."""
    with pytest.raises(ServiceValidationError) as raised:
        await house.describe(**call)
    assert raised.value.translation_key == "provider_not_allowed"


def asked(house: House) -> list[str]:
    """Return the vendors that received a request, in order; a look at the models is one, too."""
    return [vendor for vendor, _ in groupby(request.vendor for request in house.sim.requests())]


def read(**data: Any) -> CameraRules:
    """Read rules for the camera."""
    return read_rules({"entity_id": CAMERA, **data})


def test_shapes() -> None:
    """Rectangles and polygons become corners, as shares of the picture, in their order."""
    rules = read(masks=[BOX], polygons=[TRIANGLE, "0,0;100,0;.5,1e1"])
    assert rules.masks == (
        ((0.1, 0.205), (0.5, 0.205), (0.5, 0.8), (0.1, 0.8)),
        ((0.1, 0.2), (0.5, 0.2), (0.5, 0.8)),
        ((0, 0), (1, 0), (0.005, 0.1)),
    )


def test_what_is_not_named_is_allowed() -> None:
    """Nobody chosen means everybody."""
    assert read() == read(allowed_providers=[]) == CameraRules(entity_id=CAMERA)
    rules = read(allowed_providers=["a", "b"], keep_pictures=False)
    assert rules.allowed == frozenset({"a", "b"})
    assert not rules.keep


def test_what_wakes_the_camera() -> None:
    """Nothing, unless it is named; it gets three seconds, or as many as are typed."""
    assert read(wake_seconds=5).wake is None
    assert read(wake_entity="button.wake").wake == Wake(entity_id="button.wake", seconds=3)
    assert read(wake_entity="script.wake", wake_seconds=0).wake == Wake(
        entity_id="script.wake", seconds=0
    )


@pytest.mark.parametrize(
    ("side", "bad"),
    [
        ("left", (50, 60, -1)),
        ("top", (90,)),
        ("right", (100.1,)),
        ("bottom", (20.5, float("nan"), float("inf"))),
    ],
)
def test_bad_rectangles(side: str, bad: tuple[float, ...]) -> None:
    """An area without a size, or outside of the picture, is none."""
    for percent in bad:
        with pytest.raises(vol.Invalid):
            read(masks=[BOX, {**BOX, side: percent}])


BAD_POLYGONS = (
    "|10,20|10,20 50,20|10 20 50|10,20 50,20 50|10,20 50,20 50,80,1|10,20 50,20 50,a"
    "|10,20 50,20 50,-1|10,20 50,20 101,80|10,20 50,20 nan,80|10,20 50,20 50,inf"
    "|10, 20 50, 20 50, 80|10,10 90,90 90,10 10,90|50,5 80,95 5,35 95,35 20,95"
    "|10,10 90,10 90,90 10,90 10,10 90,10 90,90 10,90"
)


@pytest.mark.parametrize("text", BAD_POLYGONS.split("|"))
def test_bad_polygons(text: str) -> None:
    """An error and never left out; where an outline crosses itself, a hole would be left."""
    with pytest.raises(vol.Invalid):
        read(polygons=[TRIANGLE, text])


def registered(hass: HomeAssistant, unique_id: str, name: str) -> er.RegistryEntry:
    """Put a camera into the registry."""
    return er.async_get(hass).async_get_or_create(
        "camera", "test", unique_id, suggested_object_id=name
    )


def rename(hass: HomeAssistant, old: str, new: str) -> None:
    """Give a camera another entity id."""
    er.async_get(hass).async_update_entity(f"camera.{old}", new_entity_id=f"camera.{new}")


def test_rules_follow_a_renamed_camera(hass: HomeAssistant) -> None:
    """A mask must not get lost by a new name; the old one stays covered as well."""
    gate = registered(hass, "1", "gate")
    rules = CameraRules(entity_id="camera.gate", registry_id=gate.id)
    assert rules.covers(hass, "camera.gate")
    assert not rules.covers(hass, "camera.garden")
    rename(hass, "gate", "garden")
    assert rules.current_entity_id(hass) == "camera.garden"
    assert rules.covers(hass, "camera.garden")
    assert rules.covers(hass, "camera.gate")
    assert not rules.covers(hass, "camera.porch")
    without_id = CameraRules(entity_id="camera.gate")
    assert without_id.covers(hass, "camera.gate")
    assert not without_id.covers(hass, "camera.garden")


@pytest.mark.parametrize("unique_id", ["1", "2"])
def test_rules_outlast_a_removed_camera(hass: HomeAssistant, unique_id: str) -> None:
    """One that is added again, with the same id or as another, is covered by its name."""
    gate = registered(hass, "1", "gate")
    rules = CameraRules(entity_id="camera.gate", registry_id=gate.id)
    er.async_get(hass).async_remove("camera.gate")
    assert rules.covers(hass, "camera.gate")
    again = registered(hass, unique_id, "gate")
    assert (again.id == gate.id) == (unique_id == "1")
    assert rules.covers(hass, "camera.gate")
    rename(hass, "gate", "garden")
    assert rules.covers(hass, "camera.garden") == (unique_id == "1")


def test_two_cameras_that_swap_their_names(hass: HomeAssistant) -> None:
    """Each keeps its own rules; a camera without any gets those that its name had before."""
    rules = [
        CameraRules(entity_id=f"camera.{name}", registry_id=registered(hass, name, name).id)
        for name in ("gate", "porch")
    ]

    def whose(entity_id: str) -> str:
        return rules_for(hass, rules, entity_id).entity_id

    assert (whose("camera.gate"), whose("camera.porch")) == ("camera.gate", "camera.porch")
    for old, new in (("gate", "third"), ("porch", "gate"), ("third", "porch")):
        rename(hass, old, new)
    assert (whose("camera.gate"), whose("camera.porch")) == ("camera.porch", "camera.gate")
    rename(hass, "porch", "garden")
    assert whose("camera.garden") == "camera.gate"
    assert registered(hass, "3", "porch").entity_id == "camera.porch"
    assert whose("camera.porch") == "camera.porch"
    assert rules_for(hass, rules, "camera.nobody") == CameraRules()


async def test_rules_hold_for_a_renamed_camera(house: House, camera: FakeCamera) -> None:
    """From the entity to the vendors: the new name is no way around."""
    component: Any = house.hass.data["camera"]
    gate = FakeCamera("Gate")
    gate._attr_unique_id = "gate"
    await component.async_add_entities([gate])
    found = er.async_get(house.hass).async_get("camera.gate")
    assert found is not None
    await house.set_up("openai", "grok")
    await add_rules(house, "grok", entity_id="camera.gate", registry_id=found.id)
    rename(house.hass, "gate", "garden")
    await house.hass.async_block_till_done()
    response = await house.describe(entity_id="camera.garden")
    assert (response["provider"], response["camera"]) == ("grok", "camera.garden")
    assert house.sim.requests("openai") == []
    assert (await house.describe())["provider"] == "openai"


async def test_a_removed_provider_opens_nothing(house: House, camera: FakeCamera) -> None:
    """The only allowed one is gone, so nobody may see the camera any more."""
    failed = async_capture_events(house.hass, EVENT_FAILED)
    await house.set_up()
    await add_rules(house, "grok")
    grok = house.provider("grok").subentry_id
    house.hass.config_entries.async_remove_subentry(house.entry, grok)
    await house.hass.async_block_till_done()
    await check_refused(house)
    await check_refused(house, providers=["openai", "anthropic"])
    await house.hass.async_block_till_done(wait_background_tasks=True)
    assert asked(house) == []
    assert camera.asked == 0
    assert failed == []


async def test_a_call_cannot_cross_the_rules(house: House, camera: FakeCamera) -> None:
    """Neither by kind nor by id; the allowed ones are asked in the user's order or the call's."""
    await house.set_up()
    order = [house.provider(k).subentry_id for k in ("gemini", "openai", "anthropic", "grok")]
    house.hass.config_entries.async_update_entry(house.entry, options={"provider_order": order})
    await add_rules(house, "anthropic", "grok", "gemini")
    openai = house.provider("openai").subentry_id
    for providers in ("openai", openai, ["openai", openai]):
        await check_refused(house, providers=providers)
    assert asked(house) == []
    house.sim.fail("gemini", "refusal")
    house.sim.fail("anthropic", "refusal")
    assert (await house.describe())["provider"] == "grok"
    assert asked(house) == ["gemini", "anthropic", "grok"]
    house.sim.fail("anthropic", "quota")
    response = await house.describe(providers=["openai", "anthropic", openai, "grok"])
    assert response["provider"] == "grok"
    assert asked(house)[3:] == ["anthropic", "grok"]


@pytest.mark.parametrize(
    "fault", ["server_error", "auth", "quota", "reset", "image_too_large", "html", "refusal"]
)
async def test_the_others_get_nothing_even_when_all_fail(
    house: House, camera: FakeCamera, quick: None, fault: Any
) -> None:
    """C3: whatever fails and how often, the forbidden vendors receive nothing at all."""
    await house.set_up(options={"hedge_seconds": 1.0})
    await add_rules(house, "openai", "grok")
    for vendor in ("openai", "grok"):
        house.sim.fail(vendor, fault, repeat=True)
    for _ in range(3):
        with pytest.raises(HomeAssistantError) as raised:
            await house.describe()
        assert raised.value.translation_key != "provider_not_allowed"
        await house.hass.async_block_till_done(wait_background_tasks=True)
    assert set(asked(house)) == {"openai", "grok"}
    assert {row["provider"] for row in await house.usage()} <= {"openai", "grok"}
