"""Decode a JPEG with libjpeg-turbo, which scales in eighths while it decodes.

Home Assistant's images ship that library; where it is missing, Pillow decodes, and nobody needs to
know. PyTurboJPEG is not used: it makes a Python warning of what libjpeg warns of, and then returns
an array that may be filled in part and holds foreign memory for the rest.
"""

from ctypes import CDLL, POINTER, byref, c_char, c_char_p, c_int, c_ulong, c_void_p
from functools import cache
from typing import Final

from PIL import Image

from .limits import MAX_PIXELS
from .size import EIGHTHS, best_factor, scaled

_LIBRARY: Final = "libturbojpeg.so.0"
"""The name of its interface since version 1.3, which also scales by every eighth; since 1.4.1 it
fails wherever libjpeg warns."""
_RGB: Final = 0
_BYTES: Final = 3


@cache
def library() -> CDLL | None:
    """Return libjpeg-turbo, None where it is not installed; blocking the first time."""
    try:
        turbo = CDLL(_LIBRARY)
        turbo.tjInitDecompress.restype = c_void_p
        turbo.tjDestroy.argtypes = [c_void_p]
        source = (c_void_p, c_char_p, c_ulong)
        turbo.tjDecompressHeader3.argtypes = (*source, *[POINTER(c_int)] * 4)
        turbo.tjDecompress2.argtypes = (*source, POINTER(c_char), *[c_int] * 5)
    except OSError, AttributeError:
        return None
    return turbo


def decode(jpeg: bytes, side: int) -> Image.Image | None:
    """Return a JPEG in RGB at the best factor for ``side``, as it lies; blocking.

    None without the library, for too many pixels, and for whatever the library does not decode
    without a word: Pillow may have a look at that.
    """
    if (turbo := library()) is None or (handle := turbo.tjInitDecompress()) is None:
        return None
    try:
        width, height, sampling, colours = c_int(), c_int(), c_int(), c_int()
        found = [byref(each) for each in (width, height, sampling, colours)]
        if turbo.tjDecompressHeader3(handle, jpeg, len(jpeg), *found):
            return None
        if width.value * height.value > MAX_PIXELS:
            return None
        factor = best_factor(max(width.value, height.value), side, EIGHTHS)
        size = scaled(width.value, factor), scaled(height.value, factor)
        # The library writes no more than this size has room for, whatever the file says.
        pixels = bytearray(size[0] * size[1] * _BYTES)
        room = byref(c_char.from_buffer(pixels))
        if turbo.tjDecompress2(handle, jpeg, len(jpeg), room, size[0], 0, size[1], _RGB, 0):
            return None
    finally:
        turbo.tjDestroy(handle)
    return Image.frombytes("RGB", size, pixels)
