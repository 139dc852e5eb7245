"""Describe events: what comes back, what is fired, what is booked, however it ends.

Whole responses, events and rows are compared in ``tests/test_upgrade_scenes.py``.
"""

import asyncio
import binascii
from datetime import datetime
import json
import threading
from typing import Any

from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from PIL import Image
import pytest

from custom_components.eyewitness.chain import policy
from custom_components.eyewitness.const import COMPATIBLE
from custom_components.eyewitness.ledger.errors import LedgerError
from custom_components.eyewitness.ledger.store import Ledger
from tests.kit import CAMERA, FakeCamera, House, Kind, pick, until
from tests.results import Fired, error_key, error_of, state_of
from tests.simulator import VENDORS, Simulator
from tests.waiting import landed

pytestmark = pytest.mark.usefixtures("camera")

SHARED = {"event_id", "camera", "camera_name", "timestamp", "stale", "picture_age_seconds"}
SHARED |= {"attempts", "cost", "total_time_ms"}
USAGE = {"provider", "model", "input_tokens", "output_tokens", "response_time_ms"}
RESPONSE = SHARED | USAGE | {"title", "description", "objects", "confidence", "importance"}
RESPONSE |= {"coalesced", "reused", "truncated", "tokens_used", "image_entity"}
ATTEMPT = USAGE | {"outcome", "status", "cost"}


async def test_the_response_has_every_field(house: House, fired: Fired) -> None:
    """T8: what was seen, by whom and at what price; the event says the same to everybody."""
    await house.set_up()
    context = Context()
    response = await house.describe(context)
    assert set(response) == RESPONSE
    assert datetime.fromisoformat(response["timestamp"]).utcoffset() is not None
    assert 1 <= len(response["title"].split()) <= 6
    assert "1280x720" in response["description"]
    assert (response["provider"], response["model"]) == ("openai", "gpt-6-luna")
    assert response["tokens_used"] == response["input_tokens"] + response["output_tokens"]
    assert response["input_tokens"] > 0 < response["output_tokens"]
    assert 0 < response["response_time_ms"] <= response["total_time_ms"]
    (attempt,) = response["attempts"]
    assert set(attempt) == ATTEMPT
    assert (attempt["outcome"], attempt["status"]) == ("ok", None)
    assert {name: attempt[name] for name in USAGE} == {name: response[name] for name in USAGE}
    assert response["cost"] == pytest.approx(attempt["cost"], abs=1e-6)
    assert response["cost"] > 0
    (event,) = fired.described
    assert (event.data, event.context, fired.failed) == (response, context, [])
    assert json.loads(json.dumps(response)) == response


async def test_an_unknown_price_is_the_dearest(house: House, sim: Simulator) -> None:
    """So that no limit is overrun; the ledger tells that it is a guess."""
    await house.set_up(house.subentry("openai", model="nobodys-model"))
    sim.offer("openai", "nobodys-model")
    response = await house.describe()
    assert response["model"] == "nobodys-model"
    # o1-pro's: 150 and 600 USD per million tokens.
    usd = pytest.approx((150 * response["input_tokens"] + 600 * response["output_tokens"]) / 1e6)
    assert response["attempts"][0]["cost"] == response["cost"] == usd
    assert pick(await house.usage(), "cost_estimate", "is_estimated") == [(usd, 1)]


@pytest.mark.parametrize(
    ("kind", "model", "cost"), [("openai", "gpt-4o-mini", None), (COMPATIBLE, "llava:13b", 0.0)]
)
async def test_unknown_tokens_are_no_tokens(
    house: House,
    sim: Simulator,
    fired: Fired,
    kind: Kind,
    model: str,
    cost: float | None,
) -> None:
    """Null in the response, the event and the ledger; only a server at home is free all the same.

    The sums go on with what is known.
    """
    sim.offer("openai", "llava:13b")
    await house.set_up(house.subentry(kind, model=model))
    known = await house.describe()
    message = {"content": json.dumps({"title": "A cat", "description": "A cat sits there."})}
    sim.fail("openai", "status", status=200, body={"choices": [{"message": message}]})
    response = await house.describe()
    tokens = ("input_tokens", "output_tokens")
    for item in (response, fired.described[-1].data):
        assert [item[name] for name in (*tokens, "tokens_used")] == [None] * 3
        assert [item["attempts"][0][name] for name in (*tokens, "cost")] == [None, None, cost]
        assert item["cost"] == cost
    assert pick(await house.usage(), *tokens, "tokens_used", "cost_estimate")[1:] == [
        (None, None, None, cost)
    ]
    ((total),) = house.runtime.accounts.totals.values()
    assert (total.calls, total.answers) == (2, 2)
    assert [getattr(total, name) for name in tokens] == [known[name] for name in tokens]


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
    house: House, sim: Simulator, camera: FakeCamera, fired: Fired, sends: Any, key: str
) -> None:
    """The camera's failure is told as such, in our words."""
    await house.set_up("openai")
    camera.sends = sends
    context = Context()
    error = await error_of(house.describe(context))
    assert error.translation_key == key
    assert error.translation_placeholders == {"camera": "Front door"}
    (event,) = fired.failed
    assert event.context is context
    assert set(event.data) == SHARED | {"status", "reason"}
    assert pick([event.data], "status", "attempts", "cost") == [("failed:camera", [], 0)]
    assert (sim.requests(), await house.usage()) == ([], [])


async def test_row_50_an_unavailable_camera(
    hass: HomeAssistant, house: House, camera: FakeCamera, fired: Fired
) -> None:
    """It is not even asked."""
    await house.set_up("openai")
    hass.states.async_set(CAMERA, "unavailable")
    assert await error_key(house.describe()) == "camera_unavailable"
    assert camera.asked == 0
    assert fired.statuses == ["failed:camera"]


async def test_row_51_a_camera_that_hangs(
    house: House, camera: FakeCamera, monkeypatch: pytest.MonkeyPatch, fired: Fired
) -> None:
    """It gets its share of the time and no more."""
    monkeypatch.setattr(policy, "CAMERA_SECONDS", 0.2)
    await house.set_up("openai")
    camera.hangs = True
    assert await error_key(house.describe()) == "camera_unavailable"
    assert 150 <= fired.failed[0].data["total_time_ms"] < 5000


async def stopped(house: House, call: asyncio.Task[Any]) -> None:
    """Stop a call as an automation does, and wait until everything is booked."""
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    await landed(house)


async def test_row_75_a_stop_during_the_picture(
    hass: HomeAssistant, house: House, sim: Simulator, camera: FakeCamera, fired: Fired
) -> None:
    """A stopped automation stays stopped: nothing is asked, fired or counted."""
    await house.set_up("openai")
    camera.hangs = True
    call = hass.async_create_task(house.describe())
    await until(lambda: camera.asked > 0)
    await stopped(house, call)
    assert (sim.requests(), fired.counts(), await house.usage()) == ([], (0, 0), [])


async def test_row_76_a_stop_during_an_attempt(
    hass: HomeAssistant, house: House, sim: Simulator, fired: Fired
) -> None:
    """The request is hung up and booked as cancelled; that is no failure of the provider."""
    await house.set_up("openai", "grok")
    sim.fail("openai", "hang")
    call = hass.async_create_task(house.describe())
    await sim.wait_for_requests(2, "openai")
    await asyncio.sleep(0.05)
    await stopped(house, call)
    assert pick(await house.usage(), "provider", "success", "outcome", "tokens_used") == [
        ("openai", 0, "cancelled", None)
    ]
    assert (fired.counts(), sim.requests("grok")) == ((0, 0), [])
    totals = house.runtime.accounts.totals[house.provider("openai").subentry_id]
    assert (totals.calls, totals.failures, totals.outcome) == (1, 0, None)
    (request,) = sim.requests("openai", "describe")
    await until(lambda: request.client_gone)
    assert (await house.describe())["provider"] == "openai"


async def test_row_77_a_stop_between_two_attempts(
    hass: HomeAssistant, house: House, sim: Simulator, fired: Fired
) -> None:
    """What was asked before is booked as it was."""
    await house.set_up("openai")
    sim.fail("openai")
    call = hass.async_create_task(house.describe())
    health = house.runtime.chain.health(house.provider("openai").subentry_id)
    await until(lambda: health._failures == 1)
    await stopped(house, call)
    assert pick(await house.usage(), "outcome") == [("server",)]
    assert fired.counts() == (0, 0)


async def test_row_64_a_ledger_that_takes_nothing_costs_no_answer(
    house: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The sensors count it all the same, and it is logged once."""
    await house.set_up("openai")

    def full(_ledger: Ledger) -> None:
        raise LedgerError("OperationalError")

    monkeypatch.setattr(Ledger, "write", full)
    for number in range(2):
        response = await house.describe(prompt=f"{number}")
    await house.hass.async_block_till_done()
    accounts = house.runtime.accounts
    assert accounts.totals[house.provider("openai").subentry_id].calls == 2
    assert accounts.last is not None
    assert accounts.last.description == response["description"]
    assert caplog.text.count("kept in memory") == 1


async def test_g6_a_picture_is_encoded_once_for_everybody(
    house: House, sim: Simulator, quick: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Four providers fail and each is asked again: one JPEG, one base64, and none on the loop."""
    await house.set_up()
    for vendor in VENDORS:
        sim.fail(vendor, "html", repeat=True)
    made: list[tuple[str, bool]] = []
    save, base64_of = Image.Image.save, binascii.b2a_base64

    def note(what: str) -> None:
        made.append((what, threading.current_thread() is threading.main_thread()))

    def to_jpeg(image: Image.Image, *args: Any, **options: Any) -> None:
        note("jpeg")
        save(image, *args, **options)

    def to_base64(data: bytes, **options: Any) -> bytes:
        if len(data) > 1000:
            note("base64")
        return base64_of(data, **options)

    monkeypatch.setattr(Image.Image, "save", to_jpeg)
    monkeypatch.setattr(binascii, "b2a_base64", to_base64)
    assert await error_key(house.describe()) == "all_failed"
    requests = sim.requests(endpoint="describe")
    assert [(record.vendor, len(record.images)) for record in requests] == [
        (vendor, 1) for vendor in VENDORS for _ in range(2)
    ]
    assert len({sim.image(record.seq) for record in requests}) == 1
    assert made == [("jpeg", False), ("base64", False)]


async def test_row_87_a_huge_answer_fits_into_an_event(
    hass: HomeAssistant, house: House, sim: Simulator, fired: Fired
) -> None:
    """Recorder keeps 32 kB of an event and 16 kB of attributes."""
    await house.set_up("openai")
    answer = {"title": "x " * 5000, "description": "\x1b[31m\u202ehello\x00 " + "y" * 200_000}
    sim.fail("openai", "answer", text=json.dumps(answer))
    response = await house.describe()
    assert len(response["description"]) == 2000
    assert response["description"].startswith("hello y")
    assert len(json.dumps(fired.described[0].data)) < 32_768
    attributes = state_of(hass, "sensor.eyewitness_last_description").attributes
    assert len(json.dumps(dict(attributes))) < 16_384
