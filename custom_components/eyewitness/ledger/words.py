"""Split texts into words that can be found again, however they are written."""

from dataclasses import dataclass
import re
from typing import Final, Self
import unicodedata

_CJK: Final = r"(?=[\u2e80-\u9fff\uf900-\ufaff\U00020000-\U0003ffff])[^\W_]"
"""A character of Chinese or Japanese, which write no blanks: each is a word of its own."""
_OTHERS: Final = rf"(?:(?!{_CJK})[^\W_])+"
_WORD: Final = re.compile(rf"{_CJK}|{_OTHERS}")
_RUN: Final = re.compile(rf"(?:{_CJK})+|{_OTHERS}")
_LETTERS: Final = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe"})
"""What Unicode does not take apart into a plain letter and a mark."""


def fold(text: str) -> str:
    """Return a text without case, accents and widths: ``Straße`` and ``STRASSE`` are one."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(each for each in parts if not unicodedata.combining(each))
    return unicodedata.normalize("NFC", plain).casefold().translate(_LETTERS)


def words(text: str) -> list[str]:
    """Return the folded words of a text in their order."""
    return _WORD.findall(fold(text))


@dataclass(frozen=True, slots=True)
class Search:
    """What somebody looks for: all of some phrases; whatever is typed, it is words."""

    phrases: tuple[tuple[str, ...], ...]
    """Words that stand side by side in one text; most phrases are one word."""

    @classmethod
    def read(cls, text: str) -> Self:
        """Return what was typed as phrases."""
        return cls(tuple(tuple(_WORD.findall(run)) for run in _RUN.findall(fold(text))))

    @property
    def query(self) -> str:
        """Return the same in the language of SQLite's full-text search.

        The last word may go on, since somebody may still be typing. There is nothing but letters
        and digits between the quotation marks, so nothing in them is a command.
        """
        return " ".join(f'"{" ".join(phrase)}"' for phrase in self.phrases) + " *"

    def finds(self, *texts: str) -> bool:
        """Return whether each phrase is in one of the texts, as the full-text search would say."""
        if not self.phrases:
            return False
        # A blank before each word, so that a phrase begins with one.
        lines = ["".join(f" {word}" for word in words(text)) + " " for text in texts]
        ends = [" "] * (len(self.phrases) - 1) + [""]
        return all(
            any(f" {' '.join(phrase)}{end}" in line for line in lines)
            for phrase, end in zip(self.phrases, ends, strict=True)
        )
