"""Read a model's description of a camera event, trusting none of it."""

from dataclasses import dataclass
import json
import re
from typing import Any, Final, Literal

from ..chain.failures import Failure, ProviderError
from ..chain.task import Reply
from ..chain.text import clean

Importance = Literal["low", "normal", "high"]

OBJECTS: tuple[str, ...] = ("person", "vehicle", "animal", "package", "other")
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


REPLY_CHARS: Final = 64 * 1024
"""Most of a reply that is read: several times what any model may write, thoughts included."""
DESCRIPTION_CHARS: Final = 2000
TITLE_WORDS: Final = 6
TITLE_CHARS: Final = 80
PERCENT: Final = 100

SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {
        "title": {"type": "string", "description": "At most six words."},
        "description": {"type": "string", "description": "One or two sentences."},
        "objects": {"type": "array", "items": {"type": "string", "enum": list(OBJECTS)}},
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

_FENCE = re.compile(r"^```[a-zA-Z]*|```$")
_OBJECT = re.compile(r"""\{\s*["'}]""")
"""How a JSON object begins; a brace in a plain sentence does not."""
_FIELD = r'"{}"\s*:\s*"((?:[^"\\]|\\u[0-9a-fA-F]{{4}}|\\[^u])*)'
"""A text up to its end, or to where it was cut off, even within an escape."""
_ESCAPE = re.compile(r'(\\["\\/bfnrtu])|\\')
_HTML = re.compile(r"<(?:!doctype|html|head|body)\b", re.IGNORECASE)


def read(reply: Reply) -> Answer:
    """Return the validated answer; raise ``ProviderError`` of kind malformed when there is none.

    A description has to be there as text. The other fields are taken when they have the right
    shape and left out when not: a strange confidence must not cost a good sentence.
    """
    fields = _fields(reply.text[:REPLY_CHARS])
    description = _words(fields.get("description"))
    if not description:
        raise ProviderError(Failure.MALFORMED, model=reply.model, usage=reply.usage)
    return Answer(
        title=_short(_words(fields.get("title")) or description),
        description=description,
        objects=_objects(fields.get("objects")),
        confidence=_confidence(fields.get("confidence")),
        importance=_importance(fields.get("importance")),
        truncated=reply.truncated,
    )


def _fields(text: str) -> dict[str, Any]:
    """Find the fields in JSON, whatever is around it, in cut-off JSON or in plain text."""
    text = _FENCE.sub("", text.strip()).strip()
    if _HTML.match(text):
        return {}
    if (opening := _OBJECT.search(text)) is None:
        return {} if text == "null" or text.startswith(("{", "[")) else {"description": text}
    start, end = opening.start(), text.rfind("}") + 1
    try:
        found: dict[str, Any] = json.loads(text[start:end], strict=False)
    except ValueError, RecursionError:
        found = {
            name: _unescape(match[1])
            for name in ("title", "description")
            if (match := re.search(_FIELD.format(name), text))
        }
    return found


def _unescape(text: str) -> str:
    """Read what ``_FIELD`` found, leaving out the backslashes that escape nothing."""
    return str(json.loads(f'"{_ESCAPE.sub(r"\1", text)}"', strict=False))


def _words(value: object) -> str:
    """Return the cleaned text, an empty one when no word is in it."""
    text = clean(value, DESCRIPTION_CHARS) if isinstance(value, str) else ""
    return text if any(char.isalnum() for char in text) else ""


def _short(text: str) -> str:
    words = text.split()
    short = " ".join(words[:TITLE_WORDS])
    if len(words) > TITLE_WORDS:
        short += "…"
    return clean(short.rstrip("."), TITLE_CHARS)


def _objects(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        return ()
    named = {item.strip().lower() for item in value if isinstance(item, str) and item.strip()}
    return tuple(
        name for name in OBJECTS if name in named or (name == "other" and not named <= set(OBJECTS))
    )


def _confidence(value: object) -> int | None:
    """Take the number as the model states it; a fraction is a hundredth's share of 100."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if isinstance(value, float) and 0 < value < 1:
        value *= PERCENT
    return round(value) if 0 <= value <= PERCENT else None


def _importance(value: object) -> Importance | None:
    return next((word for word in IMPORTANCES if word == value), None)
