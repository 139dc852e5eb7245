"""The words that all parts of the simulator share."""

from collections.abc import Mapping
from dataclasses import dataclass, field
import gzip
import json
from typing import Any, Literal

type Vendor = Literal["openai", "grok", "gemini", "anthropic"]
type Endpoint = Literal["describe", "models"]
type JsonObject = dict[str, Any]

VENDORS: tuple[Vendor, ...] = ("openai", "grok", "gemini", "anthropic")

KEYS: dict[Vendor, str] = {vendor: f"sim-{vendor}-key" for vendor in VENDORS}
"""The one key that each simulated vendor takes until a test sets another."""

_MOUNTS: dict[Vendor, str] = {
    "openai": "/openai/v1",
    "grok": "/grok/v1",
    "gemini": "/gemini",
    "anthropic": "/anthropic",
}


@dataclass(frozen=True, slots=True)
class SimulatorUrls:
    """The base URLs to give to the vendors' SDKs."""

    root: str
    """Scheme, host and port, without a slash at the end."""

    @property
    def openai(self) -> str:
        """Return the base URL for the OpenAI SDK."""
        return self.base("openai")

    @property
    def grok(self) -> str:
        """Return the base URL for the OpenAI SDK when it speaks to xAI."""
        return self.base("grok")

    @property
    def gemini(self) -> str:
        """Return the base URL for the google-genai SDK."""
        return self.base("gemini")

    @property
    def anthropic(self) -> str:
        """Return the base URL for the Anthropic SDK."""
        return self.base("anthropic")

    @property
    def control(self) -> str:
        """Return the base URL of the control API."""
        return f"{self.root}/_control"

    def base(self, vendor: Vendor) -> str:
        """Return the base URL of one vendor."""
        return f"{self.root}{_MOUNTS[vendor]}"


@dataclass(frozen=True, slots=True)
class Reply:
    """One complete HTTP answer."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def json(cls, status: int, body: object, headers: Mapping[str, str] | None = None) -> Reply:
        """Build a JSON answer."""
        return cls(
            status,
            json.dumps(body).encode(),
            {"Content-Type": "application/json", **(headers or {})},
        )

    @classmethod
    def text(cls, status: int, body: str, content_type: str = "text/plain; charset=utf-8") -> Reply:
        """Build a text answer."""
        return cls(status, body.encode(), {"Content-Type": content_type})

    def with_headers(self, headers: Mapping[str, str]) -> Reply:
        """Return the same answer with more headers."""
        return Reply(self.status, self.body, {**self.headers, **headers})

    def gzipped(self) -> Reply:
        """Return the same answer, compressed."""
        return Reply(
            self.status,
            gzip.compress(self.body),
            {**self.headers, "Content-Encoding": "gzip"},
        )


class RefusedError(Exception):
    """The vendor would not serve this request; carries the vendor's answer."""

    def __init__(self, reply: Reply) -> None:
        """Keep the answer."""
        super().__init__(reply.status)
        self.reply = reply


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request as it came in, already read to its end."""

    vendor: Vendor
    endpoint: Endpoint | None
    method: str
    tail: str
    """The path below the vendor's mount, without a slash in front."""
    query: Mapping[str, str]
    headers: Mapping[str, str]
    """Case-insensitive."""
    raw: bytes
    key: str
    """The key that is valid at this moment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """What the model shall say instead of the truth; empty fields mean the truth."""

    text: str | None = None
    stop: Literal["end", "length", "null", "no_choices", "refusal"] = "end"
    variant: str = ""
    """The vendor's own flavour of a refusal."""
    thinking: bool = False
    """Put a block of thinking in front of the text (Anthropic, Gemini)."""


TRUTH = Script()
