"""Start Home Assistant with one libturbojpeg, or with none, whatever the machine has.

The first argument is the library's file, or ``none``; the others are Home Assistant's. PyTurboJPEG
asks ``ctypes`` where the library is, and Eyewitness loads it by its name: both are given this file,
or one that does not exist.
"""

import ctypes
import ctypes.util
import sys
from typing import Any

from homeassistant.__main__ import main

NONE = "none"
_NAME = "libturbojpeg.so.0"


def find_only(library: str) -> None:
    """Let nobody find or load another libturbojpeg."""
    found, loaded = ctypes.util.find_library, ctypes.CDLL

    class Only(loaded):  # type: ignore[misc, valid-type]
        def __init__(self, name: str | None, *args: Any, **kwargs: Any) -> None:
            super().__init__(library if name == _NAME else name, *args, **kwargs)

    ctypes.util.find_library = lambda name: library if name == "turbojpeg" else found(name)
    ctypes.CDLL = Only  # type: ignore[misc, assignment]


if __name__ == "__main__":
    find_only(sys.argv.pop(1))
    sys.exit(main())
