"""What was spent and said: counted at once, written behind, and lost by nothing that can be helped.

The database is locked, damaged, newer or in the middle of a backup; the house is the real one.
"""

# ruff: noqa: ASYNC240 - a few bytes in a folder of the test's own

import asyncio
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
import shutil
import sqlite3
import threading
import time
from typing import Any

from homeassistant.components.backup.const import DATA_MANAGER
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import EVENT_HOMEASSISTANT_FINAL_WRITE
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.eyewitness import backup
from custom_components.eyewitness.const import DATABASE, DOMAIN
from custom_components.eyewitness.ledger import store
from custom_components.eyewitness.ledger.store import Ledger
from tests.fixtures.release import RELEASE
from tests.kit import House, pick, until
from tests.ledger.kit import count
from tests.results import state_of
from tests.waiting import landed

from .kit import reload

pytestmark = pytest.mark.usefixtures("camera")

AT_ONCE = 1.0
"""Seconds; SQLite would wait five for a lock."""
COST = "sensor.eyewitness_total_cost"
REQUESTS = "sensor.openai_requests"


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the database as another process does that writes for long."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


@pytest.fixture
def path(hass: HomeAssistant) -> Path:
    """Return where the database is."""
    return Path(hass.config.path(DATABASE))


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a statement give a lock up at once, where a test is about what comes after that."""
    monkeypatch.setattr(store, "LOCK_MS", 50)


async def pass_time(hass: HomeAssistant, seconds: float) -> None:
    """Let so much time pass."""
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=seconds))
    await hass.async_block_till_done()


async def test_row_64_nobody_waits_for_a_locked_database(
    hass: HomeAssistant, house: House, path: Path
) -> None:
    """Answers and the self-test come at once; what waits is written when the lock is gone."""
    await house.set_up("openai")
    await house.describe()
    with locked(path):
        began = time.monotonic()
        for number in range(3):
            await house.describe(prompt=f"{number}")
        await hass.services.async_call(DOMAIN, "test_chain", blocking=True)
        assert time.monotonic() - began < AT_ONCE
        assert state_of(hass, REQUESTS).state == "5"
    await house.usage()
    assert count(path) == 5


@pytest.mark.usefixtures("impatient")
async def test_without_a_further_event_it_is_tried_again(
    hass: HomeAssistant, house: House, path: Path
) -> None:
    """A house where nothing moves for a week must not lose what moved before."""
    await house.set_up("openai")
    await house.describe()
    await house.usage()
    with locked(path):
        await house.describe()
        await hass.async_block_till_done()
        assert count(path) == 1
    await pass_time(hass, 61)
    assert count(path) == 2


@pytest.mark.usefixtures("impatient")
async def test_row_79_what_waits_is_written_when_home_assistant_stops(
    hass: HomeAssistant, house: House, path: Path
) -> None:
    """It does not unload entries then."""
    await house.set_up("openai")
    with locked(path):
        await house.describe()
        await hass.async_block_till_done()
    hass.bus.async_fire(EVENT_HOMEASSISTANT_FINAL_WRITE)
    await hass.async_block_till_done()
    assert count(path) == 1


@pytest.mark.usefixtures("impatient")
async def test_what_waits_outlives_a_reload(hass: HomeAssistant, house: House, path: Path) -> None:
    """Another key is typed in while the database is locked."""
    await house.set_up("openai")
    with locked(path):
        await house.describe()
        await reload(house)
        assert state_of(hass, REQUESTS).state == "1"
    await pass_time(hass, 61)
    assert count(path) == 1
    assert state_of(hass, REQUESTS).state == "1"


async def test_each_request_is_on_the_disk_before_the_next_one_ends(
    hass: HomeAssistant, house: House, path: Path
) -> None:
    """Or a power cut while the second provider hangs would lose what the first one has billed."""
    await house.set_up("openai", "grok")
    house.sim.fail("openai", "refusal")
    house.sim.fail("grok", "hang")
    call = hass.async_create_task(house.describe(timeout=15))
    await house.sim.wait_for_requests(2, "grok")
    await until(lambda: count(path) == 1)
    call.cancel()
    await landed(house)
    assert pick(await house.usage(), "provider", "outcome", "sent", "purpose") == [
        ("openai", "refused", 1, "event"),
        ("grok", "cancelled", 1, "event"),
    ]


async def test_an_event_is_one_job(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is known at its end goes to the disk together: each job costs time on the loop.

    The second one notes that the picture is on the disk, too.
    """
    await house.set_up("openai")
    await house.usage()
    jobs: list[str] = []
    for name in ("open", "write"):
        work = getattr(Ledger, name)

        def job(ledger: Ledger, name: str = name, work: Callable[[Ledger], Any] = work) -> Any:
            jobs.append(name)
            return work(ledger)

        monkeypatch.setattr(Ledger, name, job)
    await house.describe()
    await house.hass.async_block_till_done()
    assert jobs == ["write", "write"]
    assert len(await house.usage()) == 1


@pytest.mark.usefixtures("impatient")
async def test_locked_at_the_start(hass: HomeAssistant, house: House, path: Path) -> None:
    """Set-up goes on, sums are not shown as zero, and when the lock is gone all is there."""
    shutil.copyfile(RELEASE / DATABASE, path)
    before = count(path)
    with locked(path):
        entry = await house.set_up("openai", "grok")
        assert entry.state is ConfigEntryState.LOADED
        assert shown(hass) == ("unavailable", "unavailable", "unknown", "unknown")
        house.sim.fail("openai", "refusal")
        response = await house.describe()
        assert shown(hass) == ("unavailable", "unavailable", "refused", response["title"])
        assert issue(hass) is None
    await pass_time(hass, 61)
    assert (shown(hass)[0], count(path)) == ("1", before + 2)
    assert float(shown(hass)[1]) > response["cost"]


def shown(hass: HomeAssistant) -> tuple[str, ...]:
    """Return two sums, and two states that say what was last."""
    last = ("sensor.openai_status", "sensor.eyewitness_last_description")
    return tuple(state_of(hass, name).state for name in (REQUESTS, COST, *last))


def issue(hass: HomeAssistant) -> str | None:
    """Return what is reported about the ledger."""
    found = [name for domain, name in ir.async_get(hass).issues if domain == DOMAIN]
    assert len(found) <= 1
    return found[0] if found else None


def newer(path: Path) -> None:
    """Make the file one of a later version."""
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA user_version=99")


def damaged(path: Path) -> None:
    """Write over the file's beginning."""
    path.write_bytes(b"this is no database" * 100)


@pytest.mark.parametrize(
    ("spoil", "name"),
    [
        pytest.param(damaged, "ledger_damaged", id="row_60"),
        pytest.param(newer, "ledger_newer", id="row_61"),
    ],
)
async def test_rows_60_61_a_file_that_cannot_be_read(
    hass: HomeAssistant, house: House, path: Path, spoil: Any, name: str
) -> None:
    """Cameras are described, the file is left as it is, and a report says what to do."""
    spoil(path)
    before = path.read_bytes()
    entry = await house.set_up("openai")
    assert entry.state is ConfigEntryState.LOADED
    assert shown(hass) == ("unavailable", "unavailable", "unknown", "unknown")
    response = await house.describe()
    await pass_time(hass, 61)
    assert shown(hass) == ("unavailable", "unavailable", "ok", response["title"])
    assert (issue(hass), path.read_bytes()) == (name, before)
    await reload(house)
    assert (issue(hass), shown(hass)[3]) == (name, response["title"]), "kept over a reload"

    path.unlink()
    await pass_time(hass, 61)
    assert (issue(hass), shown(hass)[0], count(path)) == (None, "1", 1)


async def test_a_file_that_breaks_while_it_is_open(
    hass: HomeAssistant, house: House, path: Path
) -> None:
    """What the sums were is still known; it is set aside and what waits goes into a new file."""
    await house.set_up("openai")
    await house.describe()
    await house.usage()
    house.runtime.accounts.ledger.close()
    damaged(path)
    writer = house.runtime.accounts.writer
    await hass.async_add_executor_job(broken, house)
    await house.describe()
    await hass.async_block_till_done()
    assert (issue(hass), state_of(hass, REQUESTS).state) == ("ledger_damaged", "2")
    await writer.async_set_aside()
    await hass.async_block_till_done()
    assert (issue(hass), state_of(hass, REQUESTS).state, count(path)) == (None, "1", 1)
    assert path.with_name(f"{DATABASE}.damaged-1").exists()


def broken(house: House) -> None:
    """Hold the damaged file open, as if it had been damaged while it was."""
    ledger = house.runtime.accounts.ledger
    ledger._engine = store._engine(ledger._path)


async def test_a_lasting_trouble_is_reported(
    hass: HomeAssistant, house: House, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder that may not be written is nothing that passes by itself."""
    path.mkdir()
    await house.set_up("openai")
    await house.describe()
    waits = []
    while issue(hass) is None:
        waits.append(house.runtime.accounts.writer._pause)
        await pass_time(hass, waits[-1] + 1)
    assert (waits, issue(hass)) == ([60, 120, 240, 480], "ledger_unwritable")
    path.rmdir()
    await pass_time(hass, 601)
    assert (issue(hass), count(path)) == (None, 1)


def is_whole(copy: Path, events: int) -> bool:
    """Return whether a copy opens without damage and holds so many requests."""
    with closing(sqlite3.connect(copy)) as database:
        try:
            (sound,) = database.execute("PRAGMA integrity_check(1)").fetchone()
            (found,) = database.execute("SELECT count(*) FROM ai_usage").fetchone()
        except sqlite3.DatabaseError:
            return False
    return bool(sound == "ok" and found == events)


@pytest.mark.parametrize("held", [True, False])
async def test_a_backup_copies_a_whole_file(
    hass: HomeAssistant, house: House, path: Path, held: bool
) -> None:
    """The file is copied, its log is moved into it, and then what is in the log is copied.

    Without our part in the backup the copy is worth nothing.
    """
    assert await async_setup_component(hass, "backup", {})
    await hass.async_block_till_done()
    await house.set_up("openai")
    manager = hass.data[DATA_MANAGER]

    async def events(word: str) -> None:
        for number in range(3):
            await house.describe(prompt=f"{word} {number}")
        await hass.async_block_till_done()

    await events("before")
    if held:
        await manager.async_pre_backup_actions()
    copy = path.with_name("copy.db")
    shutil.copy(path, copy)
    with closing(sqlite3.connect(path)) as other:
        other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    await events("meanwhile")
    shutil.copy(f"{path}-wal", f"{copy}-wal")
    assert is_whole(copy, 3) is held
    assert (count(path), state_of(hass, REQUESTS).state) == (3 if held else 6, "6")
    await manager.async_post_backup_actions()
    await hass.async_block_till_done()
    assert count(path) == 6


@pytest.mark.parametrize("name", ["write", "forget"])
async def test_a_backup_waits_for_what_is_being_written(
    hass: HomeAssistant, house: House, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Or it would be written while the file is copied."""
    await house.set_up("openai")
    await house.usage()
    began, goes_on, order = threading.Event(), threading.Event(), []
    write, checkpoint = getattr(Ledger, name), Ledger.checkpoint

    def slow(ledger: Ledger, *args: Any) -> bool:
        began.set()
        goes_on.wait(5)
        written = write(ledger, *args)
        order.append("written")
        return bool(written)

    def whole(ledger: Ledger) -> None:
        checkpoint(ledger)
        order.append("whole")

    monkeypatch.setattr(Ledger, name, slow)
    monkeypatch.setattr(Ledger, "checkpoint", whole)
    await house.describe()
    if name == "forget":
        forgetting = house.runtime.accounts.writer.async_forget("0000")
        hass.async_create_background_task(forgetting, "forget")
    await until(began.is_set)
    holding = hass.async_create_task(backup.async_pre_backup(hass))
    await asyncio.wait({holding}, timeout=0.1)
    goes_on.set()
    await holding
    assert order == ["written", "whole"]


@pytest.mark.usefixtures("impatient")
async def test_a_backup_without_an_end_holds_nothing_for_ever(
    hass: HomeAssistant, house: House, path: Path
) -> None:
    """Nor does one that meets a locked file fail, or one without a running entry."""
    await house.set_up("openai")
    await house.usage()
    with locked(path):
        await backup.async_pre_backup(hass)
    await house.describe()
    await pass_time(hass, 890)
    assert count(path) == 0
    await pass_time(hass, 901)
    assert count(path) == 1
    await backup.async_pre_backup(hass)
    await house.describe()
    assert await hass.config_entries.async_unload(house.entry.entry_id)
    assert count(path) == 2, "an unload must not lose what was held"
    await backup.async_pre_backup(hass)
    await backup.async_post_backup(hass)


@pytest.mark.parametrize("suffixes", [("", "-wal", "-shm"), ("",)], ids=["all", "the_main_one"])
async def test_files_that_are_deleted_while_they_are_open(
    hass: HomeAssistant, house: House, path: Path, suffixes: tuple[str, ...]
) -> None:
    """SQLite goes on in what has no name any more; the next row has to be where people look."""
    await house.set_up("openai")
    await house.describe()
    await house.usage()
    for suffix in suffixes:
        path.with_name(f"{DATABASE}{suffix}").unlink()
    await house.describe()
    await hass.async_block_till_done()
    assert count(path) == int(state_of(hass, REQUESTS).state) > 0


async def test_a_file_that_is_replaced_while_it_is_open(
    hass: HomeAssistant, house: House, path: Path
) -> None:
    """Sums are those of the file that is there now, and what it had is not lost."""
    await house.set_up("openai", "grok")
    await house.describe()
    await house.usage()
    other = path.with_name("other.db")
    shutil.copyfile(RELEASE / DATABASE, other)
    before = count(other)
    for suffix in ("-wal", "-shm"):
        path.with_name(f"{DATABASE}{suffix}").unlink()
    other.replace(path)
    await house.describe()
    await hass.async_block_till_done()
    assert (count(path), state_of(hass, REQUESTS).state) == (before + 1, "1")
