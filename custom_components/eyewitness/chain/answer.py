"""Turn a model's text into an answer, trusting none of it."""

import json
import re
from typing import Any, Final
import unicodedata

from .kinds import Kind
from .models import IMPORTANCES, OBJECTS, Answer, Importance, ProviderError, Reply

DESCRIPTION_CHARS: Final = 2000
TITLE_WORDS: Final = 6
TITLE_CHARS: Final = 80

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

_ANSI = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])")
_FENCE = re.compile(r"^\s*```[a-zA-Z]*\s*|\s*```\s*$")
_FIELD = r'"{}"\s*:\s*"((?:[^"\\]|\\.)*)'
_HTML = re.compile(r"\s*<(?:!doctype|html|head|body)\b", re.IGNORECASE)
_KEEP: Final = frozenset("\n\t \u200c\u200d")
"""Of the control and format characters these stay: two of them join letters in Persian, Hindi and emoji."""


def clean(text: str, limit: int) -> str:
    """Return the text without control, bidirectional and half characters, on one line, at most ``limit`` long."""
    text = _ANSI.sub("", text)
    text = "".join(
        char
        for char in text
        if char in _KEEP or unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Co"}
    )
    text = " ".join(text.split())
    if len(text) <= limit:
        return text
    return text[: limit - 1].rstrip() + "…"


def read(reply: Reply) -> Answer:
    """Return the validated answer; raise ``ProviderError`` of kind malformed when there is none.

    A description has to be there as text. The other fields are taken when they have the right
    shape and left out when not: a strange confidence must not cost a good sentence.
    """
    fields = _fields(reply.text)
    description = fields.get("description")
    description = clean(description, DESCRIPTION_CHARS) if isinstance(description, str) else ""
    if not any(char.isalnum() for char in description):
        raise ProviderError(Kind.MALFORMED, model=reply.model, usage=reply.usage)
    title = fields.get("title")
    title = clean(title, DESCRIPTION_CHARS) if isinstance(title, str) else ""
    return Answer(
        title=_short(title or description),
        description=description,
        objects=_objects(fields.get("objects")),
        confidence=_confidence(fields.get("confidence")),
        importance=_importance(fields.get("importance")),
        truncated=reply.truncated,
    )


def _fields(text: str) -> dict[str, Any]:
    """Find the answer's fields in JSON, in JSON with words around it, in cut-off JSON or in plain text."""
    text = _FENCE.sub("", text)
    start, end = text.find("{"), text.rfind("}")
    if start < 0:
        return {} if _HTML.match(text) or text.lstrip().startswith("[") else {"description": text}
    try:
        found = json.loads(text[start : end + 1], strict=False)
    except ValueError, RecursionError:
        found = {
            name: _unescape(match[1])
            for name in ("title", "description")
            if (match := re.search(_FIELD.format(name), text))
        }
    return found if isinstance(found, dict) else {}


def _unescape(text: str) -> str:
    try:
        return str(json.loads(f'"{text}"', strict=False))
    except ValueError:
        return text.replace("\\", " ")


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
        value *= 100
    return round(value) if 0 <= value <= 100 else None


def _importance(value: object) -> Importance | None:
    return next((word for word in IMPORTANCES if word == value), None)
