"""Events of an entry are listed at once, and kept with their pictures behind that."""

from collections.abc import AsyncIterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path
import stat
from typing import Any
from unittest.mock import patch

from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.util import dt as dt_util
from PIL import Image
import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.eyewitness.const import DATABASE, EVENT_DESCRIBED
from custom_components.eyewitness.ledger.errors import LedgerError
from custom_components.eyewitness.ledger.events import EventFilter, EventRow
from custom_components.eyewitness.pictures import event_files
from custom_components.eyewitness.runtime.event_pictures import WAITING_MAX
from custom_components.eyewitness.runtime.history import (
    SIGNAL_LISTED,
    SIGNAL_UNLISTED,
    PictureSize,
)
from tests.flows.forms import open_options, send, suggested
from tests.kit import CAMERA, FakeCamera, House
from tests.ledger.kit import count
from tests.pictures.scenes import add_rules
from tests.runtime.test_accounts import locked

from .history_kit import JPEG, Store, check, event_at, files, heard, opened, rows


@pytest.fixture
def listed(hass: HomeAssistant) -> list[EventRow]:
    """Collect the events that are listed."""
    return heard(hass, SIGNAL_LISTED)


@pytest.fixture
async def store(hass: HomeAssistant) -> AsyncIterator[Store]:
    """Open a history without an entry."""
    async with opened(hass) as store:
        yield store


async def events(house: House, **wanted: Any) -> tuple[EventRow, ...]:
    """Return what is listed, newest first."""
    return (await house.runtime.history.async_events(EventFilter(**wanted), None, 9)).events


async def kept(house: House) -> None:
    """Wait until the pictures are on the disk."""
    await house.runtime.history.async_flush()
    await house.hass.async_block_till_done(wait_background_tasks=True)


@pytest.mark.usefixtures("camera")
async def test_an_event_is_listed_at_once(
    hass: HomeAssistant, house: House, listed: list[EventRow]
) -> None:
    """With its picture, before the disk knows it; later both sizes lie there, for us alone."""
    await house.set_up("openai")
    history = house.runtime.history
    order: list[str] = []
    hass.bus.async_listen(EVENT_DESCRIBED, callback(lambda _event: order.append("bus")))
    async_dispatcher_connect(hass, SIGNAL_LISTED, callback(lambda _row: order.append("list")))
    with patch.object(event_files, "write", side_effect=OSError("slow")):
        response = await house.describe()
        (event,) = await events(house)
        assert event.picture_bytes
        in_memory = [await history.async_picture(event.event_id, each) for each in PictureSize]
        await hass.async_block_till_done()
        assert not rows(hass)[event.event_id][1]
    assert order == ["bus", "list"]
    await kept(house)
    assert listed == [event]
    for name in ("event_id", "camera", "title", "description", "provider", "model", "cost"):
        assert getattr(event, name) == response[name], name
    assert event.provider_id == house.provider("openai").subentry_id
    provider_id = house.provider("openai").subentry_id
    assert event.attempts == tuple(
        {**each, "provider_id": provider_id} for each in response["attempts"]
    )
    assert (event.status, event.camera_name, event.reused) == ("described", "Front door", False)
    on_disk = [await history.async_picture(event.event_id, each) for each in PictureSize]
    assert on_disk == in_memory
    thumbnail, picture = on_disk
    assert thumbnail is not None
    assert picture is not None
    with Image.open(BytesIO(thumbnail)) as small, Image.open(BytesIO(picture)) as large:
        assert (small.width, large.width) == (320, 1280)
        assert not small.getexif()
    check(hass)
    root = event_files.root(hass)
    modes = {stat.S_IMODE(each.stat().st_mode) for each in (root, *root.rglob("*"))}
    assert modes == {0o700, 0o600}


async def test_what_failed_is_listed(hass: HomeAssistant, house: House, camera: FakeCamera) -> None:
    """With the picture if there was one; the media folder has its own copy, as before."""
    await house.set_up("openai")
    house.sim.fail("openai", "refusal")
    with pytest.raises(HomeAssistantError):
        await house.describe()
    camera.sends = None
    with pytest.raises(HomeAssistantError):
        await house.describe(prompt="another")
    await kept(house)
    blind, refused = await events(house)
    assert (blind.status, blind.picture_bytes) == ("failed:camera", 0)
    assert refused.status == "refused"
    assert refused.reason
    assert refused.picture_bytes
    assert len(files(event_files.root(hass))) == 2
    check(hass)


@pytest.mark.usefixtures("camera")
async def test_tests_are_no_events(hass: HomeAssistant, house: House) -> None:
    """Nothing is listed that the bus does not hear of."""
    await house.set_up("openai")
    await hass.services.async_call("eyewitness", "test_chain", blocking=True, return_response=True)
    assert not await events(house)


@pytest.mark.usefixtures("camera")
async def test_a_camera_whose_pictures_are_not_kept(hass: HomeAssistant, house: House) -> None:
    """Its events are listed as text; when that is said later, its pictures go."""
    await house.set_up("openai")
    await house.describe()
    await kept(house)
    assert files(event_files.root(hass))
    await add_rules(house, keep_pictures=False)
    await hass.async_block_till_done(wait_background_tasks=True)
    await house.describe(prompt="another")
    await kept(house)
    assert [each.picture_bytes for each in await events(house)] == [0, 0]
    assert not files(event_files.root(hass))
    check(hass)


@pytest.mark.usefixtures("camera")
async def test_black_areas_come_later(hass: HomeAssistant, house: House) -> None:
    """Not for a moment is there a picture that shows them."""
    await house.set_up("openai")
    event_id = (await house.describe())["event_id"]
    await kept(house)
    history = house.runtime.history
    half = {"left": 0, "top": 0, "right": 100, "bottom": 60}
    await add_rules(house, masks=[half])
    await hass.async_block_till_done(wait_background_tasks=True)
    painted = await history.async_picture(event_id, PictureSize.FULL)
    assert painted is not None
    with Image.open(BytesIO(painted)) as image:
        assert image.convert("RGB").crop((0, 0, 1280, 420)).getextrema() == ((0, 0),) * 3
    check(hass)


@pytest.mark.usefixtures("camera")
async def test_a_renamed_camera(hass: HomeAssistant, house: House) -> None:
    """Its events and pictures are those of its new name, and who shows them is told."""
    await house.set_up("openai")
    await house.describe()
    told = heard(hass, SIGNAL_UNLISTED)
    renamed: dict[str, Any] = {"action": "update", "changes": {}, "old_entity_id": CAMERA}
    hass.bus.async_fire(
        f"{er.EVENT_ENTITY_REGISTRY_UPDATED}", {**renamed, "entity_id": "camera.gate"}
    )
    await hass.async_block_till_done(wait_background_tasks=True)
    (event,) = await events(house, cameras=frozenset({"camera.gate"}))
    assert not await events(house, cameras=frozenset({CAMERA}))
    assert None in told
    history = house.runtime.history
    assert await history.async_picture(event.event_id, PictureSize.THUMBNAIL)


@pytest.mark.usefixtures("camera")
async def test_it_outlives_a_reload(hass: HomeAssistant, house: House) -> None:
    """A picture that waits for the disk is written before the entry is gone."""
    await house.set_up("openai")
    event_id = (await house.describe())["event_id"]
    await hass.config_entries.async_reload(house.entry.entry_id)
    await kept(house)
    assert [each.event_id for each in await events(house)] == [event_id]
    assert await house.runtime.history.async_picture(event_id, PictureSize.FULL)
    check(hass)


@pytest.mark.usefixtures("camera")
async def test_it_goes_with_the_entry(hass: HomeAssistant, house: House) -> None:
    """Texts and pictures; the sums of what was spent stay."""
    await house.set_up("openai")
    await house.describe()
    await kept(house)
    await hass.config_entries.async_remove(house.entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    path = Path(hass.config.path(DATABASE))
    assert count(path, "events") == count(path, "event_words") == 0
    assert count(path) == 1
    assert not event_files.root(hass).exists()


@pytest.mark.usefixtures("camera")
async def test_the_options(hass: HomeAssistant, house: House) -> None:
    """A month and half a gigabyte, unless somebody wants something else, which holds at once."""
    await house.set_up("openai")
    settings = house.runtime.settings
    assert (settings.history_days, settings.history_megabytes) == (30, 500)
    now = dt_util.utcnow()
    old = event_at(now - timedelta(days=8))
    house.runtime.history.async_add(old, JPEG)
    house.runtime.history.async_add(event_at(now), JPEG)
    await kept(house)
    form = await open_options(house)
    shown = {
        name: suggested(form, "history", name) for name in ("history_days", "history_megabytes")
    }
    assert shown == {"history_days": "30", "history_megabytes": 500}
    chosen = {"history_days": "7", "history_megabytes": 50.0}
    await send(house, form, provider_order=suggested(form, "provider_order"), history=chosen)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert house.entry.options["history_days"] == 7
    assert house.entry.options["history_megabytes"] == 50
    assert list(rows(hass)) == [event_at(now).event_id]
    check(hass)


async def test_a_full_disk(
    hass: HomeAssistant, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    """Events are listed, it is said once, and tried again; memory is not endless."""
    now = dt_util.utcnow()
    with patch.object(event_files, "write", side_effect=OSError(28, "full")):
        for number in range(WAITING_MAX + 2):
            store.add(event_at(now, number))
            await store.idle()
        page = await store.history.async_events(EventFilter(), None, 100)
        assert len(page.events) == WAITING_MAX + 2
        assert [each.picture_bytes for each in page.events[-3:]] == [len(JPEG), 0, 0]
        assert caplog.text.count("cannot be written: OSError") == 1
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(minutes=2))
    await hass.async_block_till_done()
    await store.idle()
    assert len(files(store.root)) == 2 * WAITING_MAX
    assert caplog.text.count("can be written again") == 1
    check(hass)


async def test_a_locked_ledger(hass: HomeAssistant, store: Store) -> None:
    """No file is written that no row knows of; what is in memory is shown all the same."""
    path = Path(hass.config.path(DATABASE))
    with locked(path), patch("custom_components.eyewitness.ledger.store.LOCK_MS", 10):
        store.accounts.ledger.close()
        event = store.add(event_at(dt_util.utcnow()))
        await store.history.async_flush()
        assert not files(store.root) if store.root.exists() else True
        for size in PictureSize:
            assert await store.history.async_picture(event.event_id, size)
        (listed,) = (await store.history.async_events(EventFilter(), None, 9)).events
        assert (listed.event_id, listed.picture_bytes) == (event.event_id, len(JPEG))
    store.accounts.ledger.close()
    with pytest.raises(LedgerError):
        await store.history.async_events(EventFilter(), None, 9)
    await store.accounts.writer.async_flush()
    await store.idle()
    assert rows(hass)[event.event_id][1]
    check(hass)


async def test_what_is_no_picture(
    hass: HomeAssistant, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    """Its event stays without one, and no other waits for it."""
    now = dt_util.utcnow()
    broken = store.add(event_at(now, 1), b"no JPEG")
    assert await store.history.async_picture(broken.event_id, PictureSize.THUMBNAIL) is None
    good = store.add(event_at(now, 2))
    await store.idle()
    assert {each for each, (_, size) in rows(hass).items() if size} == {good.event_id}
    assert f"picture of event {broken.event_id} cannot be kept" in caplog.text
    assert await store.history.async_picture("unknown", PictureSize.FULL) is None
    assert await store.history.async_event("unknown") is None


async def test_pages_and_days(store: Store) -> None:
    """The last page says that it is the last."""
    now = dt_util.utcnow()
    added = [store.add(event_at(now - timedelta(minutes=each), each), None) for each in range(5)]
    history, wanted = store.history, EventFilter(search="person")
    first = await history.async_events(wanted, None, 3)
    second = await history.async_events(wanted, first.next, 3)
    assert [*first.events, *second.events] == added
    assert (first.next, second.next) == (added[2].event_id, None)
    (day,) = await history.async_days(frozenset({CAMERA}))
    assert (day.camera, day.events) == (CAMERA, 5)


async def test_a_ledger_that_can_be_read_again(hass: HomeAssistant, store: Store) -> None:
    """Who shows the list is told, and told once."""
    told = heard(hass, SIGNAL_UNLISTED)
    path = Path(hass.config.path(DATABASE))
    with locked(path), patch("custom_components.eyewitness.ledger.store.LOCK_MS", 10):
        store.accounts.ledger.close()
        for number in range(2):
            store.add(event_at(dt_util.utcnow(), number))
            await store.accounts.writer.async_flush()
        assert told == [None]
    await store.accounts.writer.async_flush()
    await store.idle()
    assert told == [None, None]
