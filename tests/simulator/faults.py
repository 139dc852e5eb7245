"""Scripted faults: what they are called and which one comes next."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
import json
from typing import Any, Literal, get_args

from .vendors.base import Errors
from .wire import TRUTH, Endpoint, JsonObject, Reply, Script, Vendor

type HttpKind = Literal[
    "latency",
    "status",
    "rate_limit",
    "quota",
    "daily_quota",
    "overloaded",
    "server_error",
    "auth",
    "forbidden",
    "model_missing",
    "too_large",
    "image_too_large",
    "context_length",
    "unsupported",
    "html",
    "non_json",
    "redirect",
]
type AnswerKind = Literal["answer", "empty", "null", "no_choices", "length", "refusal", "thinking"]
type TransportKind = Literal["hang", "reset", "reset_mid_body", "drip", "truncated", "huge"]
type Kind = HttpKind | AnswerKind | TransportKind

HTTP_KINDS: frozenset[str] = frozenset(get_args(HttpKind.__value__))
ANSWER_KINDS: frozenset[str] = frozenset(get_args(AnswerKind.__value__))
TRANSPORT_KINDS: frozenset[str] = frozenset(get_args(TransportKind.__value__))
KINDS = HTTP_KINDS | ANSWER_KINDS | TRANSPORT_KINDS

_HTML = "<!doctype html><html><title>Sign in</title><body>Guest network</body></html>"


@dataclass(slots=True, kw_only=True)
class Fault:
    """One scripted fault; fields that its kind does not use are ignored."""

    kind: Kind
    endpoint: Endpoint = "describe"
    count: int = 1
    """How many requests it hits."""
    repeat: bool = False
    """It hits every request until it is cleared."""
    latency: float = 0.0
    """Seconds to wait before anything else; goes with every kind."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """More headers for the reply; goes with every kind that replies."""
    status: int = 0
    body: Any = None
    """For `status`: a text or a JSON value in place of the vendor's own body."""
    retry_after: str | None = None
    """For `rate_limit` and `daily_quota`: any text, also a wrong one."""
    variant: str = ""
    """For `quota` and `refusal`: the vendor's flavour."""
    parameter: str = "temperature"
    """For `unsupported`."""
    text: str | None = None
    """For `answer` and `length`: the model's words as they stand."""
    location: str = ""
    """For `redirect`."""
    size: int = 50 * 1024 * 1024
    """For `huge`: bytes after decompression."""
    content_length: bool = True
    """For `huge`: say the length in the header."""
    gzip: bool = False
    """For `huge`."""
    rate: float = 1.0
    """For `drip`: bytes a second."""

    @property
    def is_answer(self) -> bool:
        """Tell whether it only changes what the model says."""
        return self.kind in ANSWER_KINDS

    @property
    def is_transport(self) -> bool:
        """Tell whether it breaks the way the reply is sent."""
        return self.kind in TRANSPORT_KINDS

    @property
    def script(self) -> Script:
        """Return what the model shall say."""
        match self.kind:
            case "answer":
                return Script(text=self.text or "")
            case "empty":
                return Script(text="")
            case "length":
                return Script(text=self.text, stop="length")
            case "thinking":
                return Script(thinking=True)
            case "null" | "no_choices" | "refusal":
                return Script(stop=self.kind, variant=self.variant)
        return TRUTH

    def reply(self, errors: Errors, model: str, normal: Reply) -> Reply:
        """Return the whole reply of a fault that is one; otherwise the normal one."""
        reply = self._http_reply(errors, model)
        if self.kind == "refusal":
            reply = errors.refused(self.variant)
        return (reply or normal).with_headers(self.headers)

    def _http_reply(self, errors: Errors, model: str) -> Reply | None:
        """Return the reply of a kind that is an HTTP answer."""
        replies: dict[str, Callable[[], Reply]] = {
            "status": lambda: self._status_reply(errors),
            "server_error": lambda: errors.status(self.status or 500),
            "rate_limit": lambda: errors.rate_limit(self.retry_after),
            "daily_quota": lambda: errors.daily_quota(self.retry_after),
            "quota": lambda: errors.quota(self.variant),
            "overloaded": errors.overloaded,
            "auth": errors.auth,
            "forbidden": errors.forbidden,
            "model_missing": lambda: errors.no_model(model),
            "too_large": errors.too_large,
            "image_too_large": lambda: errors.bad_image("too large", "messages.0.content.0"),
            "context_length": errors.context_length,
            "unsupported": lambda: errors.unsupported(self.parameter, model),
            "html": lambda: Reply.text(self.status or 200, _HTML, "text/html"),
            "non_json": lambda: Reply.text(
                self.status or 200, self.text or "this is not JSON", "application/json"
            ),
            "redirect": lambda: Reply(self.status or 302, b"", {"Location": self.location}),
        }
        reply = replies.get(self.kind)
        return reply() if reply else None

    def _status_reply(self, errors: Errors) -> Reply:
        if self.body is None:
            return errors.status(self.status)
        if isinstance(self.body, str):
            return Reply.text(self.status, self.body)
        return Reply(
            self.status,
            json.dumps(self.body).encode(),
            {"Content-Type": "application/json"},
        )


def fault_from_json(data: JsonObject) -> Fault:
    """Build a fault from the control API's JSON."""
    known = {item.name for item in fields(Fault)}
    if unknown := sorted(set(data) - known):
        raise ValueError(f"unknown fault fields: {', '.join(unknown)}")
    if data.get("kind") not in KINDS:
        raise ValueError(f"unknown fault kind: {data.get('kind')!r}")
    if data.get("endpoint", "describe") not in ("describe", "models"):
        raise ValueError(f"unknown endpoint: {data['endpoint']!r}")
    if data["kind"] == "status" and not data.get("status"):
        raise ValueError("a fault of kind 'status' needs a status")
    retry_after = data.get("retry_after")
    if retry_after is not None:
        data = {**data, "retry_after": str(retry_after)}
    return Fault(**data)


class FaultQueue:
    """The faults that wait for a vendor's next requests, in order."""

    def __init__(self) -> None:
        """Start without faults."""
        self._faults: dict[Vendor, list[Fault]] = {}

    def add(self, vendor: Vendor, fault: Fault) -> None:
        """Put a fault behind the others of this vendor."""
        self._faults.setdefault(vendor, []).append(fault)

    def peek(self, vendor: Vendor, endpoint: Endpoint | None) -> Fault | None:
        """Return the fault that the next request would meet."""
        waiting = self._faults.get(vendor, ())
        return next((fault for fault in waiting if fault.endpoint == endpoint), None)

    def use(self, vendor: Vendor, fault: Fault) -> None:
        """Count one hit of a fault, and drop it when it is used up."""
        if fault.repeat:
            return
        fault.count -= 1
        if fault.count < 1:
            self._faults[vendor].remove(fault)

    def waiting(self, vendor: Vendor) -> tuple[Fault, ...]:
        """Return the faults that are not used up."""
        return tuple(self._faults.get(vendor, ()))

    def clear(self, vendor: Vendor | None = None) -> None:
        """Drop the faults of one vendor or of all."""
        for name in [vendor] if vendor else list(self._faults):
            self._faults.pop(name, None)
