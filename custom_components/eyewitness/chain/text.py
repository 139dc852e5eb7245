"""Clean text that a model or a server wrote: untrusted, and shown in many places."""

from html import unescape
import re
from typing import Final
import unicodedata

from . import policy
from .redaction import redact

_ANSI: Final = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[ -/]*[0-~])")
_DROP: Final = frozenset({"Cc", "Cf", "Cs", "Co"})
_KEEP: Final = frozenset("\u200c\u200d")
"""Format characters that stay: they join letters in Persian, Hindi and emoji."""

_MARKER: Final = re.compile(r"(?:#{1,6}\s+|(?:>|[-+*]\s)(?!\s*=?\s*\d)\s*)+")
"""What makes a heading, a quotation or an item of a list at the beginning; "> 5" and "- 5" do so
too, and stay for what they say."""
_LINK_OR_FENCE: Final = re.compile(
    r"(?:(?:(?<![a-z0-9+.-])[a-z][a-z0-9+.-]{0,15})?:/{2,}|(?<!w)w{3,}\.+|[`~]{3,})+", re.IGNORECASE
)
"""What turns an address into a link, and what begins a block of code."""
_OPENING: Final = frozenset(" ([\"'“„«")
_ACTIVE: Final = re.compile(
    r"\](?=[(:\[])"  # a link or a picture, and the address for one
    r"|\[(?=!)"  # a coloured box, within a quotation
    r"|<(?=[a-z/!?])"  # a tag
    r"|\\(?=[!-/:-@\[-`{-~])"  # hides one of the others
    r"|(?<=[\w.+-])(?=@[\w-]+\.)",  # a link to write to somebody
    re.IGNORECASE,
)
"""Where a blank makes plain text of it."""


def clean(text: str, limit: int) -> str:
    """Return one line of limited length that can be stored, sent and shown anywhere.

    Control, format and surrogate characters go, and so do keys, since the text ends up in logs and
    notifications. What a page that understands markdown or HTML would act on is made plain: it
    fetches no picture, draws no box and links to no place.
    """
    scanned = limit * policy.SCANNED_PER_CHAR + policy.KEY_CHARS_MAX
    cut = len(text) > scanned
    # In this order: what is decoded may be anything, and what is taken out may join a key.
    text = _ANSI.sub("", unescape(text[:scanned]))
    if not text.isprintable():  # nearly all are, and then none of these is in them
        text = "".join(
            char
            for char in text
            if char.isspace() or char in _KEEP or unicodedata.category(char) not in _DROP
        )
    text = redact(" ".join(text.split()))
    if cut:
        text = text[: -policy.KEY_CHARS_MAX]  # half a key may be at its end
    # What is taken out may bring the parts of a key together, and what comes in the key's place may
    # be part of a link. Each round leaves less of either.
    while (plain := redact(_plain(text))) != text:
        text = plain
    if len(text) <= limit:
        return text
    return text[: limit - 1].rstrip() + "…"


def _plain(text: str) -> str:
    """Return the text without what markdown and HTML would act on, as little changed as will do."""
    if unescape(text) != text:  # encoded twice
        text = text.replace("&", "& ")

    def delete(match: re.Match[str]) -> str:
        # A blank, or what was before and what comes after could make up another one.
        before = text[match.start() - 1] if match.start() else " "
        return "" if before in _OPENING else " "

    text = _ACTIVE.sub(lambda match: f"{match[0]} ", _LINK_OR_FENCE.sub(delete, text))
    text = " ".join(text.split())
    return text[marker.end() :] if (marker := _MARKER.match(text)) else text
