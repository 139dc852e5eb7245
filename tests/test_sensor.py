"""Show what was seen and what it costs, for every provider and in all."""

import sqlite3
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr, entity_registry as er
import pytest
from syrupy.assertion import SnapshotAssertion

from custom_components.eyewitness.chain.failures import Kind, ProviderError
from custom_components.eyewitness.chain.task import Question, Reply
from custom_components.eyewitness.const import DATABASE, DOMAIN
from custom_components.eyewitness.sensor import PROVIDER_SENSORS, STATUSES, SUMMARY_SENSORS
from tests.kit import CAMERA, ENTRY_ID, FakeCamera, House
from tests.simulator import Simulator

STABLE = (
    "device_class",
    "state_class",
    "unit_of_measurement",
    "options",
    "friendly_name",
)


def value(hass: HomeAssistant, name: str) -> str:
    """Return a sensor's state."""
    state = hass.states.get(f"sensor.{name}")
    assert state is not None
    return state.state


def values(hass: HomeAssistant, device: str) -> dict[str, str]:
    """Return all states of one device's sensors."""
    return {
        state.entity_id.removeprefix(f"sensor.{device}_"): state.state
        for state in hass.states.async_all("sensor")
        if state.entity_id.startswith(f"sensor.{device}_")
    }


async def test_what_each_sensor_is(
    hass: HomeAssistant, house: House, snapshot: SnapshotAssertion
) -> None:
    """Names, units, classes and categories: dashboards and statistics depend on them."""
    await house.set_up("openai")
    owners = {ENTRY_ID: "ENTRY", house.provider("openai").subentry_id: "PROVIDER"}
    told = {}
    for entity in er.async_entries_for_config_entry(er.async_get(hass), ENTRY_ID):
        state = hass.states.get(entity.entity_id)
        assert state is not None
        owner, _, key = entity.unique_id.partition("_")
        told[entity.entity_id] = {
            "unique_id": f"{owners[owner]}_{key}",
            "subentry": owners.get(entity.config_subentry_id or ""),
            "translation_key": entity.translation_key,
            "category": entity.entity_category,
            "disabled_by": entity.disabled_by,
            "icon": entity.original_icon,
            "precision": dict(entity.options.get("sensor", {})).get("suggested_display_precision"),
            **{name: state.attributes[name] for name in STABLE if name in state.attributes},
        }
    assert told == snapshot


async def test_a_device_for_eyewitness_and_one_for_each_provider(
    hass: HomeAssistant, house: House
) -> None:
    """They are services, and belong to the entry or to the provider's subentry alone."""
    await house.set_up("openai", house.subentry("grok", model="grok-4.3", title="Mine"))
    devices = {
        device.name: device
        for device in dr.async_entries_for_config_entry(dr.async_get(hass), ENTRY_ID)
    }
    assert set(devices) == {"Eyewitness", "OpenAI", "Mine"}
    mine = house.provider("Mine").subentry_id
    expected: dict[str, tuple[Any, ...]] = {
        "Eyewitness": ((DOMAIN, ENTRY_ID), "Eyewitness", None),
        "OpenAI": ((DOMAIN, house.provider("openai").subentry_id), "OpenAI", "auto"),
        "Mine": ((DOMAIN, mine), "xAI Grok", "grok-4.3"),
    }
    for name, (identifier, manufacturer, model) in expected.items():
        device = devices[name]
        assert device.identifiers == {identifier}
        assert device.entry_type is dr.DeviceEntryType.SERVICE
        assert (device.manufacturer, device.model) == (manufacturer, model)
    counts = {
        name: len(er.async_entries_for_device(er.async_get(hass), device.id))
        for name, device in devices.items()
    }
    assert counts == {
        "Eyewitness": len(SUMMARY_SENSORS) + 1,
        "OpenAI": len(PROVIDER_SENSORS) + 1,
        "Mine": len(PROVIDER_SENSORS) + 1,
    }


async def test_before_anybody_was_asked(hass: HomeAssistant, house: House) -> None:
    """Sums are zero, what is not known is unknown, and nothing is unavailable."""
    await house.set_up("openai", house.subentry("grok", ciphertext="lost"))
    for device in ("openai", "xai_grok"):
        assert values(hass, device) == {
            "requests": "0",
            "failed_requests": "0",
            "input_tokens": "0",
            "output_tokens": "0",
            "cost": "0.0",
            "response_time": "unknown",
            "status": "unused",
        }
    assert values(hass, "eyewitness") == {
        "last_description": "unknown",
        "answering_provider": "unknown",
        "cameras_shown_to_providers": "0",
        "descriptions": "0",
        "total_cost": "0",
    }
    state = hass.states.get("sensor.eyewitness_last_description")
    assert state is not None
    assert "description" not in state.attributes


async def test_an_event_updates_them_and_a_reload_does_not(
    hass: HomeAssistant, house: House, sim: Simulator, camera: FakeCamera
) -> None:
    """What they show is what the ledger holds."""
    await house.set_up("openai", "grok")
    sim.fail("openai", "quota")
    response = await house.describe()
    await hass.async_block_till_done()
    before = {state.entity_id: state.state for state in hass.states.async_all("sensor")}

    assert values(hass, "openai") == {
        "requests": "1",
        "failed_requests": "1",
        "input_tokens": "0",
        "output_tokens": "0",
        "cost": "0.0",
        "response_time": "unknown",
        "status": "quota",
    }
    grok = values(hass, "xai_grok")
    assert grok["requests"] == "1"
    assert grok["failed_requests"] == "0"
    assert grok["input_tokens"] == str(response["input_tokens"])
    assert grok["output_tokens"] == str(response["output_tokens"])
    assert float(grok["cost"]) == pytest.approx(response["cost"])
    assert float(grok["response_time"]) == pytest.approx(response["response_time_ms"] / 1000)
    assert grok["status"] == "ok"
    summary = values(hass, "eyewitness")
    assert summary["last_description"] == response["title"]
    assert summary["answering_provider"] == "grok"
    assert summary["descriptions"] == "1"
    assert float(summary["total_cost"]) == pytest.approx(response["cost"])
    state = hass.states.get("sensor.eyewitness_last_description")
    assert state is not None
    for name in ("description", "camera", "timestamp", "event_id", "provider", "model"):
        assert state.attributes[name] == response[name]

    await hass.config_entries.async_reload(ENTRY_ID)
    await hass.async_block_till_done()
    after = {state.entity_id: state.state for state in hass.states.async_all("sensor")}
    assert after == before
    state = hass.states.get("sensor.eyewitness_last_description")
    assert state is not None
    assert state.attributes["description"] == response["description"]


async def test_a_failed_event_is_counted_and_shows_no_text(
    hass: HomeAssistant, house: House, sim: Simulator, camera: FakeCamera
) -> None:
    """The last description stays the last one that there was."""
    await house.set_up("openai")
    first = await house.describe()
    sim.fail("openai", "refusal")
    with pytest.raises(HomeAssistantError):
        await house.describe()
    assert value(hass, "openai_requests") == "2"
    assert value(hass, "openai_failed_requests") == "1"
    assert value(hass, "openai_status") == "refused"
    assert value(hass, "eyewitness_descriptions") == "1"
    assert value(hass, "eyewitness_last_description") == first["title"]


@pytest.mark.parametrize(
    "fault",
    [
        "auth",
        "forbidden",
        "rate_limit",
        "quota",
        "model_missing",
        "too_large",
        "context_length",
        "refusal",
        "server_error",
        "overloaded",
        "html",
        "redirect",
        "reset",
    ],
)
async def test_the_status_takes_every_outcome(
    hass: HomeAssistant,
    house: House,
    sim: Simulator,
    camera: FakeCamera,
    quick: None,
    fault: Any,
) -> None:
    """An outcome outside the list would break the entity in the middle of an event."""
    await house.set_up("anthropic", "openai")
    sim.fail("openai", fault, repeat=True, location="http://127.0.0.1:1/")
    response = await house.describe()
    outcome = response["attempts"][-2]["outcome"]
    assert value(hass, "openai_status") == outcome
    assert outcome in STATUSES


async def test_a_removed_provider_takes_its_device_and_entities_along(
    hass: HomeAssistant, house: House, camera: FakeCamera
) -> None:
    """What it cost stays in the sums of all."""
    await house.set_up("openai", "grok")
    response = await house.describe()
    provider_id = house.provider("openai").subentry_id
    hass.config_entries.async_remove_subentry(house.entry, provider_id)
    await hass.async_block_till_done()

    assert values(hass, "openai") == {}
    devices = dr.async_entries_for_config_entry(dr.async_get(hass), ENTRY_ID)
    assert {device.name for device in devices} == {"Eyewitness", "xAI Grok"}
    entities = er.async_entries_for_config_entry(er.async_get(hass), ENTRY_ID)
    assert not [entity for entity in entities if provider_id in entity.unique_id]
    assert value(hass, "eyewitness_descriptions") == "1"
    assert float(value(hass, "eyewitness_total_cost")) == pytest.approx(response["cost"])
    with sqlite3.connect(hass.config.path(DATABASE)) as connection:
        assert connection.execute("SELECT count(*) FROM ai_usage").fetchone() == (1,)
    connection.close()


async def test_entities_stop_listening_when_they_are_removed(
    hass: HomeAssistant, house: House, camera: FakeCamera
) -> None:
    """A disabled entity must not be written, and nothing may pile up."""
    await house.set_up("openai")
    everybody = len(PROVIDER_SENSORS) + len(SUMMARY_SENSORS) + 2  # problem, button
    assert len(house.runtime._listeners) == everybody
    runtime = house.runtime
    await hass.config_entries.async_unload(ENTRY_ID)
    assert runtime._listeners == []


async def test_who_saw_which_camera_last(
    hass: HomeAssistant, house: House, sim: Simulator, camera: FakeCamera
) -> None:
    """Whoever was sent its picture, answer or not, also after a restart; a drawing is no camera."""
    await house.set_up("openai", "grok")
    await hass.services.async_call(DOMAIN, "test_chain", blocking=True)
    name = "sensor.eyewitness_cameras_shown_to_providers"
    await hass.async_block_till_done()
    assert (state := hass.states.get(name))
    assert (state.state, state.attributes["viewers"]) == ("0", {})

    await house.describe()
    assert (state := hass.states.get(name))
    assert (state.state, state.attributes["viewers"]) == ("1", {CAMERA: "OpenAI"})
    sim.fail("openai", "refusal")
    sim.fail("grok", "refusal")
    with pytest.raises(HomeAssistantError):
        await house.describe()
    await hass.config_entries.async_reload(ENTRY_ID)
    assert (state := hass.states.get(name))
    assert (state.state, state.attributes["viewers"]) == ("1", {CAMERA: "xAI Grok"})


async def test_an_untrusted_connection_is_a_status_of_its_own(
    hass: HomeAssistant, house: House, camera: FakeCamera, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is not the same as a vendor that cannot be reached: a person has to look into it."""
    await house.set_up("openai")

    async def describe(_question: Question) -> Reply:
        raise ProviderError(Kind.TLS, sent=False)

    (provider,) = house.runtime.providers.values()
    monkeypatch.setattr(provider, "describe", describe)
    with pytest.raises(HomeAssistantError):
        await house.describe()
    assert value(hass, "openai_status") == "tls"
