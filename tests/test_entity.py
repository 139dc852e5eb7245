"""Look at what all entities have in common."""

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.helpers.dispatcher import DATA_DISPATCHER
from homeassistant.helpers.entity_platform import async_get_platforms
import pytest

from custom_components.eyewitness import PLATFORMS
from custom_components.eyewitness.const import DOMAIN
from custom_components.eyewitness.entity import EyewitnessEntity
from custom_components.eyewitness.pipeline.publish import SIGNAL_PUBLISHED
from tests.kit import ENTRY_ID, FakeCamera, House
from tests.results import state_of


@pytest.mark.usefixtures("all_enabled")
async def test_what_all_entities_share(hass: HomeAssistant, house: House) -> None:
    """A base, an id that stays, a device, a translated name after the device's, and no polling."""
    await house.set_up("openai", "grok")
    platforms = async_get_platforms(hass, DOMAIN)
    entities = [entity for platform in platforms for entity in platform.entities.values()]
    registry = er.async_get(hass)
    ids = {entity.entity_id: entity.unique_id for entity in entities}
    assert {platform.domain for platform in platforms} == set(PLATFORMS)
    assert None not in ids.values()
    assert len(set(ids.values())) == len(entities)
    for entity in entities:
        assert isinstance(entity, EyewitnessEntity)
        assert not entity.should_poll
        known = registry.async_get(entity.entity_id)
        assert known is not None
        assert known.has_entity_name
        assert known.original_name
        assert known.original_name == entity.name
        device = dr.async_get(hass).async_get(known.device_id or "")
        assert device is not None
        assert state_of(hass, entity.entity_id).name == f"{device.name} {known.original_name}"
    await hass.config_entries.async_reload(ENTRY_ID)
    found = er.async_entries_for_config_entry(registry, ENTRY_ID)
    assert {entity.entity_id: entity.unique_id for entity in found} == ids


async def test_every_platform_says_how_many_may_work_at_once(
    hass: HomeAssistant, house: House
) -> None:
    """The sensors only read; whoever presses the button during a test shares that test."""
    await house.set_up("openai")
    limits = {
        platform.domain: getattr(platform.platform, "PARALLEL_UPDATES", None)
        for platform in async_get_platforms(hass, DOMAIN)
    }
    assert limits == dict.fromkeys(("binary_sensor", "button", "event", "image", "sensor"), 0)


@pytest.mark.usefixtures("all_enabled")
async def test_entities_listen_until_they_are_removed(hass: HomeAssistant, house: House) -> None:
    """A disabled entity must not be written, and nothing may pile up."""
    await house.set_up("openai")
    entities = er.async_entries_for_config_entry(er.async_get(hass), ENTRY_ID)
    signals = hass.data[DATA_DISPATCHER]
    assert len(signals[SIGNAL_PUBLISHED]) == len(entities) + 2  # follow-up, budget
    await hass.config_entries.async_unload(ENTRY_ID)
    assert SIGNAL_PUBLISHED not in signals


async def test_an_event_redraws_nobody_who_was_not_asked(
    hass: HomeAssistant, house: House, camera: FakeCamera
) -> None:
    """Each of four providers has nine entities: writing them takes a millisecond of the loop."""
    await house.set_up("openai", "grok")
    drawn = dict.fromkeys(("sensor.openai_requests", "sensor.xai_grok_requests"))
    before = {name: state_of(hass, name).last_reported for name in drawn}
    await house.describe(providers="openai")
    after = {name: state_of(hass, name).last_reported for name in drawn}
    assert [after[name] > before[name] for name in drawn] == [True, False]
