"""Rows go when they are older than wanted; what they come to stays."""

from contextlib import closing
from datetime import timedelta
from pathlib import Path
import sqlite3

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.eyewitness.const import DATABASE
from custom_components.eyewitness.runtime import ledger_writer
from tests.flows.test_options import change_limits
from tests.kit import House
from tests.ledger.kit import count
from tests.results import state_of
from tests.runtime.test_accounts import locked

pytestmark = pytest.mark.usefixtures("camera")


@pytest.fixture
def path(hass: HomeAssistant) -> Path:
    """Return where the database is."""
    return Path(hass.config.path(DATABASE))


async def pass_time(hass: HomeAssistant, delta: timedelta) -> None:
    """Let time pass, and wait for what begins then."""
    async_fire_time_changed(hass, dt_util.utcnow() + delta)
    await hass.async_block_till_done(wait_background_tasks=True)


def age(path: Path, days: int) -> None:
    """Let all rows that are there be older."""
    then = (dt_util.utcnow() - timedelta(days=days)).isoformat()
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("UPDATE ai_usage SET timestamp = ?", (then,))


async def test_rows_are_kept_as_long_as_wanted(
    hass: HomeAssistant, house: House, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A year unless somebody wants something else; a few at a time; the sums stay."""
    monkeypatch.setattr(ledger_writer, "PORTION", 2)
    monkeypatch.setattr(ledger_writer, "PORTION_PAUSE_SECONDS", 0)
    await house.set_up("openai")
    for number in range(5):
        await house.describe(prompt=f"{number}")
    await house.usage()
    age(path, 364)
    await pass_time(hass, timedelta(minutes=21))
    assert count(path) == 5
    await change_limits(house, retention_days="30")
    assert house.entry.options["retention_days"] == 30
    await house.describe(prompt="new")
    await house.usage()
    await pass_time(hass, timedelta(days=1, minutes=1))
    assert count(path) == 1
    assert state_of(hass, "sensor.openai_requests").state == "6"

    await change_limits(house, retention_days="0")
    age(path, 9999)
    await pass_time(hass, timedelta(days=2, minutes=1))
    assert count(path) == 1, "for ever"


async def test_a_file_that_cannot_be_written(
    hass: HomeAssistant, house: House, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is tried again on the next day, and so is what a backup has held up."""
    monkeypatch.setattr("custom_components.eyewitness.ledger.store.LOCK_MS", 50)
    await house.set_up("openai")
    await house.describe()
    await house.usage()
    age(path, 400)
    writer = house.runtime.accounts.writer
    with locked(path):
        await pass_time(hass, timedelta(minutes=21))
    assert count(path) == 1
    await writer.async_hold()
    await writer.async_forget("9999")
    assert count(path) == 1
    writer.async_release()
    await pass_time(hass, timedelta(days=1, minutes=1))
    assert count(path) == 0
