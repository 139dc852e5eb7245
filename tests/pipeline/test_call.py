"""Read a call of the action; ``tests/flows/test_mistakes.py`` says what is wrong with others."""

from homeassistant.exceptions import ServiceValidationError
import pytest

from custom_components.eyewitness.pipeline.call import read
from tests.kit import CAMERA


@pytest.mark.parametrize(
    "language",
    ["de", "no", "be", "ms", "sw", "EN", "pt_BR", "zh-Hans", "fil-PH", "Low German"],
)
def test_h5_a_language_of_the_world_is_none_of_our_business(language: str) -> None:
    """Models know more of them than Home Assistant has translations for."""
    assert read({"entity_id": CAMERA, "language": language})["language"] == language


def test_h5_norwegian_without_quotation_marks_is_no_language() -> None:
    """YAML makes a false of it, and a description in the language "False" helps nobody."""
    with pytest.raises(ServiceValidationError) as raised:
        read({"entity_id": CAMERA, "language": False})
    assert raised.value.translation_key == "call_language"
