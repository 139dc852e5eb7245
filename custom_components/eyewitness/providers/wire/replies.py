"""Vendors' replies: failures, waiting times and JSON in any state."""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from itertools import islice
import json
from math import isfinite
import re
from ssl import SSLCertVerificationError
from typing import Any, Final, TypeIs

from ...chain.failures import Failure, ProviderError
from ...chain.text import clean

_STATUS_DIGITS: Final = 3
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


_NAMED_STATUSES: Final = (
    (re.compile(r"rate[_ -]?limit|resource_exhausted|too[_ ]many"), 429),
    (re.compile(r"quota|billing|credit"), 402),
    (re.compile(r"auth|api_?key"), 401),
    (re.compile(r"permission|forbidden"), 403),
    (re.compile(r"not_?found"), 404),
    (re.compile(r"too_large"), 413),
    (re.compile(r"invalid|bad_request"), 400),
    (re.compile(r"overloaded|unavailable"), 503),
)


def status_named_by(error: object) -> int:
    """Return the HTTP status that an error within a 200 stands for, by its code or its names.

    Gateways send it so when they find out too late: as a number (429), as a text ("429"), or as
    one of OpenAI's, Anthropic's or Google's names. 500 when it has none that is known.
    """
    code = get_path(error, "code")
    if isinstance(code, str) and code.isascii() and code.isdigit():
        code = int(code[:_STATUS_DIGITS])
    if type(code) is int and code // 100 in {4, 5}:
        return code
    stated = (error, *(get_path(error, key) for key in ("code", "type", "status")))
    names = " ".join(text_or_empty(name)[:_MAX_NAME_CHARS] for name in stated)
    found = (status for named, status in _NAMED_STATUSES if named.search(names.lower()))
    return next(found, HTTPStatus.INTERNAL_SERVER_ERROR.value)


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


_MS_SINCE_1970: Final = 10**12
"""Above it a time is in milliseconds: in seconds it would be in the year 33658."""


def rate_limit_reset(headers: Mapping[str, Any]) -> float | None:
    """Return the seconds until ``x-ratelimit-reset``, a time since 1970 in seconds or in ms.

    OpenRouter names the end of a used-up day so, in milliseconds. The names are compared in any
    case, since some send them within a body. None when there is none, or when it has passed.
    """
    lower = {name.lower(): value for name, value in headers.items()}
    stated = lower.get("x-ratelimit-reset")
    reset = _number(str(stated)) if isinstance(stated, str | int | float) else None
    if reset is None:
        return None
    wait = (reset / 1000 if reset >= _MS_SINCE_1970 else reset) - datetime.now(UTC).timestamp()
    return wait if wait > 0 else None


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


_BEFORE_JSON: Final = re.compile(r"(?:\s|\ufeff|:[^\n]*+(?:\n|\Z))*+")
"""What may stand before a body: blanks, a byte order mark, and comments with which a server keeps
the connection open (": OPENROUTER PROCESSING")."""


def json_object(text: str, model: str) -> dict[str, Any]:
    """Return a reply's body; raise a malformed ``ProviderError`` when it is no JSON object."""
    try:
        body = json.loads(text[_BEFORE_JSON.match(text).end() :])  # type: ignore[union-attr]
    except ValueError, RecursionError:
        body = None
    if not isinstance(body, dict):
        raise ProviderError(Failure.MALFORMED, status=200, model=model)
    return body


MAX_MODELS: Final = 2000
"""More than any server has; those that pass on to many companies list some hundreds."""
_MAX_ID_CHARS: Final = 300
"""An id may be the path of a file."""


def listed_models(body: dict[str, Any], name: str = "data") -> list[dict[str, Any]]:
    """Return the models of a list; raise a malformed ``ProviderError`` when it is none.

    Only those whose id can be shown: a key or a link in the place of one is none.
    """
    items = get_path(body, name)
    if not isinstance(items, list):
        raise ProviderError(Failure.MALFORMED, status=200)
    return [
        item
        for item in islice(items, MAX_MODELS)
        if isinstance(item, dict) and is_usable_id(item.get("id"))
    ]


def is_usable_id(name: object) -> bool:
    """Return whether this can be the id of a model."""
    return _is_shown_as_it_is(name, _MAX_ID_CHARS)


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


def token_count(value: Any) -> int | None:
    """Return a count of tokens, also from a text or a float; None for anything that is none."""
    number = _number(value) if isinstance(value, str) else value
    if isinstance(number, bool) or not isinstance(number, int | float):
        return None
    return int(number) if 0 <= number < _MAX_TOKENS and number == int(number) else None


_CUT: Final = frozenset(
    {"length", "max_tokens", "max_output_tokens", "max_length", "model_length", "token_limit"}
    | {"model_context_window_exceeded"}
)
"""Reasons for which a text ended before it was finished: OpenAI's, Anthropic's and Google's,
Mistral's and those of text-generation servers."""


def is_cut(reason: object) -> bool:
    """Return whether a vendor's reason to finish says that the text was cut off."""
    return isinstance(reason, str) and reason.lower() in _CUT


def joined_text(content: object) -> str:
    """Return the text of a message, whose content may be a list of parts; thoughts are left out."""
    if isinstance(content, list):
        return "".join(joined_text(part) for part in content if not isinstance(part, list))
    if isinstance(content, dict):
        known = get_path(content, "type") in (None, "text", "output_text")
        return text_or_empty(content.get("text")) if known else ""
    return text_or_empty(content)


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
