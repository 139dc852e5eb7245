"""Start Home Assistant with one libturbojpeg, or with none, whatever the machine has.

The first argument is the library's file, or ``none``; the others are Home Assistant's. PyTurboJPEG
asks ``ctypes`` where the library is: it is told this file, or one that does not exist.
"""

import ctypes.util
import sys

from homeassistant.__main__ import main

NONE = "none"


def find_only(library: str) -> None:
    """Let nobody find another libturbojpeg."""
    found = ctypes.util.find_library
    ctypes.util.find_library = lambda name: library if name == "turbojpeg" else found(name)


if __name__ == "__main__":
    find_only(sys.argv.pop(1))
    sys.exit(main())
