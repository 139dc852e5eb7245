"""Keep the pictures of failed events where only one test sees them."""

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def media(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Give a Home Assistant a media folder of its own, which is not there yet."""
    folder = tmp_path / "media"
    if "hass" in request.fixturenames:
        request.getfixturevalue("hass").config.media_dirs = {"local": str(folder)}
    return folder
