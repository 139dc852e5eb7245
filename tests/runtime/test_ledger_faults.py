"""Real faults of the database: descriptions go on, and in the end every request is counted once."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
import logging
from pathlib import Path
import subprocess
import sys
import time
from typing import Final

from homeassistant.core import HomeAssistant
import pytest

from custom_components.eyewitness.const import DATABASE
from custom_components.eyewitness.ledger import store
from custom_components.eyewitness.ledger.rows import Period
from custom_components.eyewitness.ledger.schema import VERSION
from tests.kit import House
from tests.ledger.kit import check_sums, count, query
from tests.results import state_of
from tests.runtime.test_accounts import REQUESTS, issue, pass_time

from .kit import reload

pytestmark = pytest.mark.usefixtures("camera", "impatient")

BEFORE: Final = 2
MEANWHILE: Final = 3
_LOCK: Final = """
import sqlite3, sys
other = sqlite3.connect(sys.argv[1], isolation_level=None)
other.execute("BEGIN IMMEDIATE")
print(flush=True)
sys.stdin.read()
"""


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a statement give a lock up at once."""
    monkeypatch.setattr(store, "LOCK_MS", 50)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """Return a file system of its own, of two megabytes."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", place], check=False, capture_output=True
    )
    if mounted.returncode:
        pytest.skip("only root may mount a file system")
    yield place
    subprocess.run(["umount", "-l", place], check=True)


@contextmanager
def another_process(path: Path) -> Iterator[None]:
    """Let another process write for long."""
    other = subprocess.Popen(
        [sys.executable, "-c", _LOCK, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with other:
        assert other.stdout is not None
        assert other.stdout.readline()
        yield
        other.communicate()


@contextmanager
def full(path: Path) -> Iterator[None]:
    """Fill the file system to its last byte."""
    ballast = path.with_name("ballast")
    with suppress(OSError), ballast.open("wb", buffering=0) as file:
        while file.write(b"\0" * 4096):
            pass
    yield
    ballast.unlink()


@contextmanager
def read_only(path: Path) -> Iterator[None]:
    """Let the file system take nothing more."""
    remount(path.parent, "ro")
    yield
    remount(path.parent, "rw")


def remount(place: Path, mode: str) -> None:
    """Mount a file system anew in another mode, once nobody is just writing to it."""
    command = ["mount", "-o", f"remount,{mode}", str(place)]
    until = time.monotonic() + 10
    while subprocess.run(command, check=False).returncode:
        assert time.monotonic() < until
        time.sleep(0.05)


@contextmanager
def newer(path: Path) -> Iterator[None]:
    """Make it the file of a later version, until that has been thought better of."""
    query(path, f"PRAGMA user_version={VERSION + 1}")
    yield
    query(path, f"PRAGMA user_version={VERSION}")


@contextmanager
def overwritten(path: Path) -> Iterator[None]:
    """Write over the file's header, until that is put right from outside."""
    header = path.read_bytes()[:100]
    write_header(path, b"\xff" * len(header))
    yield
    write_header(path, header)


def write_header(path: Path, header: bytes) -> None:
    """Write over a file's beginning."""
    with path.open("r+b") as file:
        file.write(header)


async def describe(house: House, word: str, times: int) -> None:
    """Describe something several times."""
    for number in range(times):
        assert (await house.describe(prompt=f"{word} {number}"))["title"]
    await house.hass.async_block_till_done()


@pytest.mark.parametrize(
    ("fault", "stays_open", "issue_name"),
    [
        (another_process, True, "ledger_unwritable"),
        (full, True, "ledger_unwritable"),
        (read_only, False, "ledger_unwritable"),
        (newer, False, "ledger_newer"),
        (overwritten, False, "ledger_damaged"),
    ],
)
async def test_nothing_is_lost_or_counted_twice(
    hass: HomeAssistant,
    house: House,
    disk: Path,
    caplog: pytest.LogCaptureFixture,
    fault: Callable[[Path], AbstractContextManager[None]],
    stays_open: bool,
    issue_name: str,
) -> None:
    """One line in the log, one report, and when it is over, all rows and sums in the file."""
    hass.config.config_dir = str(disk)
    path = disk / DATABASE
    await house.set_up("openai")
    await describe(house, "before", BEFORE)
    accounts = house.runtime.accounts
    await hass.async_add_executor_job(accounts.ledger.checkpoint)
    if not stays_open:
        await hass.async_add_executor_job(accounts.ledger.close)
    caplog.clear()
    with fault(path):
        await describe(house, "meanwhile", MEANWHILE)
        while issue(hass) is None:
            await pass_time(hass, accounts.writer._pause + 1)
        assert issue(hass) == issue_name
        assert len(accounts.line) >= MEANWHILE
        assert accounts.today.calls == BEFORE + MEANWHILE
        assert state_of(hass, REQUESTS).state == f"{BEFORE + MEANWHILE}"
    await pass_time(hass, 601)
    said = [each for each in caplog.records if "The records can" in each.getMessage()]
    assert [each.levelno for each in said] == [logging.ERROR, logging.INFO]
    assert (issue(hass), len(accounts.line)) == (None, 0)
    for _ in range(2):
        assert count(path) == BEFORE + MEANWHILE
        assert len(set(query(path, "SELECT event_id FROM ai_usage"))) == BEFORE + MEANWHILE
        check_sums(path)
        accounts = house.runtime.accounts
        assert accounts.today == accounts.spent(Period.EVER)
        assert accounts.today.descriptions == BEFORE + MEANWHILE
        await reload(house)


async def test_a_damaged_file_that_is_set_aside(
    hass: HomeAssistant, house: House, disk: Path
) -> None:
    """What waited begins the new file, and what was written stays in the old one."""
    hass.config.config_dir = str(disk)
    path = disk / DATABASE
    await house.set_up("openai")
    await describe(house, "before", BEFORE)
    accounts = house.runtime.accounts
    await hass.async_add_executor_job(accounts.ledger.checkpoint)
    await hass.async_add_executor_job(accounts.ledger.close)
    header = path.read_bytes()[:100]
    with overwritten(path):
        await describe(house, "meanwhile", MEANWHILE)
        await accounts.writer.async_set_aside()
        await hass.async_block_till_done()
    aside = path.with_name(f"{DATABASE}.damaged-1")
    write_header(aside, header)
    for file, rows in ((path, MEANWHILE), (aside, BEFORE)):
        assert count(file) == rows
        check_sums(file)
    assert accounts.spent(Period.EVER).calls == MEANWHILE
