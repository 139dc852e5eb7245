"""The last answer to each request, while its camera rests."""

from math import nextafter

from custom_components.eyewitness.runtime.recent_answers import KEPT, RecentAnswers


def test_an_answer_is_kept_for_its_seconds() -> None:
    """Under its own key, until a newer one takes its place."""
    recent = RecentAnswers[str]()
    recent.put("a", 100.0, 60.0, "first")
    assert recent.get("a", nextafter(160.0, 0), 60.0) == "first"
    assert recent.get("a", 160.0, 60.0) is None
    assert recent.get("a", 110.0, 10.0) is None  # the seconds were set lower meanwhile
    assert recent.get("b", 101.0, 60.0) is None
    recent.put("a", 101.0, 60.0, "second")
    assert recent.get("a", 102.0, 60.0) == "second"


def test_without_seconds_nothing_is_kept() -> None:
    """Nor found."""
    recent = RecentAnswers[str]()
    recent.put("a", 100.0, 0.0, "answer")
    assert recent.get("a", 100.0, 60.0) is None
    recent.put("a", 100.0, 60.0, "answer")
    assert recent.get("a", 100.0, 0.0) is None


def test_old_answers_go() -> None:
    """A camera that nobody asks about any more costs no memory."""
    recent = RecentAnswers[str]()
    for now in range(1000):
        recent.put(now, now, 10.0, "answer")
    assert len(recent._answers) == 10


def test_there_is_an_upper_number() -> None:
    """A prompt with the time in it is a new request; an answer given anew is no old one."""
    recent = RecentAnswers[str]()
    for asked in (0, "renewed", *range(1, KEPT - 1)):
        recent.put(asked, 1.0, 3600.0, "answer")
    recent.put("renewed", 2.0, 3600.0, "second")
    assert recent.get(0, 2.0, 3600.0) == "answer"
    recent.put("one more", 3.0, 3600.0, "answer")
    assert len(recent._answers) == KEPT == 200
    assert recent.get(0, 3.0, 3600.0) is None
    assert recent.get(1, 3.0, 3600.0) == "answer"
    assert recent.get("renewed", 3.0, 3600.0) == "second"
