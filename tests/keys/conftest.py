"""Fixtures of the tests of keys."""

from pathlib import Path

import pytest

from custom_components.eyewitness.keys.master_key import KEY_FILE


@pytest.fixture
def own_file(tmp_path: Path) -> Path:
    """Return where the generated key is."""
    return tmp_path / KEY_FILE
