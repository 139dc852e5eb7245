"""What structured output refuses in a JSON schema.

OpenAI's strict mode: every object has `additionalProperties: false` and lists all its
properties as required. Anthropic: the same `additionalProperties`, and no bounds on
numbers, strings and most arrays (messages as reported in agentjido/req_llm #302,
laravel/ai #715, sherifkozman/the-llm-council PR #55).
"""

from collections.abc import Iterator
from typing import Any

from ..wire import JsonObject

_TYPES = frozenset({"object", "array", "string", "integer", "number", "boolean", "null"})
_ANTHROPIC_BOUNDS = {
    "integer": ("exclusiveMaximum", "exclusiveMinimum", "maximum", "minimum"),
    "number": ("exclusiveMaximum", "exclusiveMinimum", "maximum", "minimum"),
    "string": ("maxLength", "minLength"),
    "array": ("maxItems", "uniqueItems"),
}


def shape_problem(schema: Any) -> str:
    """Return what is no JSON schema at all, or an empty text."""
    if not isinstance(schema, dict):
        return "a schema must be an object"
    kinds = schema.get("type", [])
    kinds = kinds if isinstance(kinds, list) else [kinds]
    items = schema.get("minItems", 0)
    enum = schema.get("enum", [None])
    problems = {
        "the simulator does not follow references": "$ref" in schema,
        "type is not valid": any(str(kind).lower() not in _TYPES for kind in kinds),
        "enum must be a list of values": not isinstance(enum, list) or not enum,
        "minimum and maximum must be numbers": any(
            type(schema.get(word, 0)) not in (int, float) for word in ("minimum", "maximum")
        ),
        "the simulator fills at most 10 items": type(items) is not int or not 0 <= items <= 10,
    }
    found = next((text for text, bad in problems.items() if bad), "")
    return found or _children_problem(schema)


def _children_problem(schema: JsonObject) -> str:
    properties = schema.get("properties", {})
    if not isinstance(properties, dict):
        return "properties must be an object"
    children = list(properties.values())
    for word in ("anyOf", "oneOf", "allOf"):
        options = schema.get(word, [])
        if not isinstance(options, list) or (word in schema and not options):
            return f"{word} must be a list of schemas"
        children += options
    if "items" in schema:
        children.append(schema["items"])
    return next(filter(None, map(shape_problem, children)), "")


def openai_problem(schema: JsonObject) -> str:
    """Return what OpenAI's strict mode refuses, or an empty text."""
    for path, node in _objects(schema):
        if node.get("additionalProperties") is not False:
            return (
                f"In context={path}, 'additionalProperties' is required to be supplied and to "
                "be false."
            )
        required = node.get("required")
        names = sorted(node.get("properties", {}))
        if not isinstance(required, list) or sorted(map(str, required)) != names:
            return (
                f"In context={path}, 'required' is required to be supplied and to be an array "
                "including every key in properties."
            )
    return ""


def anthropic_problem(schema: JsonObject) -> str:
    """Return what Anthropic refuses, or an empty text."""
    for _, node in _objects(schema):
        if node.get("additionalProperties") is not False:
            return "For 'object' type, 'additionalProperties' must be explicitly set to false"
    for _, node in _nodes(schema, ()):
        kinds = node.get("type", [])
        for kind in kinds if isinstance(kinds, list) else [kinds]:
            if found := [name for name in _ANTHROPIC_BOUNDS.get(kind, ()) if name in node]:
                if len(found) == 1:
                    return f"For '{kind}' type, property '{found[0]}' is not supported"
                return f"For '{kind}' type, properties {', '.join(found)} are not supported"
            if kind == "array" and node.get("minItems", 0) not in (0, 1):
                return "For 'array' type, 'minItems' values other than 0 or 1 are not supported"
    return ""


def _objects(schema: JsonObject) -> Iterator[tuple[tuple[str, ...], JsonObject]]:
    for path, node in _nodes(schema, ()):
        if node.get("type") == "object" or "properties" in node:
            yield path, node


def _nodes(
    schema: JsonObject, path: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], JsonObject]]:
    """Yield every schema inside a schema."""
    yield path, schema
    for name, child in schema.get("properties", {}).items():
        yield from _nodes(child, (*path, "properties", name))
    if "items" in schema:
        yield from _nodes(schema["items"], (*path, "items"))
    for word in ("anyOf", "oneOf", "allOf"):
        for i, child in enumerate(schema.get(word, ())):
            yield from _nodes(child, (*path, word, str(i)))
