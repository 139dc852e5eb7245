"""Read what vendors send: failures, waiting times and JSON in any state."""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
import json
from math import isfinite
import re
from ssl import SSLCertVerificationError
from typing import Any, Final

from ...chain.failures import Kind, ProviderError

_DEEP: Final = 8
"""Causes of an error that are looked at; httpx's for a bad certificate is the third."""


def unreachable(err: BaseException | None) -> ProviderError:
    """Return the error for a request that got no answer, or none that ``transport`` lets through.

    Told by class names, because the SDKs sit on httpx or on its fork httpx2, whose classes of the
    same name are unrelated.
    """
    if isinstance(err, ProviderError):
        return err
    causes: list[BaseException] = []
    while err is not None and len(causes) < _DEEP:
        causes.append(err)
        err = err.__cause__ or err.__context__
    if any(isinstance(cause, SSLCertVerificationError) for cause in causes):
        return ProviderError(Kind.TLS, sent=False)
    names = {cls.__name__ for cls in type(causes[0]).__mro__} if causes else set()
    if names & {"ConnectError", "ConnectTimeout", "PoolTimeout"}:
        return ProviderError(Kind.NETWORK, sent=False)
    return ProviderError(Kind.TIMEOUT if "TimeoutException" in names else Kind.NETWORK)


_BY_STATUS: Final = {
    401: Kind.AUTH,
    402: Kind.QUOTA,
    403: Kind.FORBIDDEN,
    404: Kind.MODEL_MISSING,
    408: Kind.SERVER,
    409: Kind.SERVER,
    413: Kind.TOO_LARGE,
    429: Kind.RATE_LIMIT,
}


def kind_of_status(status: int) -> Kind:
    """Return the kind that a status means when the vendor says nothing more precise."""
    if status in _BY_STATUS:
        return _BY_STATUS[status]
    match status // 100:
        case 3:
            return Kind.REDIRECT
        case 4:
            return Kind.BAD_REQUEST
        case 5:
            return Kind.SERVER
        case _:
            return Kind.MALFORMED


_TOKENS_LIMIT: Final = 10**9
_NAME: Final = re.compile(r"[\w.:/@+-]{1,100}")
_SECONDS: Final = re.compile(r"\s*(\d+(?:\.\d+)?)\s*s?\s*")


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Return the seconds that a vendor asks us to wait.

    Read from ``retry-after-ms``, seconds or an HTTP date; None when there is none or it makes no
    sense, 0 for a time that has passed.
    """
    if (seconds := _number(headers.get("retry-after-ms"))) is not None:
        return seconds / 1000
    text = headers.get("retry-after")
    if (seconds := _number(text)) is not None:
        return seconds
    try:
        until = parsedate_to_datetime(text or "")
    except ValueError:
        return None
    wait = (until.replace(tzinfo=until.tzinfo or UTC) - datetime.now(UTC)).total_seconds()
    return max(0.0, wait)


def duration(text: object) -> float | None:
    """Return the seconds of a protobuf duration such as ``22s``."""
    match = _SECONDS.fullmatch(text) if isinstance(text, str) else None
    return _number(match[1]) if match else None


def _number(text: str | None) -> float | None:
    try:
        number = float(text or "")
    except ValueError:
        return None
    return max(0.0, number) if isfinite(number) else None


def json_object(text: str, model: str) -> dict[str, Any]:
    """Return a reply's body; raise a malformed ``ProviderError`` when it is no JSON object."""
    try:
        body = json.loads(text)
    except ValueError, RecursionError:
        body = None
    if not isinstance(body, dict):
        raise ProviderError(Kind.MALFORMED, status=200, model=model)
    return body


def at(value: Any, *path: str | int) -> Any:
    """Follow a path into a vendor's JSON; None where it leads nowhere."""
    for step in path:
        try:
            value = value[step]
        except KeyError, IndexError, TypeError:
            return None
    return value


def count(value: Any) -> int:
    """Return a token count, 0 for anything that is none."""
    return value if type(value) is int and 0 < value < _TOKENS_LIMIT else 0


def named(value: Any, asked: str) -> str:
    """Return the model that a reply names, the one that was asked for when it is no name."""
    return value if isinstance(value, str) and _NAME.fullmatch(value) else asked


def text_of(value: Any) -> str:
    """Return the text, an empty one for anything that is none."""
    return value if isinstance(value, str) else ""
