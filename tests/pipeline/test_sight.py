"""Tell from a model's words whether it has looked at a card."""

from itertools import product
import json

import pytest

from custom_components.eyewitness.chain.failures import Failure, ProviderError
from custom_components.eyewitness.chain.task import Reply, Usage
from custom_components.eyewitness.pictures import drawing
from custom_components.eyewitness.pictures.drawing import Card
from custom_components.eyewitness.pipeline.answer import Answer
from custom_components.eyewitness.pipeline.sight import has_seen, sight_task
from tests.simulator.answers import INVENTED

CARD = Card("471", "red")


@pytest.mark.parametrize(
    "text",
    [
        "471",
        "471.",
        "Number 471 on red",
        "It says **471**.",
        "A 384x384 picture of the number 471.",
        "The digits 4 7 1 on a red card",
        "4-7-1",
        "4, 7, 1",
        "Four seven one",
        "Four hundred and seventy-one.",
        "four hundred seventy one",
        "four seventy-one",
        "The number “471”, in white on blue.",
    ],
)
def test_a_number_that_is_read_proves_sight(text: str) -> None:
    """However it is written, and whatever colour is named."""
    assert has_seen(CARD, text)


@pytest.mark.parametrize(
    ("number", "words"),
    [
        ("212", "two hundred and twelve"),
        ("911", "nine hundred eleven"),
        ("538", "Five three eight"),
    ],
)
def test_numbers_in_words(number: str, words: str) -> None:
    """Those between eleven and nineteen are words of their own."""
    assert has_seen(Card(number, "blue"), words)


@pytest.mark.parametrize(
    "text",
    [
        INVENTED,
        "A red card with a number.",
        "The number 123 on red",
        "4711 on red",
        "14:47:1, a red car",
        "The year 1471, or 1,471 or 471.5 or 4.71",
        "4 7 1 2 3",
        "At 4, 71 people came",
        "471, 472, 473 and 474",
        "One of four, seven or one",
    ],
)
def test_a_sentence_that_was_made_up_proves_nothing(text: str) -> None:
    """Nor does a number that only holds the digits, or one of many."""
    assert not has_seen(CARD, text)


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("The number 477 on a red ground", True),
        ("Number 971, dark red", True),
        ("The number 477 on a blue ground", False),
        ("The number 477 on red, green or blue", False),
        ("The number 477 or 478 on red", False),
        ("The number 577 on a red ground", False),
        ("The number 477", False),
    ],
)
def test_one_digit_may_be_misread_when_the_colour_is_right(text: str, seen: bool) -> None:
    """A small model that errs in a digit sees; guessing digits and colour succeeds too seldom."""
    assert has_seen(CARD, text) is seen


def reply(description: str) -> Reply:
    """Return a reply with this description."""
    fields = {"title": "A card", "description": description}
    return Reply(text=json.dumps(fields), model="m", usage=Usage(200, 20))


def test_our_own_words_prove_nothing() -> None:
    """A model that repeats what it was asked is not taken for one that sees, whatever was drawn."""
    task = sight_task(drawing.draw(CARD), CARD, lambda _: None)
    for number, colour in product(map("".join, product("123456789", repeat=3)), drawing.COLOURS):
        assert not has_seen(Card(number, colour), f"{task.system}\n{task.user}")


def test_what_a_blind_model_says_is_told_and_paid_for() -> None:
    """The person is to read it, and the vendor bills it."""
    told: list[Answer] = []
    task = sight_task(drawing.draw(CARD), CARD, told.append)
    assert task.read(reply("The number 471.")) == told[0]
    with pytest.raises(ProviderError) as raised:
        task.read(reply(INVENTED))
    assert told[1].description == INVENTED
    error = raised.value
    assert (error.failure, error.model, error.usage) == (Failure.BLIND, "m", Usage(200, 20))
    with pytest.raises(ProviderError, match="malformed"):
        task.read(Reply(text="", model="m"))
    assert len(told) == 2
