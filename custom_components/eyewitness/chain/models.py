"""Hold what travels along the chain: the question, the reply, the attempts, the verdict."""

from dataclasses import dataclass, field
from typing import Literal, Protocol

from .kinds import OK, Kind

Importance = Literal["low", "normal", "high"]

OBJECTS: tuple[str, ...] = ("person", "vehicle", "animal", "package", "other")
IMPORTANCES: tuple[Importance, ...] = ("low", "normal", "high")


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Hold a validated, cleaned description."""

    title: str
    description: str
    objects: tuple[str, ...] = ()
    confidence: int | None = None
    importance: Importance | None = None
    truncated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """Record one request to one provider."""

    provider_id: str
    provider: str
    model: str
    number: int
    """The position in the event's list of attempts, from 1."""
    kind: Kind | None
    """None for an answer."""
    started: float
    """Unix seconds."""
    status: int | None = None
    """The HTTP status, where there was one."""
    response_time_ms: int = 0
    usage: Usage | None = None
    """None when the vendor did not say; then nobody knows what it will bill."""
    cost: float | None = 0.0
    """USD; None when the price or the usage is not known."""
    image_bytes: int = 0

    @property
    def ended(self) -> float:
        """Return unix seconds."""
        return self.started + self.response_time_ms / 1000

    @property
    def success(self) -> bool:
        """Return whether this attempt gave the answer."""
        return self.kind is None

    @property
    def outcome(self) -> str:
        """Return ``ok`` or the kind of failure, never a vendor's words."""
        return OK if self.kind is None else self.kind.value

    @property
    def error(self) -> str | None:
        """Return kind and status in one word pair for the ledger."""
        if self.kind is None:
            return None
        return self.kind.value if self.status is None else f"{self.kind.value} {self.status}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Hold how a walk along the chain ended."""

    answer: Answer | None
    attempts: tuple[Attempt, ...]
    offline: bool = False
    """At least two providers, and every one that was asked, could not even be reached."""

    @property
    def winner(self) -> Attempt | None:
        """Return the attempt that gave the answer; a hedge may have ended after it."""
        return next((attempt for attempt in self.attempts if attempt.success), None)

    @property
    def cost(self) -> float | None:
        """Return USD over all attempts whose bill is known, or None when not even one is.

        A vendor says what a request used in its reply; an attempt that was cut off has none.
        """
        known = [attempt.cost for attempt in self.attempts if attempt.cost is not None]
        return sum(known) if known else None


class ProviderError(Exception):
    """Report a failed attempt in our words; it never carries a vendor's text or a key."""

    def __init__(
        self,
        kind: Kind,
        *,
        status: int | None = None,
        retry_after: float | None = None,
        sent: bool = True,
        adapted: bool = False,
        oversize: bool = False,
        model: str | None = None,
        usage: Usage | None = None,
    ) -> None:
        """Keep the facts that ``policy.RULES`` decides by.

        ``retry_after`` is in seconds and already parsed; ``sent`` is False when no byte of the
        request can have reached the vendor; ``adapted`` says that the provider has changed its
        next request (dropped a parameter, chose another model); ``oversize`` that the reply was
        too long to read, so asking again would only cost as much again.
        """
        super().__init__(kind.value if status is None else f"{kind.value} ({status})")
        self.kind = kind
        self.status = status
        self.retry_after = retry_after
        self.sent = sent
        self.adapted = adapted
        self.oversize = oversize
        self.model = model
        self.usage = usage


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
