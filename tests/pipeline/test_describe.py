"""Describe events: what comes back, what is fired, what is booked, however it ends."""

import asyncio
from datetime import datetime
import json
from typing import Any

from homeassistant.core import Context, Event, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
import pytest
from pytest_homeassistant_custom_component.common import async_capture_events

from custom_components.eyewitness.chain import policy
from custom_components.eyewitness.const import DOMAIN, EVENT_DESCRIBED, EVENT_FAILED
from custom_components.eyewitness.ledger import Ledger
from tests.kit import CAMERA, FakeCamera, House, pick, until
from tests.simulator import Simulator
from tests.waiting import landed

SHARED = {
    "event_id",
    "camera",
    "camera_name",
    "timestamp",
    "attempts",
    "cost",
    "total_time_ms",
}
RESPONSE = SHARED | {
    "coalesced",
    "reused",
    "title",
    "description",
    "objects",
    "confidence",
    "importance",
    "truncated",
    "provider",
    "model",
    "input_tokens",
    "output_tokens",
    "tokens_used",
    "response_time_ms",
}
"""The design's table, and ``truncated``."""
ATTEMPT = {
    "provider",
    "model",
    "outcome",
    "status",
    "response_time_ms",
    "input_tokens",
    "output_tokens",
    "cost",
}


@pytest.fixture
def described(hass: HomeAssistant) -> list[Event[dict[str, Any]]]:
    """Collect the events that tell what was seen."""
    return async_capture_events(hass, EVENT_DESCRIBED)


@pytest.fixture
def failed(hass: HomeAssistant) -> list[Event[dict[str, Any]]]:
    """Collect the events that tell of a failure."""
    return async_capture_events(hass, EVENT_FAILED)


async def refused(house: House, **data: Any) -> HomeAssistantError:
    """Call the action and return the error that it raises."""
    with pytest.raises(HomeAssistantError) as raised:
        await house.describe(**data)
    assert raised.value.translation_domain == DOMAIN
    return raised.value


async def test_the_response_has_every_field(
    hass: HomeAssistant,
    house: House,
    camera: FakeCamera,
    described: list[Event[dict[str, Any]]],
    failed: list[Event[dict[str, Any]]],
) -> None:
    """T8: what was seen, by whom and at what price; the event says the same to everybody."""
    await house.set_up()
    context = Context()
    response = await house.describe(context)

    assert {"title", "description", "provider", "model"} <= set(response)
    assert len(response["event_id"]) == 26
    assert response["camera"] == CAMERA
    assert response["camera_name"] == "Front door"
    assert datetime.fromisoformat(response["timestamp"]).utcoffset() is not None
    assert 1 <= len(response["title"].split()) <= 6
    assert "1280x720" in response["description"]
    assert set(response["objects"]) <= {"person", "vehicle", "animal", "package", "other"}
    assert response["confidence"] == 90
    assert response["importance"] in {"low", "normal", "high"}
    assert response["truncated"] is False
    assert (response["provider"], response["model"]) == ("openai", "gpt-4o-mini")
    assert response["tokens_used"] == response["input_tokens"] + response["output_tokens"]
    assert response["input_tokens"] > 0 < response["output_tokens"]
    assert 0 < response["response_time_ms"] <= response["total_time_ms"]
    (attempt,) = response["attempts"]
    assert set(attempt) == ATTEMPT
    assert (attempt["outcome"], attempt["status"]) == ("ok", None)
    for name in ("provider", "model", "input_tokens", "output_tokens", "response_time_ms"):
        assert attempt[name] == response[name]
    assert response["cost"] == pytest.approx(attempt["cost"], abs=1e-6)
    assert response["cost"] > 0

    (event,) = described
    assert event.data == response
    assert event.context is context
    assert failed == []
    assert json.loads(json.dumps(response)) == response


async def test_the_cost_is_that_of_all_attempts(
    house: House, sim: Simulator, camera: FakeCamera, quick: None
) -> None:
    """An answer that cannot be read was paid for too; a failure without usage costs nothing."""
    await house.set_up("openai", "grok", "anthropic")
    sim.fail("openai", "answer", text="{}", repeat=True)
    sim.fail("grok", "quota")
    response = await house.describe()
    assert pick(response["attempts"], "provider", "outcome") == [
        ("openai", "malformed"),
        ("openai", "malformed"),
        ("grok", "quota"),
        ("anthropic", "ok"),
    ]
    costs = [attempt["cost"] for attempt in response["attempts"]]
    assert costs[0] > 0
    assert costs[1] > 0
    assert costs[2] == 0
    assert response["cost"] == pytest.approx(sum(costs), abs=1e-6)
    assert response["input_tokens"] == response["attempts"][-1]["input_tokens"]
    booked = [row["cost_estimate"] for row in await house.usage()]
    assert booked == pytest.approx(costs)


async def test_the_model_is_the_one_that_the_reply_names(
    house: House, sim: Simulator, camera: FakeCamera
) -> None:
    """Vendors redirect retired ids and bill the new one."""
    await house.set_up(house.subentry("grok", model="grok-4"))
    sim.redirect("grok", "grok-4", "grok-4.3")
    response = await house.describe()
    assert response["model"] == "grok-4.3"
    assert pick(await house.usage(), "model") == [("grok-4.3",)]


async def test_an_unknown_price_is_no_price(
    house: House, sim: Simulator, camera: FakeCamera
) -> None:
    """Null says that nobody knows, where 0 would say that it was free."""
    await house.set_up(house.subentry("openai", model="nobodys-model"))
    sim.offer("openai", "nobodys-model")
    response = await house.describe()
    assert response["model"] == "nobodys-model"
    assert response["attempts"][0]["cost"] is None
    assert response["cost"] is None
    (row,) = await house.usage()
    assert row["cost_estimate"] is None
    assert row["is_estimated"] == 1


async def test_when_all_fail_it_is_an_error_and_an_event(
    house: House,
    sim: Simulator,
    camera: FakeCamera,
    quick: None,
    described: list[Event[dict[str, Any]]],
    failed: list[Event[dict[str, Any]]],
) -> None:
    """The error names kinds only; the event has no word that could be read out as a description."""
    await house.set_up("openai", "grok")
    sim.fail("openai", "auth", repeat=True)
    sim.fail("grok", repeat=True)
    context = Context()
    with pytest.raises(HomeAssistantError) as raised:
        await house.describe(context)
    assert raised.value.translation_key == "all_failed"
    assert raised.value.translation_placeholders == {
        "reasons": "OpenAI: auth 401, xAI Grok: server 500"
    }
    assert "server 500" in str(raised.value)

    (event,) = failed
    assert set(event.data) == SHARED | {"status", "snapshot"}
    assert event.data["status"] == "failed"
    assert event.context is context
    assert pick(event.data["attempts"], "provider", "outcome", "status") == [
        ("openai", "auth", 401),
        ("grok", "server", 500),
        ("grok", "server", 500),
        ("grok", "server", 500),
    ]
    assert event.data["cost"] == 0
    assert described == []
    assert len(await house.usage()) == 4
    assert house.runtime.last is None


async def test_row_25_refused_by_all(
    house: House, sim: Simulator, camera: FakeCamera, failed: list[Event[dict[str, Any]]]
) -> None:
    """Automations can tell it from trouble."""
    await house.set_up("openai", "anthropic")
    sim.fail("openai", "refusal")
    sim.fail("anthropic", "refusal")
    error = await refused(house)
    assert error.translation_key == "all_failed"
    assert [event.data["status"] for event in failed] == ["refused"]


async def test_row_35_offline(
    house: House, camera: FakeCamera, quick: None, failed: list[Event[dict[str, Any]]]
) -> None:
    """When nobody can even be reached, the fault is at home."""
    nobody = "http://127.0.0.1:1"
    await house.set_up(
        house.subentry("openai", base_url=nobody, model="gpt-4.1-mini"),
        house.subentry("grok", base_url=nobody, model="grok-4.3"),
    )
    error = await refused(house)
    assert error.translation_key == "offline"
    assert (error.translation_placeholders or {})["reasons"].startswith("OpenAI: network")
    assert [event.data["status"] for event in failed] == ["offline"]


async def test_row_43_nobody_is_asked_while_all_rest(
    house: House, sim: Simulator, camera: FakeCamera, failed: list[Event[dict[str, Any]]]
) -> None:
    """A used-up quota is not asked about again at every motion; the error says so."""
    await house.set_up("openai")
    sim.fail("openai", "quota", repeat=True)
    assert (await refused(house)).translation_key == "all_failed"
    seen = len(sim.requests())
    assert (await refused(house)).translation_key == "all_resting"
    assert len(sim.requests()) == seen
    assert [(e.data["status"], e.data["cost"]) for e in failed] == [("failed", 0), ("failed", 0)]
    assert failed[1].data["attempts"] == []


@pytest.mark.parametrize(
    ("sends", "key"),
    [
        (b"", "camera_unavailable"),
        (None, "camera_unavailable"),
        (HomeAssistantError("off"), "camera_unavailable"),
        (OSError("the camera's own words"), "camera_unavailable"),
        (b"<html>login</html>", "camera_bad_image"),
        (b"\xff\xd8\xff\xe0 half a picture", "camera_bad_image"),
    ],
    ids=["empty", "none", "HomeAssistantError", "OSError", "html", "broken"],
)
async def test_rows_50_to_54_without_a_picture_nobody_is_asked(
    house: House,
    sim: Simulator,
    camera: FakeCamera,
    failed: list[Event[dict[str, Any]]],
    sends: bytes | Exception | None,
    key: str,
) -> None:
    """The camera's failure is told as such, in our words."""
    await house.set_up("openai")
    camera.sends = sends
    error = await refused(house)
    assert error.translation_key == key
    assert error.translation_placeholders == {"entity_id": CAMERA}
    (event,) = failed
    assert set(event.data) == SHARED | {"status"}
    assert event.data["status"] == "failed:camera"
    assert (event.data["attempts"], event.data["cost"]) == ([], 0)
    assert sim.requests() == []
    assert await house.usage() == []


async def test_row_50_an_unavailable_camera(
    hass: HomeAssistant,
    house: House,
    camera: FakeCamera,
    failed: list[Event[dict[str, Any]]],
) -> None:
    """It is not even asked."""
    await house.set_up("openai")
    hass.states.async_set(CAMERA, "unavailable")
    assert (await refused(house)).translation_key == "camera_unavailable"
    assert camera.asked == 0
    assert [event.data["status"] for event in failed] == ["failed:camera"]


async def test_row_51_a_camera_that_hangs(
    house: House,
    camera: FakeCamera,
    monkeypatch: pytest.MonkeyPatch,
    failed: list[Event[dict[str, Any]]],
) -> None:
    """It gets its share of the time and no more."""
    monkeypatch.setattr(policy, "CAMERA_SECONDS", 0.2)
    await house.set_up("openai")
    camera.hangs = True
    assert (await refused(house)).translation_key == "camera_unavailable"
    (event,) = failed
    assert 150 <= event.data["total_time_ms"] < 5000


async def test_row_75_a_stop_during_the_picture(
    hass: HomeAssistant,
    house: House,
    sim: Simulator,
    camera: FakeCamera,
    described: list[Event[dict[str, Any]]],
    failed: list[Event[dict[str, Any]]],
) -> None:
    """A stopped automation stays stopped: nothing is asked, fired or counted."""
    await house.set_up("openai")
    camera.hangs = True
    call = hass.async_create_task(house.describe(), eager_start=True)
    await until(lambda: camera.asked > 0)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    await landed(house)
    assert (sim.requests(), described, failed, await house.usage()) == ([], [], [], [])


async def test_row_76_a_stop_during_an_attempt(
    hass: HomeAssistant,
    house: House,
    sim: Simulator,
    camera: FakeCamera,
    described: list[Event[dict[str, Any]]],
    failed: list[Event[dict[str, Any]]],
) -> None:
    """The request is hung up and booked as cancelled; that is no failure of the provider."""
    await house.set_up("openai", "grok")
    sim.fail("openai", "hang")
    call = hass.async_create_task(house.describe())
    await sim.wait_for_requests(2, "openai")
    await asyncio.sleep(0.05)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    await landed(house)

    assert pick(await house.usage(), "provider", "success", "outcome", "tokens_used") == [
        ("openai", 0, "cancelled", 0)
    ]
    assert (described, failed) == ([], [])
    provider_id = house.provider("openai").subentry_id
    totals = house.runtime.totals[provider_id]
    assert (totals.calls, totals.failures, totals.outcome) == (1, 0, None)
    assert sim.requests("grok") == []
    request = sim.requests("openai", "describe")[0]
    await until(lambda: request.client_gone)
    assert (await house.describe())["provider"] == "openai"


async def test_row_77_a_stop_between_two_attempts(
    hass: HomeAssistant,
    house: House,
    sim: Simulator,
    camera: FakeCamera,
    failed: list[Event[dict[str, Any]]],
) -> None:
    """What was asked before is booked as it was."""
    await house.set_up("openai")
    sim.fail("openai")
    call = hass.async_create_task(house.describe())
    standing = house.runtime.chain.standing(house.provider("openai").subentry_id)
    await until(lambda: standing._failures == 1)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    await landed(house)
    assert pick(await house.usage(), "outcome") == [("server",)]
    assert failed == []


@pytest.mark.no_fail_on_log_exception
async def test_row_83_a_listener_that_raises(
    hass: HomeAssistant, house: House, camera: FakeCamera
) -> None:
    """Somebody else's bug does not cost the caller the answer."""
    await house.set_up("openai")

    @callback
    def broken(event: Event) -> None:
        raise RuntimeError

    hass.bus.async_listen(EVENT_DESCRIBED, broken)
    assert (await house.describe())["provider"] == "openai"


async def test_row_64_a_ledger_that_takes_nothing_costs_no_answer(
    house: House, camera: FakeCamera, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sensors count it all the same; what is behind it is the ledger's to test."""
    await house.set_up("openai")
    added: list[Any] = []
    monkeypatch.setattr(Ledger, "take", lambda _, rows, last: added.append((rows, last)))
    response = await house.describe()
    assert house.runtime.totals[house.provider("openai").subentry_id].calls == 1
    ((rows, last),) = added
    assert len(rows) == 1
    assert last.description == response["description"]


async def test_row_87_a_huge_answer_fits_into_an_event(
    house: House, sim: Simulator, camera: FakeCamera, described: list[Event[dict[str, Any]]]
) -> None:
    """Recorder keeps 32 kB of an event and 16 kB of attributes."""
    await house.set_up("openai")
    answer = {"title": "x " * 5000, "description": "\x1b[31m\u202ehello\x00 " + "y" * 200_000}
    sim.fail("openai", "answer", text=json.dumps(answer))
    response = await house.describe()
    assert len(response["description"]) == 2000
    assert response["description"].startswith("hello y")
    assert len(json.dumps(described[0].data)) < 32_768
    state = house.hass.states.get("sensor.eyewitness_last_description")
    assert state is not None
    assert len(json.dumps(dict(state.attributes))) < 16_384
