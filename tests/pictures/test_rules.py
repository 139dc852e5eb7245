"""Rules for a camera: who may see it, and that nobody else ever does."""

from pathlib import Path
from types import MappingProxyType
from typing import Any

from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import Event, HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import async_capture_events
import voluptuous as vol

from custom_components.eyewitness.const import EVENT_FAILED
from custom_components.eyewitness.pictures.rules import CameraRules, rules_of
from tests.kit import CAMERA, FakeCamera, House
from tests.simulator import VENDORS, Simulator

BOX = {"name": "Window", "left": 10, "top": 20.5, "right": 50, "bottom": 80}
TRIANGLE = ((0.1, 0.2), (0.5, 0.2), (0.5, 0.8))


@pytest.fixture(autouse=True)
def media(hass: HomeAssistant, tmp_path: Path) -> Path:
    """Give Home Assistant a media folder of its own."""
    folder = tmp_path / "media"
    hass.config.media_dirs = {"local": str(folder)}
    return folder


async def add_rules(
    hass: HomeAssistant,
    house: House,
    *,
    allowed: list[str] | None = None,
    entity_id: str = CAMERA,
    **changes: Any,
) -> ConfigSubentry:
    """Add rules as their flow does, which loads the entry anew."""
    data = {
        "entity_id": entity_id,
        "registry_id": None,
        "masks": [],
        "polygons": [],
        "allowed_providers": [house.provider(kind).subentry_id for kind in allowed or []],
        "keep_pictures": True,
        **changes,
    }
    subentry = ConfigSubentry(
        data=MappingProxyType(data), subentry_type="camera", title="A camera", unique_id=None
    )
    hass.config_entries.async_add_subentry(house.entry, subentry)
    await hass.async_block_till_done()
    return subentry


def asked(sim: Simulator) -> dict[str, int]:
    """Return how many requests of whatever sort each vendor received."""
    return {vendor: len(sim.requests(vendor)) for vendor in VENDORS}


def test_shapes() -> None:
    """Rectangles and polygons become corners, as shares of the picture, in their order."""
    rules = rules_of(
        {"entity_id": CAMERA, "masks": [BOX], "polygons": ["10,20 50,20 50,80", "0,0;100,0;.5,1e1"]}
    )
    assert rules.masks == (
        ((0.1, 0.205), (0.5, 0.205), (0.5, 0.8), (0.1, 0.8)),
        TRIANGLE,
        ((0, 0), (1, 0), (0.005, 0.1)),
    )


def test_nothing_special() -> None:
    """What is not named is allowed."""
    assert rules_of({"entity_id": CAMERA}) == CameraRules(entity_id=CAMERA)
    rules = rules_of({"entity_id": CAMERA, "allowed_providers": ["a", "b"], "keep_pictures": False})
    assert rules.allowed == frozenset({"a", "b"})
    assert not rules.keep
    assert rules_of({"entity_id": CAMERA, "allowed_providers": []}).allowed is None


@pytest.mark.parametrize(
    "changes",
    [
        {"left": 50},
        {"left": 60},
        {"bottom": 20.5},
        {"top": 90},
        {"left": -1},
        {"right": 100.1},
        {"bottom": float("nan")},
        {"bottom": float("inf")},
    ],
)
def test_bad_rectangles(changes: dict[str, float]) -> None:
    """An area without a size, or outside of the picture, is none."""
    with pytest.raises(vol.Invalid):
        rules_of({"entity_id": CAMERA, "masks": [BOX, {**BOX, **changes}]})


@pytest.mark.parametrize(
    "text",
    [
        "",
        "10,20",
        "10,20 50,20",
        "10 20 50",
        "10,20 50,20 50",
        "10,20 50,20 50,80,1",
        "10,20 50,20 50,a",
        "10,20 50,20 50,-1",
        "10,20 50,20 101,80",
        "10,20 50,20 nan,80",
        "10,20 50,20 50,inf",
        "10, 20 50, 20 50, 80",
        "10,10 90,90 90,10 10,90",
        "50,5 80,95 5,35 95,35 20,95",
        "10,10 90,10 90,90 10,90 10,10 90,10 90,90 10,90",
    ],
)
def test_bad_polygons(text: str) -> None:
    """Corners that cannot be read, too few of them, or an outline that crosses itself.

    They are an error and never left out; where an outline crosses itself, a hole would be left.
    """
    with pytest.raises(vol.Invalid):
        rules_of({"entity_id": CAMERA, "polygons": ["10,20 50,20 50,80", text]})


def registered(hass: HomeAssistant, unique_id: str, name: str) -> er.RegistryEntry:
    """Put a camera into the registry."""
    return er.async_get(hass).async_get_or_create(
        "camera", "test", unique_id, suggested_object_id=name
    )


def test_rules_follow_a_renamed_camera(hass: HomeAssistant) -> None:
    """A mask must not get lost by a new name; the old one stays covered as well."""
    gate = registered(hass, "1", "gate")
    rules = CameraRules(entity_id="camera.gate", registry_id=gate.id)
    assert rules.covers(hass, "camera.gate")
    assert not rules.covers(hass, "camera.garden")
    er.async_get(hass).async_update_entity("camera.gate", new_entity_id="camera.garden")
    assert rules.now(hass) == "camera.garden"
    assert rules.covers(hass, "camera.garden")
    assert rules.covers(hass, "camera.gate")
    assert not rules.covers(hass, "camera.porch")


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
    er.async_get(hass).async_update_entity("camera.gate", new_entity_id="camera.garden")
    assert rules.covers(hass, "camera.garden") == (unique_id == "1")


def test_rules_of_a_camera_without_an_id(hass: HomeAssistant) -> None:
    """It has only its name."""
    rules = CameraRules(entity_id=CAMERA)
    assert rules.covers(hass, CAMERA)
    assert not rules.covers(hass, "camera.other")


async def test_two_cameras_that_swap_their_names(hass: HomeAssistant, house: House) -> None:
    """Each keeps its own rules; a camera without any gets those that its name had before."""
    await house.set_up("openai")
    registry = er.async_get(hass)
    for unique_id, name, side in (("1", "gate", 10), ("2", "porch", 20)):
        camera = registered(hass, unique_id, name)
        await add_rules(
            hass,
            house,
            entity_id=camera.entity_id,
            registry_id=camera.id,
            masks=[{**BOX, "left": side}],
        )

    def left(entity_id: str) -> list[float]:
        return [mask[0][0] for mask in house.runtime.rules_for(hass, entity_id).masks]

    assert (left("camera.gate"), left("camera.porch")) == ([0.1], [0.2])
    for old, new in (("gate", "third"), ("porch", "gate"), ("third", "porch")):
        registry.async_update_entity(f"camera.{old}", new_entity_id=f"camera.{new}")
    assert (left("camera.gate"), left("camera.porch")) == ([0.2], [0.1])

    registry.async_update_entity("camera.porch", new_entity_id="camera.garden")
    assert left("camera.garden") == [0.1]
    assert registered(hass, "3", "porch").entity_id == "camera.porch"
    assert left("camera.porch") == [0.2]
    assert left("camera.nobody") == []


async def test_rules_hold_for_a_renamed_camera(
    hass: HomeAssistant, house: House, sim: Simulator, camera: FakeCamera
) -> None:
    """From the entity to the vendors: the new name is no way around."""
    component: Any = hass.data["camera"]
    gate = FakeCamera("Gate")
    gate._attr_unique_id = "gate"
    await component.async_add_entities([gate])
    found = er.async_get(hass).async_get("camera.gate")
    assert found is not None
    await house.set_up("openai", "grok")
    await add_rules(hass, house, allowed=["grok"], entity_id="camera.gate", registry_id=found.id)
    er.async_get(hass).async_update_entity("camera.gate", new_entity_id="camera.garden")
    await hass.async_block_till_done()
    response = await house.describe(entity_id="camera.garden")
    assert (response["provider"], response["camera"]) == ("grok", "camera.garden")
    assert sim.requests("openai") == []
    assert (await house.describe())["provider"] == "openai"


async def test_a_removed_provider_opens_nothing(
    hass: HomeAssistant, house: House, sim: Simulator, camera: FakeCamera
) -> None:
    """The only allowed one is gone, so nobody may see the camera any more."""
    failed = async_capture_events(hass, EVENT_FAILED)
    await house.set_up()
    await add_rules(hass, house, allowed=["grok"])
    grok = house.provider("grok").subentry_id
    hass.config_entries.async_remove_subentry(house.entry, grok)
    await hass.async_block_till_done()
    calls: list[dict[str, Any]] = [{}, {"providers": ["openai", "anthropic"]}]
    for call in calls:
        with pytest.raises(ServiceValidationError) as raised:
            await house.describe(**call)
        assert raised.value.translation_key == "provider_not_allowed"
    await hass.async_block_till_done(wait_background_tasks=True)
    assert asked(sim) == dict.fromkeys(VENDORS, 0)
    assert camera.asked == 0
    assert failed == []


async def test_a_call_cannot_cross_the_rules(
    hass: HomeAssistant, house: House, sim: Simulator, camera: FakeCamera, quick: None
) -> None:
    """Neither by kind nor by id; of what it names only the allowed ones are asked."""
    await house.set_up()
    await add_rules(hass, house, allowed=["grok", "anthropic"])
    openai = house.provider("openai").subentry_id
    for providers in ("openai", openai, ["gemini", openai]):
        with pytest.raises(ServiceValidationError) as raised:
            await house.describe(providers=providers)
        assert raised.value.translation_key == "provider_not_allowed"
    assert asked(sim) == dict.fromkeys(VENDORS, 0)
    response = await house.describe(providers=["openai", "anthropic", "gemini", "grok"])
    assert response["provider"] == "anthropic"
    sim.fail("anthropic", "quota")
    response = await house.describe(providers=["openai", "anthropic", "gemini", "grok"])
    assert response["provider"] == "grok"
    assert (asked(sim)["openai"], asked(sim)["gemini"]) == (0, 0)


async def test_the_allowed_ones_keep_their_order(
    hass: HomeAssistant, house: House, sim: Simulator, camera: FakeCamera, quick: None
) -> None:
    """The user's order, not the one in which they were chosen."""
    await house.set_up()
    order = [house.provider(k).subentry_id for k in ("gemini", "openai", "anthropic", "grok")]
    hass.config_entries.async_update_entry(house.entry, options={"provider_order": order})
    await add_rules(hass, house, allowed=["anthropic", "grok", "gemini"])
    for vendor in ("gemini", "anthropic"):
        sim.fail(vendor, "quota")
    assert (await house.describe())["provider"] == "grok"
    vendors = [request.vendor for request in sim.requests(endpoint="describe")]
    assert vendors == ["gemini", "anthropic", "grok"]
    assert asked(sim)["openai"] == 0


@pytest.mark.parametrize(
    "fault", ["server_error", "auth", "quota", "reset", "image_too_large", "html", "refusal"]
)
async def test_the_others_get_nothing_even_when_all_fail(
    hass: HomeAssistant,
    house: House,
    sim: Simulator,
    camera: FakeCamera,
    quick: None,
    fault: Any,
) -> None:
    """C3: whatever fails and how often, the forbidden vendors receive nothing at all."""
    await house.set_up(options={"hedge_seconds": 1.0})
    await add_rules(hass, house, allowed=["openai", "grok"])
    sim.clear_requests()
    for vendor in ("openai", "grok"):
        sim.fail(vendor, fault, repeat=True)
    for _ in range(3):
        with pytest.raises(HomeAssistantError) as raised:
            await house.describe()
        assert raised.value.translation_key != "provider_not_allowed"
        await hass.async_block_till_done(wait_background_tasks=True)
    seen = asked(sim)
    assert (seen["gemini"], seen["anthropic"]) == (0, 0)
    assert seen["openai"] > 0
    assert seen["grok"] > 0
    assert {row["provider"] for row in await house.usage()} <= {"openai", "grok"}


@pytest.mark.parametrize("keep", [False, True])
async def test_the_picture_of_a_failed_event(
    hass: HomeAssistant,
    house: House,
    sim: Simulator,
    camera: FakeCamera,
    media: Path,
    keep: bool,
) -> None:
    """It is kept or not, as the rules say, and the event tells which."""
    failed: list[Event[dict[str, Any]]] = async_capture_events(hass, EVENT_FAILED)
    await house.set_up("openai")
    await add_rules(hass, house, keep_pictures=keep)
    sim.fail("openai", "refusal")
    with pytest.raises(HomeAssistantError):
        await house.describe()
    (event,) = failed
    assert "snapshot" in event.data
    assert (event.data["snapshot"] is not None) == keep
    found = await hass.async_add_executor_job(lambda: list(media.rglob("*.jpg")))
    assert len(found) == keep
