"""Home Assistant and Eyewitness find the libturbojpeg that the bench names, and no other."""

import ctypes
import ctypes.util

import pytest

from custom_components.eyewitness.pictures import turbo
from tests.bench import launch


@pytest.fixture(autouse=True)
def _as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ctypes, "CDLL", ctypes.CDLL)
    monkeypatch.setattr(ctypes.util, "find_library", lambda name: f"lib{name}.so")


@pytest.mark.parametrize("library", ["/somewhere/libturbojpeg.so.0", launch.NONE])
def test_the_machines_own_library_is_hidden(monkeypatch: pytest.MonkeyPatch, library: str) -> None:
    """Other libraries are found as ever."""
    launch.find_only(library)
    assert ctypes.util.find_library("turbojpeg") == library
    assert ctypes.util.find_library("c") == "libc.so"
    monkeypatch.setattr(turbo, "CDLL", ctypes.CDLL)  # it is imported later than that, in a start
    assert turbo.library.__wrapped__() is None
    assert ctypes.CDLL(None).getpid() > 0


def test_another_file_is_loaded_by_its_name() -> None:
    """Its name is enough to Eyewitness, wherever the file lies."""
    launch.find_only("libc.so.6")
    assert ctypes.CDLL("libturbojpeg.so.0")._name == "libc.so.6"
