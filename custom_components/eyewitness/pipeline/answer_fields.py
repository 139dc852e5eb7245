"""Find the fields of an answer in what a model wrote, however it wrote them."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import cache
from html import unescape
from itertools import islice
import json
import logging
import re
from types import ModuleType
from typing import Any, Final

from ..chain.crash import where
from ..chain.non_answers import OBJECT

_LOGGER = logging.getLogger(__name__)
_PAGE: Final = re.compile(r"<(?:!doctype|html|head|body)\b", re.IGNORECASE)
"""A login page or an error page; what its scripts hold is no answer."""
_FENCE: Final = re.compile(r"\A```[\w-]*|```\Z")
_OBJECTS_MAX: Final = 32
"""Of a text, the objects that are read; a model that drafts writes a few."""
_REPAIRED_CHARS: Final = 6000
"""Three times what a description may have: more of a broken object would not be shown."""
_REPAIRED_MARKS: Final = 300
"""A good answer has about forty. The repair takes time with the square of both numbers: 0.03 s for
the worst of 1,500 texts built to be slow; without a limit 1.6 s for 8,000 characters."""
_MARK: Final = re.compile(r"""["'“”‘’«»„`:()\[\]{}\\]""")  # noqa: RUF001
_KEY: Final = re.compile(r"[\"'“]description[\"'”]\s*:", re.IGNORECASE)
_HALF_ESCAPE: Final = re.compile(r"(?<!\\)\\(?:u[0-9a-fA-F]{0,3})?\Z")
_NESTING_MAX: Final = 4
_LABEL: Final = re.compile(
    r"^[ \t*_#>-]*(title|description|objects|confidence|importance)[ \t*_]*:[ \t*_]*(.*)$",
    re.IGNORECASE | re.MULTILINE,
)
"""A field on a line of its own, as models write it that know no JSON."""
_PREAMBLE: Final = re.compile(
    r"\A(?:(?:sure|certainly|of course|okay|absolutely)[!,.:]+\s*)?"
    r"(?:here(?:'s| is| are)\b[^:\n]{0,60}\b(?:description|summary|caption|answer|analysis"
    r"|response)\b"
    r"[^:\n]{0,60}:\s*)?",
    re.IGNORECASE,
)
"""What models say before a description."""


@cache
def _library() -> ModuleType | None:
    """Return the library that mends JSON, None when it cannot be imported.

    Blocking the first time, which is in the rehearsal: where there is no provider nobody needs it.
    """
    try:
        import json_repair  # noqa: PLC0415
    except Exception as err:  # noqa: BLE001 - one that does not fit may raise anything
        _LOGGER.error(  # noqa: TRY400
            "Broken JSON of a model is not mended: the library cannot be used: %s", where(err)
        )
        return None
    return json_repair


def find_fields(text: str) -> tuple[Mapping[str, Any], bool]:
    """Return the fields by their names in small letters, and whether they were cut off.

    Of several objects with a description the last one counts: those before are drafts. Text
    without any object is the description. There are no fields when an object says nothing.
    """
    text = _FENCE.sub("", text.strip()).strip()
    if _PAGE.match(text):
        return {}, False
    if text.startswith('"'):  # JSON within a JSON text
        text = _text_in(text)
    if (start := OBJECT.search(text)) is None:
        return _in_prose(text), False
    return _in_objects(unescape(text) if start[0].endswith(";") else text)


def _in_objects(text: str) -> tuple[Mapping[str, Any], bool]:
    found: Mapping[str, Any] = {}
    broken: int | None = None
    """Where the first object begins that cannot be read, after the last that can."""
    end = 0
    for match in islice(OBJECT.finditer(text), _OBJECTS_MAX):
        if (start := match.start()) < end:
            continue
        try:
            value, end = _DECODER.raw_decode(text, start)
        except ValueError, RecursionError:
            broken = start if broken is None else broken
        else:
            if described := _described(value):
                found, broken = described, None
    if broken is not None and (described := _described(_repair(text[broken:]))):
        return described, text.count("{", broken) > text.count("}", broken)
    return found, False


_DECODER: Final = json.JSONDecoder(strict=False)


def _text_in(text: str) -> str:
    try:
        value = json.loads(text, strict=False)
    except ValueError:
        return text
    return value if isinstance(value, str) else text


def _in_prose(text: str) -> Mapping[str, Any]:
    labelled = {match[1].lower(): match[2] for match in _LABEL.finditer(text)}
    if labelled.get("description"):
        return labelled
    if text.startswith(("{", "[")):
        return {}
    return {"description": _PREAMBLE.sub("", text, count=1) or text}


def _repair(text: str) -> Any:
    """Return what a broken JSON text was meant to be, in bounded time; None if that is unclear."""
    if (library := _library()) is None:
        return None
    if (key := _KEY.search(text)) and key.start() > _REPAIRED_CHARS // 2:
        text = f"{{{text[key.start() :]}"  # a field before it has no end
    text = _HALF_ESCAPE.sub("", text[:_REPAIRED_CHARS])
    too_many = next(islice(_MARK.finditer(text), _REPAIRED_MARKS, None), None)
    try:
        return library.loads(text[: too_many.start()] if too_many else text)
    except ValueError, RecursionError:
        return None


def _described(value: Any) -> Mapping[str, Any] | None:
    """Return the last object with a description, within lists, objects and texts as well."""
    return [None, *_objects_in(value, _NESTING_MAX)][-1]


def _objects_in(value: Any, depth: int) -> Iterator[Mapping[str, Any]]:
    """Yield the objects that have a description; the values of a wrapper are looked through."""
    if not depth:
        return
    if isinstance(value, dict):
        fields = {name.strip(" \"'“”*_:").lower(): item for name, item in value.items()}
        inner = list(_objects_in(fields.get("description"), depth - 1))
        if inner or not fields.get("description"):
            yield from inner or _objects_in(list(fields.values()), depth)
        else:
            yield fields
    elif isinstance(value, list):
        for item in value:
            yield from _objects_in(item, depth - 1)
    elif isinstance(value, str) and OBJECT.match(value.strip()):
        with suppress(ValueError, RecursionError):
            yield from _objects_in(_DECODER.decode(value.strip()), depth - 1)
