"""Read in the activity list what was seen, as Home Assistant's own front end asks for it."""

from datetime import timedelta
from typing import Any, Final

from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.components.recorder.common import (
    async_wait_recording_done,
)
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.eyewitness import logbook
from custom_components.eyewitness.const import DOMAIN, EVENT_DESCRIBED, EVENT_FAILED
from custom_components.eyewitness.pipeline import failures
from tests.kit import CAMERA, FakeCamera, House
from tests.simulator import Simulator


async def listed(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator, **wanted: Any
) -> list[dict[str, Any]]:
    """Return our entries of the last hour."""
    await hass.async_block_till_done()
    await async_wait_recording_done(hass)
    client = await hass_ws_client()
    start = dt_util.utcnow() - timedelta(hours=1)
    await client.send_json(
        {"id": 1, "type": "logbook/get_events", "start_time": start.isoformat(), **wanted}
    )
    answer = await client.receive_json()
    assert answer["success"]
    return [entry for entry in answer["result"] if entry.get("domain") == DOMAIN]


@pytest.fixture(autouse=True)
def _allow_custom_integrations(request: pytest.FixtureRequest) -> None:
    """Take the place of the one for all tests: the recorder wants to be there before the rest."""
    for name in ("recorder_mock", "enable_custom_integrations"):
        if "hass" in request.fixturenames:
            request.getfixturevalue(name)


@pytest.fixture
async def activity(hass: HomeAssistant) -> None:
    """Set the activity list up."""
    assert await async_setup_component(hass, "logbook", {})


async def test_what_was_seen_is_listed(
    activity: None,
    hass: HomeAssistant,
    house: House,
    camera: FakeCamera,
    hass_ws_client: WebSocketGenerator,
) -> None:
    """With the camera, so that a click leads there, and who said it."""
    await house.set_up("openai")
    response = await house.describe()
    (entry,) = await listed(hass, hass_ws_client)
    assert entry["name"] == "Front door"
    assert entry["message"] == f'saw "{response["title"]}" (OpenAI)'
    assert entry["entity_id"] == CAMERA
    assert entry["icon"] == logbook.SEEN_ICON


async def test_a_failure_is_listed(
    activity: None,
    hass: HomeAssistant,
    house: House,
    sim: Simulator,
    camera: FakeCamera,
    hass_ws_client: WebSocketGenerator,
) -> None:
    """In plain words, without the vendor's."""
    await house.set_up("openai")
    sim.fail("openai", "quota", repeat=True)
    with pytest.raises(Exception, match="OpenAI: quota"):
        await house.describe()
    (entry,) = await listed(hass, hass_ws_client)
    assert entry["message"] == "was not described: no provider had an answer"
    assert (entry["name"], entry["entity_id"]) == ("Front door", CAMERA)
    assert entry["icon"] == logbook.FAILED_ICON


STATUSES: Final = (
    (failures.FAILED, "was not described: no provider had an answer"),
    (failures.REFUSED, "was not described: every provider declined"),
    (failures.OFFLINE, "was not described: no provider could be reached"),
    (failures.FAILED_CAMERA, "gave no picture"),
    (failures.DROPPED, "was passed over: its turn did not come in time"),
    ("something new", "was not described"),
    (None, "was not described"),
    (["failed"], "was not described"),
)


async def test_each_status_has_its_words(
    activity: None, hass: HomeAssistant, house: House, hass_ws_client: WebSocketGenerator
) -> None:
    """A status of a later version too."""
    await house.set_up("openai")
    for status, _ in STATUSES:
        data = {"camera": CAMERA, "camera_name": "Front door", "status": status}
        hass.bus.async_fire(EVENT_FAILED, data)
    entries = await listed(hass, hass_ws_client)
    assert [entry["message"] for entry in entries] == [message for _, message in STATUSES]
    assert {entry["name"] for entry in entries} == {"Front door"}


def test_every_status_is_in_the_list() -> None:
    """One that ``failures`` gets and this module does not know would be told without a reason."""
    own = {name: value for name, value in vars(failures).items() if name.isupper()}
    statuses = {value for name, value in own.items() if name not in {"DOMAIN", "NAMES"}}
    assert statuses == set(logbook.FAILURES)


NOTHING: dict[str, Any] = {"name": "A camera", "message": "was described"}


FORGED: Final[tuple[tuple[dict[str, Any], dict[str, Any]], ...]] = (
    ({}, NOTHING),
    (dict.fromkeys(("title", "provider", "camera", "camera_name"), 7), NOTHING),
    ({"title": ["a"], "provider": {}, "camera": [CAMERA], "camera_name": None}, NOTHING),
    ({"camera": "no entity"}, {**NOTHING, "name": "no entity"}),
    ({"camera": CAMERA}, {**NOTHING, "name": CAMERA, "entity_id": CAMERA}),
    ({"provider": "gemini"}, {**NOTHING, "message": "was described (Google Gemini)"}),
    ({"title": "A cat", "provider": "<b>me</b>"}, {**NOTHING, "message": 'saw "A cat"'}),
    ({"title": "{{ 1 + 1 }} {title}"}, {**NOTHING, "message": 'saw "{{ 1 + 1 }} {title}"'}),
    ({"title": "a\n\u202eb\x1b[31m"}, {**NOTHING, "message": 'saw "a b"'}),
    ({"title": "x" * 500}, {**NOTHING, "message": f'saw "{"x" * 79}…"'}),
)


async def test_a_forged_event_does_no_harm(
    activity: None, hass: HomeAssistant, house: House, hass_ws_client: WebSocketGenerator
) -> None:
    """Anybody who is logged in may fire one."""
    await house.set_up("openai")
    for data, _ in FORGED:
        hass.bus.async_fire(EVENT_DESCRIBED, data)
    entries = await listed(hass, hass_ws_client)
    names = ("name", "message", "entity_id")
    told = [{name: entry[name] for name in names if name in entry} for entry in entries]
    assert told == [expected for _, expected in FORGED]
