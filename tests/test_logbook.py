"""Read in the activity list what was seen, as Home Assistant's own front end asks for it."""

from collections.abc import Awaitable, Callable
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
from custom_components.eyewitness.pipeline.record import Status
from tests.chain.test_text import is_plain
from tests.hostile_texts import HOSTILE
from tests.kit import CAMERA, FakeCamera, House, pick
from tests.results import error_key
from tests.simulator import Simulator

type Listed = Callable[[], Awaitable[list[dict[str, Any]]]]


@pytest.fixture(autouse=True)
def _allow_custom_integrations(request: pytest.FixtureRequest) -> None:
    """Take the place of the one for all tests: the recorder wants to be there before the rest."""
    for name in ("recorder_mock", "enable_custom_integrations"):
        if "hass" in request.fixturenames:
            request.getfixturevalue(name)


@pytest.fixture
async def listed(hass: HomeAssistant, hass_ws_client: WebSocketGenerator) -> Listed:
    """Set the activity list up; return the means to read our entries of the last hour."""
    assert await async_setup_component(hass, "logbook", {})

    async def read() -> list[dict[str, Any]]:
        await hass.async_block_till_done()
        await async_wait_recording_done(hass)
        client = await hass_ws_client()
        start = (dt_util.utcnow() - timedelta(hours=1)).isoformat()
        await client.send_json({"id": 1, "type": "logbook/get_events", "start_time": start})
        answer = await client.receive_json()
        assert answer["success"]
        return [entry for entry in answer["result"] if entry.get("domain") == DOMAIN]

    return read


async def test_what_was_seen_is_listed_and_what_was_not(
    listed: Listed, house: House, sim: Simulator, camera: FakeCamera
) -> None:
    """With the camera, so that a click leads there; a failure without the vendor's words."""
    await house.set_up("openai")
    response = await house.describe()
    sim.fail("openai", "quota", repeat=True)
    assert await error_key(house.describe()) == "all_failed"
    assert pick(await listed(), "name", "entity_id", "icon", "message") == [
        ("Front door", CAMERA, logbook.SEEN_ICON, f'saw "{response["title"]}" (OpenAI)'),
        ("Front door", CAMERA, logbook.FAILED_ICON, STATUSES[0][1]),
    ]


STATUSES: Final = (
    (Status.FAILED, "was not described: no provider had an answer"),
    (Status.REFUSED, "was not described: every provider declined to answer"),
    (Status.OFFLINE, "was not described: no provider could be reached"),
    (Status.FAILED_CAMERA, "gave no picture"),
    (Status.NO_PROVIDER, "was not described: there is no provider with a working key"),
    (Status.NOT_ALLOWED, "was not described: none of the providers is allowed to see it"),
    (Status.INTERRUPTED, "was not described: Eyewitness was stopped meanwhile"),
    (Status.BUDGET, "was not described: the budget is used up"),
    (Status.DROPPED, "was not described: its turn did not come in time"),
    ("something new", "was not described"),
    (None, "was not described"),
    (["failed"], "was not described"),
)


def test_every_status_has_its_words() -> None:
    """One that the list does not know would be told without a reason."""
    assert {status for status, _ in STATUSES[:9]} == set(logbook.FAILURES)
    not_fired = {Status.DESCRIBED, Status.TESTED, Status.CANCELLED}
    assert set(logbook.FAILURES) == set(Status) - not_fired


FORGED: Final[tuple[tuple[dict[str, Any], dict[str, Any]], ...]] = (
    ({}, {}),
    (dict.fromkeys(("title", "provider", "camera", "camera_name"), 7), {}),
    ({"title": ["a"], "provider": {}, "camera": [CAMERA], "camera_name": None}, {}),
    ({"camera": "no entity"}, {"name": "no entity"}),
    ({"camera": CAMERA}, {"name": CAMERA, "entity_id": CAMERA}),
    ({"provider": "gemini"}, {"message": "was described (Google Gemini)"}),
    ({"title": "A cat", "provider": "<b>me</b>"}, {"message": 'saw "A cat"'}),
    ({"title": "A cat", "reused": True}, {"message": 'still sees "A cat"'}),
    ({"title": "{{ 1 + 1 }} {title}"}, {"message": 'saw "{{ 1 + 1 }} {title}"'}),
    ({"title": "a\n\u202eb\x1b[31m"}, {"message": 'saw "a b"'}),
    ({"title": "x" * 500}, {"message": f'saw "{"x" * 79}…"'}),
)


async def test_hostile_titles_are_plain(listed: Listed, hass: HomeAssistant, house: House) -> None:
    """Also those that did not come through us: whoever fires our event gets no link onto a page."""
    await house.set_up("openai")
    for text in HOSTILE:
        hass.bus.async_fire(EVENT_DESCRIBED, {"title": text, "camera_name": text})
    entries = await listed()
    assert len(entries) == len(HOSTILE)
    for entry in entries:
        assert is_plain(entry["name"])
        assert is_plain(entry["message"])


async def test_a_strange_or_forged_event_does_no_harm(
    listed: Listed, hass: HomeAssistant, house: House
) -> None:
    """Each status has its words, one of a later version too; anybody may fire our events."""
    await house.set_up("openai")
    expected = []
    for status, message in STATUSES:
        data = {"camera": CAMERA, "camera_name": "Front door", "status": status}
        hass.bus.async_fire(EVENT_FAILED, data)
        expected.append({"name": "Front door", "message": message, "entity_id": CAMERA})
    for data, shown in FORGED:
        hass.bus.async_fire(EVENT_DESCRIBED, data)
        expected.append({"name": "A camera", "message": "was described", **shown})
    names = ("name", "message", "entity_id")
    found = [{name: entry[name] for name in names if name in entry} for entry in await listed()]
    assert found == expected
