"""All the ways in which a provider can fail, and the error that carries one of them."""

from enum import StrEnum
from typing import Final

from .task import Usage

OK: Final = "ok"
"""The outcome of an attempt that gave an answer."""


class Failure(StrEnum):
    """Why an attempt gave no answer; what follows from it is in ``policy.POLICIES``."""

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
    BLIND = "blind"
    """The model has not looked at the picture: only a test of sight can tell, never an event."""
    UNKNOWN = "unknown"
    CANCELLED = "cancelled"


class ProviderError(Exception):
    """A failed attempt, in facts only: it never carries a vendor's text or a key."""

    def __init__(
        self,
        failure: Failure,
        *,
        status: int | None = None,
        retry_after: float | None = None,
        sent: bool = True,
        adapted: bool = False,
        oversize: bool = False,
        model: str | None = None,
        usage: Usage | None = None,
    ) -> None:
        """Keep the facts from which the chain decides what to do next.

        ``retry_after`` is in seconds, already parsed. ``sent`` is False when the vendor can have
        done nothing for the request: no byte of it arrived, or it went over a kept connection that
        the vendor had ended. ``adapted`` means that the provider has changed its next request
        (dropped a parameter, chose another model). ``oversize`` means that the reply was
        too long to read, so a retry would only cost as much again. ``model`` and ``usage`` are what
        the vendor will bill, where it said so.
        """
        super().__init__(failure.value if status is None else f"{failure.value} ({status})")
        self.failure = failure
        self.status = status
        self.retry_after = retry_after
        self.sent = sent
        self.adapted = adapted
        self.oversize = oversize
        self.model = model
        self.usage = usage
        self.shown = sent
        """Whether the picture may have reached the vendor, and not only a request before it."""
