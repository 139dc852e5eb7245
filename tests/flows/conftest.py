"""Watch what the flows show."""

from collections.abc import Generator

import pytest

from tests.shown import record


@pytest.fixture(autouse=True)
def _everything_shown_has_a_text(monkeypatch: pytest.MonkeyPatch) -> Generator[None]:
    """Fail for a form, menu, error or report without a text, in whatever test it is shown."""
    shown = record(monkeypatch)
    yield
    assert shown.faults() == []
