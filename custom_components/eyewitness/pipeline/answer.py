"""Read a model's description of a camera event, trusting none of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape
import re
from typing import Any, Final, Literal

from ..chain.failures import Failure, ProviderError
from ..chain.non_answers import failure_in, is_prose
from ..chain.task import Reply
from ..chain.text import clean
from ..chain.visible import visible
from . import object_words
from .answer_fields import find_fields

Importance = Literal["low", "normal", "high"]

IMPORTANCES: tuple[Importance, ...] = ("low", "normal", "high")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A validated, cleaned description."""

    title: str
    description: str
    objects: tuple[str, ...] = ()
    confidence: int | None = None
    importance: Importance | None = None
    truncated: bool = False


DESCRIPTION_CHARS: Final = 2000
TITLE_WORDS: Final = 6
TITLE_CHARS: Final = 80
PERCENT: Final = 100

SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {
        "title": {"type": "string", "description": "At most six words."},
        "description": {"type": "string", "description": "One or two sentences."},
        "objects": {
            "type": "array",
            "items": {"type": "string", "enum": list(object_words.OBJECTS)},
        },
        "confidence": {
            "type": ["integer", "null"],
            "description": "How sure you are, from 0 to 100.",
        },
        "importance": {"type": "string", "enum": list(IMPORTANCES)},
    },
    "required": ["title", "description", "objects", "confidence", "importance"],
    "additionalProperties": False,
}
"""What every vendor is asked for, in the subset of JSON Schema that all of them accept."""

_ECHOES: Final = frozenset(
    field["description"] for field in SCHEMA["properties"].values() if "description" in field
)
"""What a model writes that hands the schema back."""
_OTHER_FIELD: Final = re.compile(
    r"[\s,;{}\"'“”]*[\"'“”](?:title|objects|confidence|importance)[\"'“”]\s*:.*", re.DOTALL
)
"""The fields behind a text whose closing mark is missing."""
_SENTENCE_ENDS: Final = re.compile(r"(?<=[.!?…])\s+|(?<=[。！？])|\n+")  # noqa: RUF001
_LOOP: Final = re.compile(r"(\b\S.{0,79}?\S|\S)(?:[\s,;]+\1\b){3,}")
_NUMBER: Final = re.compile(r"(\d{1,3}(?:[.,]\d{1,9})?)\s?(%|/\s?100|percent)?")
_NO_ERROR: Final = frozenset({"none", "null", "no", "false", "n/a", "nil"})
_MEDIUM: Final = frozenset({"medium", "moderate", "mid"})
"""What models say between low and high, whatever word they were given for it."""


def read(reply: Reply) -> Answer:
    """Return the validated answer.

    Raises ``ProviderError`` of kind refused or malformed when there is none: a description has to
    be there as text, and must not be a refusal, an error or a word for nothing. Prose is one, but
    not where the schema was sent: there it is an error page, or the server takes no notice of
    schemas and is asked without one. The other fields are taken when they have the right shape and
    left out when not: a strange confidence must not cost a good sentence.
    """
    text = visible(reply.text)
    fields, cut = find_fields(text)
    stated = _text(fields.get("description"))
    description = _words(stated)
    # Cleaning takes out what may hide a word, and breaks the tags of an error page.
    failure = failure_in(stated)
    if failure is None and description != stated:
        failure = failure_in(description)
    if failure is None and (_is_error(fields) or (reply.structured and is_prose(text))):
        failure = Failure.MALFORMED
    if failure is not None:
        raise ProviderError(failure, model=reply.model, usage=reply.usage)
    title = _words(_text(fields.get("title")))
    return Answer(
        title=_short(description if failure_in(title) else title),
        description=description,
        objects=object_words.objects_in(fields.get("objects")),
        confidence=_confidence(fields.get("confidence")),
        importance=_importance(fields.get("importance")),
        truncated=reply.truncated or cut,
    )


def _is_error(fields: Mapping[str, Any]) -> bool:
    """Return whether an object is about an error; its description is that error's."""
    error = fields.get("error")
    return bool(error) and str(error).strip().lower() not in _NO_ERROR


def _text(value: object) -> str:
    """Return a field's text, which may be in a list, or encoded, or hold thoughts as well."""
    if isinstance(value, list):
        value = " ".join(item for item in value if isinstance(item, str))
    return _OTHER_FIELD.sub("", visible(unescape(value))) if isinstance(value, str) else ""


def _words(text: str) -> str:
    """Return the text, cleaned after all that was decoded; an empty one when it says nothing."""
    text = clean(_once(text), DESCRIPTION_CHARS)
    return text if any(char.isalnum() for char in text) and text not in _ECHOES else ""


def _once(text: str) -> str:
    """Return the text with each of its sentences once: small models get caught in loops."""
    sentences = [part.strip() for part in _SENTENCE_ENDS.split(text)]
    kept = list(dict.fromkeys(filter(None, sentences)))
    if len(kept) < len(sentences):
        if any(other.startswith(kept[-1]) for other in kept[:-1]):
            kept.pop()  # cut off within the loop
        text = " ".join(kept)
    return _LOOP.sub(r"\1", text[: 2 * DESCRIPTION_CHARS])


def _short(text: str) -> str:
    words = text.split()
    short = " ".join(words[:TITLE_WORDS])
    if len(words) > TITLE_WORDS:
        short += "…"
    return clean(short.rstrip("."), TITLE_CHARS)


def _confidence(value: object) -> int | None:
    """Take the number as the model states it; a fraction is a hundredth's share of 100."""
    percent = False
    if isinstance(value, str) and (match := _NUMBER.fullmatch(value.strip().lower())):
        percent = match[2] is not None
        value = float(match[1].replace(",", "."))
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if isinstance(value, float) and 0 < value < 1 and not percent:
        value *= PERCENT
    return round(value) if 0 <= value <= PERCENT else None


def _importance(value: object) -> Importance | None:
    stated = value.strip(" .\"'").lower() if isinstance(value, str) else ""
    if stated in _MEDIUM:
        return "normal"
    return next((word for word in IMPORTANCES if word == stated), None)
