"""What the simulated models say about a picture."""

from collections.abc import Sequence
import json
from typing import Any

from .pictures import Picture
from .wire import JsonObject


def describe(pictures: Sequence[Picture]) -> str:
    """Say in one or two sentences something true about the pictures."""
    if not pictures:
        return "There is no picture in this request."
    return " ".join(
        f"A {picture.width} by {picture.height} picture ({picture.size}), "
        f"mostly {_colours(picture)}."
        for picture in pictures
    )


def answer_text(pictures: Sequence[Picture], schema: JsonObject | None) -> str:
    """Return the model's whole text: JSON when a schema was sent, else prose."""
    if schema is None:
        return describe(pictures)
    return json.dumps(_fill(schema, "", pictures))


def _colours(picture: Picture) -> str:
    return " and ".join(picture.colours)


def _title(pictures: Sequence[Picture]) -> str:
    return f"Mostly {_colours(pictures[0])}" if pictures else "No picture"


def _known(name: str, pictures: Sequence[Picture]) -> list[Any]:
    """Return the truth for a property we know, best value first."""
    truth: dict[str, list[Any]] = {
        "title": [_title(pictures)],
        "description": [describe(pictures)],
        "objects": [["other"]],
        "confidence": [90, 0.9],
        "importance": ["normal"],
    }
    return truth.get(name, [])


def _fill(schema: JsonObject, name: str, pictures: Sequence[Picture]) -> Any:
    """Return a value that fits the schema, and the truth where we know it."""
    for value in _known(name, pictures):
        if fits(value, schema):
            return value
    for word in ("anyOf", "oneOf", "allOf"):
        if word in schema:
            return _fill(schema[word][0], name, pictures)
    kind = _first_type(schema)
    if kind == "object":
        properties = schema.get("properties", {})
        return {key: _fill(value, key, pictures) for key, value in properties.items()}
    if kind == "array":
        count = schema.get("minItems", 0)
        return [_fill(schema.get("items", {}), "", pictures) for _ in range(count)]
    number = schema.get("minimum", 0)
    plain = {"integer": number, "number": number, "boolean": False, "null": None}
    return schema.get("enum", [plain.get(kind, describe(pictures))])[0]


def fits(value: object, schema: JsonObject) -> bool:
    """Tell whether a value fits the parts of JSON Schema that we use."""
    options = schema.get("anyOf") or schema.get("oneOf") or schema.get("allOf")
    if options:
        return any(fits(value, option) for option in options)
    if "enum" in schema and value not in schema["enum"]:
        return False
    types = _types(schema)
    kind = _type_of(value)
    if types and kind not in types and not (kind == "integer" and "number" in types):
        return False
    if isinstance(value, list) and "items" in schema:
        return all(fits(item, schema["items"]) for item in value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return bool(schema.get("minimum", value) <= value <= schema.get("maximum", value))
    return True


def _types(schema: JsonObject) -> list[str]:
    """Return the allowed types in lower case; Google also takes upper case."""
    kind = schema.get("type", [])
    kinds = kind if isinstance(kind, list) else [kind]
    return [str(word).lower() for word in kinds] + (["null"] if schema.get("nullable") else [])


def _first_type(schema: JsonObject) -> str:
    kinds = _types(schema)
    if kinds:
        return kinds[0]
    return "object" if "properties" in schema else ""


def _type_of(value: object) -> str:
    names: dict[type, str] = {
        bool: "boolean",
        int: "integer",
        float: "number",
        str: "string",
        list: "array",
        type(None): "null",
    }
    return names.get(type(value), "object")
