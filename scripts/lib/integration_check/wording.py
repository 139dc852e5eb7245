"""The texts themselves, in every language."""

from collections.abc import Iterator, Mapping
import re
import string
from typing import Any, Final

from .model import Finding, Integration, error

UNWANTED: Final = (
    (re.compile(r"<[a-z].*>", re.IGNORECASE | re.DOTALL), "contains HTML"),
    (
        re.compile(r"(https?|ftps?|mqtts?|scp|sockets?|socks5)://|\bwww\.\w", re.IGNORECASE),
        "contains an address, which belongs into a placeholder",
    ),
    (re.compile(r"\A\s|\s\Z"), "begins or ends with a space"),
    (re.compile(r"'{\w+}'"), "has a placeholder in single quotes, where it is not replaced"),
    (re.compile(r"\[%key:"), "has a reference, which only Home Assistant's own texts may have"),
)
FIXED: Final = re.compile(r"entity\.[^.]+\.[^.]+\.(state|state_attributes|unit_of_measurement)\b")
"""Texts that nobody fills in."""


def check(integration: Integration) -> Iterator[Finding]:
    """Check every text of every language."""
    for file, texts in integration.documents.items():
        if file.startswith("translations/"):
            for path, text in _leaves(texts):
                for fault in _faults(path, text):
                    yield error(file, f"{path}: {fault}")


def _leaves(tree: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in tree.items():
        path = f"{above}.{name}" if above else name
        if isinstance(value, Mapping):
            yield from _leaves(value, path)
        else:
            yield path, value


def _faults(path: str, text: Any) -> Iterator[str]:
    if not isinstance(text, str):
        yield "is no text"
        return
    yield from (fault for pattern, fault in UNWANTED if pattern.search(text))
    try:
        names = [name for _, name, _, _ in string.Formatter().parse(text) if name]
    except ValueError as err:
        yield f"has braces that do not match: {err}"
        return
    if not all(name.isidentifier() for name in names):
        yield "has a placeholder that is no name"
    if names and FIXED.match(path):
        yield "has a placeholder where none is filled in"
