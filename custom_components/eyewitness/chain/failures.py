"""Name every way in which a provider can fail."""

from enum import StrEnum
from typing import Final

from .task import Usage


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


OK: Final = "ok"
"""The outcome of an attempt that gave a validated, non-empty text."""


class Kind(StrEnum):
    """Say why an attempt gave no answer; what follows from it is ``policy.RULES``."""

    AUTH = "auth"
    FORBIDDEN = "forbidden"
    RATE_LIMIT = "rate_limit"
    QUOTA = "quota"
    MODEL_MISSING = "model_missing"
    BAD_REQUEST = "bad_request"
    TOO_LARGE = "too_large"
    REFUSED = "refused"
    SERVER = "server"
    TIMEOUT = "timeout"
    NETWORK = "network"
    TLS = "tls"
    MALFORMED = "malformed"
    REDIRECT = "redirect"
    UNKNOWN = "unknown"
    CANCELLED = "cancelled"
