"""Say where an exception came from, and nothing of what it or its frames hold."""

import json
from typing import Any, Never

import pytest

from custom_components.eyewitness.chain import policy
from custom_components.eyewitness.chain.crash import where

SECRET = "sk-canary-0123456789"


def fails(key: str) -> Never:
    """Raise with words and values that nobody may read."""
    raise ValueError(f"the key {key} is not valid")


def deep(levels: int) -> Any:
    """Fail far below."""
    return deep(levels - 1) if levels else fails(SECRET)


def caught(*, chained: bool | None) -> Exception:
    """Return an exception with its frames, with a cause, without one or with a hidden one."""
    try:
        try:
            fails(SECRET)
        except ValueError as err:
            if chained is None:
                raise
            raise KeyError(SECRET) from (err if chained else None)
    except (ValueError, KeyError) as err:
        return err


@pytest.mark.parametrize(
    ("chained", "types"),
    [(None, ["ValueError"]), (True, ["KeyError", "ValueError"]), (False, ["KeyError"])],
)
def test_type_and_place_and_no_words(chained: bool | None, types: list[str]) -> None:
    """Innermost first; causes too, unless they were hidden."""
    text = where(caught(chained=chained))
    assert [part.split(" at ")[0] for part in text.split(", after ")] == types
    assert "tests/chain/test_crash.py:" in text
    assert SECRET not in text
    assert __file__ not in text


def test_the_line_is_the_right_one() -> None:
    """Or nobody could use it."""
    line = fails.__code__.co_firstlineno + 2
    assert where(caught(chained=None)).startswith(
        f"ValueError at tests/chain/test_crash.py:{line} < "
    )


def test_a_library_is_named_within_its_packages() -> None:
    """Where it is installed is nobody's business."""
    with pytest.raises(json.JSONDecodeError) as raised:
        json.loads(SECRET)
    assert where(raised.value).startswith("JSONDecodeError at json/decoder.py:")
    assert SECRET not in where(raised.value)


def test_a_long_way_is_cut() -> None:
    """A recursion would fill the log."""
    with pytest.raises(ValueError, match="key") as raised:
        deep(500)
    assert where(raised.value).count("test_crash.py") == policy.LOGGED_FRAMES


def test_an_exception_that_was_never_raised() -> None:
    """It has no frames."""
    assert where(KeyError(SECRET)) == "KeyError at an unknown place"
