"""The history in its file and on its way there."""

from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
import sqlite3

import pytest

from custom_components.eyewitness.ledger.errors import LedgerDamagedError, LedgerError
from custom_components.eyewitness.ledger.event_store import EventStore
from custom_components.eyewitness.ledger.events import EventFilter, EventRow, PictureKept
from custom_components.eyewitness.ledger.rows import Renamed
from custom_components.eyewitness.ledger.store import Ledger

from .kit import add, count, listed, now, query


@pytest.fixture
def store(ledger: Ledger) -> EventStore:
    """Return the events of the ledger."""
    return EventStore(ledger, ledger._line)


def _ids(events: list[EventRow]) -> list[str]:
    return [each.event_id for each in events]


FULL = listed(
    objects=("person", "dog"),
    confidence=90,
    importance="high",
    provider="openai",
    provider_id="one",
    model="gpt-4o-mini",
    cost=0.25,
    total_time_ms=900,
    reused=True,
    stale=True,
    picture_bytes=7,
    masks=frozenset({"a", "b"}),
)


def test_what_goes_in_comes_out(ledger: Ledger, store: EventStore) -> None:
    """All of it, from the line as well as from the file."""
    ledger._line.put(FULL)
    assert store.event(FULL.event_id) == FULL
    assert store.waits(FULL.event_id)
    add(ledger)
    assert store.event(FULL.event_id) == FULL
    assert store.events(EventFilter(), None, 9) == [FULL]
    assert not store.waits(FULL.event_id)
    assert store.event("nobody") is None


@pytest.mark.parametrize("written", [0, 3, 6])
def test_filters(ledger: Ledger, store: EventStore, written: int) -> None:
    """All at once, and the same whether events are in the file or still in line."""
    events = [
        listed(0, camera="camera.a", status="failed", objects=(), title="", reason="Nobody"),
        listed(10, camera="camera.a", objects=("person", "dog")),
        listed(20, camera="camera.b", objects=("dog",), title="Dog on the lawn"),
        listed(30, camera="camera.b", objects=(), title="Nothing"),
        listed(40, camera="camera.c", objects=("person",)),
        listed(50, camera="camera.a", objects=("car",)),
    ]
    add(ledger, *events[6 - written :])
    for event in events[: 6 - written]:
        ledger._line.put(event)

    def found(**wanted: object) -> list[int]:
        chosen = store.events(EventFilter(**wanted), None, 9)  # type: ignore[arg-type]
        return [events.index(each) for each in chosen]

    assert found() == [0, 1, 2, 3, 4, 5]
    assert found(cameras=frozenset({"camera.a", "camera.c"})) == [0, 1, 4, 5]
    assert found(cameras=frozenset()) == []
    assert found(objects=frozenset({"dog", "car"})) == [1, 2, 5]
    assert found(statuses=frozenset({"failed"})) == [0]
    assert found(search="lawn") == [2]
    assert found(search=" ") == [0, 1, 2, 3, 4, 5]
    span = {"first": events[4].timestamp, "last": events[1].place[0]}
    assert found(**span) == [2, 3, 4]
    assert found(**span, cameras=frozenset({"camera.b"}), objects=frozenset({"dog"})) == [2]


def test_pages(ledger: Ledger, store: EventStore) -> None:
    """Each event once, also with one time for several, and while new ones come in."""
    same = now().isoformat()
    events = [
        listed(0, event_id=f"01KAEVENT000000000000000{n:02}", timestamp=same) for n in range(5)
    ]
    add(ledger, *events, *(listed(n) for n in range(1, 6)))
    page, seen = store.events(EventFilter(), None, 3), list[str]()
    while page:
        seen += _ids(page)
        add(ledger, listed(-len(seen)))
        ledger._line.put(listed(-20 - len(seen)))
        page = store.events(EventFilter(), seen[-1], 3)
    assert seen == [*_ids(events)[::-1], *(listed(n).event_id for n in range(1, 6))]


def test_a_page_goes_on_behind_an_event_that_is_gone(ledger: Ledger, store: EventStore) -> None:
    """Its id has told its time."""
    add(ledger, *(listed(n) for n in range(4)))
    store.remove([listed(1).event_id])
    assert _ids(store.events(EventFilter(), listed(1).event_id, 9)) == [
        listed(n).event_id for n in (2, 3)
    ]
    assert store.events(EventFilter(), "no ulid", 9) == []


def test_a_camera_is_renamed(ledger: Ledger, store: EventStore) -> None:
    """Its events follow it, those in line as well; whoever has its old name later has none."""
    add(ledger, listed(2))
    for entry in (
        listed(1),
        Renamed(camera="camera.front_door", name="camera.gate"),
        listed(0, title="Another camera"),
    ):
        ledger._line.put(entry)
    waiting = [store.event(listed(n).event_id) for n in (0, 1)]
    add(ledger)
    gate = store.events(EventFilter(cameras=frozenset({"camera.gate"})), None, 9)
    assert _ids(gate) == [listed(1).event_id, listed(2).event_id]
    assert waiting == [store.event(listed(n).event_id) for n in (0, 1)]


def test_a_picture_is_kept(ledger: Ledger, store: EventStore) -> None:
    """Whether the row or only the news of it waits."""
    add(ledger, listed(0))
    ledger._line.put(listed(1))
    for number in (0, 1):
        kept = PictureKept(event_id=listed(number).event_id, picture_bytes=10)
        ledger._line.put(kept)
    for _ in range(2):
        assert [each.picture_bytes for each in store.events(EventFilter(), None, 9)] == [10, 10]
        assert store.event(listed(0).event_id) == replace(listed(0), picture_bytes=10)
        add(ledger)
    assert store.picture_bytes() == 20
    size = ledger.size()
    assert (size.events, size.picture_bytes) == (2, 20)


def test_days(ledger: Ledger, store: EventStore) -> None:
    """By the wall's day, with the camera's last name."""
    day = 24 * 60
    add(
        ledger,
        listed(0, camera_name="Gate"),
        listed(1),
        listed(day),
        listed(day, event_id="other", camera="camera.b", camera_name="B"),
    )
    found = [(each.camera_name, each.day, each.events) for each in store.days(None)]
    assert found == [
        ("Gate", "2026-11-22", 2),
        ("B", "2026-11-21", 1),
        ("Front door", "2026-11-21", 1),
    ]
    assert [each.camera for each in store.days(frozenset({"camera.b"}))] == ["camera.b"]


def test_what_is_removed_is_not_found(path: Path, ledger: Ledger, store: EventStore) -> None:
    """Nor are its words."""
    add(ledger, *(listed(n) for n in range(3)))
    oldest = store.before(listed(1).place[0], 9)
    assert _ids(oldest) == [listed(2).event_id]
    store.remove(_ids(oldest))
    assert len(store.events(EventFilter(search="person"), None, 9)) == 2
    assert count(path, "event_words") == 2
    store.clear()
    assert count(path, "events") == count(path, "event_words") == 0


def test_pictures_of_the_future_go_first(ledger: Ledger, store: EventStore) -> None:
    """A clock that was ahead does not cost the pictures that come after it."""
    numbers = [-60, 30, 20, 10]
    add(ledger, *(listed(n, picture_bytes=1) for n in numbers), listed(40))
    order = store.oldest_pictures(listed(0).place[0], 9)
    assert _ids(order) == [listed(n).event_id for n in numbers]


def test_the_same_time_in_another_zone(ledger: Ledger, store: EventStore) -> None:
    """The order is that of time, not of what the wall said."""
    early = now()
    late = (early + timedelta(minutes=5)).astimezone(tz=None)
    add(
        ledger,
        listed(event_id="LATE", timestamp=late.isoformat()),
        listed(event_id="EARLY", timestamp=early.isoformat()),
    )
    assert _ids(store.events(EventFilter(), None, 9)) == ["LATE", "EARLY"]


def test_a_closed_file(ledger: Ledger, store: EventStore) -> None:
    """It is no empty one: nobody may take its events for gone."""
    add(ledger, listed())
    ledger.close()
    for ask in (
        lambda: store.events(EventFilter(), None, 9),
        lambda: store.days(None),
        lambda: store.pictures("2026-11-22"),
        store.clear,
    ):
        with pytest.raises(LedgerError):
            ask()


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE events SET objects = '[\"per'",
        "UPDATE events SET attempts = '7'",
        "UPDATE events SET timestamp = '2026-13'",
    ],
)
def test_a_damaged_event(path: Path, ledger: Ledger, store: EventStore, damage: str) -> None:
    """It is damage of the file, which every door knows how to tell, and no other error."""
    add(ledger, listed())
    with closing(sqlite3.connect(path)) as database, database:
        database.execute(damage)
    for ask in (
        lambda: store.events(EventFilter(), None, 9),
        lambda: store.event(listed().event_id),
        lambda: store.before(listed(-1).place[0], 9),
    ):
        with pytest.raises(LedgerDamagedError):
            ask()


def test_an_event_that_no_database_holds(path: Path, ledger: Ledger) -> None:
    """It alone is left out."""
    add(ledger, listed(0), listed(1, title="\ud800"), listed(0), listed(2))
    assert query(path, "SELECT count(*) FROM events") == [(2,)]
    assert count(path, "event_words") == 2
