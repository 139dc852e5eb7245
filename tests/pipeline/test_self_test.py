"""Try the chain's own test, with vendors that are well and vendors that are not."""

import asyncio
from datetime import datetime
from typing import Any, cast

from homeassistant.core import Context, Event, HomeAssistant
from homeassistant.exceptions import HomeAssistantError, Unauthorized
import pytest
from pytest_homeassistant_custom_component.common import MockUser, async_capture_events

from custom_components.eyewitness.chain import policy
from custom_components.eyewitness.chain.run_queue import Gate
from custom_components.eyewitness.const import DOMAIN, EVENT_DESCRIBED, EVENT_FAILED
from custom_components.eyewitness.pipeline import self_test
from tests.kit import House, pick, until
from tests.simulator import VENDORS, Simulator

ROW = {
    "provider",
    "name",
    "model",
    "key",
    "outcome",
    "status",
    "response_time_ms",
    "cost",
}
HAND_OVER = {"failed", "answered", "hand_over_ms", "response_time_ms"}


async def run_test(hass: HomeAssistant, context: Context | None = None) -> dict[str, Any]:
    """Call the action and return its response."""
    response = await hass.services.async_call(
        DOMAIN, "test_chain", blocking=True, context=context, return_response=True
    )
    return cast("dict[str, Any]", response)


@pytest.fixture
def fired(hass: HomeAssistant) -> list[Event[Any]]:
    """Collect both of our events."""
    events = async_capture_events(hass, EVENT_DESCRIBED)
    hass.bus.async_listen(EVENT_FAILED, events.append)
    return events


async def test_all_is_well(
    hass: HomeAssistant, house: House, sim: Simulator, fired: list[Event[Any]]
) -> None:
    """Each key is checked for free, each provider sees one tiny picture, number two takes over."""
    await house.set_up()
    result = await run_test(hass)
    assert result["ok"] is True
    assert all(set(row) == ROW for row in result["providers"])
    assert pick(result["providers"], "provider", "name", "key", "outcome", "status") == [
        (kind, house.provider(kind).title, "ok", "ok", None) for kind in VENDORS
    ]
    assert all(row["cost"] > 0 < row["response_time_ms"] for row in result["providers"])
    assert sum(row["cost"] for row in result["providers"]) < 0.01
    fallback = result["fallback"]
    assert set(fallback) == HAND_OVER
    assert (fallback["failed"], fallback["answered"]) == ("openai", "grok")
    assert 0 <= fallback["hand_over_ms"] < 2000
    assert fallback["response_time_ms"] > 0
    for kind in VENDORS:
        request = sim.requests(kind, "describe")[0]
        (image,) = request.images
        assert (image["format"], image["width"], image["height"]) == ("jpeg", 64, 64)
        assert image["bytes"] < 3000
        assert len(sim.requests(kind, "models")) == 1
    assert fired == []


async def test_every_request_is_booked_under_the_tests_own_name(
    hass: HomeAssistant, house: House, sim: Simulator
) -> None:
    """What was paid for is in the ledger; no camera is said to have shown anything."""
    await house.set_up("openai", "grok")
    await run_test(hass)
    rows = await house.usage()
    assert pick(rows, "provider", "camera", "outcome") == [
        ("openai", self_test.CAMERA, "ok"),
        ("grok", self_test.CAMERA, "ok"),
        ("grok", self_test.CAMERA, "ok"),
    ]
    assert self_test.CAMERA == "eyewitness.test_chain"
    assert len(rows) == len(sim.requests(endpoint="describe"))
    assert {row["provider_id"] for row in rows} == {
        subentry.subentry_id for subentry in house.entry.subentries.values()
    }
    assert all(datetime.fromisoformat(row["timestamp"]) for row in rows)
    assert house.runtime.last is None
    calls = {
        kind: house.runtime.totals[house.provider(kind).subentry_id].calls
        for kind in ("openai", "grok")
    }
    assert calls == {"openai": 1, "grok": 2}
    for name in ("openai_requests", "xai_grok_requests"):
        state = hass.states.get(f"sensor.{name}")
        assert state is not None
        assert int(state.state) > 0


@pytest.mark.parametrize(
    ("fault", "options", "outcome", "status"),
    [
        ("auth", {}, "auth", 401),
        ("quota", {}, "quota", 429),
        ("server_error", {"status": 503}, "server", 503),
        ("html", {}, "malformed", 200),
        ("answer", {"text": ""}, "malformed", None),
        ("refusal", {}, "refused", 200),
    ],
)
async def test_one_that_fails_is_named(
    hass: HomeAssistant,
    house: House,
    sim: Simulator,
    fault: Any,
    options: dict[str, Any],
    outcome: str,
    status: int | None,
    quick: None,
) -> None:
    """With the kind of failure and the status; the others are tested all the same."""
    await house.set_up("openai", "grok", "gemini")
    sim.fail("openai", fault, repeat=True, **options)
    result = await run_test(hass)
    assert result["ok"] is False
    assert pick(result["providers"], "provider", "key", "outcome") == [
        ("openai", "ok", outcome),
        ("grok", "ok", "ok"),
        ("gemini", "ok", "ok"),
    ]
    if status is not None:
        assert result["providers"][0]["status"] == status
    assert result["fallback"]["answered"] == "grok"


async def test_a_refused_key_is_seen_without_a_picture(
    hass: HomeAssistant, house: House, sim: Simulator
) -> None:
    """The check of the key costs nothing and says more than the request alone."""
    await house.set_up("openai", "grok")
    sim.set_key("grok", "another-key")
    result = await run_test(hass)
    assert pick(result["providers"], "key", "outcome") == [("ok", "ok"), ("auth", "auth")]
    assert result["fallback"]["answered"] is None
    assert result["ok"] is False


async def test_a_key_that_may_not_list_models_is_well(
    hass: HomeAssistant, house: House, sim: Simulator
) -> None:
    """It is told, but what counts is whether the provider describes."""
    await house.set_up("anthropic")
    sim.fail("anthropic", "forbidden", endpoint="models", repeat=True)
    result = await run_test(hass)
    assert pick(result["providers"], "key", "outcome") == [("forbidden", "ok")]
    assert result["ok"] is True


async def test_a_check_that_hangs_ends(
    hass: HomeAssistant, house: House, sim: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A list of models that never comes does not hold the test up for minutes."""
    monkeypatch.setattr(policy, "CHECK_SECONDS", 0.3)
    await house.set_up("openai")
    sim.fail("openai", "hang", endpoint="models")
    result = await asyncio.wait_for(run_test(hass), 5)
    assert pick(result["providers"], "key", "outcome") == [("timeout", "ok")]


async def test_a_provider_that_hangs_ends(
    hass: HomeAssistant, house: House, sim: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each picture has its own time limit."""
    monkeypatch.setattr(self_test, "_SECONDS", 1.2)
    await house.set_up("openai", "grok")
    sim.fail("openai", "hang")
    result = await asyncio.wait_for(run_test(hass), 8)
    assert pick(result["providers"], "outcome") == [("timeout",), ("ok",)]


async def test_when_number_two_fails_number_three_takes_over(
    hass: HomeAssistant, house: House, sim: Simulator, quick: None
) -> None:
    """The hand-over is from number one to whoever was asked next, never a negative time."""
    await house.set_up("openai", "grok", "gemini")
    sim.fail("grok", repeat=True)
    fallback = (await run_test(hass))["fallback"]
    assert (fallback["failed"], fallback["answered"]) == ("openai", "gemini")
    assert 0 <= fallback["hand_over_ms"] < 2000


async def test_when_everybody_else_fails_the_hand_over_is_told_all_the_same(
    hass: HomeAssistant,
    house: House,
    sim: Simulator,
    quick: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The stand-in's further turns, after the others', do not spoil the time."""
    monkeypatch.setattr(policy, "WAIT_IN_PLACE_SECONDS", 0.0)
    await house.set_up("openai", "gemini")
    sim.fail("gemini", repeat=True)
    result = await run_test(hass)
    fallback = result["fallback"]
    assert fallback["answered"] is None
    assert fallback["response_time_ms"] is None
    assert 0 <= fallback["hand_over_ms"] < 2000
    assert result["ok"] is False


async def test_grok_first_is_left_after_its_two_short_waits(
    hass: HomeAssistant, house: House, sim: Simulator
) -> None:
    """Grok is tried three times half a second apart; the hand-over after that is quick."""
    await house.set_up("grok", "openai")
    order = [house.provider(kind).subentry_id for kind in ("grok", "openai")]
    hass.config_entries.async_update_entry(house.entry, options={"provider_order": order})
    await hass.async_block_till_done()
    fallback = (await run_test(hass))["fallback"]
    assert (fallback["failed"], fallback["answered"]) == ("grok", "openai")
    assert 0 <= fallback["hand_over_ms"] < 300
    assert len(sim.requests("grok", "describe")) == 1, "the stand-in asks nobody"


async def test_a_single_provider_has_no_hand_over(
    hass: HomeAssistant, house: House, sim: Simulator
) -> None:
    """There is nobody to hand over to."""
    await house.set_up("anthropic")
    result = await run_test(hass)
    assert result["fallback"] is None
    assert result["ok"] is True
    assert len(sim.requests(endpoint="describe")) == 1


async def test_without_a_usable_provider_it_says_so(
    hass: HomeAssistant, house: House, sim: Simulator
) -> None:
    """An empty result would look like a good one."""
    await house.set_up(house.subentry("openai", ciphertext="lost"))
    with pytest.raises(HomeAssistantError) as raised:
        await run_test(hass)
    assert raised.value.translation_key == "no_provider"
    assert sim.requests() == []


async def test_it_holds_nothing_against_anybody(
    hass: HomeAssistant, house: House, sim: Simulator, quick: None
) -> None:
    """A test must not open a circuit or bench a provider."""
    await house.set_up("openai", "grok")
    sim.fail("openai", repeat=True)
    sim.fail("grok", "rate_limit", retry_after="60", repeat=True)
    for _ in range(4):
        await run_test(hass)
    for key in house.runtime.providers:
        standing = house.runtime.chain.standing(key)
        assert not standing.on_probation
        assert standing.bench_left == 0


async def test_two_tests_at_once_are_one(hass: HomeAssistant, house: House, sim: Simulator) -> None:
    """Somebody presses the button while the action runs: that costs nothing more."""
    await house.set_up("openai")
    first, second = await asyncio.gather(run_test(hass), run_test(hass))
    assert first == second
    assert len(sim.requests("openai", "describe")) == 1


async def test_when_too_much_is_going_on_it_does_not_run(
    hass: HomeAssistant, house: House, sim: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cameras come first."""
    await house.set_up("openai")
    monkeypatch.setattr(policy, "FLIGHTS", 0)
    monkeypatch.setattr(policy, "QUEUE", 0)
    with pytest.raises(HomeAssistantError) as raised:
        await run_test(hass)
    assert raised.value.translation_key == "busy"
    assert sim.requests() == []


async def test_it_does_not_run_for_ever(
    hass: HomeAssistant, house: House, sim: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever hangs: there is an end, and nothing is left."""
    monkeypatch.setattr(self_test, "_TOTAL_SECONDS", 0.5)
    await house.set_up("openai")
    sim.fail("openai", "hang", repeat=True)
    with pytest.raises(HomeAssistantError) as raised:
        await run_test(hass)
    assert raised.value.translation_key == "too_slow"
    gate: Gate[Any] = house.runtime.gate
    await until(lambda: (gate.running, gate.waiting) == (0, 0))


async def test_only_an_admin_may_run_it(hass: HomeAssistant, house: House, sim: Simulator) -> None:
    """It costs money; a guest on a wall tablet must not be able to spend it."""
    await house.set_up("openai")
    guest = MockUser(name="Guest").add_to_hass(hass)
    assert not guest.is_admin
    with pytest.raises(Unauthorized):
        await run_test(hass, Context(user_id=guest.id))
    assert sim.requests() == []
    admin = MockUser(name="Owner", is_owner=True).add_to_hass(hass)
    assert (await run_test(hass, Context(user_id=admin.id)))["ok"] is True


async def test_no_key_is_in_the_result(hass: HomeAssistant, house: House, sim: Simulator) -> None:
    """The result is shown to people who ask for help in public."""
    await house.set_up()
    sim.fail("openai", "auth")
    text = str(await run_test(hass))
    assert not any(key in text for key in sim.keys.values())
