"""Remember over a restart who must not be asked yet, and survive a damaged file."""

# ruff: noqa: ASYNC240 - a few bytes in a folder of the test's own

from datetime import timedelta
import json
from math import inf
from pathlib import Path
import time
from typing import Any

from homeassistant.const import EVENT_HOMEASSISTANT_FINAL_WRITE
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.eyewitness.chain.failures import Failure
from custom_components.eyewitness.chain.walk import Chain
from custom_components.eyewitness.runtime import cooldown_store
from custom_components.eyewitness.runtime.cooldown_store import CooldownStore, fingerprint
from tests.kit import FakeCamera, House
from tests.simulator import Simulator

from .kit import reload

KEY = "eyewitness.marks"
FINGERPRINTS = {"one": "fingerprint of one", "two": "fingerprint of two"}


@pytest.fixture
def hass_storage() -> dict[str, Any]:
    """Let Home Assistant's storage be the real one, in the test's own folder."""
    return {}


@pytest.fixture
def file(hass: HomeAssistant) -> Path:
    """Return where the marks are kept."""
    path = Path(hass.config.path(".storage", KEY))
    path.parent.mkdir(exist_ok=True)
    return path


def stored(file: Path) -> dict[str, Any]:
    """Return what is kept."""
    content: dict[str, Any] = json.loads(file.read_text())
    assert (content["version"], content["key"]) == (1, KEY)
    marks: dict[str, Any] = content["data"]
    return marks


def put(file: Path, marks: Any, **versions: int) -> None:
    """Write what an earlier run is said to have kept."""
    versions = versions or {"version": 1, "minor_version": 1}
    file.write_text(json.dumps({**versions, "key": KEY, "data": marks}))


def mark(provider_id: str, kind: Any, until: Any) -> dict[str, Any]:
    """Return the mark of a provider."""
    known = FINGERPRINTS[provider_id]
    return {provider_id: {"fingerprint": known, "kind": kind, "until": until}}


async def load(hass: HomeAssistant) -> tuple[CooldownStore, Chain, set[str]]:
    """Begin with what is in the file."""
    chain = Chain()
    store = CooldownStore(hass, chain, dict(FINGERPRINTS), {})
    return store, chain, await store.async_load()


async def pass_time(hass: HomeAssistant) -> None:
    """Let the delay of a write pass."""
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=31))
    await hass.async_block_till_done()


async def stop(hass: HomeAssistant) -> None:
    """Let Home Assistant write what it still has to."""
    hass.bus.async_fire(EVENT_HOMEASSISTANT_FINAL_WRITE)
    await hass.async_block_till_done()


async def failing(house: House) -> str | None:
    """Describe and return the error's name."""
    with pytest.raises(HomeAssistantError) as raised:
        await house.describe()
    return raised.value.translation_key


async def test_row_59_nothing_is_written_without_a_cooldown(
    hass: HomeAssistant, file: Path
) -> None:
    """Thirty seconds of a rate limit are over before a restart is, too."""
    store, chain, refused = await load(hass)
    assert refused == set()
    store.async_save()
    chain.health("one").cool_down(Failure.RATE_LIMIT, 50)
    store.async_save()
    await pass_time(hass)
    assert not file.exists()
    await store.async_flush()
    assert stored(file) == {}


async def test_the_file_goes_with_the_entry(
    hass: HomeAssistant, house: House, camera: FakeCamera, file: Path
) -> None:
    """Also one that was to be written in a moment."""
    await house.set_up("openai", "grok")
    house.sim.fail("openai", "quota")
    await house.describe()
    await hass.config_entries.async_remove(house.entry.entry_id)
    await pass_time(hass)
    await stop(hass)
    assert not file.exists()


async def test_a_run_that_is_over_writes_no_marks(hass: HomeAssistant, file: Path) -> None:
    """A key check or a trial may end late: the file holds the next run's marks by then."""
    over, chain, _ = await load(hass)
    over.async_save()
    await over.async_close()
    newer, newer_chain, _ = await load(hass)
    newer_chain.health("one").cool_down(Failure.MODEL_MISSING, inf)
    await newer.async_flush()
    chain.health("two").cool_down(Failure.MODEL_MISSING, inf)
    over.async_save()
    await pass_time(hass)
    await stop(hass)
    assert stored(file) == mark("one", "model_missing", None)


async def test_each_change_is_written_once(hass: HomeAssistant, file: Path) -> None:
    """Soon after the change, and not after every further event: an SD card wears out."""
    store, chain, _ = await load(hass)
    chain.health("one").cool_down(Failure.QUOTA, 3600)
    chain.health("two").cool_down(Failure.MODEL_MISSING, inf)
    store.async_save()
    await pass_time(hass)
    later = pytest.approx(time.time() + 3600, abs=5)
    assert stored(file) == mark("one", "quota", later) | mark("two", "model_missing", None)
    file.unlink()
    for _ in range(3):
        store.async_save()
        await pass_time(hass)
    assert not file.exists()


async def test_row_16_the_first_answer_after_it_clears_the_mark(
    hass: HomeAssistant, file: Path
) -> None:
    """When the hour is over nothing is held against a provider."""
    put(file, mark("one", "quota", time.time() + 3000))
    store, chain, _ = await load(hass)
    health = chain.health("one")
    health._cooldown_until = hass.loop.time()
    health.record_success()
    assert health.cooldown_failure is None
    store.async_save()
    await pass_time(hass)
    assert stored(file) == {}


@pytest.mark.parametrize(
    ("kind", "until", "seconds", "refused"),
    [
        ("quota", 3000, 3000, set()),
        pytest.param("quota", 40_000, 40_000, set(), id="row_15_as_long_as_the_vendor_says"),
        ("auth", 200, 200, set()),
        ("auth", None, inf, {"one"}),
        ("model_missing", None, inf, set()),
        pytest.param("quota", -365 * 86_400, 0, set(), id="row_65_set_forward"),
        pytest.param("quota", 365 * 86_400, 86_400, set(), id="row_65_quota"),
        pytest.param("rate_limit", 365 * 86_400, 3600, set(), id="row_65_rate_limit"),
        pytest.param("forbidden", 365 * 86_400, 3600, set(), id="row_65_forbidden"),
        pytest.param("auth", 365 * 86_400, 3600, set(), id="row_65_auth"),
    ],
)
async def test_a_mark_is_restored(
    hass: HomeAssistant,
    file: Path,
    kind: str,
    until: float | None,
    seconds: float,
    refused: set[str],
) -> None:
    """A clock that was set back makes no pause longer than the longest of its kind.

    After one that was set forward every pause is over: it costs a request to learn better.
    """
    put(file, mark("one", kind, until and time.time() + until))
    _, chain, found = await load(hass)
    assert chain.health("one").cooldown_left == pytest.approx(seconds, abs=5)
    assert (found, chain.health("two").cooldown_left) == (refused, 0)


async def test_row_62_a_file_without_a_minor_version(hass: HomeAssistant, file: Path) -> None:
    """Version 1 is the first there is; a store without the minor number is the same version."""
    put(file, mark("one", "quota", time.time() + 3000), version=1)
    _, chain, _ = await load(hass)
    assert 2900 < chain.health("one").cooldown_left <= 3000


ODD_TIMES: list[Any] = ["soon", None, [], {}, -5, -1e300, True]
ODD: list[Any] = [
    *(mark("one", "quota", until) for until in ODD_TIMES),
    *(mark("one", kind, 4e9) for kind in ("cancelled", "nonsense", "", 7, None, ["quota"])),
    mark("one", "rate_limit", None),
    mark("one", "server", None),
    {"gone": {"fingerprint": "x", "kind": "quota", "until": 4e9}},
    {"one": None},
    {"one": {"kind": "quota", "until": 4e9}},
    {"one": {"fingerprint": 5, "kind": "quota", "until": 4e9}},
    {"one": {"fingerprint": "someone else's", "kind": "quota", "until": 4e9}},
    [],
    None,
    7,
]


@pytest.mark.parametrize("odd", ODD, ids=str)
async def test_row_63_what_is_odd_counts_for_nothing(
    hass: HomeAssistant, file: Path, odd: Any
) -> None:
    """It costs a request, and the good marks beside it are kept."""
    beside = isinstance(odd, dict)
    put(file, {**odd, **mark("two", "quota", time.time() + 900)} if beside else odd)
    _, chain, refused = await load(hass)
    assert (chain.health("one").cooldown_left, refused) == (0, set())
    assert chain.health("two").cooldown_left == pytest.approx(900 if beside else 0, abs=10)


async def test_row_63_a_mark_far_beyond_all_time(
    hass: HomeAssistant, file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A number that no clock will reach can still be read, and is written as an hour from now."""
    put(file, mark("one", "model_missing", 1e300))
    store, chain, _ = await load(hass)
    assert chain.health("one").cooldown_left == pytest.approx(3600, abs=5)
    await store.async_flush()
    assert stored(file) == mark("one", "model_missing", pytest.approx(time.time() + 3600, abs=5))
    assert "Error writing" not in caplog.text


async def test_row_65_while_it_runs_no_clock_matters(
    hass: HomeAssistant, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is written is right by the clock of the moment; the pause itself does not move."""
    store, chain, _ = await load(hass)
    chain.health("one").cool_down(Failure.QUOTA, 3600)
    store.async_save()
    back = time.time() - 365 * 86_400
    monkeypatch.setattr(cooldown_store, "time", lambda: back)
    store.async_save()
    await stop(hass)
    assert stored(file) == mark("one", "quota", pytest.approx(back + 3600, abs=10))
    assert 3590 < chain.health("one").cooldown_left <= 3600


async def test_rows_15_43_79_a_spent_quota_is_kept_over_a_restart(
    hass: HomeAssistant, house: House, sim: Simulator, camera: FakeCamera, file: Path
) -> None:
    """Nobody asks again before the hour is over; no key and nothing made of one is on disk.

    Home Assistant does not unload entries when it stops; the store knows that moment.
    """
    await house.set_up("openai")
    sim.fail("openai", "quota", repeat=True)
    assert await failing(house) == "all_failed"
    assert not file.exists()
    await stop(hass)
    assert [found["kind"] for found in stored(file).values()] == ["quota"]
    await reload(house)
    (found,) = stored(file).values()
    assert found["until"] == pytest.approx(time.time() + 3600, abs=5)
    seen = len(sim.requests())
    assert await failing(house) == "all_resting"
    assert len(sim.requests()) == seen
    health = house.runtime.chain.health(house.provider("openai").subentry_id)
    assert health.cooldown_failure is Failure.QUOTA
    assert 3590 < health.cooldown_left <= 3601

    text, data = file.read_text(), house.provider("openai").data
    assert sim.keys["openai"] not in text
    assert data["api_key"] not in text
    assert fingerprint({**data, "api_key": sim.keys["openai"]}) not in text


async def test_row_60_a_corrupt_file(
    hass: HomeAssistant, file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Home Assistant moves it aside and tells the user; we begin anew."""
    file.write_text('{"version": 1, "data": {"half a')
    _, chain, _ = await load(hass)
    assert chain.health("one").cooldown_left == 0
    assert len(list(file.parent.glob(f"{KEY}.corrupt.*"))) == 1
    assert len([key for _, key in ir.async_get(hass).issues if KEY in key]) == 1
    assert caplog.text.count("Unrecoverable error decoding storage") == 1


async def test_row_61_a_file_of_a_newer_version(
    hass: HomeAssistant,
    house: House,
    sim: Simulator,
    camera: FakeCamera,
    file: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Descriptions go on; the file stays as it is whatever there is to remember, and we say so."""
    house.add_entry("openai")
    put(file, {}, version=2, minor_version=1)
    before = file.read_bytes()
    assert await hass.config_entries.async_setup(house.entry.entry_id)
    await house.describe()
    sim.fail("openai", "quota")
    assert await failing(house) == "all_failed"
    await pass_time(hass)
    assert await hass.config_entries.async_unload(house.entry.entry_id)
    assert file.read_bytes() == before
    assert "newer version" in caplog.text


@pytest.mark.parametrize(
    "content", ["[]", "7", '"a"', "null", '{"key": "x"}', '{"version": "2"}', '{"version": 0}']
)
async def test_row_60_a_file_that_is_no_store(
    hass: HomeAssistant, file: Path, content: str
) -> None:
    """Home Assistant stumbles over it; it costs the marks and is written anew."""
    file.write_text(content)
    store, chain, refused = await load(hass)
    assert (refused, chain.health("one").cooldown_left) == (set(), 0)
    chain.health("one").cool_down(Failure.MODEL_MISSING, inf)
    await store.async_flush()
    assert stored(file) == mark("one", "model_missing", None)


@pytest.mark.parametrize(
    ("dropped", "known"),
    [
        ({"gpt-9": ["store", "reasoning_effort"]}, {"gpt-9": {"store", "reasoning_effort"}}),
        ({"gpt-9": ["store", "model", 7, None], "b": "store", "c": []}, {"gpt-9": {"store"}}),
        (["gpt-9"], {}),
        (None, {}),
    ],
)
async def test_what_a_model_rejects_is_restored(
    hass: HomeAssistant, house: House, file: Path, dropped: Any, known: Any
) -> None:
    """As far as it makes sense, and only for the provider's present settings."""
    house.add_entry("openai", "grok")
    marks = {
        house.provider(kind).subentry_id: {"fingerprint": digest, "dropped": dropped}
        for kind, digest in (
            ("openai", fingerprint(house.provider("openai").data)),
            ("grok", "that of another key"),
        )
    }
    put(file, marks)
    assert await hass.config_entries.async_setup(house.entry.entry_id)
    openai, grok = house.runtime.providers.values()
    assert (openai.dropped_parameters, grok.dropped_parameters) == (known, {})
    await house.runtime.cooldowns.async_flush()
    kept = [found["dropped"] for found in stored(file).values()]
    assert kept == [{model: sorted(names) for model, names in known.items()}] * bool(known)


async def test_a_key_in_the_field_of_the_model_is_not_stored(
    house: House, sim: Simulator, camera: FakeCamera, file: Path
) -> None:
    """Somebody has mixed up two fields, and whoever answers rejects a parameter of it."""
    key = sim.keys["openai"]
    await house.set_up(house.subentry("openai", model=key))
    sim.offer("openai", key, refuses=["store"])
    await house.describe()
    await house.runtime.cooldowns.async_flush()
    assert key not in file.read_text()


@pytest.mark.parametrize("named", [True, False])
async def test_row_43_whether_a_time_is_a_guess_is_kept(
    hass: HomeAssistant, file: Path, named: bool
) -> None:
    """Then it holds for a minute when nobody else is left; what a vendor named holds."""
    store, chain, _ = await load(hass)
    chain.health("one").cool_down(Failure.QUOTA, 3600, named=named)
    await store.async_flush()
    assert stored(file)["one"].get("guess", False) is not named
    _, chain, _ = await load(hass)
    health = chain.health("one")
    assert health.cooldown_left == pytest.approx(3600, abs=5)
    assert health.firm_until - hass.loop.time() == pytest.approx(3600 if named else 60, abs=5)


async def test_row_11_a_time_that_a_vendor_named_is_kept_over_a_reload(
    house: House, sim: Simulator, camera: FakeCamera
) -> None:
    """A reload takes a second, and a short Retry-After may be half a minute."""
    await house.set_up("openai")
    sim.fail("openai", "rate_limit", retry_after="58")
    assert await failing(house) == "all_failed"
    began = time.monotonic()
    for _ in range(2):
        await reload(house)
        health = house.runtime.chain.health(house.provider("openai").subentry_id)
        named = 57.9 - (time.monotonic() - began)
        assert named <= health.firm_until - house.hass.loop.time() <= named + 3
