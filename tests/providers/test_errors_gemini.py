"""Google's errors, as they stand on the wire, and what each of them means.

The shape is the one that ``google/genai/errors.py`` reads: ``{"error": {"code", "message",
"status", "details"}}``. "page" is ai.google.dev/gemini-api/docs/generate-content/api-errors.
"""

from typing import Any

import pytest

from custom_components.eyewitness.chain.failures import Kind
from tests.simulator import Simulator

from .kit import Refusal, check_refusal

_RPC = "type.googleapis.com/google.rpc."


def _error(status: int, message: str, name: str, *details: dict[str, Any]) -> dict[str, Any]:
    inner: dict[str, Any] = {"code": status, "message": message, "status": name}
    return {"error": inner | ({"details": list(details)} if details else {})}


def _reason(reason: str) -> dict[str, Any]:
    return {"@type": f"{_RPC}ErrorInfo", "reason": reason, "domain": "googleapis.com"}


def _wait(delay: object) -> dict[str, Any]:
    return {"@type": f"{_RPC}RetryInfo", "retryDelay": delay}


def _limit(quota_id: str, value: object = "15") -> dict[str, Any]:
    violation = {"quotaId": quota_id, "quotaValue": value}
    return {"@type": f"{_RPC}QuotaFailure", "violations": [violation]}


_MINUTE = "GenerateRequestsPerMinutePerProjectPerModel-FreeTier"
_DAY = "GenerateRequestsPerDayPerProjectPerModel-FreeTier"


def _exhausted(*details: dict[str, Any]) -> dict[str, Any]:
    # google-gemini/gemini-cli issue 8437
    return _error(429, "You exceeded your current quota", "RESOURCE_EXHAUSTED", *details)


ROWS = [
    Refusal(  # cequence-io/openai-scala-client issue 109
        name="wrong key",
        status=400,
        body=_error(
            400,
            "API key not valid. Please pass a valid API key.",
            "INVALID_ARGUMENT",
            _reason("API_KEY_INVALID"),
        ),
        kind=Kind.AUTH,
    ),
    Refusal(  # the same answer without details
        name="wrong key by its text",
        status=400,
        body=_error(400, "API key expired. Please renew the API key.", "INVALID_ARGUMENT"),
        kind=Kind.AUTH,
    ),
    Refusal(  # google-gemini/gemini-cli issue 25198
        name="unknown key",
        status=400,
        body=_error(400, "API Key not found. Please pass a valid API key.", "INVALID_ARGUMENT"),
        kind=Kind.AUTH,
    ),
    Refusal(  # continuedev/continue issue 11541: only another key helps
        name="leaked key",
        status=403,
        body=_error(
            403,
            "Your API key was reported as leaked. Please use another API key.",
            "PERMISSION_DENIED",
        ),
        kind=Kind.AUTH,
    ),
    Refusal(  # page, 401 of Google's front end
        name="unauthenticated",
        status=401,
        body=_error(401, "Request had invalid credentials.", "UNAUTHENTICATED"),
        kind=Kind.AUTH,
    ),
    Refusal(  # simulator, gemini_errors.forbidden
        name="service disabled",
        status=403,
        body=_error(403, "No permission.", "PERMISSION_DENIED", _reason("SERVICE_DISABLED")),
        kind=Kind.FORBIDDEN,
    ),
    Refusal(  # google-gemini/gemini-cli issue 24641
        name="country",
        status=400,
        body=_error(400, "User location is not supported for the API use.", "FAILED_PRECONDITION"),
        kind=Kind.FORBIDDEN,
    ),
    Refusal(  # page, 404
        name="no such model",
        status=404,
        body=_error(404, "models/mine is not found for API version v1beta", "NOT_FOUND"),
        kind=Kind.MODEL_MISSING,
    ),
    Refusal(  # the answer of gemma-3-1b-it, a model that reads only
        name="model without eyes",
        status=400,
        body=_error(400, "Image input modality is not enabled for models/mine", "INVALID_ARGUMENT"),
        kind=Kind.MODEL_MISSING,
    ),
    Refusal(  # page, 429, with RetryInfo
        name="a minute's share",
        status=429,
        body=_exhausted(_limit(_MINUTE), _wait("22.5s")),
        kind=Kind.RATE_LIMIT,
        retry_after=22.5,
    ),
    Refusal(  # a wait of no time is none: the chain takes its own
        name="no wait",
        status=429,
        body=_exhausted(_limit(_MINUTE), _wait("0s")),
        kind=Kind.RATE_LIMIT,
    ),
    Refusal(
        name="a wait that is none",
        status=429,
        body=_exhausted(_wait("soon"), _wait(None), _wait("-3s")),
        kind=Kind.RATE_LIMIT,
    ),
    Refusal(  # Google's front end answers in plain HTTP
        name="a wait in the header",
        status=429,
        body="Too many requests",
        headers={"Retry-After": "7"},
        kind=Kind.RATE_LIMIT,
        retry_after=7,
    ),
    Refusal(  # google-gemini/gemini-cli issue 8437: a spent day, with a short delay that lies
        name="a day's share",
        status=429,
        body=_exhausted(_limit(_MINUTE), _limit(_DAY), _wait("22s")),
        kind=Kind.QUOTA,
    ),
    Refusal(  # notes "users and peers", section 5: a limit of 0 is a model that is not free
        name="limit 0",
        status=429,
        body=_exhausted(_limit(_MINUTE, "0"), _wait("22s")),
        kind=Kind.QUOTA,
    ),
    Refusal(
        name="limit 0 as a number", status=429, body=_exhausted(_limit("", 0)), kind=Kind.QUOTA
    ),
    Refusal(  # page, 402: the prepaid credit is gone
        name="prepaid",
        status=402,
        body=_error(402, "Your prepayment credits are depleted.", "RESOURCE_EXHAUSTED"),
        kind=Kind.QUOTA,
    ),
    Refusal(  # RooCodeInc/Roo-Code issue 10700
        name="thinking level",
        status=400,
        body=_error(400, "Thinking level is not supported for this model.", "INVALID_ARGUMENT"),
        kind=Kind.BAD_REQUEST,
        adapted=True,
    ),
    Refusal(  # simulator, gemini_errors.unknown_field, as Google's JSON reader words it
        name="unknown field",
        status=400,
        body=_error(
            400,
            'Invalid JSON payload received. Unknown name "responseJsonSchema" at '
            "'generation_config': Cannot find field.",
            "INVALID_ARGUMENT",
        ),
        kind=Kind.BAD_REQUEST,
        adapted=True,
    ),
    Refusal(  # AmberSahdev/Open-Interface issue 64
        name="broken picture",
        status=400,
        body=_error(400, "Provided image is not valid.", "INVALID_ARGUMENT"),
        kind=Kind.BAD_REQUEST,
    ),
    Refusal(  # simulator, gemini_errors.too_large: Google has no 413 here
        name="too large",
        status=400,
        body=_error(
            400, "Request payload size exceeds the limit: 20971520 bytes.", "INVALID_ARGUMENT"
        ),
        kind=Kind.TOO_LARGE,
    ),
    Refusal(
        name="server", status=500, body=_error(500, "Internal error", "INTERNAL"), kind=Kind.SERVER
    ),
    Refusal(  # page, 503
        name="overloaded",
        status=503,
        body=_error(503, "The model is overloaded. Please try again later.", "UNAVAILABLE"),
        kind=Kind.SERVER,
    ),
    Refusal(  # page, 504
        name="deadline",
        status=504,
        body=_error(504, "Deadline exceeded.", "DEADLINE_EXCEEDED"),
        kind=Kind.SERVER,
    ),
    Refusal(  # errors come in a list where the SDK asks for server-sent events
        name="in a list",
        status=503,
        body=[_error(503, "The model is overloaded.", "UNAVAILABLE")],
        kind=Kind.SERVER,
    ),
    Refusal(name="page", status=502, body="<html>502</html>", kind=Kind.SERVER),
]


@pytest.mark.parametrize("row", ROWS, ids=str)
async def test_errors(sim: Simulator, row: Refusal) -> None:
    """Each of Google's errors has its kind, its wait and its consequence."""
    await check_refusal(sim, "gemini", row)
