"""What happens to each kind of bytes that a camera may send: ``docs/camera-zoo.md`` as a test."""

import json
import subprocess
import sys
import time

import pytest

from custom_components.eyewitness.pictures.decode import BAD_IMAGE
from custom_components.eyewitness.pictures.prepare import prepare
from custom_components.eyewitness.pictures.size import Detail
from tests.pictures.zoo import WITHOUT_TURBO, ZOO
from tests.sources import ROOT

SECONDS = 3.0
"""Most kinds take a tenth of it; machines that test are busy."""


@pytest.mark.parametrize(
    ("decoder", "name"),
    [("pillow", name) for name in ZOO] + [("turbo", name) for name in ZOO if "JPEG" in name],
    indirect=["decoder"],
)
@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_zoo(decoder: str, name: str) -> None:
    """It becomes a picture of this size, or is refused, and in time.

    Only what is a JPEG gets as far as the two ways to decode one.
    """
    size, make = ZOO[name]
    if decoder == "pillow":
        size = WITHOUT_TURBO.get(name, size)
    data = make()
    began = time.perf_counter()
    if size is None:
        with pytest.raises(BAD_IMAGE):
            prepare(data, Detail.NORMAL.side)
    else:
        picture = prepare(data, Detail.NORMAL.side)
        assert (picture.width, picture.height) == size
    assert time.perf_counter() - began < SECONDS


@pytest.mark.usefixtures("decoder")
@pytest.mark.parametrize(
    ("name", "blank"),
    [
        ("JPEG, black", True),
        ("JPEG, grey in one tone", True),
        ("JPEG, black with a clock", False),
        ("JPEG, a dark night", False),
    ],
)
def test_where_there_is_nothing_to_see(name: str, blank: bool) -> None:
    """What is of one colour is asked for again; what is only dark is a picture."""
    assert prepare(ZOO[name][1](), Detail.NORMAL.side).blank == blank


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux says how much memory was used")
@pytest.mark.timeout(170)
def test_e9_two_hostile_cameras() -> None:
    """Both at once cost less than 300 MB and 3 s, as what is held as a whole waits its turn."""
    program = """
import json
from tests import ahead  # or the test plugin does not load on the newest Home Assistant
from tests.pictures.measure_zoo import PAIRS, measure
print(json.dumps(measure(PAIRS)))
"""
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=160,
        check=True,
    )
    costs = json.loads(done.stdout)
    assert len(costs) == 4
    for _, _, seconds, megabytes in costs:
        assert seconds < SECONDS
        assert megabytes < 250
