"""Put what others wrote, and pictures, into texts that Home Assistant shows as markdown."""

import re
from typing import Final

from ..chain.task import Picture

_PUNCTUATION: Final = re.compile(r"([!-/:-@\[-`{-~])")
"""All that markdown may act on, and all that a backslash takes that meaning from: an address
becomes a link by its dots and slashes alone."""


def plain(text: str) -> str:
    """Return a text that is shown as it stands, whatever it holds."""
    return _PUNCTUATION.sub(r"\\\1", text)


def image(picture: Picture) -> str:
    """Return a picture that travels within the text: it is stored nowhere, and has no address."""
    return f"![](data:image/jpeg;base64,{picture.base64.decode('ascii')})"
