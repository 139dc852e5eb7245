"""How old a picture is: what its entity says, and whether it was there before."""

from collections.abc import Generator
from datetime import datetime, timedelta
from math import inf, nan
from typing import Any

from homeassistant.core import HomeAssistant, State
from homeassistant.util import dt as dt_util
import pytest

from custom_components.eyewitness.chain.task import Picture
from custom_components.eyewitness.pictures.freshness import UNKNOWN, Freshness, SeenPictures
from tests.kit import CAMERA

IMAGE = "image.last_visitor"
ONE, OTHER = Picture.encode(b"one", 1, 1), Picture.encode(b"other", 1, 1)
DAYS = 5 * 86400.0
NOW = datetime(2026, 11, 26, 12, tzinfo=dt_util.UTC)

pytestmark = pytest.mark.freeze_time(NOW)


def ago(seconds: float) -> datetime:
    """Return a time before now."""
    return NOW - timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("entity_id", "state", "attributes", "age"),
    [
        (IMAGE, ago(DAYS).isoformat(), {}, DAYS),
        (IMAGE, ago(20).isoformat(), {}, 20.0),
        (IMAGE, "unknown", {}, None),
        (IMAGE, "unknown", {"timestamp": ago(DAYS).timestamp()}, None),
        (CAMERA, "idle", {"timestamp": ago(DAYS).timestamp()}, DAYS),
        (CAMERA, "idle", {"timestamp": str(int(ago(DAYS).timestamp()))}, DAYS),
        (CAMERA, "idle", {"timestamp": ago(DAYS).isoformat()}, DAYS),
        (CAMERA, "idle", {"timestamp": ago(DAYS)}, DAYS),
        (CAMERA, "idle", {"last_trip": ago(90)}, 90.0),
        (CAMERA, "idle", {"timestamp": None, "last_trip": ago(90)}, 90.0),
        (CAMERA, ago(DAYS).isoformat(), {}, None),
        (CAMERA, "idle", {"timestamp": "yesterday"}, None),
        (CAMERA, "idle", {"timestamp": "2026-13-45 99:00"}, None),
        (CAMERA, "idle", {"timestamp": [1]}, None),
        *[(CAMERA, "idle", {"timestamp": odd}, None) for odd in (nan, inf, -inf, 10**400)],
        *[(CAMERA, "idle", {"timestamp": never}, None) for never in (0, "0", "0001-01-01", True)],
        (CAMERA, "idle", {"timestamp": "1970-01-01T00:07:00+00:00"}, None),
        (CAMERA, "idle", {"timestamp": ago(-3600).timestamp()}, None),
    ],
)
def test_what_an_entity_says_of_its_picture(
    hass: HomeAssistant, entity_id: str, state: str, attributes: dict[str, Any], age: float | None
) -> None:
    """An image's state and a camera's attributes tell; what makes no sense tells nothing."""
    found = SeenPictures().judge(hass, State(entity_id, state, attributes), entity_id, ONE)
    assert found.age_seconds == age
    assert found.stale == (age is not None and age > 60)


def test_without_a_state_nothing_is_said(hass: HomeAssistant) -> None:
    """The entity may have gone meanwhile."""
    assert SeenPictures().judge(hass, None, CAMERA, ONE) == UNKNOWN


@pytest.fixture
def clock(hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch) -> Generator[list[float]]:
    """Return the loop's time, to be changed."""
    times = [1000.0]
    monkeypatch.setattr(hass.loop, "time", lambda: times[0])
    yield times
    monkeypatch.undo()


def test_the_same_picture_again(hass: HomeAssistant, clock: list[float]) -> None:
    """It is as old as the first event that had it; other cameras may have the same."""
    seen = SeenPictures()
    for after, picture, expected in (
        (0, ONE, UNKNOWN),
        (2, ONE, UNKNOWN),  # as fresh as an answer that is shared
        (60, ONE, Freshness(age_seconds=62.0, stale=True)),
        (DAYS, ONE, Freshness(age_seconds=62.0 + DAYS, stale=True)),
        (1, OTHER, UNKNOWN),
        (9, ONE, UNKNOWN),  # a camera with a few pictures in turn, as the demo has
    ):
        clock[0] += after
        found = seen.judge(hass, None, CAMERA, picture)
        assert found == expected
        assert seen.judge(hass, None, "camera.garden", picture) == UNKNOWN
        seen.note(hass, CAMERA, picture, found)


def test_an_image_of_half_a_minute_ago_may_be_described_twice(
    hass: HomeAssistant, clock: list[float]
) -> None:
    """Two automations want the same visitor; but a clock that says now does not make it new."""
    seen = SeenPictures()
    for after, age, stale in ((0, 5.0, False), (30, 30.0, False), (DAYS, DAYS + 30, True)):
        clock[0] += after
        found = seen.judge(hass, State(IMAGE, ago(5).isoformat()), IMAGE, ONE)
        assert found == Freshness(age_seconds=age, stale=stale)
        seen.note(hass, IMAGE, ONE, found)


def test_who_never_has_better_is_not_asked_again(hass: HomeAssistant, clock: list[float]) -> None:
    """After three events in vain, until there is a new picture by itself."""
    seen, old, blank = SeenPictures(), Freshness(stale=True), Picture.encode(b"", 1, 1, blank=True)
    for picture, found, worth in (
        (ONE, UNKNOWN, True),
        (ONE, old, True),
        (blank, UNKNOWN, True),
        (ONE, old, False),
        (ONE, old, False),
        (OTHER, UNKNOWN, True),
    ):
        seen.note(hass, CAMERA, picture, found)
        assert seen.worth_asking(CAMERA) == worth
        assert seen.worth_asking("camera.garden")


def test_a_blank_frame_does_not_hide_that_the_old_picture_comes_again(
    hass: HomeAssistant, clock: list[float]
) -> None:
    """Nobody saw the frame between."""
    seen = SeenPictures()
    seen.note(hass, CAMERA, ONE, UNKNOWN)
    seen.note(hass, CAMERA, Picture.encode(b"", 1, 1, blank=True), UNKNOWN)
    clock[0] += 10
    assert seen.judge(hass, None, CAMERA, ONE) == Freshness(age_seconds=10.0, stale=True)


def test_cameras_that_come_and_go(hass: HomeAssistant, clock: list[float]) -> None:
    """Those of a long run do not add up, and one that is in use is not forgotten for them."""
    seen = SeenPictures()
    for number in range(3000):
        for entity_id in (CAMERA, f"camera.{number}"):
            seen.note(hass, entity_id, Picture.encode(b"%d" % number, 1, 1), UNKNOWN)
    assert len(seen._last) == len(seen._in_vain) == 1000
    clock[0] += 60
    assert seen.judge(hass, None, CAMERA, Picture.encode(b"2999", 1, 1)).stale
