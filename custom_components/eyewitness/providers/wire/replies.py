"""Vendors' replies: failures, waiting times and JSON in any state."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from itertools import islice
import json
from math import isfinite
import re
from ssl import SSLCertVerificationError
from typing import Any, Final, TypeIs

from ...chain.failures import Failure, ProviderError
from ...chain.text import clean

_MAX_CAUSES: Final = 8
"""How far an error's causes are followed; httpx's for a bad certificate is the third."""


def connection_error(err: BaseException | None) -> ProviderError:
    """Return the error for a request without a reply, or with one that a hook did not let pass.

    Recognised by class names, because the SDKs sit on httpx or on its fork httpx2, whose classes
    of the same name are unrelated.
    """
    if isinstance(err, ProviderError):
        return err
    causes: list[BaseException] = []
    while err is not None and len(causes) < _MAX_CAUSES:
        causes.append(err)
        err = err.__cause__ or err.__context__
    if any(isinstance(cause, SSLCertVerificationError) for cause in causes):
        return ProviderError(Failure.TLS, sent=False)
    names = {cls.__name__ for cls in type(causes[0]).__mro__} if causes else set()
    if names & {"ConnectError", "ConnectTimeout", "PoolTimeout"}:
        return ProviderError(Failure.NETWORK, sent=False)
    return ProviderError(Failure.TIMEOUT if "TimeoutException" in names else Failure.NETWORK)


_STATUS_FAILURES: Final = {
    401: Failure.AUTH,
    402: Failure.QUOTA,
    403: Failure.FORBIDDEN,
    404: Failure.MODEL_MISSING,
    408: Failure.SERVER,
    409: Failure.SERVER,
    413: Failure.TOO_LARGE,
    429: Failure.RATE_LIMIT,
}


def failure_of_status(status: int) -> Failure:
    """Return what an HTTP status means when the vendor says nothing more precise."""
    if status in _STATUS_FAILURES:
        return _STATUS_FAILURES[status]
    match status // 100:
        case 3:
            return Failure.REDIRECT
        case 4:
            return Failure.BAD_REQUEST
        case 5:
            return Failure.SERVER
        case _:
            return Failure.MALFORMED


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Return the seconds that a vendor asks us to wait, 0 for a time that has passed.

    Read from ``retry-after-ms``, or from ``retry-after`` in seconds or as an HTTP date (RFC 9110);
    None when there is none or it makes no sense.
    """
    if (milliseconds := _number(headers.get("retry-after-ms"))) is not None:
        return milliseconds / 1000
    text = headers.get("retry-after")
    if (seconds := _number(text)) is not None:
        return seconds
    try:
        until = parsedate_to_datetime(text or "")
    except ValueError:
        return None
    wait = (until.replace(tzinfo=until.tzinfo or UTC) - datetime.now(UTC)).total_seconds()
    return max(0.0, wait)


_DURATION: Final = re.compile(r"\s*(\d{1,20}(?:\.\d{1,20})?)\s{0,9}s?\s{0,9}")


def duration(text: object) -> float | None:
    """Return the seconds of a protobuf duration such as ``22s``, None for anything else."""
    match = _DURATION.fullmatch(text) if isinstance(text, str) else None
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
        raise ProviderError(Failure.MALFORMED, status=200, model=model)
    return body


_MAX_MODELS: Final = 2000
"""More than any server has; those that pass on to many companies list some hundreds."""
_MAX_ID_CHARS: Final = 300
"""An id may be the path of a file."""


def listed_ids(body: dict[str, Any]) -> list[str]:
    """Return the ids in a list of models; raise a malformed ``ProviderError`` when it is none."""
    items = get_path(body, "data")
    if not isinstance(items, list):
        raise ProviderError(Failure.MALFORMED, status=200)
    return usable_ids(get_path(item, "id") for item in items)


def usable_ids(listed: Iterable[object]) -> list[str]:
    """Return the ids of models that can be shown: a key or a link in the place of one is none."""
    return [name for name in islice(listed, _MAX_MODELS) if _is_shown_as_it_is(name, _MAX_ID_CHARS)]


def _is_shown_as_it_is(name: object, limit: int) -> TypeIs[str]:
    return isinstance(name, str) and 0 < len(name) <= limit and clean(name, limit) == name


def get_path(value: Any, *path: str | int) -> Any:
    """Follow a path into a vendor's JSON; return None where it leads nowhere."""
    for step in path:
        try:
            value = value[step]
        except KeyError, IndexError, TypeError:
            return None
    return value


_MAX_TOKENS: Final = 10**9
"""More than any reply; keeps a nonsense count out of the accounts."""
_MAX_NAME_CHARS: Final = 100
_MODEL_NAME: Final = re.compile(r"[\w.:/@+-]+")


def token_count(value: Any) -> int:
    """Return a count of tokens, 0 for anything that is none."""
    return value if type(value) is int and 0 < value < _MAX_TOKENS else 0


def model_name(value: Any, requested: str) -> str:
    """Return the model that a reply names, or the requested one when it is no name."""
    shown = _is_shown_as_it_is(value, _MAX_NAME_CHARS)
    return value if shown and _MODEL_NAME.fullmatch(value) else requested


def text_or_empty(value: Any) -> str:
    """Return a text, an empty one for anything that is none."""
    return value if isinstance(value, str) else ""


_MAX_MESSAGE_CHARS: Final = 4000
"""Most of an error's text that is searched for its reason; servers quote whole requests in one."""


def message_or_empty(value: Any) -> str:
    """Return the beginning of an error's text, an empty one for anything that is none."""
    return text_or_empty(value)[:_MAX_MESSAGE_CHARS]
