"""Show what was seen and what it costs, for every provider and in all."""

from collections.abc import Mapping
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
import pytest
from syrupy.assertion import SnapshotAssertion

from custom_components.eyewitness.chain.attempt import Attempt
from custom_components.eyewitness.chain.failures import Failure, ProviderError
from custom_components.eyewitness.chain.task import Reply, Task
from custom_components.eyewitness.const import DOMAIN
from custom_components.eyewitness.ledger.rows import Purpose
from custom_components.eyewitness.pictures.rules import EntityRef
from custom_components.eyewitness.runtime import camera_devices
from custom_components.eyewitness.sensor_kinds import (
    LAST_EVENT_SENSORS,
    PROVIDER_SENSORS,
    STATUSES,
    SUMMARY_SENSORS,
)
from tests.kit import CAMERA, ENTRY_ID, House
from tests.results import error_key, state_of
from tests.simulator import Simulator

pytestmark = pytest.mark.usefixtures("camera")

STABLE = ("device_class", "state_class", "unit_of_measurement", "options", "friendly_name")
LAST = "sensor.eyewitness_last_description"
NOTHING = dict.fromkeys(("requests", "failed_requests", "input_tokens", "output_tokens"), "0")
NOTHING |= {"cost": "0.0", "response_time": "unknown", "status": "unused"}
NOTHING |= {"success_rate": "unknown"}
"""What a provider's sensors show before it was asked."""


def value(hass: HomeAssistant, name: str) -> str:
    """Return a sensor's state."""
    return state_of(hass, f"sensor.{name}").state


def values(hass: HomeAssistant, device: str) -> dict[str, str]:
    """Return all states of one device's sensors."""
    return {
        state.entity_id.removeprefix(f"sensor.{device}_"): state.state
        for state in hass.states.async_all("sensor")
        if state.entity_id.startswith(f"sensor.{device}_")
    }


def _attributes(hass: HomeAssistant, entity: er.RegistryEntry) -> Mapping[str, Any]:
    """Return what a state says of itself, and what the registry does where there is none."""
    if not entity.disabled_by:
        return state_of(hass, entity.entity_id).attributes
    known = entity.original_device_class, entity.unit_of_measurement
    named = zip(("device_class", "unit_of_measurement"), known, strict=True)
    return {**(entity.capabilities or {}), **{name: text for name, text in named if text}}


async def test_what_each_sensor_is(
    hass: HomeAssistant, house: House, snapshot: SnapshotAssertion
) -> None:
    """Names, units, classes and categories: dashboards and statistics depend on them."""
    await house.set_up("openai")
    owners = {ENTRY_ID: "ENTRY", house.provider("openai").subentry_id: "PROVIDER"}
    found = {}
    for entity in er.async_entries_for_config_entry(er.async_get(hass), ENTRY_ID):
        attributes = _attributes(hass, entity)
        owner, _, key = entity.unique_id.partition("_")
        found[entity.entity_id] = {
            "unique_id": f"{owners[owner]}_{key}",
            "subentry": owners.get(entity.config_subentry_id or ""),
            "translation_key": entity.translation_key,
            "category": entity.entity_category,
            "disabled_by": entity.disabled_by,
            "icon": entity.original_icon,
            "precision": dict(entity.options.get("sensor", {})).get("suggested_display_precision"),
            **{name: attributes[name] for name in STABLE if name in attributes},
        }
    assert found == snapshot


async def test_a_device_for_eyewitness_and_one_for_each_provider(
    hass: HomeAssistant, house: House
) -> None:
    """They are services, and belong to the entry or to the provider's subentry alone."""
    await house.set_up("openai", house.subentry("grok", model="grok-4.3", title="Mine"))
    openai, mine = (house.provider(title).subentry_id for title in ("OpenAI", "Mine"))
    each = len(PROVIDER_SENSORS) + 1
    own = len(LAST_EVENT_SENSORS) + len(SUMMARY_SENSORS) + 1  # disabled ones as well
    registry = er.async_get(hass)
    devices = dr.async_entries_for_config_entry(dr.async_get(hass), ENTRY_ID)
    assert all(device.entry_type is dr.DeviceEntryType.SERVICE for device in devices)
    assert {
        device.name: (
            *(device.identifiers, device.manufacturer, device.model),
            len(er.async_entries_for_device(registry, device.id, include_disabled_entities=True)),
        )
        for device in devices
    } == {
        "Eyewitness": ({(DOMAIN, ENTRY_ID)}, "Eyewitness", None, own),
        "OpenAI": ({(DOMAIN, openai)}, "OpenAI", None, each),
        "Mine": ({(DOMAIN, mine)}, "xAI Grok", "grok-4.3", each),
    }


async def test_before_anybody_was_asked(hass: HomeAssistant, house: House) -> None:
    """Sums are zero, what is not known is unknown, and nothing is unavailable."""
    await house.set_up("openai", house.subentry("grok", ciphertext="lost"))
    assert values(hass, "openai") == values(hass, "xai_grok") == NOTHING
    assert values(hass, "eyewitness") == {
        "last_description": "unknown",
        "last_event": "unknown",
        "answering_provider": "unknown",
        "cameras_shown_to_providers": "0",
        "descriptions": "0",
        "total_cost": "0.0",
        "cost_today": "0.0",
        "cost_this_month": "0.0",
        "descriptions_today": "0",
    }
    assert "description" not in state_of(hass, LAST).attributes


async def test_an_event_updates_them_and_a_reload_does_not(
    hass: HomeAssistant, house: House, sim: Simulator
) -> None:
    """What they show is what the ledger holds."""
    await house.set_up("openai", "grok")
    sim.fail("openai", "quota")
    response = await house.describe()
    await hass.async_block_till_done()
    before = {state.entity_id: state.state for state in hass.states.async_all("sensor")}
    changed = {"requests": "1", "failed_requests": "1", "status": "quota", "success_rate": "0.0"}
    assert values(hass, "openai") == NOTHING | changed
    grok = values(hass, "xai_grok")
    cost, seconds = float(grok.pop("cost")), float(grok.pop("response_time"))
    assert grok.pop("success_rate") == "100.0"
    assert grok == {"requests": "1", "failed_requests": "0", "status": "ok"} | {
        name: str(response[name]) for name in ("input_tokens", "output_tokens")
    }
    summary = values(hass, "eyewitness")
    assert float(summary["total_cost"]) == pytest.approx(response["cost"])
    assert cost == pytest.approx(response["cost"])
    assert seconds == pytest.approx(response["response_time_ms"] / 1000)
    assert summary["last_description"] == response["title"]
    assert (summary["answering_provider"], summary["descriptions"]) == ("grok", "1")
    attributes = state_of(hass, LAST).attributes
    for name in ("description", "camera", "timestamp", "event_id", "provider", "model"):
        assert attributes[name] == response[name]

    await hass.config_entries.async_reload(ENTRY_ID)
    await hass.async_block_till_done()
    after = {state.entity_id: state.state for state in hass.states.async_all("sensor")}
    assert after == before
    assert state_of(hass, LAST).attributes == attributes


@pytest.mark.usefixtures("all_enabled")
async def test_today_and_what_was_saved(hass: HomeAssistant, house: House) -> None:
    """A reused answer costs nothing, and is no description of its own."""
    await house.set_up("openai")
    cost = (await house.describe())["cost"]
    house.runtime.accounts.async_reuse(
        CAMERA, provider="openai", provider_id="one", model="m", cost=0.25
    )
    house.runtime.accounts._changed()
    await hass.async_block_till_done()
    shown = values(hass, "eyewitness")
    for name in ("total_cost", "cost_today", "cost_this_month"):
        assert float(shown[name]) == pytest.approx(cost)
    assert (shown["descriptions"], shown["descriptions_today"]) == ("1", "1")
    assert (shown["requests_saved"], shown["money_saved"]) == ("1", "0.25")


async def test_the_success_rate_is_of_the_last_requests(
    hass: HomeAssistant, house: House, sim: Simulator
) -> None:
    """In percent, and the same after a restart."""
    await house.set_up("openai")
    sim.fail("openai", "refusal")
    assert await error_key(house.describe()) == "all_failed"
    for _ in range(2):
        await house.describe()
    assert value(hass, "openai_success_rate") == "66.7"
    await hass.config_entries.async_reload(ENTRY_ID)
    await hass.async_block_till_done()
    assert value(hass, "openai_success_rate") == "66.7"


async def test_a_camera_keeps_its_figures_under_another_name(
    hass: HomeAssistant, house: House
) -> None:
    """Whatever takes its former name begins with none, also after a restart."""
    await house.set_up("openai")
    registry = er.async_get(hass)
    entity = registry.async_get_or_create(
        "camera", "test", "back", suggested_object_id="back_door", original_name="Back door"
    )
    other = registry.async_get_or_create(
        "camera", "test", "yard", suggested_object_id="yard", original_name="Yard"
    )
    for camera in (entity, other):
        hass.states.async_set(camera.entity_id, "idle")
        camera_devices.async_add(hass, house.entry, EntityRef.find(hass, camera.entity_id))
    await hass.async_block_till_done()
    accounts = house.runtime.accounts
    attempt = Attempt(
        provider_id="one",
        provider="openai",
        model="m",
        number=1,
        failure=None,
        started=0.0,
        cost=0.5,
    )
    accounts.async_book("1", "camera.back_door", Purpose.EVENT, attempt)
    registry.async_update_entity("camera.back_door", new_entity_id="camera.garden")
    hass.states.async_remove("camera.back_door")
    registry.async_update_entity("camera.yard", new_entity_id="camera.back_door")
    await hass.async_block_till_done()

    def shown() -> list[str]:
        names = ("back_door_descriptions", "back_door_cost", "yard_descriptions", "yard_cost")
        return [value(hass, name) for name in names]

    assert shown() == ["1", "0.5", "0", "0.0"]
    await hass.config_entries.async_reload(ENTRY_ID)
    await hass.async_block_till_done()
    assert shown() == ["1", "0.5", "0", "0.0"]


async def test_a_failed_event_is_counted_and_shows_no_text(
    hass: HomeAssistant, house: House, sim: Simulator
) -> None:
    """It is no description."""
    await house.set_up("openai")
    await house.describe()
    sim.fail("openai", "refusal")
    assert await error_key(house.describe()) == "all_failed"
    assert value(hass, "openai_requests") == "2"
    assert value(hass, "openai_failed_requests") == "1"
    assert value(hass, "openai_status") == "refused"
    assert value(hass, "eyewitness_descriptions") == "1"
    assert value(hass, "eyewitness_last_description") == "Not described"


@pytest.mark.parametrize(
    "fault",
    [
        *("auth", "forbidden", "rate_limit", "quota", "model_missing", "too_large"),
        *("context_length", "refusal", "server_error", "overloaded", "html", "redirect", "reset"),
    ],
)
async def test_the_status_takes_every_outcome(
    hass: HomeAssistant, house: House, sim: Simulator, quick: None, fault: Any
) -> None:
    """An outcome outside the list would break the entity in the middle of an event."""
    await house.set_up("anthropic", "openai")
    sim.fail("openai", fault, repeat=True, location="http://127.0.0.1:1/")
    response = await house.describe()
    outcome = response["attempts"][-2]["outcome"]
    assert value(hass, "openai_status") == outcome
    assert outcome in STATUSES


async def test_an_untrusted_connection_is_a_status_of_its_own(
    hass: HomeAssistant, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is not the same as a vendor that cannot be reached: a person has to look into it."""
    await house.set_up("openai")

    async def generate(_task: Task[Any]) -> Reply:
        raise ProviderError(Failure.TLS, sent=False)

    (provider,) = house.runtime.providers.values()
    monkeypatch.setattr(provider, "generate", generate)
    assert await error_key(house.describe()) == "all_failed"
    assert value(hass, "openai_status") == "tls"


async def test_a_removed_provider_takes_its_device_and_entities_along(
    hass: HomeAssistant, house: House
) -> None:
    """What it cost stays in the sums of all."""
    await house.set_up("openai", "grok")
    response = await house.describe()
    provider_id = house.provider("openai").subentry_id
    hass.config_entries.async_remove_subentry(house.entry, provider_id)
    await hass.async_block_till_done()

    assert values(hass, "openai") == {}
    devices = dr.async_entries_for_config_entry(dr.async_get(hass), ENTRY_ID)
    assert {device.name for device in devices} == {"Eyewitness", "xAI Grok", "Front door"}
    entities = er.async_entries_for_config_entry(er.async_get(hass), ENTRY_ID)
    assert not [entity for entity in entities if provider_id in entity.unique_id]
    assert value(hass, "eyewitness_descriptions") == "1"
    assert float(value(hass, "eyewitness_total_cost")) == pytest.approx(response["cost"])
    assert len(await house.usage()) == 1


async def test_who_saw_which_camera_last(hass: HomeAssistant, house: House, sim: Simulator) -> None:
    """Whoever was sent its picture, answer or not, also after a restart; a drawing is no camera."""
    await house.set_up("openai", "grok")

    def viewers() -> tuple[str, dict[str, str]]:
        state = state_of(hass, "sensor.eyewitness_cameras_shown_to_providers")
        return state.state, state.attributes["viewers"]

    await hass.services.async_call(DOMAIN, "test_chain", blocking=True)
    await hass.async_block_till_done()
    assert viewers() == ("0", {})
    assert value(hass, "eyewitness_descriptions") == "0"
    assert int(value(hass, "openai_requests")) >= 1
    await house.describe()
    assert viewers() == ("1", {CAMERA: "OpenAI"})
    sim.fail("openai", "refusal")
    sim.fail("grok", "refusal")
    assert await error_key(house.describe()) == "all_failed"
    assert viewers() == ("1", {CAMERA: "xAI Grok"})
    await hass.config_entries.async_reload(ENTRY_ID)
    assert viewers() == ("1", {CAMERA: "xAI Grok"})


async def test_who_was_sent_nothing_has_seen_nothing(
    hass: HomeAssistant, house: House, sim: Simulator, quick: None
) -> None:
    """Who could not be reached, and a server that had no model to show the picture to."""
    away = house.subentry("anthropic", base_url="http://127.0.0.1:9", model="m")
    await house.set_up("openai_compatible", away)
    sim.fail("openai", "server_error", endpoint="models", repeat=True)
    assert await error_key(house.describe()) == "all_failed"
    await hass.async_block_till_done()
    sent = {(row["provider"], row["sent"]) for row in await house.usage()}
    assert sent == {("openai_compatible", 0), ("anthropic", 0)}
    assert value(hass, "eyewitness_cameras_shown_to_providers") == "0"


@pytest.mark.parametrize("known", [False, True])
async def test_the_sentences_leave_room_for_the_names(
    hass: HomeAssistant, house: House, known: bool
) -> None:
    """On the device's page they push the name of their row away; who has the sensor keeps it."""
    name = "eyewitness_what_happened"
    if known:
        er.async_get(hass).async_get_or_create(
            "sensor",
            DOMAIN,
            f"{ENTRY_ID}_what_happened",
            suggested_object_id="eyewitness_what_happened",
        )
    await house.set_up("openai")
    entry = er.async_get(hass).async_get(f"sensor.{name}")
    assert entry is not None
    assert entry.disabled is not known
