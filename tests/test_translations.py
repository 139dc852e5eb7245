"""Every text in every language: the same keys, the same placeholders, and no English left."""

from collections import defaultdict
from itertools import chain
import json
import re
from typing import Any

import pytest

from tests.shown import PLACEHOLDER, TEXTS, leaves
from tests.sources import INTEGRATION, ROOT

LANGUAGES = ("de", "es", "fr", "it", "nl", "pl", "pt", "sv", "zh-Hans")
SAME: dict[str, list[str]] = json.loads((ROOT / "tests/same_as_english.json").read_text("utf-8"))
"""Texts that are the same in English and in another language, by the language."""
NAMED = re.compile(r"(?<![*\w])\*([^*\n]+)\*(?![*\w])|“(\w[^”{]*)”|The field (.+?) \(")
"""A button, a field or a page: in italics, in quotation marks, or with its name in YAML."""
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
        for name in filter(None, chain.from_iterable(NAMED.findall(text))):
            if name in called and not any(each in other[path] for each in called[name]):
                wrong[path] = (name, sorted(called[name]), other[path])
    assert not wrong


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sentence_ends_as_in_english(language: str) -> None:
    """What is put together of several texts has one full stop after each, and no other."""
    other = texts(language)
    full_stop = re.compile(r"(?<![.。])[.。]\Z")
    wrong = {
        path: (text, other[path])
        for path, text in TEXTS.items()
        if bool(full_stop.search(text)) != bool(full_stop.search(other[path]))
    }
    assert not wrong


@pytest.mark.parametrize("language", ["en", *LANGUAGES])
def test_a_year_has_twelve_months(language: str) -> None:
    """They are one text, cut where its commas are."""
    assert len(texts(language)["exceptions.months.message"].split(", ")) == 12
