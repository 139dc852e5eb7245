"""Clean text that a model or a server wrote: untrusted, and shown in many places."""

import re
from typing import Final
import unicodedata

REMOVED: Final = "[key removed]"

_ANSI = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[ -/]*[0-~])")
_KEY_LIKE = re.compile(r"(?<![\w-])(?:sk|xai|pplx|gsk|AIza|AQ\.)[\w-]{16,}")
"""What the vendors' keys look like. A picture can show one, and then the model may quote it."""
_DROP: Final = frozenset({"Cc", "Cf", "Cs", "Co"})
_KEEP: Final = frozenset("\u200c\u200d")
"""Format characters that stay: they join letters in Persian, Hindi and emoji."""


def clean(text: str, limit: int) -> str:
    """Return one line of limited length without control, format and surrogate characters.

    What looks like a vendor's key is removed, since the text ends up in logs and notifications.
    """
    text = _ANSI.sub("", text)
    text = "".join(
        char
        for char in text
        if char.isspace() or char in _KEEP or unicodedata.category(char) not in _DROP
    )
    text = _KEY_LIKE.sub(REMOVED, " ".join(text.split()))
    if len(text) <= limit:
        return text
    return text[: limit - 1].rstrip() + "…"
