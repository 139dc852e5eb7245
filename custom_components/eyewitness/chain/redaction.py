"""Take keys out of every text that leaves us.

Whoever sits in a provider's place knows the key that was sent there, and can have it repeated: in
a description, as the name of a model, in a header that a library logs. So the keys in use are
known here, and found however they are written: in capitals or not, with blanks, colours, marks of
markdown and invisible characters in between, and in the escapes of JSON, Python and URLs.
"""

from collections import Counter
import re
from threading import Lock
from typing import Final

from . import policy

REMOVED: Final = "[key removed]"

_KEY_LIKE: Final = re.compile(r"(?<![\w-])(?:sk-|xai-|pplx-|gsk_|AIza|AQ\.)[A-Za-z0-9_-]{16,}")
"""What the vendors' keys look like, and no word does. A picture can show one, and then the model
may quote it."""
_MARKS: Final = frozenset("*_`~\\")
"""What markdown does not show; ignored in keys as well, where it may be one of their own."""
_NOT_PLAIN: Final = re.compile(
    r"(?:%|(?<!\\)\\++(?:u00|x))(?P<code>[2-7][0-9a-f])"
    r"|(?:\x1b|(?<!\\)\\++(?:u001b|x1b))\[[0-?]*[@-~]"
    r"|(?<!\\)\\++(?:u[0-9a-f]{4}|x[0-9a-f]{2}|[nrt])"
    r"|(?:[^!-~\x1b]|[*_`~]|\\++(?![uxnrt]))+|\\+|\x1b",
    re.IGNORECASE,
)
"""An escaped character of a key, by its ``code``, or something that may stand between two of them:
a colour, what is no visible ASCII, or the marks."""


class KnownKeys:
    """The keys in use; they may be added and looked for in any thread."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._uses: Counter[str] = Counter()

    def add(self, key: str) -> None:
        """Look for a key from now on.

        A short one is let be: it would be found in ordinary words, and protects nothing.
        """
        visible, _ = _visible(key)
        if len(visible) >= policy.KEY_CHARS_MIN:
            with self._lock:
                self._uses = self._uses + Counter([visible])

    def discard(self, key: str) -> None:
        """Take back one ``add``; a key that is not known is no error."""
        with self._lock:
            self._uses = self._uses - Counter([_visible(key)[0]])

    def redact(self, text: str) -> str:
        """Return the text without the keys in use."""
        if not (keys := self._uses):
            return text
        visible, spans = _visible(text)
        found = sorted(
            (spans[at][0], spans[at + len(key) - 1][1])
            for key in keys
            for at in _occurrences(key, visible)
        )
        parts: list[str] = []
        done = 0
        for start, end in found:
            if start >= done:
                parts += text[done:start], REMOVED
            done = max(done, end)
        return "".join([*parts, text[done:]])


KNOWN: Final = KnownKeys()
"""The keys of all providers that are open."""


def redact(text: str) -> str:
    """Return the text without known keys and without what looks like a vendor's key."""
    return _KEY_LIKE.sub(REMOVED, KNOWN.redact(text))


def _visible(text: str) -> tuple[str, list[tuple[int, int]]]:
    """Return what a key could be made of, in small letters, and where each character stands."""
    visible: list[str] = []
    spans: list[tuple[int, int]] = []
    done = 0
    for special in _NOT_PLAIN.finditer(text):
        start, end = special.span()
        visible.append(text[done:start])
        spans += zip(range(done, start), range(done + 1, start + 1), strict=True)
        if (code := special["code"]) and (char := bytes.fromhex(code).decode()) not in _MARKS:
            visible.append(char)
            spans.append((start, end))
        done = end
    visible.append(text[done:])
    spans += zip(range(done, len(text)), range(done + 1, len(text) + 1), strict=True)
    return "".join(visible).lower(), spans


def _occurrences(key: str, text: str) -> list[int]:
    return [match.start() for match in re.finditer(re.escape(key), text)]
