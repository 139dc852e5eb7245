"""Every text in every language: the same keys, the same placeholders, and no English left."""

from collections import defaultdict
import json
import re
from typing import Any

import pytest

from tests.shown import PLACEHOLDER, TEXTS, leaves
from tests.sources import INTEGRATION, ROOT

LANGUAGES = ("de", "es", "fr", "it", "nl", "pl", "pt", "sv", "zh-Hans")
SAME: dict[str, list[str]] = json.loads((ROOT / "tests/same_as_english.json").read_text("utf-8"))
"""Texts that are the same in English and in another language, by the language."""
NAMED = re.compile(r"(?<![*\w])\*([^*\n]+)\*(?![*\w])")
"""A button, a field or a page in italics."""
LINK = re.compile(r"\]\(([^)]*)\)")
CODE = re.compile(r"`[^`]*`")
WORD = re.compile(r"[A-Za-z]{2}")


def texts(language: str) -> dict[str, str]:
    """Return every text of a language by its path."""
    return leaves(
        json.loads((INTEGRATION / "translations" / f"{language}.json").read_text("utf-8"))
    )


def words(text: str) -> bool:
    """Return whether there is anything to translate."""
    return bool(WORD.search(PLACEHOLDER.sub("", CODE.sub("", text))))


def test_the_languages_are_those_of_the_issue() -> None:
    """J: ten languages."""
    there = {path.stem for path in (INTEGRATION / "translations").glob("*.json")}
    assert there == {"en", *LANGUAGES}


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_missing(language: str) -> None:
    """J7: every key is there, and no other."""
    assert texts(language).keys() == TEXTS.keys()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("part", [PLACEHOLDER, LINK, CODE], ids=["placeholders", "links", "code"])
def test_what_is_filled_in_is_the_same(language: str, part: re.Pattern[str]) -> None:
    """J7: placeholders, the targets of links and what is code."""
    other = texts(language)
    differing = {
        path: (text, other[path])
        for path, text in TEXTS.items()
        if sorted(part.findall(text)) != sorted(part.findall(other[path]))
    }
    assert not differing


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_english_is_left(language: str) -> None:
    """J7: what reads as in English is known to be right, and what is known is still there."""
    other = texts(language)
    same = {text for path, text in TEXTS.items() if words(text) and other[path] == text}
    assert same == set(SAME[language])


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_a_text_names_has_that_name(language: str) -> None:
    """A button, a field or a report is called in a sentence as it is called where it stands."""
    other = texts(language)
    called: defaultdict[str, set[str]] = defaultdict(set)
    for path, text in TEXTS.items():
        called[text].add(other[path])
    wrong: dict[str, Any] = {}
    for path, text in TEXTS.items():
        there = NAMED.findall(other[path])
        for name in NAMED.findall(text):
            if name in called and not called[name].intersection(there):
                wrong[path] = (name, sorted(called[name]), there)
    assert not wrong
