"""A history without the rest of an entry, and what is on the disk of one."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
import sqlite3

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.util import dt as dt_util
from homeassistant.util.signal_type import SignalType
from homeassistant.util.ulid import ulid_at_time

from custom_components.eyewitness.const import DATABASE
from custom_components.eyewitness.ledger.events import EventRow
from custom_components.eyewitness.pictures import event_files
from custom_components.eyewitness.pictures.rules import CameraRules
from custom_components.eyewitness.runtime.accounts import Accounts
from custom_components.eyewitness.runtime.history import History
from custom_components.eyewitness.runtime.history_care import Limits
from tests.kit import picture

JPEG = picture(320, 180)
ROOMY = Limits(days=30, bytes=10_000_000)


@dataclass
class Store:
    """A history, and the rules and limits that it goes by."""

    hass: HomeAssistant
    rules: CameraRules = field(default_factory=CameraRules)
    limits: Limits = ROOMY
    accounts: Accounts = field(init=False)
    history: History = field(init=False)

    async def open(self) -> None:
        """Begin as an entry does."""
        self.accounts = Accounts(self.hass, Path(self.hass.config.path(DATABASE)))
        await self.accounts.writer.async_flush()
        self.history = History(
            self.hass, self.accounts, lambda _hass, _camera: self.rules, lambda: self.limits
        )

    async def close(self) -> None:
        """End as an entry does."""
        await self.history.async_close()
        await self.accounts.writer.async_close()

    def add(self, event: EventRow, jpeg: bytes | None = JPEG) -> EventRow:
        """List an event."""
        self.history.async_add(event, jpeg)
        return event

    async def idle(self) -> None:
        """Wait until everything is on the disk that can be."""
        await self.history.async_flush()
        await self.accounts.writer.async_settle()
        while (task := self.history._care._task) is not None and not task.done():
            await asyncio.wait([task])

    async def care(self) -> None:
        """Look after everything, and wait for the end of that."""
        self.history.async_care()
        await self.idle()

    @property
    def root(self) -> Path:
        """Return the folder of the pictures."""
        return event_files.root(self.hass)


@asynccontextmanager
async def opened(hass: HomeAssistant, limits: Limits = ROOMY) -> AsyncIterator[Store]:
    """Open a history, and close it in the end."""
    store = Store(hass, limits=limits)
    await store.open()
    try:
        yield store
    finally:
        await store.close()


def heard[T](hass: HomeAssistant, signal: SignalType[T]) -> list[T]:
    """Collect what is told from now on, at once: in a thread, it would come some time later."""
    told: list[T] = []

    @callback
    def hear(what: T) -> None:
        told.append(what)

    async_dispatcher_connect(hass, signal, hear)
    return told


def event_at(time: datetime, number: int = 0) -> EventRow:
    """Return an event of a time."""
    return EventRow(
        event_id=f"{ulid_at_time(time.timestamp())[:10]}{number:016}",
        camera="camera.front_door",
        camera_name="Front door",
        timestamp=dt_util.as_local(time).isoformat(),
        status="described",
        title=f"Person {number}",
        description="A person stands at the door.",
    )


def rows(hass: HomeAssistant) -> dict[str, tuple[str, int]]:
    """Return the day and the size of the picture of each event in the file."""
    with closing(sqlite3.connect(hass.config.path(DATABASE))) as database:
        found = database.execute("SELECT event_id, day, picture_bytes FROM events").fetchall()
    return {event_id: (day, size) for event_id, day, size in found}


def files(root: Path) -> set[str]:
    """Return what lies below the folder of the pictures, without the folders."""
    return {f"{each.relative_to(root)}" for each in root.rglob("*") if each.is_file()}


def check(hass: HomeAssistant) -> None:
    """See that rows and files say the same: no picture without its row, none that is not there."""
    root = event_files.root(hass)
    told = {
        f"{day}/{event_id}{kind}"
        for event_id, (day, size) in rows(hass).items()
        if size
        for kind in (".jpg", ".thumb.jpg")
    }
    assert files(root) == told
    on_disk = sum((root / each).stat().st_size for each in told)
    assert on_disk == sum(size for _, size in rows(hass).values())
    with closing(sqlite3.connect(hass.config.path(DATABASE))) as database:
        ((words,),) = database.execute("SELECT count(*) FROM event_words").fetchall()
        assert words == len(rows(hass))
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
