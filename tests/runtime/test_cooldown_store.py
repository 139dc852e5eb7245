"""Remember over a restart who must not be asked yet, and survive a damaged file."""

import asyncio
from datetime import timedelta
import json
from math import inf
from pathlib import Path
import time
from typing import Any

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import EVENT_HOMEASSISTANT_FINAL_WRITE
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.eyewitness.chain.circuit import Standing
from custom_components.eyewitness.chain.failures import Kind
from custom_components.eyewitness.const import DATABASE
from custom_components.eyewitness.runtime import cooldown_store
from tests.kit import FakeCamera, House, pick
from tests.runtime.test_issues import describe_and_wait, reauths
from tests.simulator import Simulator
from tests.test_init import open_files

KEY = "eyewitness.marks"


@pytest.fixture
def hass_storage() -> dict[str, Any]:
    """Let Home Assistant's storage be the real one, in the test's own folder."""
    return {}


def file_of(hass: HomeAssistant) -> Path:
    """Return where the marks are kept."""
    return Path(hass.config.path(".storage", KEY))


def stored(hass: HomeAssistant) -> dict[str, Any]:
    """Return what is kept."""
    data: dict[str, Any] = json.loads(file_of(hass).read_text())
    assert (data["version"], data["key"]) == (1, KEY)
    marks: dict[str, Any] = data["data"]
    return marks


def store(hass: HomeAssistant, marks: Any, version: int = 1) -> None:
    """Write what an earlier run is said to have kept."""
    path = file_of(hass)
    path.parent.mkdir(exist_ok=True)
    content = {"version": version, "minor_version": 1, "key": KEY, "data": marks}
    path.write_text(marks if isinstance(marks, str) else json.dumps(content))


async def restart(hass: HomeAssistant, house: House) -> None:
    """Set the entry up anew, from what is on disk."""
    assert await hass.config_entries.async_reload(house.entry.entry_id)
    await hass.async_block_till_done()


def standing(house: House, kind: str) -> Standing:
    """Return how a provider stands."""
    return house.runtime.chain.standing(house.provider(kind).subentry_id)


def mark(house: House, kind: str, why: str, until: Any) -> dict[str, Any]:
    """Return a mark of a provider of the entry."""
    subentry = house.provider(kind)
    known = cooldown_store.fingerprint(subentry.data)
    return {subentry.subentry_id: {"fingerprint": known, "kind": why, "until": until}}


async def failing(house: House) -> HomeAssistantError:
    """Describe and return the error."""
    with pytest.raises(HomeAssistantError) as raised:
        await house.describe()
    return raised.value


async def test_row_59_a_missing_file(hass: HomeAssistant, house: House, camera: FakeCamera) -> None:
    """The first start of all: everybody is asked, and nothing is written for it."""
    await house.set_up("openai")
    assert (await house.describe())["provider"] == "openai"
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=31))
    await hass.async_block_till_done()
    assert not file_of(hass).exists()


async def test_rows_15_43_a_spent_quota_is_kept_over_a_restart(
    hass: HomeAssistant, house: House, sim: Simulator, camera: FakeCamera
) -> None:
    """Nobody asks again before the hour is over, restart or not."""
    await house.set_up("openai")
    sim.fail("openai", "quota", repeat=True)
    assert (await failing(house)).translation_key == "all_failed"
    await restart(hass, house)
    (found,) = stored(hass).values()
    assert found["kind"] == "quota"
    assert found["until"] == pytest.approx(time.time() + 3600, abs=5)
    seen = len(sim.requests())
    assert (await failing(house)).translation_key == "all_resting"
    assert len(sim.requests()) == seen
    assert standing(house, "openai").bench_kind is Kind.QUOTA
    assert 3590 < standing(house, "openai").bench_left <= 3601


async def test_row_15_a_quota_is_kept_as_long_as_the_vendor_says(
    hass: HomeAssistant, house: House, sim: Simulator, camera: FakeCamera
) -> None:
    """A vendor may name the seconds; a day is the most that is believed."""
    await house.set_up("openai", "grok", "anthropic")
    sim.fail("openai", "quota", headers={"retry-after": "40000"})
    sim.fail("grok", "quota", headers={"retry-after": "400000"})
    order = ["openai", "grok", "anthropic"]
    assert (await house.describe(providers=order))["provider"] == "anthropic"
    await restart(hass, house)
    assert 39_000 < standing(house, "openai").bench_left <= 40_001
    assert 86_000 < standing(house, "grok").bench_left <= 86_401
    assert standing(house, "anthropic").bench_left == 0


async def test_row_16_the_first_answer_after_it_clears_the_mark(
    hass: HomeAssistant, house: House, sim: Simulator, camera: FakeCamera
) -> None:
    """When the hour is over the provider is asked again; nothing is held against it."""
    entry = house.add_entry("openai")
    store(hass, mark(house, "openai", "quota", time.time() + 3000))
    await hass.config_entries.async_setup(entry.entry_id)
    assert (await failing(house)).translation_key == "all_resting"
    standing(house, "openai")._bench_until = hass.loop.time()
    assert (await house.describe())["provider"] == "openai"
    assert standing(house, "openai").bench_kind is None
    await restart(hass, house)
    assert stored(hass) == {}


async def test_a_model_that_is_gone_stays_gone_until_the_settings_change(
    hass: HomeAssistant, house: House, sim: Simulator, camera: FakeCamera
) -> None:
    """A restart changes no settings; another model does."""
    entry = await house.set_up(house.subentry("openai", model="gpt-4.1-mini"))
    sim.retire("openai", "gpt-4.1-mini")
    await failing(house)
    await restart(hass, house)
    (found,) = stored(hass).values()
    assert (found["kind"], found["until"]) == ("model_missing", None)
    assert standing(house, "openai").bench_left == inf
    assert (await failing(house)).translation_key == "all_resting"

    subentry = house.provider("openai")
    hass.config_entries.async_update_subentry(
        entry, subentry, data={**subentry.data, "model": "gpt-4o-mini"}
    )
    await hass.async_block_till_done()
    assert (await house.describe())["provider"] == "openai"


async def test_row_17_a_single_refusal_is_kept_for_its_five_minutes(
    hass: HomeAssistant, house: House, sim: Simulator, camera: FakeCamera
) -> None:
    """The second witness said that the key is fine: nobody is asked to type, before or after."""
    await house.set_up("openai", "grok")
    await house.runtime.providers[house.provider("openai").subentry_id].check()
    sim.fail("openai", "auth")
    await describe_and_wait(hass, house)
    await restart(hass, house)
    assert 290 < standing(house, "openai").bench_left <= 301
    assert house.runtime.refused == set()
    assert reauths(hass) == 0
    assert pick((await house.describe())["attempts"], "provider") == [("grok",)]


async def test_row_18_one_reauth_for_a_hundred_events(
    hass: HomeAssistant, house: House, sim: Simulator, camera: FakeCamera
) -> None:
    """Two witnesses, one flow, and no request with that key any more."""
    await house.set_up("openai", "grok")
    sim.set_key("openai", "renewed-key")
    await asyncio.gather(*(house.describe(prompt=f"{n}") for n in range(10)))
    await hass.async_block_till_done(wait_background_tasks=True)
    seen = len(sim.requests("openai"))
    for _ in range(90):
        assert (await house.describe())["provider"] == "grok"
    await hass.async_block_till_done(wait_background_tasks=True)
    assert len(sim.requests("openai")) == seen
    assert reauths(hass) == 1


async def test_row_18_after_a_restart_it_is_asked_for_again(
    hass: HomeAssistant, house: House, sim: Simulator, camera: FakeCamera
) -> None:
    """Home Assistant forgets flows; the key is still wrong, and nobody would find out."""
    await house.set_up("openai", "grok")
    sim.set_key("openai", "renewed-key")
    await describe_and_wait(hass, house)
    for flow in hass.config_entries.flow.async_progress():
        hass.config_entries.flow.async_abort(flow["flow_id"])
    seen = len(sim.requests("openai"))
    await restart(hass, house)
    assert house.runtime.refused == {house.provider("openai").subentry_id}
    assert reauths(hass) == 1
    for _ in range(3):
        assert (await describe_and_wait(hass, house))["provider"] == "grok"
    assert len(sim.requests("openai")) == seen
    assert reauths(hass) == 1


@pytest.mark.parametrize("same_key", [False, True], ids=["new key", "same key"])
async def test_row_18_a_key_that_was_entered_again_is_asked_again(
    hass: HomeAssistant, house: House, sim: Simulator, camera: FakeCamera, same_key: bool
) -> None:
    """Be it the same one, which its vendor had locked and has unlocked."""
    await house.set_up("openai", "grok")
    old = sim.keys["openai"]
    sim.set_key("openai", "renewed-key")
    await describe_and_wait(hass, house)
    (flow,) = hass.config_entries.flow.async_progress()
    if same_key:
        sim.set_key("openai", old)
    result = await hass.config_entries.flow.async_configure(
        flow["flow_id"], {"api_key": old if same_key else "renewed-key"}
    )
    assert result["type"] == "abort"
    assert result["reason"] == "reauth_successful"
    await hass.async_block_till_done()
    assert (await house.describe())["provider"] == "openai"
    assert house.runtime.refused == set()
    assert reauths(hass) == 0
    await restart(hass, house)
    assert stored(hass) == {}
    assert reauths(hass) == 0


async def test_short_pauses_are_not_written(
    hass: HomeAssistant, house: House, sim: Simulator, camera: FakeCamera
) -> None:
    """Thirty seconds of a rate limit are over before a restart is."""
    await house.set_up("openai", "grok")
    sim.fail("openai", "rate_limit", retry_after="50")
    await house.describe()
    assert standing(house, "openai").bench_left > 40
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=31))
    await hass.async_block_till_done()
    assert not file_of(hass).exists()
    await restart(hass, house)
    assert stored(hass) == {}
    assert (await house.describe())["provider"] == "openai"


async def test_it_is_written_once_for_each_change(
    hass: HomeAssistant,
    house: House,
    sim: Simulator,
    camera: FakeCamera,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Soon after the change, and not after every further event: an SD card wears out."""
    monkeypatch.setattr(cooldown_store, "_SAVE_SECONDS", 0.05)
    await house.set_up("openai", "grok")
    sim.fail("openai", "quota")
    await house.describe()
    await asyncio.sleep(0.3)
    await hass.async_block_till_done()
    assert len(stored(hass)) == 1
    file_of(hass).unlink()
    for _ in range(3):
        await house.describe()
        await asyncio.sleep(0.1)
    await hass.async_block_till_done()
    assert not file_of(hass).exists()


async def test_row_79_it_is_written_when_home_assistant_stops(
    hass: HomeAssistant, house: House, sim: Simulator, camera: FakeCamera
) -> None:
    """Home Assistant does not unload entries when it stops; the store knows that moment."""
    await house.set_up("openai", "grok")
    sim.fail("openai", "quota")
    await house.describe()
    assert not file_of(hass).exists()
    hass.bus.async_fire(EVENT_HOMEASSISTANT_FINAL_WRITE)
    await hass.async_block_till_done()
    assert [found["kind"] for found in stored(hass).values()] == ["quota"]


async def test_no_key_and_nothing_made_of_one_is_written(
    hass: HomeAssistant, house: House, sim: Simulator, camera: FakeCamera
) -> None:
    """The fingerprint is that of the encrypted key."""
    await house.set_up("openai", "grok")
    sim.fail("openai", "quota")
    await house.describe()
    await restart(hass, house)
    text = file_of(hass).read_text()
    assert sim.keys["openai"] not in text
    assert house.provider("openai").data["api_key"] not in text
    again = {**house.provider("openai").data, "api_key": sim.keys["openai"]}
    assert cooldown_store.fingerprint(again) not in text


async def test_row_60_a_corrupt_file(
    hass: HomeAssistant, house: House, camera: FakeCamera, caplog: pytest.LogCaptureFixture
) -> None:
    """Home Assistant moves it aside and tells the user; we begin anew."""
    house.add_entry("openai")
    store(hass, '{"version": 1, "data": {"half a')
    await hass.config_entries.async_setup(house.entry.entry_id)
    assert house.entry.state is ConfigEntryState.LOADED
    assert (await house.describe())["provider"] == "openai"
    aside = [path.name for path in file_of(hass).parent.glob(f"{KEY}.corrupt.*")]
    assert len(aside) == 1
    issues = [key for _, key in ir.async_get(hass).issues if KEY in key]
    assert len(issues) == 1
    assert caplog.text.count("Unrecoverable error decoding storage") == 1


async def test_row_61_a_file_of_a_newer_version(
    hass: HomeAssistant, house: House, camera: FakeCamera
) -> None:
    """Set-up fails and the file stays as it is; nothing is left open."""
    house.add_entry("openai")
    store(hass, mark(house, "openai", "quota", time.time() + 3000), version=2)
    before = file_of(hass).read_bytes()
    assert not await hass.config_entries.async_setup(house.entry.entry_id)
    assert house.entry.state is ConfigEntryState.SETUP_ERROR
    assert file_of(hass).read_bytes() == before
    assert not open_files(hass.config.path(DATABASE))
    with pytest.raises(HomeAssistantError) as raised:
        await house.describe()
    assert raised.value.translation_key == "service_config_entry_not_loaded"


async def test_row_62_a_file_without_a_minor_version(
    hass: HomeAssistant, house: House, camera: FakeCamera
) -> None:
    """Version 1 is the first there is; a store without the minor number is the same version."""
    house.add_entry("openai")
    marks = mark(house, "openai", "quota", time.time() + 3000)
    store(hass, json.dumps({"version": 1, "key": KEY, "data": marks}))
    await hass.config_entries.async_setup(house.entry.entry_id)
    assert 2900 < standing(house, "openai").bench_left <= 3000


@pytest.mark.parametrize(
    ("why", "until"),
    [
        ("quota", "soon"),
        ("quota", None),
        ("rate_limit", None),
        ("server", None),
        ("quota", []),
        ("quota", {}),
        ("quota", -5),
        ("quota", -1e300),
        ("quota", True),
        ("cancelled", 4e9),
        ("nonsense", 4e9),
        ("", 4e9),
        (7, 4e9),
        (None, 4e9),
        (["quota"], 4e9),
    ],
    ids=str,
)
async def test_row_63_an_odd_mark_counts_for_nothing(
    hass: HomeAssistant, house: House, camera: FakeCamera, why: Any, until: Any
) -> None:
    """It costs a request, and the good marks beside it are kept."""
    house.add_entry("openai", "grok")
    odd, good = mark(house, "openai", why, until), mark(house, "grok", "quota", time.time() + 900)
    store(hass, {**odd, **good})
    await hass.config_entries.async_setup(house.entry.entry_id)
    assert house.entry.state is ConfigEntryState.LOADED
    assert standing(house, "openai").bench_left == 0
    assert 890 < standing(house, "grok").bench_left <= 900
    assert (await house.describe())["provider"] == "openai"


@pytest.mark.parametrize(
    "marks",
    [
        [],
        "null",
        7,
        {"gone": {"fingerprint": "x", "kind": "quota", "until": 4e9}},
        {"openai": None},
        {"openai": {"kind": "quota", "until": 4e9}},
        {"openai": {"fingerprint": 5, "kind": "quota", "until": 4e9}},
        {"openai": {"fingerprint": "someone else's", "kind": "quota", "until": 4e9}},
    ],
    ids=str,
)
async def test_row_63_an_odd_file_counts_for_nothing(
    hass: HomeAssistant, house: House, camera: FakeCamera, marks: Any
) -> None:
    """Whatever lies there in place of the marks."""
    house.add_entry("openai")
    if isinstance(marks, dict):
        key = house.provider("openai").subentry_id
        marks = {key if name == "openai" else name: value for name, value in marks.items()}
    store(hass, None if marks == "null" else marks)
    await hass.config_entries.async_setup(house.entry.entry_id)
    assert (await house.describe())["provider"] == "openai"


async def test_row_63_a_mark_far_beyond_all_time(
    hass: HomeAssistant, house: House, camera: FakeCamera, caplog: pytest.LogCaptureFixture
) -> None:
    """A number that no clock will reach can still be read and written."""
    house.add_entry("openai")
    store(hass, mark(house, "openai", "model_missing", 1e300))
    await hass.config_entries.async_setup(house.entry.entry_id)
    assert (await failing(house)).translation_key == "all_resting"
    await restart(hass, house)
    assert [found["until"] for found in stored(hass).values()] == [1e300]
    assert "Error writing" not in caplog.text


@pytest.mark.parametrize(
    ("why", "longest"),
    [("quota", 86_400), ("rate_limit", 3600), ("forbidden", 3600), ("auth", 3600)],
)
async def test_row_65_a_clock_that_was_set_back_a_year(
    hass: HomeAssistant, house: House, camera: FakeCamera, why: str, longest: float
) -> None:
    """No pause is longer than the longest that its kind allows."""
    house.add_entry("openai")
    store(hass, mark(house, "openai", why, time.time() + 365 * 86_400))
    await hass.config_entries.async_setup(house.entry.entry_id)
    assert longest - 10 < standing(house, "openai").bench_left <= longest


async def test_row_65_a_clock_that_was_set_forward(
    hass: HomeAssistant, house: House, camera: FakeCamera, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Then every pause is over: it costs a request to learn better."""
    house.add_entry("openai")
    store(hass, mark(house, "openai", "quota", time.time() + 3600))
    monkeypatch.setattr(cooldown_store, "time", lambda: time.time() + 365 * 86_400)
    await hass.config_entries.async_setup(house.entry.entry_id)
    assert (await house.describe())["provider"] == "openai"


async def test_row_65_while_it_runs_no_clock_matters(
    hass: HomeAssistant,
    house: House,
    sim: Simulator,
    camera: FakeCamera,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What is written is right by the clock of the moment; the pause itself does not move."""
    await house.set_up("openai", "grok")
    sim.fail("openai", "quota")
    await house.describe()
    back = time.time() - 365 * 86_400
    monkeypatch.setattr(cooldown_store, "time", lambda: back)
    await house.describe()
    hass.bus.async_fire(EVENT_HOMEASSISTANT_FINAL_WRITE)
    await hass.async_block_till_done()
    (found,) = stored(hass).values()
    assert found["until"] == pytest.approx(back + 3600, abs=10)
    assert 3590 < standing(house, "openai").bench_left <= 3600
