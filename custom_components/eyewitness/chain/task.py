"""What is sent to a provider, and what it sends back."""

from base64 import b64encode
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, Self

type Shrink = Callable[[], Awaitable[Picture]]


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture, ready to send: an upright JPEG without metadata."""

    jpeg: bytes = field(repr=False)
    base64: bytes = field(repr=False)
    """The JPEG as it stands in the JSON of all vendors; made once, however often it is sent."""
    width: int
    height: int
    shrink: Shrink | None = field(default=None, repr=False, compare=False)
    """Makes a smaller copy for a vendor that rejects this one as too large; None when there is no
    smaller one. It comes with the picture since masks have to be applied to every copy."""
    blank: bool = field(default=False, kw_only=True)
    """Whether there is nothing to see: no provider needs to be asked."""

    @classmethod
    def encode(cls, jpeg: bytes, width: int, height: int, *, blank: bool = False) -> Self:
        """Return a JPEG with its base64; call it where the JPEG is made, which is in a thread."""
        return cls(jpeg, b64encode(jpeg), width, height, blank=blank)


@dataclass(frozen=True, slots=True, kw_only=True)
class Task[T]:
    """A request in terms that all vendors share, and how a reply becomes a ``T``."""

    name: str
    """What the answer is called in a request: one word."""
    system: str
    """The instructions; the same for every event."""
    user: str
    """The input of this event. Text from a user, a camera or a picture belongs here only."""
    pictures: tuple[Picture, ...]
    schema: Mapping[str, Any]
    """JSON Schema of the answer, in the subset that all vendors accept."""
    max_tokens: int
    """The limit of the output in tokens, without those for thinking."""
    read: Callable[[Reply], T]
    """Returns the answer in a reply, never None; raises ``ProviderError`` when there is none."""


@dataclass(frozen=True, slots=True)
class Usage:
    """The tokens that a vendor says it used; the details are parts of the two sums."""

    input_tokens: int = 0
    """All of the input, also what came from a cache or went into one."""
    output_tokens: int = 0
    """All of the output, thoughts included."""
    cached_tokens: int = field(default=0, kw_only=True)
    """Of the input: read from the vendor's cache, which costs less."""
    cache_write_tokens: int = field(default=0, kw_only=True)
    """Of the input: put into the cache, which some vendors charge for."""
    cache_write_1h_tokens: int = field(default=0, kw_only=True)
    """Of those that were put there: to stay for an hour, which costs more."""
    reasoning_tokens: int = field(default=0, kw_only=True)
    """Of the output: thoughts."""
    tier: str = field(default="", kw_only=True)
    """The service tier that was used, as the reply names it, such as ``priority``; else empty."""

    @property
    def total(self) -> int:
        """Return input and output together."""
        return self.input_tokens + self.output_tokens


@dataclass(frozen=True, slots=True)
class Cost:
    """What a request costs."""

    usd: float
    is_estimated: bool = False
    """Whether the model's price is not known, so that its vendor's dearest one was taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What a vendor sent back, not validated yet."""

    text: str
    """As the model wrote it; ``visible.visible`` takes its thoughts out."""
    model: str
    """The model that the reply names: vendors redirect retired ids and bill the new one."""
    usage: Usage | None = None
    """None when the vendor did not say, or said something that is no number of tokens."""
    truncated: bool = False
    structured: bool = False
    """Whether the task's schema went with the request, so that prose is no answer to it."""


class Provider(Protocol):
    """The interface of every provider."""

    @property
    def id(self) -> str:
        """Return the subentry id."""

    @property
    def kind(self) -> str:
        """Return the kind of provider, such as ``openai``."""

    @property
    def model(self) -> str:
        """Return the model that the next request will name, ``auto`` while none is chosen."""

    async def generate(self, task: Task[Any]) -> Reply:
        """Ask once, without retries; raise ``ProviderError`` and nothing else."""

    def cost(self, model: str, usage: Usage | None) -> Cost | None:
        """Return the cost of a request that was made, None when nobody knows it.

        ``usage`` is None when it is not known; a provider that is free is so all the same.
        """
