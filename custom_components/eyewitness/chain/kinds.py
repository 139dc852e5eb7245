"""Name every way in which a provider can fail."""

from enum import StrEnum
from typing import Final

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
