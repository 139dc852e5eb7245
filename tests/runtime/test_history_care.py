"""What stays of the history, and what goes."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from io import BytesIO
from itertools import count
import os
from pathlib import Path
import signal
import sqlite3
import subprocess
import sys
from threading import Event
import time
from typing import Any
from unittest.mock import patch

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
from PIL import Image
import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.eyewitness.const import DATABASE
from custom_components.eyewitness.ledger.events import EventFilter
from custom_components.eyewitness.pictures import event_files
from custom_components.eyewitness.pictures.rules import CameraRules
from custom_components.eyewitness.runtime import event_painter, history_care
from custom_components.eyewitness.runtime.history import SIGNAL_UNLISTED, PictureSize
from custom_components.eyewitness.runtime.history_care import HistoryCare, Limits
from tests.sources import ROOT

from .history_kit import JPEG, ROOMY, Store, check, event_at, files, heard, opened, rows

LEFT = ((0.0, 0.0), (0.5, 0.0), (0.5, 1.0), (0.0, 1.0))
TOP = ((0.0, 0.0), (1.0, 0.0), (1.0, 0.4), (0.0, 0.4))


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history_care, "PAUSE_SECONDS", 0)
    monkeypatch.setattr(event_painter, "REST_SECONDS", 0)
    for module in (history_care, event_painter):
        monkeypatch.setattr(module, "PORTION", 7)


@pytest.fixture
async def store(hass: HomeAssistant) -> AsyncIterator[Store]:
    """Open a history."""
    async with opened(hass) as store:
        yield store


async def test_old_events_go_with_their_pictures(hass: HomeAssistant, store: Store) -> None:
    """To the minute, a few at a time, and who shows them is told; 0 days is for ever."""
    now = dt_util.utcnow()
    told = heard(hass, SIGNAL_UNLISTED)
    for number in range(10):
        store.add(event_at(now - timedelta(days=30, minutes=1 + number), number))
    stays = store.add(event_at(now - timedelta(days=30, minutes=-1), 20))
    store.limits = Limits(days=0, bytes=10_000_000)
    await store.idle()
    await store.care()
    assert len(rows(hass)) == 11
    check(hass)
    store.limits = Limits(days=30, bytes=10_000_000)
    await store.care()
    assert list(rows(hass)) == [stays.event_id]
    assert len({event_id for ids in told for event_id in ids or ()}) == 10
    check(hass)


async def test_the_oldest_pictures_make_room(hass: HomeAssistant, store: Store) -> None:
    """The texts stay, and the newest picture does."""
    now = dt_util.utcnow()
    first = store.add(event_at(now - timedelta(seconds=20)))
    await store.idle()
    ((_, size),) = rows(hass).values()
    store.limits = Limits(days=30, bytes=5 * size + size // 2)
    for number in range(1, 20):
        store.add(event_at(now - timedelta(seconds=20 - number), number))
        await store.idle()
    assert len(rows(hass)) == 20
    kept = sorted(event_id for event_id, (_, size) in rows(hass).items() if size)
    assert kept == sorted(rows(hass))[-5:]
    check(hass)
    assert await store.history.async_picture(first.event_id, PictureSize.FULL) is None
    store.limits = Limits(days=30, bytes=size)
    await store.care()
    assert len(files(store.root)) == 2
    check(hass)


def _lose(store: Store, name: str) -> None:
    (store.root / name).unlink()


async def test_rows_and_files_are_brought_together(hass: HomeAssistant, store: Store) -> None:
    """Whatever a kill, a power cut or a backup has left of them."""
    now = dt_util.utcnow()
    day = dt_util.as_local(now).date().isoformat()
    events = [store.add(event_at(now, number)) for number in range(5)]
    old = store.add(event_at(now - timedelta(days=40), 9))
    await store.idle()
    gone, bare, _unmarked, empty, whole = (f"{day}/{each.event_id}" for each in events)
    _lose(store, f"{gone}.jpg")
    _lose(store, f"{bare}.thumb.jpg")
    (store.root / f"{empty}.jpg").write_bytes(b"")
    (store.root / f"{whole}.part").write_bytes(b"half")
    (store.root / day / "mine.txt").write_text("not ours")
    with closing(sqlite3.connect(hass.config.path(DATABASE))) as database, database:
        database.execute(
            "UPDATE events SET picture_bytes = 0 WHERE event_id = ?", (events[2].event_id,)
        )
        database.execute(
            "DELETE FROM event_words WHERE rowid IN (SELECT id FROM events WHERE event_id = ?)",
            (old.event_id,),
        )
        database.execute("DELETE FROM events WHERE event_id = ?", (old.event_id,))
    await store.care()
    _lose(store, f"{day}/mine.txt")
    check(hass)
    shown = {each for each, (_, size) in rows(hass).items() if size}
    assert shown == {each.event_id for each in (events[1], events[2], events[4])}


async def test_a_ledger_that_was_set_aside_takes_no_picture_with_it(
    hass: HomeAssistant, store: Store
) -> None:
    """Only what is older than anybody wants to keep."""
    now = dt_util.utcnow()
    old, new = store.add(event_at(now - timedelta(days=40))), store.add(event_at(now))
    await store.idle()
    assert len(files(store.root)) == 4
    await store.close()
    Path(hass.config.path(DATABASE)).rename(hass.config.path("aside.db"))  # noqa: ASYNC240
    await store.open()
    await store.care()
    assert files(store.root) == {
        f"{new.day}/{new.event_id}{kind}" for kind in (".jpg", ".thumb.jpg")
    }
    assert old.day != new.day
    await store.accounts.writer.async_close()
    Path(hass.config.path("aside.db")).rename(hass.config.path(DATABASE))  # noqa: ASYNC240
    await store.open()
    await store.care()
    check(hass)
    assert await store.history.async_picture(new.event_id, PictureSize.FULL) == JPEG


@pytest.mark.parametrize("level", [0, 1])
async def test_nothing_goes_when_a_folder_cannot_be_read(
    hass: HomeAssistant, store: Store, level: int, caplog: pytest.LogCaptureFixture
) -> None:
    """Not a file, not a mark; it is said once and tried again."""
    event = store.add(event_at(dt_util.utcnow()))
    await store.idle()
    before = rows(hass), files(store.root)
    folder = (store.root, store.root / event.day)[level]
    listing = Path.iterdir

    def refuse(path: Path) -> Iterator[Path]:
        if path == folder:
            raise PermissionError
        return listing(path)

    with patch.object(Path, "iterdir", refuse):
        await store.care()
        await store.care()
    assert (rows(hass), files(store.root)) == before
    assert caplog.text.count("cannot be looked after: PermissionError") == 1
    _lose(store, f"{event.day}/{event.event_id}.jpg")
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(minutes=11))
    await store.idle()
    check(hass)


async def test_nothing_goes_when_the_ledger_cannot_be_read(
    hass: HomeAssistant, store: Store
) -> None:
    """A closed file is no empty one."""
    store.add(event_at(dt_util.utcnow() - timedelta(days=90)))
    await store.idle()
    before = files(store.root)
    store.accounts.ledger.close()
    await store.care()
    assert files(store.root) == before
    await store.accounts.writer.async_flush()
    await store.care()
    assert not files(store.root)
    check(hass)


async def test_a_backup_is_not_disturbed(hass: HomeAssistant, store: Store) -> None:
    """Nothing is deleted meanwhile, and nothing written; the picture is there all the same."""
    old = store.add(event_at(dt_util.utcnow() - timedelta(days=90)))
    await store.idle()
    before = files(store.root)
    await store.accounts.writer.async_hold()
    new = store.add(event_at(dt_util.utcnow()))
    store.history.async_care()
    await asyncio.sleep(0.05)
    assert files(store.root) == before
    assert await store.history.async_picture(new.event_id, PictureSize.FULL) == JPEG
    store.accounts.writer.async_release()
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(minutes=11))
    await hass.async_block_till_done()
    await store.idle()
    assert list(rows(hass)) == [new.event_id]
    assert old.event_id not in rows(hass)
    check(hass)


@pytest.mark.parametrize(
    ("limits", "rules", "lost"),
    [
        (Limits(days=30, bytes=1), CameraRules(), False),
        (Limits(days=1, bytes=10_000_000), CameraRules(), False),
        (ROOMY, CameraRules(keep=False), False),
        (ROOMY, CameraRules(masks=(LEFT,)), False),
        (ROOMY, CameraRules(), True),
    ],
    ids=["trim", "forget", "remove", "paint", "reconcile"],
)
async def test_a_backup_puts_off_everything(
    hass: HomeAssistant, store: Store, limits: Limits, rules: CameraRules, lost: bool
) -> None:
    """The ledger is left alone, and no picture goes, whatever is to be done; it is done later."""
    events = [store.add(event_at(dt_util.utcnow() - timedelta(days=2), n)) for n in range(2)]
    await store.idle()
    store.limits, store.rules = limits, rules
    if lost:
        store.history._pictures.files(events[0]).remove()
    await store.accounts.writer.async_hold()
    before = rows(hass), files(store.root)
    store.history.async_care()
    await hass.async_block_till_done(wait_background_tasks=True)
    assert (rows(hass), files(store.root)) == before
    store.accounts.writer.async_release()
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(minutes=11))
    await store.idle()
    assert rows(hass) != before[0]
    check(hass)


def _is_black(jpeg: bytes | None, x: float, y: float) -> bool:
    assert jpeg is not None
    with Image.open(BytesIO(jpeg)) as image:
        pixel: Any = image.convert("RGB").getpixel((int(x * image.width), int(y * image.height)))
    return bool(max(pixel) < 8)


async def test_new_black_areas(hass: HomeAssistant, store: Store) -> None:
    """What shows more is withheld at once, and shown again when it is painted, both sizes."""
    event = store.add(event_at(dt_util.utcnow()))
    await store.idle()
    told = heard(hass, SIGNAL_UNLISTED)
    read = store.history.async_picture
    for masks in ((LEFT,), (TOP,)):
        store.rules = CameraRules(masks=masks)
        assert await read(event.event_id, PictureSize.FULL) is None
        (listed,) = (await store.history.async_events(EventFilter(), None, 9)).events
        assert listed.picture_bytes == 0
        store.history.async_care()
        await store.idle()
        for size in PictureSize:
            assert _is_black(await read(event.event_id, size), 0.25, 0.2)
        check(hass)
    assert told == [None, None]
    painted = await read(event.event_id, PictureSize.FULL)
    store.rules = CameraRules()
    await store.care()
    assert await read(event.event_id, PictureSize.FULL) == painted, "it is not painted twice"
    store.rules = CameraRules(masks=(LEFT, TOP))
    assert await read(event.event_id, PictureSize.FULL) == painted, "it has both already"


async def test_nothing_goes_on_after_the_end(hass: HomeAssistant, store: Store) -> None:
    """A picture that is kept at the last moment gives no more work, not even ten minutes later."""
    await store.history.async_close()
    store.limits = Limits(days=30, bytes=1)
    store.add(event_at(dt_util.utcnow()))
    await store.idle()
    assert len(files(store.root)) == 2, "what makes room has ended already"
    await store.accounts.writer.async_close()
    with patch.object(HistoryCare, "_async_do") as do:
        store.history.async_care()
        async_fire_time_changed(hass, dt_util.utcnow() + timedelta(minutes=11))
        await hass.async_block_till_done(wait_background_tasks=True)
    do.assert_not_called()


async def test_the_end_waits_for_a_picture_that_is_being_painted(
    hass: HomeAssistant, store: Store
) -> None:
    """Or it would be written again after Eyewitness was removed, with its folder."""
    store.add(event_at(dt_util.utcnow()))
    await store.idle()
    paint, painting, goes_on = event_painter._repaint, Event(), Event()

    def slow(*args: Any) -> int:
        painting.set()
        goes_on.wait(5)
        return paint(*args)

    store.rules = CameraRules(masks=(LEFT,))
    with patch.object(event_painter, "_repaint", slow):
        store.history.async_care()
        assert await hass.async_add_executor_job(painting.wait, 5)
        closing = hass.async_create_task(store.history.async_close())
        await asyncio.sleep(0.05)
        goes_on.set()
        await closing
    event_files.remove_all(store.root)
    await hass.async_add_executor_job(time.sleep, 0.2)
    assert not store.root.exists()


async def test_black_areas_come_while_a_picture_is_being_kept(
    hass: HomeAssistant, store: Store
) -> None:
    """It is painted, also when it takes the ledger long to know of it, and much is to be done."""
    write, goes_on = store.accounts.ledger.write, asyncio.Event()

    async def wait(_care: HistoryCare) -> bool:
        await goes_on.wait()
        return True

    def slow() -> bool:
        time.sleep(0.2)
        return write()

    with (
        patch.object(HistoryCare, "_async_reconcile", wait),
        patch.object(store.accounts.ledger, "write", slow),
    ):
        store.history.async_care()
        event = store.add(event_at(dt_util.utcnow()))
        store.rules = CameraRules(masks=(LEFT,))
        await store.history.async_flush()
        goes_on.set()
        await store.idle()
    assert _is_black(await store.history.async_picture(event.event_id, PictureSize.FULL), 0.25, 0.2)
    check(hass)


async def test_a_camera_is_renamed_while_its_pictures_are_painted(
    hass: HomeAssistant, store: Store
) -> None:
    """Those of its new name are painted as well."""
    events = [store.add(event_at(dt_util.utcnow(), number)) for number in range(3)]
    await store.idle()
    store.rules = CameraRules(masks=(LEFT,))
    paint = event_painter._repaint

    def rename(*args: Any) -> int:
        if next(numbers) == 0:
            hass.loop.call_soon_threadsafe(
                store.accounts.async_rename, "camera.front_door", "camera.gate"
            )
        return paint(*args)

    numbers = count()
    with patch.object(event_painter, "_repaint", rename), patch.object(event_painter, "PORTION", 1):
        await store.care()
        await store.history.async_renamed()
        await store.idle()
    for event in events:
        assert await store.history.async_picture(event.event_id, PictureSize.FULL)


async def test_painting_begins_with_the_newest(hass: HomeAssistant, store: Store) -> None:
    """And what is no picture any more goes, which keeps no other from being painted."""
    now = dt_util.utcnow()
    events = [store.add(event_at(now + timedelta(seconds=each), each)) for each in range(3)]
    await store.idle()
    spoilt = store.root / events[1].day / f"{events[1].event_id}.jpg"
    spoilt.write_bytes(b"x" * spoilt.stat().st_size)
    store.rules = CameraRules(masks=(LEFT,))
    painted: list[str] = []
    paint = event_painter._repaint

    def note(files: event_files.EventFiles, *args: Any) -> int:
        painted.append(files.event_id)
        return paint(files, *args)

    with patch.object(event_painter, "_repaint", note):
        await store.care()
    assert painted == [each.event_id for each in reversed(events)]
    assert rows(hass)[events[1].event_id][1] == 0
    check(hass)


async def test_pictures_are_not_to_be_kept_any_more(hass: HomeAssistant, store: Store) -> None:
    """Those that are there go, the texts stay, and new ones are not written."""
    events = [store.add(event_at(dt_util.utcnow(), number)) for number in range(20)]
    await store.idle()
    store.rules = CameraRules(keep=False)
    assert await store.history.async_picture(events[0].event_id, PictureSize.FULL) is None
    store.add(event_at(dt_util.utcnow(), 30))
    await store.care()
    assert not files(store.root)
    assert len(rows(hass)) == 21
    check(hass)


@pytest.mark.parametrize(
    ("number", "days"),
    [
        (60, 60),
        pytest.param(10_000, 300, marks=[pytest.mark.soak, pytest.mark.timeout(900)]),
    ],
)
async def test_months_stay_in_bounds(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, number: int, days: int
) -> None:
    """J3: the files and their bytes, and the newest events are there with their pictures."""
    limits = Limits(days=30, bytes=200_000)
    begin = datetime(2026, 1, 1, 12, tzinfo=UTC)
    async with opened(hass, limits) as store:
        for each in range(number):
            freezer.move_to(begin + timedelta(days=days * each / number))
            store.add(event_at(dt_util.utcnow(), each))
            await store.idle()
            if each % (number // 12) == 0:
                await store.care()
                assert sum(size for _, size in rows(hass).values()) <= limits.bytes
                check(hass)
        await store.care()
        check(hass)
        oldest = dt_util.as_local(dt_util.utcnow() - timedelta(days=30)).date().isoformat()
        assert min(day for day, _ in rows(hass).values()) >= oldest
        assert len(rows(hass)) == pytest.approx(number * 30 / days, abs=number / days + 1)
        with_picture = [size for _, (_, size) in sorted(rows(hass).items()) if size]
        assert limits.bytes - 2 * max(with_picture) < sum(with_picture) <= limits.bytes
        newest = sorted(rows(hass))[-len(with_picture) :]
        assert all(rows(hass)[each][1] for each in newest)


_WRITER = """
import asyncio, os, sys, time
from datetime import timedelta
from pathlib import Path
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
from custom_components.eyewitness.pictures import event_files
from custom_components.eyewitness.runtime import history_care
from custom_components.eyewitness.runtime.history_care import Limits
from tests.runtime.history_kit import event_at, opened

history_care.PAUSE_SECONDS = 0

def slow(work):
    def then_rest(*args, **more):
        work(*args, **more)
        time.sleep(0.01)  # or hardly any kill would come between two files
    return then_rest

event_files.write, Path.unlink = slow(event_files.write), slow(Path.unlink)

async def work(number):
    hass = HomeAssistant(sys.argv[1])
    begin = dt_util.utcnow()
    async with opened(hass, Limits(days=1, bytes=60_000)) as store:
        while True:
            # Every second event is old already and goes with the next look.
            age = timedelta(days=2 * (number % 2))
            store.add(event_at(begin - age, number))
            number += 1
            if number % 5 == 0:
                store.history.async_care()
                await store.idle()
                print(number, flush=True)

for line in sys.stdin:
    if (life := os.fork()) == 0:
        asyncio.run(work(int(line)))
    print(life, flush=True)
    os.waitpid(life, 0)
    print("dead", flush=True)
"""


@pytest.mark.parametrize(
    "kills",
    [2, pytest.param(20, marks=[pytest.mark.soak, pytest.mark.timeout(600)])],
)
async def test_a_kill_leaves_nothing_dangling(hass: HomeAssistant, kills: int) -> None:
    """J3: in the middle of writing and cleaning; the next start brings rows and files together."""
    command = [sys.executable, "-c", _WRITER, hass.config.config_dir]
    writer = subprocess.Popen(  # noqa: ASYNC220
        command, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    number = 0

    def life(seconds: float) -> int:
        """Let a process work and kill it; return the number of an event to come."""
        assert writer.stdin is not None
        assert writer.stdout is not None
        print(number, file=writer.stdin, flush=True)
        pid = int(writer.stdout.readline())
        reached = [writer.stdout.readline() for _ in range(2)]
        time.sleep(seconds)
        os.kill(pid, signal.SIGKILL)
        while (line := writer.stdout.readline()) != "dead\n":
            reached.append(line)
        return int(reached[-1]) + 1000

    with writer:
        for kill in range(kills):
            number = await hass.async_add_executor_job(life, 0.037 * (kill % 7))
            async with opened(hass, Limits(days=1, bytes=60_000)) as store:
                await store.care()
                check(hass)
                assert files(store.root)
        writer.terminate()
