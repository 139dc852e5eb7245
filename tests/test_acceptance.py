"""Show that the client got what was asked for, through the whole path to the vendors."""

from datetime import datetime
from itertools import pairwise
import json

from homeassistant.core import HomeAssistant
import pytest

from custom_components.eyewitness.chain import policy
from tests.kit import CAMERA, House, pick
from tests.results import error_key
from tests.simulator import VENDORS, Simulator, Vendor

pytestmark = pytest.mark.usefixtures("camera")

COLUMNS = [
    *("id", "event_id", "timestamp", "provider", "provider_id", "model", "camera", "attempt"),
    *("success", "outcome", "error", "input_tokens", "output_tokens", "tokens_used"),
    *("response_time_ms", "cost_estimate", "is_estimated", "image_count", "image_bytes"),
    *("purpose", "sent", "day"),
]


def handed_over(sim: Simulator, giver: Vendor, taker: Vendor) -> float:
    """Return the seconds from a vendor's last failure to the first request to the next one."""
    answered = sim.requests(giver, "describe")[-1].answered_monotonic
    assert answered is not None
    return sim.requests(taker)[0].received_monotonic - answered


def pauses(sim: Simulator, vendor: Vendor) -> list[float]:
    """Return the seconds between each answer of a vendor and the next request to it."""
    found = []
    for first, second in pairwise(sim.requests(vendor, "describe")):
        assert first.answered_monotonic is not None
        found.append(second.received_monotonic - first.answered_monotonic)
    return found


async def test_ac1_to_ac3_grok_is_a_provider_like_the_others(house: House, sim: Simulator) -> None:
    """AC1, AC2, AC3: the same call, through Chat Completions, with a base64 picture inside."""
    await house.set_up("grok")
    sim.offer("grok", "grok-2-vision-1212")
    response = await house.describe()
    assert {"title", "description", "provider", "model"} <= set(response)
    assert (response["provider"], response["model"]) == ("grok", "grok-2-vision-1212")
    (request,) = sim.requests("grok", "describe")
    assert request.path == "/grok/v1/chat/completions"
    assert (request.key, request.key_elsewhere) == ("ok", False)
    (image,) = request.images
    assert (image["format"], image["width"], image["height"]) == ("jpeg", 1280, 720)
    *_, user = request.body["messages"]
    assert [part["type"] for part in user["content"]] == ["text", "image_url"]
    assert user["content"][1]["image_url"]["url"] == image


async def test_ac5_the_next_provider_is_asked_within_two_seconds(
    house: House, sim: Simulator
) -> None:
    """AC5: from a vendor's last failure to the next request on the wire, at every hand-over."""
    await house.set_up()
    sim.fail("openai", repeat=True)
    sim.fail("grok", "overloaded", repeat=True)
    sim.fail("gemini", "html", repeat=True)
    assert (await house.describe())["provider"] == "anthropic"
    order: tuple[tuple[Vendor, Vendor], ...] = tuple(pairwise(VENDORS))
    for giver, taker in order:
        assert handed_over(sim, giver, taker) < 2.0
        assert sim.requests(giver)[-1].seq < sim.requests(taker)[0].seq


async def test_ac6_grok_is_tried_three_times_half_a_second_apart(
    house: House, sim: Simulator
) -> None:
    """AC6: 2 retries with 500 ms between them, then the next one; T4: 500 and 503 alike."""
    await house.set_up("grok", "anthropic")
    for status in (500, 503, 500):
        sim.fail("grok", "server_error", status=status)
    response = await house.describe()
    assert pick(response["attempts"], "provider", "outcome", "status") == [
        *(("grok", "server", status) for status in (500, 503, 500)),
        ("anthropic", "ok", None),
    ]
    assert len(pauses(sim, "grok")) == 2
    assert all(0.35 < pause < 1.25 for pause in pauses(sim, "grok"))
    assert handed_over(sim, "grok", "anthropic") < 2.0


async def test_ac7_every_request_is_a_row(house: House, sim: Simulator) -> None:
    """AC7: provider, tokens, time, success or failure and the reason, in ``ai_usage``."""
    await house.set_up("openai", "grok")
    sim.fail("openai", repeat=True)
    response = await house.describe()
    lost, won = rows = await house.usage()
    assert pick(rows, "provider", "attempt", "success", "outcome", "error") == [
        ("openai", 1, 0, "server", "server 500"),
        ("grok", 2, 1, "ok", None),
    ]
    for row in rows:
        assert list(row) == COLUMNS
        assert (row["event_id"], row["camera"]) == (response["event_id"], CAMERA)
        assert row["provider_id"] == house.provider(row["provider"]).subentry_id
        assert datetime.fromisoformat(row["timestamp"]).utcoffset() is not None
        assert row["image_count"] == 1
        assert row["image_bytes"] == sim.requests(endpoint="describe")[0].images[0]["bytes"]
    assert (lost["tokens_used"], lost["cost_estimate"]) == (0, 0.0)
    for name in ("tokens_used", "response_time_ms", "model"):
        assert won[name] == response[name]
    assert won["cost_estimate"] == pytest.approx(response["cost"], abs=1e-6)


async def test_t1_grok_gets_thirty_seconds(house: House, sim: Simulator) -> None:
    """T1, T5: 30 s for one request by default; after that the next provider is asked."""
    await house.set_up("grok", "openai")
    assert house.runtime.chain.attempt_seconds == policy.ATTEMPT_SECONDS == 30.0
    house.runtime.chain.attempt_seconds = 0.3
    sim.fail("grok", "hang", repeat=True)
    response = await house.describe(providers=["grok", "openai"])
    attempts = pick(response["attempts"], "provider", "outcome")
    assert attempts == [("grok", "timeout"), ("openai", "ok")]
    assert 250 < response["attempts"][0]["response_time_ms"] < 5000


async def test_t2_an_invalid_key_hands_over_at_once(house: House, sim: Simulator) -> None:
    """T2: 401, or what xAI answers in its place, is not tried again."""
    await house.set_up("grok", "openai")
    sim.set_key("grok", "another-key")
    response = await house.describe(providers=["grok", "openai"])
    assert pick(response["attempts"], "provider", "outcome") == [("grok", "auth"), ("openai", "ok")]
    assert handed_over(sim, "grok", "openai") < 2.0


async def test_t3_a_rate_limit_is_kept_to(house: House, sim: Simulator) -> None:
    """T3: who has nobody else waits for it; otherwise the next one is asked, in later events too.

    Retry-After is never shortened.
    """
    await house.set_up("openai", "grok")
    sim.fail("openai", "rate_limit", retry_after="1")
    response = await house.describe(providers=["openai"])
    assert pick(response["attempts"], "provider", "outcome", "status") == [
        ("openai", "rate_limit", 429),
        ("openai", "ok", None),
    ]
    (pause,) = pauses(sim, "openai")
    assert pause > 0.95

    sim.fail("openai", "rate_limit", retry_after="30")
    for expected in (["rate_limit", "ok"], ["ok"]):
        response = await house.describe()
        assert response["provider"] == "grok"
        assert [attempt["outcome"] for attempt in response["attempts"]] == expected


async def test_t6_a_model_that_is_gone_is_replaced(house: House, sim: Simulator) -> None:
    """T6: the choice is made anew and the event still gets its answer."""
    await house.set_up("grok")
    gone = (await house.describe())["model"]
    sim.retire("grok", gone)
    second = await house.describe()
    assert second["model"] != gone
    assert pick(second["attempts"], "model", "outcome") == [
        (gone, "model_missing"),
        (second["model"], "ok"),
    ]


@pytest.mark.parametrize("kind", VENDORS)
async def test_t7_the_answer_is_capped_at_300_tokens(
    house: House, sim: Simulator, kind: Vendor
) -> None:
    """T7: every vendor is told; models that think first get room for that on top."""
    await house.set_up(kind)
    await house.describe()
    body = sim.requests(kind, "describe")[0].body
    cap = body.get("max_completion_tokens") or body.get("max_tokens")
    assert int(cap or body["generationConfig"]["maxOutputTokens"]) in {300, 1300}


async def test_t9_the_others_are_tried_four_times(
    house: House, sim: Simulator, quick: None
) -> None:
    """T9: 3 retries after 2, 4 and 8 seconds, where there is nobody else to ask."""
    sim.fail("anthropic", repeat=True)
    await house.set_up("anthropic")
    assert await error_key(house.describe()) == "all_failed"
    assert len(sim.requests("anthropic", "describe")) == 4


async def test_t10_no_secret_and_no_picture_in_a_log(
    hass: HomeAssistant,
    house: House,
    sim: Simulator,
    quick: None,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """T10: not at debug level either, whether vendors answer or fail."""
    caplog.set_level("DEBUG")
    await house.set_up()
    for kind in VENDORS:
        await house.describe(providers=kind, prompt="a private wish")
        sim.fail(kind, "auth")
        assert await error_key(house.describe(providers=kind)) == "all_failed"
        await hass.async_block_till_done(wait_background_tasks=True)
    rows = json.dumps(await house.usage())
    assert not any(key in caplog.text or key in rows for key in sim.keys.values())
    assert "/9j/" not in caplog.text
