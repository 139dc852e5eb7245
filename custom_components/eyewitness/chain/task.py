"""What a provider is asked, and what it sends back."""

from dataclasses import dataclass, field
from typing import Protocol

type Polygon = tuple[tuple[float, float], ...]
"""Corners as shares of width and height, from the top left one."""


@dataclass(frozen=True, slots=True)
class Frame:
    """Hold one picture, ready to send: an upright JPEG without metadata."""

    jpeg: bytes = field(repr=False)
    width: int
    height: int
    masks: tuple[Polygon, ...] = field(default=(), repr=False)
    """What was painted over, and has to be again whenever the picture is made anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Hold everything that a provider is told about one event."""

    frame: Frame
    camera_name: str
    language: str = "English"
    event_context: str = ""
    prompt: str = ""
    max_tokens: int = 300


@dataclass(frozen=True, slots=True)
class Usage:
    """Count the tokens that a vendor says it used."""

    input_tokens: int = 0
    output_tokens: int = 0

    @property
    def total(self) -> int:
        """Return input and output together."""
        return self.input_tokens + self.output_tokens


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """Hold what a vendor sent back, before anybody believes it."""

    text: str
    model: str
    """The model that the reply names: vendors redirect retired ids and bill the new one."""
    usage: Usage | None = None
    truncated: bool = False


class Provider(Protocol):
    """Be asked by the chain: what all four vendors and every later one look like to it."""

    @property
    def id(self) -> str:
        """Return the subentry id."""

    @property
    def kind(self) -> str:
        """Return the vendor: ``openai``, ``grok``, ``gemini`` or ``anthropic``."""

    @property
    def model(self) -> str:
        """Return the model that the next request will name, ``auto`` while none is chosen."""

    async def describe(self, question: Question) -> Reply:
        """Ask once, without retries; raise ``ProviderError`` and nothing else."""

    def cost(self, model: str, usage: Usage) -> float | None:
        """Return USD, or None when no price of this model is known."""
