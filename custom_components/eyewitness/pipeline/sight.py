"""Ask a model to look at a card, and tell from its words whether it has.

A model that only reads text describes a picture all the same, and invents it.
"""

from collections.abc import Callable
from functools import partial
import re
from typing import Final

from ..chain.failures import Failure, ProviderError
from ..chain.task import Picture, Reply, Task
from ..pictures.drawing import Card
from .answer import Answer, read
from .prompt import camera_task

_WISH: Final = (
    "This is a test of sight. The picture is a card with a number of three digits on a coloured "
    "ground. Say in the description which number it is, in digits, and name the colour."
)
"""Without a number or a colour that an answer could have from here."""
_ONES: Final = ("", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_TENS: Final = (
    *("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"),
)
_TEENS: Final = (
    *("", "eleven", "twelve", "thirteen", "fourteen", "fifteen"),
    *("sixteen", "seventeen", "eighteen", "nineteen"),
)
_COLOURS: Final = {
    "red": re.compile(r"\b(?:red|crimson|scarlet|maroon)", re.IGNORECASE),
    "green": re.compile(r"\bgreen", re.IGNORECASE),
    "blue": re.compile(r"\b(?:blue|navy)", re.IGNORECASE),
    "purple": re.compile(r"\b(?:purple|violet|magenta)", re.IGNORECASE),
}
_LONG_NUMBER: Final = re.compile(r"\d{3,}")
_MOST_NUMBERS: Final = 3
"""The picture's size may be said as well. Whoever lists numbers hits the right one in the end."""


def sight_task(picture: Picture, card: Card, told: Callable[[Answer], None]) -> Task[Answer]:
    """Return the task of saying what is on a card, which ``picture`` shows.

    ``told`` hears of every answer, also of one by a model that has not looked: that ends with a
    ``ProviderError`` of kind blind.
    """
    return camera_task(
        picture,
        camera_name="Test card",
        prompt=_WISH,
        read=partial(_read_card, card, told),
    )


def _read_card(card: Card, told: Callable[[Answer], None], reply: Reply) -> Answer:
    answer = read(reply)
    told(answer)
    if not has_seen(card, f"{answer.title}\n{answer.description}"):
        raise ProviderError(Failure.BLIND, model=reply.model, usage=reply.usage)
    return answer


def has_seen(card: Card, text: str) -> bool:
    """Return whether only somebody who saw a card can have said this.

    One digit may be wrong when the colour is right and no other number is named: small models
    misread digits, and whoever guesses is as lucky once in a hundred times.
    """
    numbers = set(_LONG_NUMBER.findall(text))
    if len(numbers) > _MOST_NUMBERS:
        return False
    if _says(text, card.number):
        return True
    colours = {name for name, words in _COLOURS.items() if words.search(text)}
    return (
        len(numbers) <= 1
        and colours == {card.colour}
        and any(_says(text, number) for number in _one_digit_off(card.number))
    )


def _says(text: str, number: str) -> bool:
    """Return whether a text names a number of three digits: 471, 4 7 1, or in English words."""
    hundreds, tens, ones = map(int, number)
    spaced = r"[\W_]{1,3}".join(rf"(?:{digit}|\b{_ONES[digit]}\b)" for digit in map(int, number))
    below = _TEENS[ones] if tens == 1 else rf"{_TENS[tens]}[\s-]?{_ONES[ones]}"
    spoken = rf"\b{_ONES[hundreds]}[\s-](?:hundred[\s-](?:and[\s-])?)?{below}\b"
    ways = (
        rf"(?<!\d)(?<!\d[.,:/-]){number}(?!\d)(?![.,:/-]\d)",
        rf"(?<!\d)(?<!\d\W){spaced}(?![\W_]{{0,3}}\d)",
        spoken,
    )
    return re.search("|".join(ways), text, re.IGNORECASE) is not None


def _one_digit_off(number: str) -> list[str]:
    return [
        f"{number[:place]}{digit}{number[place + 1 :]}"
        for place in range(len(number))
        for digit in "123456789"
        if digit != number[place]
    ]
