"""The words that all parts of the simulator share."""

from argparse import ArgumentTypeError
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
import json
import secrets
from typing import Any, Literal

type Vendor = Literal["openai", "grok", "gemini", "anthropic"]
type Endpoint = Literal["describe", "models"]
type JsonObject = dict[str, Any]

VENDORS: tuple[Vendor, ...] = ("openai", "grok", "gemini", "anthropic")

KEYS: dict[Vendor, str] = {vendor: f"sim-{vendor}-key" for vendor in VENDORS}
"""The one key that each simulated vendor takes until a test sets another."""


def parse_vendors(text: str) -> tuple[Vendor, ...]:
    """Read a list of vendors such as `openai,grok` from a command line."""
    names = [name.strip() for name in text.split(",") if name.strip()]
    if unknown := [name for name in names if name not in VENDORS]:
        raise ArgumentTypeError(
            f"unknown vendor: {', '.join(unknown)}; known: {', '.join(VENDORS)}"
        )
    return tuple(vendor for vendor in VENDORS if vendor in names)


class SimulatorUrls:
    """The base URLs to give to the vendors' SDKs."""

    def __init__(self, root: str) -> None:
        """Take scheme, host and port, without a slash at the end."""
        self.root = root
        self.openai = f"{root}/openai/v1"
        self.grok = f"{root}/grok/v1"
        self.gemini = f"{root}/gemini"
        self.anthropic = f"{root}/anthropic"
        self.control = f"{root}/_control"

    def base(self, vendor: Vendor) -> str:
        """Return the base URL of one vendor."""
        url: str = getattr(self, vendor)
        return url


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


class RefusedError(Exception):
    """The vendor would not serve this request; carries the vendor's answer."""

    def __init__(self, reply: Reply) -> None:
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
    blind: bool = False
    """Say something without a look at the picture."""


TRUTH = Script()


def new_id(prefix: str, length: int = 24) -> str:
    """Return a random id such as the vendors give to their replies."""
    return prefix + secrets.token_hex(length // 2)


def refuse_unknown(data: JsonObject, kind: type[Any]) -> None:
    """Raise `ValueError` for names that are no fields of a dataclass."""
    if unknown := sorted(set(data) - {item.name for item in fields(kind)}):
        raise ValueError(f"unknown fields of a {kind.__name__}: {', '.join(unknown)}")
