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
from custom_components.eyewitness.pictures.masks import Polygon, box
from custom_components.eyewitness.pictures.rules import (
    CameraRules,
    EntityRef,
    StoredRules,
    Wake,
    read_rules,
    rules_for,
)
from custom_components.eyewitness.pictures.size import Detail
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
    return read_rules({"entity_id": CAMERA, **data}).rules


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
    assert read() == read(allowed_providers=[]) == CameraRules()
    rules = read(allowed_providers=["a", "b"], keep_pictures=False, detail="high")
    assert rules.allowed == frozenset({"a", "b"})
    assert not rules.keep
    assert rules.detail is Detail.HIGH


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


def stored(
    hass: HomeAssistant, name: str, *masks: Polygon, former: str = "", **rules: Any
) -> StoredRules:
    """Return rules for a camera, as they are read when it has this name."""
    return StoredRules(
        entities=(EntityRef.find(hass, f"camera.{name}"),),
        former=frozenset({f"camera.{former}"}),
        rules=CameraRules(masks=masks, **rules),
    )


LEFT, RIGHT = (box({"left": left, "top": 0, "right": left + 40, "bottom": 100}) for left in (0, 50))


def masks(hass: HomeAssistant, rules: list[StoredRules], name: str) -> list[str]:
    """Return what is painted black of a camera, in words."""
    words = {LEFT: "left", RIGHT: "right"}
    return [words[mask] for mask in rules_for(hass, rules, f"camera.{name}").masks]


def test_rules_hold_under_the_present_and_the_stored_name(hass: HomeAssistant) -> None:
    """A mask must not get lost by a new name, by a removal, or by one that is added again."""
    registered(hass, "1", "gate")
    rules = [stored(hass, "gate", LEFT)]
    rename(hass, "gate", "garden")
    for name, found in (("garden", ["left"]), ("gate", ["left"]), ("porch", [])):
        assert masks(hass, rules, name) == found
    er.async_get(hass).async_remove("camera.garden")
    assert masks(hass, rules, "gate") == ["left"]
    assert registered(hass, "1", "garden").id == rules[0].entities[0].registry_id
    assert masks(hass, rules, "garden") == ["left"]


@pytest.mark.parametrize(
    ("lists", "allowed"),
    [
        ((None, None), None),
        ((None, frozenset("a")), frozenset("a")),
        ((frozenset("ab"), frozenset("bc")), frozenset("b")),
        ((frozenset("a"), frozenset("b")), frozenset()),
    ],
)
def test_of_several_rules_the_strictest_holds(
    hass: HomeAssistant, lists: tuple[frozenset[str] | None, ...], allowed: frozenset[str] | None
) -> None:
    """E1: all areas are black, only who is on every list may see it, and the least detail is sent.

    A dead rule of the same name is one of them: it may have been written for this very view.
    """
    registered(hass, "1", "gate")
    dead = stored(hass, "gate", LEFT, RIGHT, allowed=lists[0], keep=False, detail=Detail.LOW)
    er.async_get(hass).async_remove("camera.gate")
    registered(hass, "2", "porch")
    porch = stored(hass, "porch", LEFT, allowed=lists[1], wake=Wake(entity_id="button.wake"))
    rename(hass, "porch", "gate")
    for rules in ([dead, porch], [porch, dead]):
        assert rules_for(hass, rules, "camera.gate") == CameraRules(
            masks=rules_for(hass, rules, "camera.gate").masks,
            allowed=allowed,
            detail=Detail.LOW,
            keep=False,
            wake=Wake(entity_id="button.wake"),
        )
        assert sorted(masks(hass, rules, "gate")) == ["left", "right"]
    assert rules_for(hass, [dead, porch], "camera.nobody") == CameraRules()


def test_a_successor_has_the_rules_unless_it_has_its_own(hass: HomeAssistant) -> None:
    """A camera that took over the name of one that is called something else now."""
    for number, name in enumerate(("garden", "porch")):
        registered(hass, str(number), name)
    rules = [stored(hass, "garden", LEFT, former="gate"), stored(hass, "porch", RIGHT)]
    assert masks(hass, rules, "gate") == ["left"]
    rename(hass, "porch", "gate")
    assert masks(hass, rules, "gate") == ["right"]


async def add_cameras(house: House, *names: str) -> None:
    """Add cameras that are in the registry."""
    component: Any = house.hass.data["camera"]
    cameras = {name: FakeCamera(name) for name in names}
    for name, each in cameras.items():
        each._attr_unique_id = name
    await component.async_add_entities(list(cameras.values()))


async def test_a_dead_rule_does_not_beat_a_cameras_own(house: House, camera: FakeCamera) -> None:
    """E1: the porch may be seen by Grok only, whatever it is called and whoever was called that."""
    await add_cameras(house, "Gate", "Porch")
    await house.set_up("openai", "grok")
    for entity_id, allowed in (("camera.gate", ()), ("camera.porch", ("grok",))):
        found = EntityRef.find(house.hass, entity_id)
        await add_rules(house, *allowed, entity_id=entity_id, registry_id=found.registry_id)
    er.async_get(house.hass).async_remove("camera.gate")
    await house.hass.async_block_till_done()
    rename(house.hass, "porch", "gate")
    await house.hass.async_block_till_done()
    response = await house.describe(entity_id="camera.gate")
    assert (response["provider"], response["camera"]) == ("grok", "camera.gate")
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
    assert [event.data["status"] for event in failed] == ["not_allowed"] * 2


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
