"""Scripted faults: what they are called and which one comes next."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from .vendors.errors import Errors
from .wire import TRUTH, Endpoint, JsonObject, Reply, Script, refuse_unknown

type VendorKind = Literal["rate_limit", "quota", "daily_quota", "overloaded", "auth", "forbidden"]
type RequestKind = Literal[
    "model_missing", "too_large", "image_too_large", "context_length", "unsupported"
]
type PlainKind = Literal["latency", "status", "server_error", "html", "non_json", "redirect"]
type AnswerKind = Literal[
    "answer", "empty", "null", "no_choices", "length", "refusal", "thinking", "blind"
]
type TransportKind = Literal["hang", "reset", "reset_mid_body", "drip", "truncated", "huge"]
type Kind = VendorKind | RequestKind | PlainKind | AnswerKind | TransportKind

HTTP_KINDS, ANSWER_KINDS, TRANSPORT_KINDS = (
    frozenset(kind for words in types for kind in get_args(words.__value__))
    for types in ((VendorKind, RequestKind, PlainKind), (AnswerKind,), (TransportKind,))
)
KINDS = HTTP_KINDS | ANSWER_KINDS | TRANSPORT_KINDS

_ERRORS = {"model_missing": ("no_model", ""), "image_too_large": ("bad_image", "too large")}
"""Faults that have another name in the vendors' tables of errors."""
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
            case "thinking" | "blind":
                return Script(thinking=self.kind == "thinking", blind=self.kind == "blind")
            case "null" | "no_choices" | "refusal":
                return Script(stop=self.kind, variant=self.variant)
        return TRUTH

    def reply(self, errors: Errors, model: str, normal: Reply) -> Reply:
        """Return the whole reply of a fault that is one; otherwise the normal one."""
        reply = self._http_reply(errors) or self._vendors_error(errors, model) or normal
        return reply.with_headers(self.headers)

    def _http_reply(self, errors: Errors) -> Reply | None:
        match self.kind:
            case "status":
                return self._status_reply(errors)
            case "server_error":
                return errors.status(self.status or 500)
            case "html":
                return Reply.text(self.status or 200, _HTML, "text/html")
            case "non_json":
                text = self.text or "this is not JSON"
                return Reply.text(self.status or 200, text, "application/json")
            case "redirect":
                return Reply(self.status or 302, b"", {"Location": self.location})
        return None

    def _vendors_error(self, errors: Errors, model: str) -> Reply | None:
        variant = self.parameter if self.kind == "unsupported" else self.variant
        name, variant = _ERRORS.get(self.kind, (self.kind, variant))
        if name == "daily_quota" and name not in errors.table:
            name = "rate_limit"
        if not {name, f"{name}:{variant}"} & errors.table.keys():
            return None
        return errors(
            name,
            variant,
            model=model,
            parameter=self.parameter,
            path="messages.0.content.0",
            shown="ba***ey",
            wait=self.retry_after or "",
        )

    def _status_reply(self, errors: Errors) -> Reply:
        if self.body is None:
            return errors.status(self.status)
        if isinstance(self.body, str):
            return Reply.text(self.status, self.body)
        return Reply.json(self.status, self.body)


def fault_from_json(data: JsonObject) -> Fault:
    """Build a fault from the control API's JSON."""
    refuse_unknown(data, Fault)
    if data.get("kind") not in KINDS:
        raise ValueError(f"unknown fault kind: {data.get('kind')!r}")
    if data.get("endpoint", "describe") not in ("describe", "models"):
        raise ValueError(f"unknown endpoint: {data['endpoint']!r}")
    if data["kind"] == "status" and not data.get("status"):
        raise ValueError("a fault of kind 'status' needs a status")
    fault = Fault(**data)
    if fault.retry_after is not None:
        fault.retry_after = str(fault.retry_after)
    return fault
