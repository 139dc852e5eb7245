"""An event is described, by the first provider that can, or fails as a failure."""

from itertools import pairwise
import re
from typing import Any

import pytest

from tests.e2e.world import E2E, World
from tests.harness.client import HassError
from tests.harness.eyewitness import DESCRIBED, FAILED
from tests.harness.loop import on_loop
from tests.harness.simulator import hand_overs
from tests.simulator import VENDORS

pytestmark = E2E

HAND_OVER_LIMIT_S = 2.0
"""The seed's AC5."""
ATTEMPT_FIELDS = {
    "provider",
    "model",
    "outcome",
    "status",
    "response_time_ms",
    "input_tokens",
    "output_tokens",
    "cost",
}
TEXT_FIELDS = {"title", "description", "objects", "confidence", "importance"}


@on_loop
async def test_the_response_and_the_ledger_say_all_about_the_answer(home: World) -> None:
    """AC7: provider, tokens, response time and success are in `ai_usage`, as in the response."""
    async with home.hass.api.events(DESCRIBED) as tap:
        response = await home.describe(event_context="motion at the front door")
        (event,) = await tap.wait()

    assert event["data"] == response
    assert re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{26}", response["event_id"])
    assert response["camera"] == home.camera
    assert response["camera_name"] == "Front door"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]+[+-]\d\d:\d\d", response["timestamp"])
    assert 1 <= len(response["title"].split()) <= 6
    assert "a cardboard parcel" in response["description"]
    assert len(response["description"]) <= 2000
    assert set(response["objects"]) <= {"person", "vehicle", "animal", "package", "other"}
    assert 0 <= response["confidence"] <= 100
    assert response["importance"] in {"low", "normal", "high"}
    assert (response["provider"], response["model"]) == ("openai", "gpt-6-luna")
    (attempt,) = response["attempts"]
    assert set(attempt) == ATTEMPT_FIELDS
    assert (attempt["outcome"], attempt["status"]) == ("ok", None)
    assert response["tokens_used"] == response["input_tokens"] + response["output_tokens"] > 0
    assert response["cost"] == pytest.approx(attempt["cost"], abs=1e-6)
    assert response["cost"] > 0
    assert 0 <= response["response_time_ms"] <= response["total_time_ms"]

    (row,) = await home.rows(response)
    for name in ("camera", "provider", "model", "tokens_used", "response_time_ms"):
        assert row[name] == response[name]
    assert (row["attempt"], row["success"], row["outcome"], row["error"]) == (1, 1, "ok", None)
    assert row["cost_estimate"] == pytest.approx(response["cost"], abs=1e-6)
    assert row["is_estimated"] == 0, "the price is in the list"
    (image,) = (await home.vendors.requests("openai"))[0]["images"]
    assert (row["image_count"], row["image_bytes"]) == (1, image["bytes"])
    assert (image["width"], image["height"]) == (1280, 720)


@on_loop
async def test_ac5_ac8_the_chain_falls_back_within_two_seconds(home: World) -> None:
    """OpenAI, Grok and Gemini fail; each hand-over is under two seconds; Anthropic answers."""
    for vendor in VENDORS[:3]:
        await home.vendors.fail(vendor, repeat=True)
    response = await home.describe()

    assert response["provider"] == "anthropic"
    steps = hand_overs(await home.vendors.requests())
    assert [(step.failed, step.asked) for step in steps] == [
        ("openai", "grok"),
        ("grok", "gemini"),
        ("gemini", "anthropic"),
    ]
    assert all(0 <= step.since_last_failure < HAND_OVER_LIMIT_S for step in steps), steps


@on_loop
async def test_ac6_grok_gets_two_retries_half_a_second_apart(home: World) -> None:
    """OpenAI fails, Grok fails three times 500 ms apart (within jitter), then Gemini answers."""
    for vendor in ("openai", "grok"):
        await home.vendors.fail(vendor, repeat=True)
    response = await home.describe()

    assert response["provider"] == "gemini"
    asked = await home.vendors.requests("grok")
    assert len(asked) == 3
    for earlier, later in pairwise(asked):
        pause = later["received_monotonic"] - earlier["answered_monotonic"]
        assert 0.38 <= pause <= 0.9, pause
    outcomes = [(item["provider"], item["outcome"]) for item in response["attempts"]]
    assert outcomes == [("openai", "server"), *[("grok", "server")] * 3, ("gemini", "ok")]
    rows = await home.rows(response)
    assert [row["outcome"] for row in rows] == [item["outcome"] for item in response["attempts"]]
    assert [row["error"] for row in rows] == ["server 500"] * 4 + [None]


@on_loop
async def test_when_everybody_fails_there_is_no_description_anywhere(home: World) -> None:
    """The action raises, the failed event carries no text, and every attempt is booked."""
    good = await home.describe()
    for vendor in VENDORS:
        await home.vendors.fail(vendor, repeat=True)
    async with home.hass.api.events(DESCRIBED) as described, home.hass.api.events(FAILED) as failed:
        with pytest.raises(HassError) as caught:
            await home.describe()
        (event,) = await failed.wait()

    assert caught.value.translation_domain == "eyewitness"
    assert caught.value.translation_key == "all_failed"
    assert not described.events
    data: dict[str, Any] = event["data"]
    assert not TEXT_FIELDS & set(data)
    assert data["event_id"] != good["event_id"]
    assert {item["provider"] for item in data["attempts"]} == set(VENDORS)
    (_, *requests) = await home.vendors.requests()  # the first one was the good event's
    rows = await home.rows(data)
    assert len(rows) == len(data["attempts"])
    assert not any(row["success"] for row in rows)
    assert [row["provider"] for row in rows] == [request["vendor"] for request in requests]
    shown = await home.hass.api.state("sensor.eyewitness_last_description")
    assert shown is not None
    assert (shown["state"], shown["attributes"]["description"]) == ("Not described", "")
    assert shown["attributes"]["event_id"] == data["event_id"]
    kept = home.hass.path("media", data["snapshot"].removeprefix("/media/local/"))
    assert kept.is_file(), "in the throw-away folder, not in the machine's own /media"


@pytest.mark.parametrize(
    ("fields", "key", "words"),
    [
        ({"entity_id": "camera.nowhere"}, "camera_not_found", "camera.nowhere"),
        ({"providers": ["skynet"]}, "provider_not_found", "skynet"),
    ],
)
@on_loop
async def test_a_name_that_is_not_known_is_the_callers_mistake(
    home: World, fields: dict[str, Any], key: str, words: str
) -> None:
    """Nobody is asked, no event is fired, and the validation error tells the name."""
    async with home.hass.api.events(FAILED) as failed:
        with pytest.raises(HassError) as caught:
            await home.describe(**fields)
    assert caught.value.code == "service_validation_error"
    assert caught.value.translation_key == key
    assert words in caught.value.message
    assert not failed.events
    assert not await home.vendors.requests()


@on_loop
async def test_an_image_entity_is_described_too(home: World) -> None:
    """The picture of an `image.*` entity reaches the vendor."""
    response = await home.describe(entity_id="image.front_door_photo")
    assert response["camera"] == "image.front_door_photo"
    assert "a cardboard parcel" in response["description"]
