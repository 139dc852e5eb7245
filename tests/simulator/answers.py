"""What the simulated models say about a picture."""

from collections.abc import Sequence
import json
from typing import Any

from .courier import COURIER
from .pictures import Picture
from .wire import JsonObject


def describe(pictures: Sequence[Picture]) -> str:
    """Say in one or two sentences something true about the pictures."""
    if not pictures:
        return "There is no picture in this request."
    return " ".join(
        f"A {picture.width} by {picture.height} picture ({picture.width}x{picture.height}), "
        f"mostly {' and '.join(picture.colours)}."
        + (f" The number {picture.number} is on it." if picture.number else "")
        for picture in pictures
    )


INVENTED = "A quiet street in the evening. A person in a red coat walks a dog past 12 parked cars."
"""What a model says that does not look at the picture."""


def answer_text(
    pictures: Sequence[Picture], schema: JsonObject | None, *, blind: bool = False
) -> str:
    """Return the model's whole text: JSON when a schema was sent, else prose."""
    if blind:
        truth = _story("A quiet street", INVENTED)
    elif any(picture.courier for picture in pictures):
        truth = COURIER
    else:
        truth = _pixels(pictures)
    return truth["description"] if schema is None else json.dumps(_fill(schema, "", truth))


def _pixels(pictures: Sequence[Picture]) -> JsonObject:
    """Return what can be said of any picture."""
    colours = f"Mostly {' and '.join(pictures[0].colours)}" if pictures else "No picture"
    return _story(colours, describe(pictures))


def _story(title: str, description: str) -> JsonObject:
    return {
        "title": title,
        "description": description,
        "objects": ["other"],
        "confidence": 90,
        "importance": "normal",
    }


def _fill(schema: JsonObject, name: str, truth: JsonObject) -> Any:
    """Return the truth where we know it, else a value of the schema's first type."""
    for word in ("anyOf", "oneOf", "allOf"):
        if word in schema:
            return _fill(schema[word][0], name, truth)
    if "enum" in schema:
        return truth[name] if truth.get(name) in schema["enum"] else schema["enum"][0]
    if name in truth:
        return truth[name]
    if "properties" in schema:
        return {key: _fill(value, key, truth) for key, value in schema["properties"].items()}
    kinds = schema.get("type") or "string"
    kind = str(kinds[0] if isinstance(kinds, list) else kinds).lower()
    number = schema.get("minimum", 0)
    plain = {"object": {}, "array": [], "integer": number, "number": number, "boolean": False}
    return None if kind == "null" else plain.get(kind, truth["description"])
