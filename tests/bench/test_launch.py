"""Home Assistant finds the libturbojpeg that the bench names, and no other."""

import ctypes.util

import pytest

from tests.bench import launch


@pytest.mark.parametrize("library", ["/somewhere/libturbojpeg.so.0", launch.NONE])
def test_the_machines_own_library_is_hidden(monkeypatch: pytest.MonkeyPatch, library: str) -> None:
    """Other libraries are found as ever."""
    monkeypatch.setattr(ctypes.util, "find_library", lambda name: f"lib{name}.so")
    launch.find_only(library)
    assert ctypes.util.find_library("turbojpeg") == library
    assert ctypes.util.find_library("c") == "libc.so"
