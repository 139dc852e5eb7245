"""What is read from the ledger: the sums, the newest description, the newest rows."""

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import HealthCheck, given, settings, strategies as st
import pytest

from custom_components.eyewitness.ledger.report import Dimension
from custom_components.eyewitness.ledger.rows import (
    NO_CAMERA,
    RECENT,
    CameraTotals,
    Entry,
    Period,
    Purpose,
    Renamed,
    Spent,
    Totals,
    UsageRow,
)
from custom_components.eyewitness.ledger.store import Ledger
from custom_components.eyewitness.ledger.sums import Sums

from .kit import DAY, UNKNOWN, add, count, failed, missed, opened, reused, row, seen


def test_totals(ledger: Ledger) -> None:
    """Sums are by provider; the last answer and the last outcome count."""
    never = failed("auth", provider_id="never answered")
    add(ledger, failed("server"), row(provider_id="two", response_time_ms=400), never)
    add(ledger, row(response_time_ms=900), row(response_time_ms=700, cost_estimate=None))
    add(ledger, failed("refused", input_tokens=1000, cost_estimate=0.125))
    add(ledger, failed("refused", **UNKNOWN))
    totals = ledger.open().totals
    assert totals.pop("one") == Totals(
        calls=5,
        answers=2,
        failures=3,
        input_tokens=3400,
        output_tokens=120,
        cost=0.375,
        response_time_ms=700,
        outcome="refused",
        recent=(False, True, True, False, False),
    )
    never_answered = Totals(calls=1, failures=1, outcome="auth", recent=(False,))
    assert totals.pop("never answered") == never_answered
    ((key, two),) = totals.items()
    assert (key, two.calls, two.response_time_ms, two.outcome) == ("two", 1, 400, "ok")


def test_cancelled(ledger: Ledger) -> None:
    """A cancelled request was made, but it failed nobody and decides no status (row 75)."""
    add(ledger, failed("cancelled", **UNKNOWN))
    assert ledger.open().totals["one"] == Totals(calls=1)
    add(ledger, row(), failed("cancelled"))
    total = ledger.open().totals["one"]
    assert (total.calls, total.answers, total.failures, total.outcome) == (3, 1, 0, "ok")


def test_a_trial_costs_money_and_says_nothing_about_a_provider(ledger: Ledger) -> None:
    """One of a provider that is not stored belongs to nobody's sums, but the money was spent."""
    add(ledger, row(response_time_ms=500))
    add(ledger, failed("model_missing", purpose=Purpose.TRIAL, cost_estimate=0.125))
    add(ledger, row(purpose=Purpose.TRIAL, response_time_ms=5))
    add(ledger, row(purpose=Purpose.TRIAL, provider_id="", cost_estimate=0.5))
    sums = ledger.open()
    assert sums.totals.keys() == {"one"}
    one = sums.totals["one"]
    assert (one.calls, one.cost, one.outcome, one.response_time_ms) == (3, 0.625, "ok", 500)
    spent = Spent(calls=4, cost=1.125, descriptions=1)
    assert [sums.spent_in(period, None) for period in Period] == [spent] * 3
    assert sums.cameras == {"camera.front_door": CameraTotals(descriptions=1, cost=1.125)}


def test_the_last_requests_tell_how_well_a_provider_is(ledger: Ledger) -> None:
    """The last fifty, whether they were written at once or one after the other."""
    add(ledger, failed(), *(row() for _ in range(RECENT - 1)))
    assert ledger.open().totals["one"].recent == (False, *[True] * (RECENT - 1))
    add(ledger, failed())
    recent = (*[True] * (RECENT - 1), False)
    assert ledger.open().totals["one"].recent == recent
    add(ledger, failed("cancelled"), row(purpose=Purpose.TRIAL))
    assert ledger.open().totals["one"].recent == recent
    add(ledger, *(failed() for _ in range(2 * RECENT)))
    assert ledger.open().totals["one"].recent == (False,) * RECENT


def test_spent_today_and_this_month(ledger: Ledger) -> None:
    """By the day on the wall that each entry names; an answer that was reused has saved money."""
    add(ledger, row(), row(day="2026-11-21", event_id="2"), row(day="2026-10-31", event_id="3"))
    add(ledger, failed(sent=False), row(day="2027-11-22", event_id="4", provider_id="two"))
    add(ledger, reused(), reused(day="2026-11-01", cost=None), row(**UNKNOWN))
    spent = ledger.open().spent
    today = Spent(calls=2, cost=0.25, descriptions=1, saved_calls=1, saved_cost=0.25)
    month = Spent(calls=1, cost=0.25, descriptions=1, saved_calls=1) + today
    assert spent[DAY] == {"one": today, None: today}
    assert spent[DAY[:7]] == {"one": month, None: month}
    other = Spent(calls=1, cost=0.25, descriptions=1)
    assert spent[Period.EVER] == {"one": month + other, "two": other, None: month + other + other}
    assert ledger.size().rows == 6, "a reused answer is no request"


def test_row_66_the_last_description_over_the_end_of_summer_time(
    path: Path, ledger: Ledger
) -> None:
    """The newest one by event id is the last one; each camera keeps one.

    Local times would not do: summer time sets them back.
    """
    first, later, latest = (f"01KAEVENT000000000000000{number}" for number in range(3))
    newest = seen(
        "camera.a", event_id=latest, timestamp="2026-10-25T02:10:00+01:00", title="„grün“ 🚗"
    )
    add(ledger, seen("camera.a", event_id=first, title="First"))
    add(ledger, seen("camera.b", event_id=later, timestamp="2026-10-25T02:50:00+02:00"))
    add(ledger, newest)
    assert ledger.open().last == newest
    assert count(path, "last_descriptions") == 2


def test_the_last_description_is_the_one_that_came_last(ledger: Ledger) -> None:
    """As in memory, where an event that began earlier, or before a clock was set, may end later."""
    early, late = "01KAEVENT0000000000000000", "7ZZZZZZZZZ000000000000000"
    for event_id, camera in ((late, "camera.a"), (early, "camera.b")):
        add(ledger, row(event_id=event_id), seen(camera, event_id=event_id))
    add(ledger, failed(event_id=late))
    assert ledger.open().last == seen("camera.b", event_id=early)


def test_an_answer_that_was_given_again_came_last_too(ledger: Ledger) -> None:
    """Though no request was made for its event."""
    add(ledger, row(event_id="1", camera="camera.a"), seen("camera.a", event_id="1"))
    add(ledger, row(event_id="2", camera="camera.b"), seen("camera.b", event_id="2"))
    again = seen("camera.a", event_id="3")
    add(ledger, reused(camera="camera.a"), again)
    assert ledger.open().last == again


def test_a_failure_is_remembered_while_it_is_the_last_event(ledger: Ledger, path: Path) -> None:
    """Whether all is written at once or one after the other."""
    second = missed(event_id="2", reason="The camera gave no picture.")
    for entries in ([seen(), missed(), second], [seen()], [second, seen(), missed()], [second]):
        add(ledger, *entries)
        end = entries[-1]
        assert ledger.open().failure == (None if end == seen() else end)
        assert ledger.open().last == seen()
    assert count(path, "last_failure") == 1


def test_viewers_and_descriptions(ledger: Ledger) -> None:
    """Who was sent a camera's picture last, whatever came of it; tests are about no camera.

    Of two answers to one event, as two providers may give in one moment, one counts.
    """
    add(ledger, row(), failed(provider="grok"), row(camera="camera.b", event_id="2"))
    add(ledger, failed("network", provider="gemini", sent=False))
    add(ledger, row(camera="camera.b", event_id="2", provider="anthropic"))
    add(ledger, row(camera=NO_CAMERA, purpose=Purpose.TEST))
    sums = ledger.open()
    assert sums.viewers == {"camera.front_door": "grok", "camera.b": "anthropic"}
    assert sums.spent[Period.EVER][None].descriptions == 2
    descriptions = {camera: total.descriptions for camera, total in sums.cameras.items()}
    assert descriptions == {"camera.front_door": 1, "camera.b": 1}


def test_the_sums_of_a_camera_follow_its_name(ledger: Ledger) -> None:
    """In one moment with what was booked before and after, and together with a former namesake's.

    Another camera that gets the name is another one.
    """
    one, two = "camera.front_door", "camera.b"
    add(ledger, row(event_id="1"), row(event_id="2", camera=two, provider="grok"))
    add(ledger, row(event_id="3"), Renamed(camera=one, name=two), failed(event_id="4"))
    sums = ledger.open()
    assert sums.cameras == {
        one: CameraTotals(),
        two: CameraTotals(descriptions=3, cost=0.75),
    }
    assert sums.viewers == {one: "openai", two: "openai"}
    assert {(each.event_id, each.camera) for each in ledger.recent(9)} >= {("1", one), ("3", one)}
    assert [each.requests for each in ledger.report(DAY, DAY, [Dimension.CAMERA])] == [3, 1]


def test_recent(ledger: Ledger) -> None:
    """Rows as they were written, the newest first, and no more than asked for."""
    rows = [row(attempt=number, purpose=Purpose.TEST) for number in range(1, 5)]
    rows.append(row(attempt=5, **UNKNOWN))
    assert ledger.recent(3) == []
    add(ledger, *rows)
    assert ledger.recent(3) == rows[:1:-1]
    assert ledger.recent(9) == rows[::-1]


@st.composite
def _rows(draw: st.DrawFn) -> UsageRow:
    """Return any row that an attempt can give."""
    outcome = draw(st.sampled_from(("ok", "server", "timeout", "refused", "cancelled")))
    tokens = st.none() | st.integers(0, 10**9 - 1)
    return row(
        event_id="",
        camera=draw(st.sampled_from(("camera.a", "camera.b"))),
        provider=draw(st.sampled_from(("openai", "grok"))),
        provider_id=draw(st.sampled_from(("one", "two", "three", ""))),
        success=outcome == "ok",
        outcome=outcome,
        input_tokens=draw(tokens),
        output_tokens=draw(tokens),
        cost_estimate=draw(st.none() | st.floats(0, 100)),
        response_time_ms=draw(st.integers(0, 180_000)),
        purpose=draw(st.sampled_from(Purpose)),
        sent=draw(st.booleans()),
        is_estimated=draw(st.booleans()),
        day=draw(st.sampled_from((DAY, DAY, "2026-11-01", "2026-12-01"))),
    )


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(events=st.lists(st.lists(_rows(), max_size=8), max_size=8))
def test_sums_in_memory_are_those_of_the_file(events: list[list[UsageRow]]) -> None:
    """Adding up while running gives what the file gives after a restart."""
    in_memory = Sums(day=DAY)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "eyewitness.db"
        ledger = opened(path)
        for number, rows in enumerate(events):
            entries: list[Entry] = [
                row(**asdict(each) | {"event_id": f"{number}"}) for each in rows
            ]
            end = missed if number % 3 else seen
            entries += [reused(), end(event_id=f"{number:03}")]
            if number % 4 == 1:
                entries.insert(number % len(entries), Renamed(camera="camera.a", name="camera.b"))
            add(ledger, *entries)
            for entry in entries:
                in_memory.add(entry)
        in_file = ledger.open()
        ledger.close()
    for name in ("totals", "cameras"):
        assert _plain(getattr(in_file, name)) == pytest.approx(_plain(getattr(in_memory, name)))
    for period in Period:
        file, memory = (each.spent.get(period.of(DAY), {}) for each in (in_file, in_memory))
        assert _plain(file) == pytest.approx(_plain(memory))
    for name in ("viewers", "last", "failure"):
        assert getattr(in_file, name) == getattr(in_memory, name)


def _plain(sums: Mapping[Any, Any]) -> dict[Any, Any]:
    return {(key, name): x for key, each in sums.items() for name, x in asdict(each).items()}
