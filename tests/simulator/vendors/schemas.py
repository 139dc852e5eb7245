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
_OPTIONS = ("anyOf", "oneOf", "allOf")
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
    kinds, enum = schema.get("type", []), schema.get("enum", [None])
    options = [schema[word] for word in _OPTIONS if word in schema]
    bounds = [schema[word] for word in ("minimum", "maximum") if word in schema]
    problems = {
        "the simulator does not follow references": "$ref" in schema,
        "type is not valid": any(str(kind).lower() not in _TYPES for kind in _listed(kinds)),
        "enum must be a list of values": not isinstance(enum, list) or not enum,
        "bounds must be numbers": not all(type(bound) in (int, float) for bound in bounds),
        "properties must be an object": not isinstance(schema.get("properties", {}), dict),
        "options must be a list of schemas": not all(
            isinstance(option, list) and option for option in options
        ),
    }
    found = next((text for text, bad in problems.items() if bad), "")
    return found or next(filter(None, (shape_problem(child) for _, child in _children(schema))), "")


def _listed(kinds: Any) -> list[Any]:
    return kinds if isinstance(kinds, list) else [kinds]


def _children(schema: JsonObject) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield the schemas right below a schema, each with its path."""
    for name, child in schema.get("properties", {}).items():
        yield ("properties", name), child
    if "items" in schema:
        yield ("items",), schema["items"]
    for word in _OPTIONS:
        for i, child in enumerate(schema.get(word, ())):
            yield (word, str(i)), child


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
    for _, node in _nodes(schema):
        for kind in _listed(node.get("type", [])):
            if found := [name for name in _ANTHROPIC_BOUNDS.get(kind, ()) if name in node]:
                if len(found) == 1:
                    return f"For '{kind}' type, property '{found[0]}' is not supported"
                return f"For '{kind}' type, properties {', '.join(found)} are not supported"
            if kind == "array" and node.get("minItems", 0) not in (0, 1):
                return "For 'array' type, 'minItems' values other than 0 or 1 are not supported"
    return ""


def _objects(schema: JsonObject) -> Iterator[tuple[tuple[str, ...], JsonObject]]:
    for path, node in _nodes(schema):
        if node.get("type") == "object" or "properties" in node:
            yield path, node


def _nodes(
    schema: JsonObject, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], JsonObject]]:
    """Yield every schema inside a schema."""
    yield path, schema
    for step, child in _children(schema):
        yield from _nodes(child, (*path, *step))
