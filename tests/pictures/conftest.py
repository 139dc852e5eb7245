"""Let a test hold for both ways to decode a JPEG."""

from collections.abc import Iterator
import os

import pytest

from custom_components.eyewitness.pictures import turbo


@pytest.fixture(scope="module")
def libturbojpeg() -> None:
    """Skip what needs the library, which is not on every machine; CI has it."""
    if turbo.library() is None:
        assert "CI" not in os.environ, "CI has to install libturbojpeg"
        pytest.skip("libturbojpeg is not installed")


@pytest.fixture(params=["turbo", "pillow"], scope="module")
def decoder(request: pytest.FixtureRequest) -> Iterator[str]:
    """Decode with libjpeg-turbo, then as if it were not there."""
    with pytest.MonkeyPatch.context() as patch:
        if request.param == "turbo":
            request.getfixturevalue("libturbojpeg")
        else:
            patch.setattr(turbo, "library", lambda: None)
        yield request.param
