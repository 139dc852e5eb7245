"""Try the chain's own test, with vendors that are well and vendors that are not."""

import asyncio
from dataclasses import replace
from datetime import datetime
from typing import Any, cast, override
from unittest.mock import AsyncMock, Mock

from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import Unauthorized
import pytest
from pytest_homeassistant_custom_component.common import MockUser

from custom_components.eyewitness.chain import policy
from custom_components.eyewitness.chain.walk import Chain
from custom_components.eyewitness.const import DOMAIN
from custom_components.eyewitness.ledger.rows import NO_CAMERA
from custom_components.eyewitness.pipeline import self_test, trial
from custom_components.eyewitness.providers.openai import OpenAIProvider
from tests.kit import CAMERA, FakeCamera, House, Kind, pick
from tests.results import Fired, error_key, state_of
from tests.runtime.test_issues import reported
from tests.simulator import VENDORS, Simulator, Vendor
from tests.simulator.answers import INVENTED
from tests.waiting import landed


async def run_test(house: House, context: Context | None = None) -> dict[str, Any]:
    """Call the action and return its response."""
    response = await house.hass.services.async_call(
        DOMAIN, "test_chain", blocking=True, context=context, return_response=True
    )
    return cast("dict[str, Any]", response)


async def test_all_is_well(house: House, sim: Simulator, fired: Fired) -> None:
    """Each key is checked for free, each provider reads a number, number two takes over."""
    await house.set_up()
    result = await run_test(house)
    assert result["ok"] is True
    assert pick(result["providers"], "provider", "name", "key", "outcome", "status") == [
        (kind, house.provider(kind).title, "ok", "ok", None) for kind in VENDORS
    ]
    assert all(row["cost"] > 0 < row["response_time_ms"] for row in result["providers"])
    assert all(result["number"] in row["description"] for row in result["providers"])
    assert all(row["title"].startswith("Mostly") for row in result["providers"])
    assert sum(row["cost"] for row in result["providers"]) < 0.01
    fallback = result["fallback"]
    assert (fallback["failed"], fallback["answered"]) == ("openai", "grok")
    assert 0 <= fallback["hand_over_ms"] < 2000
    assert fallback["response_time_ms"] > 0
    for kind in VENDORS:
        (image,) = sim.requests(kind, "describe")[0].images
        assert (image["format"], image["width"], image["height"]) == ("jpeg", 384, 384)
        assert image["bytes"] < 15_000
        assert len(sim.requests(kind, "models")) == 1
    assert fired.counts() == (0, 0)


async def test_every_request_is_booked_under_the_tests_own_name(
    hass: HomeAssistant, house: House, sim: Simulator
) -> None:
    """What was paid for is in the ledger; no camera is said to have shown anything."""
    await house.set_up("openai", "grok")
    await run_test(house)
    rows = await house.usage()
    ids = {kind: house.provider(kind).subentry_id for kind in ("openai", "grok")}
    assert NO_CAMERA == "eyewitness.test_chain"
    assert pick(rows, "provider", "provider_id", "camera", "outcome") == [
        (kind, ids[kind], NO_CAMERA, "ok") for kind in ("openai", "grok", "grok")
    ]
    assert len(rows) == len(sim.requests(endpoint="describe"))
    assert all(datetime.fromisoformat(row["timestamp"]) for row in rows)
    accounts = house.runtime.accounts
    assert accounts.last is None
    assert {kind: accounts.totals[ids[kind]].calls for kind in ids} == {"openai": 1, "grok": 2}
    assert state_of(hass, "sensor.openai_requests").state == "1"
    assert state_of(hass, "sensor.xai_grok_requests").state == "2"


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
    house: House,
    sim: Simulator,
    quick: None,
    fault: Any,
    options: dict[str, Any],
    outcome: str,
    status: int | None,
) -> None:
    """With the kind of failure and the status; the others are tested all the same."""
    await house.set_up("openai", "grok", "gemini")
    sim.fail("openai", fault, repeat=True, **options)
    result = await run_test(house)
    assert result["ok"] is False
    assert pick(result["providers"], "provider", "key", "outcome", "status") == [
        ("openai", "ok", outcome, status),
        ("grok", "ok", "ok", None),
        ("gemini", "ok", "ok", None),
    ]
    assert result["fallback"]["answered"] == "grok"


async def test_a_refused_key_is_seen_without_a_picture(house: House, sim: Simulator) -> None:
    """The check of the key costs nothing and says more than the request alone."""
    await house.set_up("openai", "grok")
    sim.set_key("grok", "another-key")
    result = await run_test(house)
    assert pick(result["providers"], "key", "outcome") == [("ok", "ok"), ("auth", "auth")]
    assert result["fallback"]["answered"] is None
    assert result["ok"] is False


async def test_a_key_that_may_not_list_models_is_well(house: House, sim: Simulator) -> None:
    """What counts is whether the provider describes; a single one hands nothing over."""
    await house.set_up("anthropic")
    sim.fail("anthropic", "forbidden", endpoint="models", repeat=True)
    result = await run_test(house)
    assert pick(result["providers"], "key", "outcome") == [("forbidden", "ok")]
    assert (result["ok"], result["fallback"]) == (True, None)
    assert len(sim.requests(endpoint="describe")) == 1


@pytest.mark.parametrize(
    ("endpoint", "limit", "expected"),
    [
        ("models", (policy, "CHECK_SECONDS", 0.3), ("timeout", "ok")),
        ("describe", (trial, "patience", lambda *_: 1.2), ("ok", "timeout")),
    ],
)
async def test_what_hangs_ends(
    house: House,
    sim: Simulator,
    monkeypatch: pytest.MonkeyPatch,
    endpoint: Any,
    limit: tuple[Any, str, Any],
    expected: tuple[str, str],
) -> None:
    """Neither a list of models nor an answer that never comes holds the test up for minutes."""
    monkeypatch.setattr(*limit)
    await house.set_up("openai", "grok")
    sim.fail("openai", "hang", endpoint=endpoint)
    result = await asyncio.wait_for(run_test(house), 8)
    assert pick(result["providers"], "key", "outcome") == [expected, ("ok", "ok")]


@pytest.mark.parametrize(
    ("kind", "patience", "seconds"),
    [("openai", 20.0, 20.0), ("openai", 45.0, 45.0), ("openai_compatible", 20.0, 60.0)],
)
async def test_a_trial_has_the_patience_of_the_user(
    house: House, monkeypatch: pytest.MonkeyPatch, kind: Kind, patience: float, seconds: float
) -> None:
    """A server at home gets a minute at least: it may have to load its model first."""
    granted: list[tuple[float, float]] = []

    class Watched(Chain):
        @override
        async def run(self, *args: Any, seconds: float, **more: Any) -> Any:
            granted.append((self.attempt_seconds, seconds))
            return await super().run(*args, seconds=seconds, **more)

    monkeypatch.setattr(trial, "Chain", Watched)
    await house.set_up(kind, options={"attempt_seconds": patience})
    assert (await run_test(house))["ok"]
    (provider,) = house.runtime.providers.values()
    assert (await self_test.async_try(house.hass, house.entry, provider)).success
    assert granted == [(seconds, seconds)] * 2


@pytest.mark.parametrize(
    ("others", "answered"), [(("grok", "gemini"), "gemini"), (("gemini",), None)]
)
async def test_when_number_two_fails_the_hand_over_is_told_all_the_same(
    house: House,
    sim: Simulator,
    quick: None,
    monkeypatch: pytest.MonkeyPatch,
    others: tuple[Vendor, ...],
    answered: str | None,
) -> None:
    """It is up to whoever was asked next; the stand-in's turn may come again after that."""
    monkeypatch.setattr(policy, "WAIT_IN_PLACE_SECONDS", 0.0)
    await house.set_up("openai", *others)
    sim.fail(others[0], repeat=True)
    result = await run_test(house)
    fallback = result["fallback"]
    assert (fallback["failed"], fallback["answered"]) == ("openai", answered)
    assert (fallback["response_time_ms"] is None) is (answered is None)
    assert 0 <= fallback["hand_over_ms"] < 2000
    assert result["ok"] is False


async def test_grok_first_is_left_after_its_two_short_waits(house: House, sim: Simulator) -> None:
    """Grok is tried three times half a second apart; the hand-over after that is quick."""
    entry = await house.set_up("grok", "openai")
    order = [house.provider(kind).subentry_id for kind in ("grok", "openai")]
    house.hass.config_entries.async_update_entry(entry, options={"provider_order": order})
    await house.hass.async_block_till_done()
    fallback = (await run_test(house))["fallback"]
    assert (fallback["failed"], fallback["answered"]) == ("grok", "openai")
    assert 0 <= fallback["hand_over_ms"] < 300
    assert len(sim.requests("grok", "describe")) == 1, "the stand-in asks nobody"


async def test_without_a_usable_provider_it_says_so(house: House, sim: Simulator) -> None:
    """An empty result would look like a good one."""
    await house.set_up(house.subentry("openai", ciphertext="lost"))
    assert await error_key(run_test(house)) == "no_provider"
    assert sim.requests() == []


async def test_it_holds_nothing_against_anybody(house: House, sim: Simulator, quick: None) -> None:
    """A test must not open a circuit or start a cooldown."""
    await house.set_up("openai", "grok")
    sim.fail("openai", repeat=True)
    sim.fail("grok", "rate_limit", retry_after="60", repeat=True)
    for _ in range(4):
        await run_test(house)
    for key in house.runtime.providers:
        health = house.runtime.chain.health(key)
        assert not health.needs_probe
        assert health.cooldown_left == 0


async def test_a_model_that_does_not_see_is_named(
    hass: HomeAssistant, house: House, sim: Simulator
) -> None:
    """It answers, fast and for money, with something that it made up; it takes over from nobody."""
    await house.set_up("openai", "grok", "gemini")
    sim.fail("grok", "blind", repeat=True)
    result = await run_test(house)
    assert result["ok"] is False
    assert pick(result["providers"], "provider", "key", "outcome", "status") == [
        ("openai", "ok", "ok", None),
        ("grok", "ok", "blind", None),
        ("gemini", "ok", "ok", None),
    ]
    blind = result["providers"][1]
    assert blind["description"] == INVENTED
    assert blind["cost"] > 0
    assert result["fallback"]["answered"] == "gemini"
    assert len(sim.requests("grok", "describe")) == 2, "asking again helps nobody"
    assert state_of(hass, "sensor.xai_grok_status").state == "blind"
    assert state_of(hass, "binary_sensor.xai_grok_problem").state == "on"


@pytest.mark.usefixtures("camera")
@pytest.mark.parametrize(("fault", "rests"), [("blind", True), (None, False)])
async def test_only_who_sees_is_trusted_again(
    house: House, sim: Simulator, fault: Any, rests: bool
) -> None:
    """A blind answer ends no rest: events would get what it invents. Its quota is back, though."""
    await house.set_up("openai", "grok")
    sim.fail("openai", "quota")
    assert (await house.describe())["provider"] == "grok"
    assert reported(house.hass).keys() == {"quota"}
    if fault:
        sim.fail("openai", fault)
    await run_test(house)
    provider_id = house.provider("openai").subentry_id
    assert (house.runtime.chain.health(provider_id).cooldown_left > 0) is rests
    assert reported(house.hass) == {}


async def test_it_counts_as_no_description(
    hass: HomeAssistant, house: House, camera: FakeCamera
) -> None:
    """Neither at once nor when all is read from the ledger again; its money counts."""
    await house.set_up("openai", "grok")
    await house.describe()
    for _ in range(2):
        await run_test(house)
    for _ in range(2):
        await hass.async_block_till_done()
        assert state_of(hass, "sensor.eyewitness_descriptions").state == "1"
        assert house.runtime.accounts.descriptions == 1
        spent = sum(row["cost_estimate"] for row in await house.usage())
        assert house.runtime.accounts.cost == pytest.approx(spent)
        assert house.runtime.accounts.viewers == {CAMERA: "openai"}
        await hass.config_entries.async_reload(house.entry.entry_id)
    assert pick(await house.usage(), "purpose") == [("event",)] + [("test",)] * 6


async def test_two_tests_at_once_are_one(house: House, sim: Simulator) -> None:
    """Somebody presses the button while the action runs: that costs nothing more."""
    await house.set_up("openai")
    first, second = await asyncio.gather(run_test(house), run_test(house))
    assert first == second
    assert len(sim.requests("openai", "describe")) == 1


@pytest.mark.usefixtures("camera")
async def test_it_takes_no_cameras_place(
    hass: HomeAssistant, house: House, sim: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may take five minutes, and the doorbell shall not wait for it."""
    monkeypatch.setattr(policy, "CONCURRENT_RUNS", 1)
    monkeypatch.setattr(policy, "QUEUED_RUNS", 0)
    await house.set_up("openai")
    sim.fail("openai", "hang")
    test = hass.async_create_task(run_test(house))
    await sim.wait_for_requests(2, "openai")
    assert (house.runtime.runs.running, house.runtime.tests.running) == (0, 1)
    assert (await house.describe())["provider"] == "openai"
    test.cancel()
    await asyncio.wait([test])


async def test_a_bug_in_it_is_told_in_our_words(
    house: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """With its place in the log, and without the exception's words."""
    await house.set_up("openai")
    monkeypatch.setattr(self_test, "sight_task", Mock(side_effect=KeyError("canary")))
    assert await error_key(run_test(house)) == "unexpected"
    assert "eyewitness/pipeline/self_test.py:" in caplog.text
    assert "canary" not in caplog.text


async def test_a_bug_in_a_check_is_an_outcome(
    house: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The others are tested all the same."""
    monkeypatch.setattr(OpenAIProvider, "list_models", AsyncMock(side_effect=KeyError("canary")))
    await house.set_up("openai", "grok")
    result = await run_test(house)
    assert pick(result["providers"], "provider", "key") == [("openai", "unknown"), ("grok", "ok")]
    assert "eyewitness/providers/chosen_model.py:" in caplog.text
    assert "canary" not in caplog.text


async def test_a_provider_that_is_removed_meanwhile(house: House, sim: Simulator) -> None:
    """Its reload is a second away: until then the test goes on."""
    await house.set_up("openai", "grok")
    sim.fail("openai", "latency", latency=0.3, endpoint="models")
    test = house.hass.async_create_task(run_test(house))
    await sim.wait_for_requests(1)
    settings = house.runtime.settings
    house.runtime.settings = replace(settings, providers={}, order=())
    assert pick((await test)["providers"], "name") == [("OpenAI",), ("xAI Grok",)]


async def test_it_does_not_run_for_ever(
    house: House, sim: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever hangs: there is an end, and nothing is left."""
    everything = policy.CHECK_SECONDS + 2 * policy.ATTEMPT_SECONDS
    monkeypatch.setattr(trial, "GRACE_SECONDS", 0.5 - everything)
    await house.set_up("openai")
    sim.fail("openai", "hang", repeat=True)
    assert await error_key(run_test(house)) == "too_slow"
    await landed(house)


async def test_only_an_admin_may_run_it(hass: HomeAssistant, house: House, sim: Simulator) -> None:
    """It costs money; a guest on a wall tablet must not be able to spend it."""
    await house.set_up("openai")
    guest = MockUser(name="Guest").add_to_hass(hass)
    assert not guest.is_admin
    with pytest.raises(Unauthorized):
        await run_test(house, Context(user_id=guest.id))
    assert sim.requests() == []
    admin = MockUser(name="Owner", is_owner=True).add_to_hass(hass)
    assert (await run_test(house, Context(user_id=admin.id)))["ok"] is True


async def test_no_key_is_in_the_result(house: House, sim: Simulator) -> None:
    """The result is shown to people who ask for help in public."""
    await house.set_up()
    sim.fail("openai", "auth")
    text = str(await run_test(house))
    assert not any(key in text for key in sim.keys.values())
