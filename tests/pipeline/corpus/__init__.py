"""What models, gateways and proxies really send in an answer's place, and what it should become.

Written by hand, kind by kind; ``generated`` puts them together, in many wrappings.
"""

from dataclasses import dataclass

from custom_components.eyewitness.chain.failures import Failure


@dataclass(frozen=True, slots=True)
class Case:
    """One text of a model, and how it is to be read."""

    kind: str
    text: str
    want: str | Failure
    """The description, or the failure."""
    structured: bool = False
    objects: tuple[str, ...] | None = None
    """None where the text may say anything."""
    confidence: int | None = None
    importance: str | None = None


@dataclass(frozen=True, slots=True)
class Scene:
    """What a camera saw, from which answers are made."""

    title: str
    description: str
    objects: tuple[str, ...] = ("person",)
    confidence: int = 90
    importance: str = "normal"
