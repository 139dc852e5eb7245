"""A card shows what nobody can guess."""

from io import BytesIO

from PIL import Image
import pytest

from custom_components.eyewitness.pictures import drawing
from custom_components.eyewitness.pictures.drawing import Card
from tests.simulator.pictures import read_picture


@pytest.mark.parametrize(
    ("number", "colour"), [("471", "red"), ("888", "green"), ("235", "blue"), ("964", "purple")]
)
def test_a_card_can_be_read(number: str, colour: str) -> None:
    """By whoever looks at its pixels: large, and no larger than it has to be."""
    picture = drawing.draw(Card(number, colour))
    seen = read_picture(picture.jpeg)
    assert (seen.number, seen.colours[0].removeprefix("dark ")) == (number, colour)
    assert (picture.width, picture.height) == (seen.width, seen.height) == (384, 384)
    assert len(picture.jpeg) < 15_000
    assert not Image.open(BytesIO(picture.jpeg)).getexif()


def test_cards_are_new_each_time_and_not_what_people_guess() -> None:
    """Digits only, and neither 777 nor 123."""
    cards = [drawing.deal() for _ in range(3000)]
    assert len(set(cards)) > 1500
    assert {card.colour for card in cards} == set(drawing.COLOURS)
    assert set("".join(card.number for card in cards)) == set("123456789")
    obvious = {"123", "456", "789", "321", "987", "111", "555", "777"}
    assert not obvious & {card.number for card in cards}
