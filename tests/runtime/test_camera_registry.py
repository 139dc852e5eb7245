"""Rules stay on their camera, whatever becomes of its name."""

from typing import Any

from homeassistant.const import EVENT_HOMEASSISTANT_STARTED
from homeassistant.core import CoreState, HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er, issue_registry as ir
import pytest

from custom_components.eyewitness.pictures.rules import rules_for
from tests.flows.test_camera_views import add_device
from tests.kit import House
from tests.pictures.scenes import add_rules
from tests.runtime.kit import reload
from tests.runtime.test_issues import reported

AREA = {"name": "Window", "left": 10, "top": 20, "right": 50, "bottom": 80}


@pytest.fixture
async def home(house: House) -> House:
    """Set up Eyewitness."""
    await house.set_up("openai", "grok")
    return house


def camera(house: House, name: str, unique_id: str | None = None) -> str | None:
    """Add a camera; return its registry id, or None for one that is not in the registry."""
    found = None
    house.hass.states.async_remove(f"camera.{name}")
    if unique_id is not None:
        found = er.async_get(house.hass).async_get_or_create(
            "camera", "test", unique_id, suggested_object_id=name
        )
        assert found.entity_id == f"camera.{name}"
    house.hass.states.async_set(f"camera.{name}", "idle")
    return found.id if found else None


def remove(house: House, name: str) -> None:
    """Take a camera away."""
    er.async_get(house.hass).async_remove(f"camera.{name}")
    house.hass.states.async_remove(f"camera.{name}")


def rename(house: House, old: str, new: str) -> None:
    """Give a camera another entity id, as its entity does then."""
    er.async_get(house.hass).async_update_entity(f"camera.{old}", new_entity_id=f"camera.{new}")
    house.hass.states.async_remove(f"camera.{old}")
    house.hass.states.async_set(f"camera.{new}", "idle")


async def cover(house: House, name: str, **data: Any) -> None:
    """Add rules for a camera, as the form does."""
    found = er.async_get(house.hass).async_get(f"camera.{name}")
    await add_rules(
        house,
        entity_id=f"camera.{name}",
        registry_id=found.id if found else None,
        masks=[AREA],
        **data,
    )


def rule(house: House, number: int = 0) -> Any:
    """Return the subentry of a rule."""
    return list(house.entry.get_subentries_of_type("camera"))[number]


def masked(house: House, name: str) -> bool:
    """Return whether a camera has a black area, from the next event on."""
    return bool(rules_for(house.hass, house.runtime.settings.cameras, f"camera.{name}").masks)


def ids(house: House, *entity_ids: str) -> list[str]:
    """Return the registry ids of entities."""
    found = (er.async_get(house.hass).async_get(each) for each in entity_ids)
    return [each.id for each in found if each]


async def test_e2_a_camera_is_renamed_and_then_replaced(home: House) -> None:
    """The gate is called garden now; the next device of that name stands in the garden."""
    camera(home, "gate", "1")
    await cover(home, "gate")
    rename(home, "gate", "garden")
    assert rule(home).data["entity_id"] == "camera.garden"
    remove(home, "garden")
    new = camera(home, "garden", "2")
    assert rule(home).data["registry_id"] == new
    rename(home, "garden", "lawn")
    assert masked(home, "lawn")


async def test_e2_a_camera_that_was_replaced_comes_back(home: House) -> None:
    """Home Assistant gives it the id that it had, and another name, as its own is taken."""
    camera(home, "gate", "1")
    await cover(home, "gate")
    remove(home, "gate")
    camera(home, "gate", "2")
    await reload(home)
    registry = er.async_get(home.hass)
    old = registry.async_get_or_create("camera", "test", "1", suggested_object_id="old_gate")
    assert old.entity_id != "camera.gate"
    assert masked(home, old.entity_id.removeprefix("camera."))
    assert masked(home, "gate")
    assert rule(home).data["former"] == []


async def test_e2_a_camera_without_an_id_gets_one(home: House) -> None:
    """And is renamed afterwards."""
    camera(home, "gate")
    await cover(home, "gate")
    assert rule(home).data["registry_id"] is None
    new = camera(home, "gate", "1")
    assert rule(home).data["registry_id"] == new
    rename(home, "gate", "garden")
    assert masked(home, "garden")


@pytest.mark.parametrize("loaded", [False, True])
async def test_e2_what_happens_while_eyewitness_is_down_is_taken_up(
    home: House, loaded: bool
) -> None:
    """At its next set-up."""
    camera(home, "gate", "1")
    await cover(home, "gate")
    if not loaded:
        await home.hass.config_entries.async_unload(home.entry.entry_id)
    rename(home, "gate", "garden")
    if not loaded:
        await home.hass.config_entries.async_setup(home.entry.entry_id)
    assert rule(home).data["entity_id"] == "camera.garden"
    assert masked(home, "garden")


async def test_e2_the_camera_that_gets_the_old_name_has_the_rules(home: House) -> None:
    """An old camera is called gate_old, the new one gate: so people replace a camera.

    The new one keeps them when it is renamed as well, and the old one has them still.
    """
    camera(home, "gate", "1")
    await cover(home, "gate")
    rename(home, "gate", "gate_old")
    camera(home, "gate")
    assert masked(home, "gate"), "without a registry id"
    new = camera(home, "gate", "2")
    assert rule(home).data["also"] == [{"entity_id": "camera.gate", "registry_id": new}]
    rename(home, "gate", "entrance")
    for name in ("gate", "gate_old", "entrance"):
        assert masked(home, name)


async def test_e2_cameras_that_swap_their_names_keep_their_own_rules(home: House) -> None:
    """Neither gets the other one's."""
    for name in ("gate", "porch"):
        camera(home, name, name)
        await cover(home, name)
    for old, new in (("gate", "third"), ("porch", "gate"), ("third", "porch")):
        rename(home, old, new)
    for number, name in enumerate(("porch", "gate")):
        assert rule(home, number).data["entity_id"] == f"camera.{name}"
        covered = home.runtime.settings.cameras[number]
        assert [each.entity_id for each in covered.entities] == [f"camera.{name}"]
        assert covered.former <= {"camera.third"}


async def test_a_dead_rule_does_not_take_a_camera_that_has_its_own(home: House) -> None:
    """It holds as long as the camera has that name, and is reported."""
    for name in ("gate", "porch"):
        camera(home, name, name)
        await cover(home, name)
    remove(home, "gate")
    rename(home, "porch", "gate")
    assert set(reported(home.hass)) == {"camera_gone"}
    rename(home, "gate", "front")
    assert [rule(home, number).data["entity_id"] for number in (0, 1)] == [
        "camera.gate",
        "camera.front",
    ]


async def test_everything_that_a_rule_names_is_followed(home: House) -> None:
    """The other views and what wakes the camera, too."""
    camera(home, "gate", "1")
    camera(home, "sub", "2")
    button = er.async_get(home.hass).async_get_or_create("button", "test", "wake")
    await cover(
        home,
        "gate",
        also=[{"entity_id": "camera.sub", "registry_id": None}],
        wake_entity=button.entity_id,
    )
    rename(home, "sub", "small")
    er.async_get(home.hass).async_update_entity(button.entity_id, new_entity_id="button.wake")
    assert masked(home, "small")
    (covered,) = home.runtime.settings.cameras
    assert covered.rules.wake is not None
    assert covered.rules.wake.entity_id == "button.wake"


async def test_the_title_follows_unless_it_is_the_users_own(home: House) -> None:
    """From the entity, or from its device; only a title that was the name."""
    registry = er.async_get(home.hass)
    add_device(home, "maker", "camera.gate")
    await cover(home, "gate")
    entries = home.hass.config_entries
    entries.async_update_subentry(home.entry, rule(home), title="Gate")
    (device,) = dr.async_get(home.hass).async_get_devices(
        connections={("mac", "aa:bb:cc:dd:ee:ff")}
    )
    dr.async_get(home.hass).async_update_device(device.id, name_by_user="Garden")
    assert rule(home).title == "Garden"
    registry.async_update_entity("camera.gate", name="Lawn", new_entity_id="camera.lawn")
    assert rule(home).title.endswith("Lawn")  # from 2026.11 on behind the device's name
    entries.async_update_subentry(home.entry, rule(home), title="Mine")
    registry.async_update_entity("camera.lawn", name="Field")
    assert rule(home).title == "Mine"


async def test_a_camera_that_is_gone_is_reported_until_it_is_back(home: House) -> None:
    """Once for each rule, whatever it is that is missing."""
    camera(home, "gate", "1")
    camera(home, "porch")
    for name in ("gate", "porch"):
        await cover(home, name)
    assert reported(home.hass) == {}
    remove(home, "gate")
    home.hass.states.async_remove("camera.porch")
    issues = ir.async_get(home.hass).issues
    assert {issue_id for _, issue_id in issues} == {
        f"camera_gone_{rule(home, number).subentry_id}" for number in (0, 1)
    }
    camera(home, "gate", "1")
    camera(home, "porch")
    assert reported(home.hass) == {}
    remove(home, "gate")
    home.hass.config_entries.async_remove_subentry(home.entry, rule(home).subentry_id)
    assert reported(home.hass) == {}


async def test_a_camera_that_is_unavailable_is_not_gone(home: House) -> None:
    """Its integration may just not be loaded, or somebody has switched it off."""
    camera(home, "gate", "1")
    await cover(home, "gate")
    home.hass.states.async_remove("camera.gate")
    er.async_get(home.hass).async_update_entity(
        "camera.gate", disabled_by=er.RegistryEntryDisabler.USER
    )
    assert reported(home.hass) == {}


async def test_nothing_is_reported_before_home_assistant_has_started(
    hass: HomeAssistant, house: House
) -> None:
    """Cameras come one after the other."""
    hass.set_state(CoreState.starting)
    await house.set_up("openai")
    await cover(house, "gate")
    await cover(house, "porch")
    assert reported(hass) == {}
    camera(house, "porch")
    hass.set_state(CoreState.running)
    hass.bus.async_fire(EVENT_HOMEASSISTANT_STARTED)
    await hass.async_block_till_done()
    assert reported(hass)["camera_gone"].issue_id.endswith(rule(house).subentry_id)


async def test_a_report_that_is_ignored_stays_so(home: House) -> None:
    """A reload and other changes do not bring it back."""
    await cover(home, "gate")
    issue_id = reported(home.hass)["camera_gone"].issue_id
    ir.async_ignore_issue(home.hass, "eyewitness", issue_id, True)
    camera(home, "porch")
    await reload(home)
    assert reported(home.hass)["camera_gone"].dismissed_version is not None


async def test_a_new_view_of_the_device_is_reported_until_rules_cover_it(home: House) -> None:
    """E3: no rule says anything about it, and nobody has left it out."""
    add_device(home, "maker", "camera.gate", "camera.known")
    await cover(home, "gate", left_out=ids(home, "camera.known"))
    assert reported(home.hass) == {}
    add_device(home, "maker", "camera.new", "sensor.new")
    issue = reported(home.hass)["camera_uncovered"]
    assert issue.translation_placeholders is not None
    assert issue.translation_placeholders["views"] == "camera.new"
    await cover(home, "new", left_out=ids(home, "camera.gate", "camera.known"))
    assert reported(home.hass) == {}
