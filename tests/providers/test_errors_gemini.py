"""Google's errors, as they stand on the wire, and what each of them means.

The shape is the one that ``google/genai/errors.py`` reads: ``{"error": {"code", "message",
"status", "details"}}``. "page" is ai.google.dev/gemini-api/docs/generate-content/api-errors.
"""

from typing import Any

from custom_components.eyewitness.chain.failures import Failure

from .kit import ErrorReply, SimVendor, cases, check_error, only

_RPC = "type.googleapis.com/google.rpc."
_MINUTE = "GenerateRequestsPerMinutePerProjectPerModel-FreeTier"
_DAY = "GenerateRequestsPerDayPerProjectPerModel-FreeTier"


def _error(
    status: int, message: str, name: str, *details: dict[str, Any], **meaning: Any
) -> ErrorReply:
    inner: dict[str, Any] = {"code": status, "message": message, "status": name}
    body = {"error": inner | ({"details": list(details)} if details else {})}
    return ErrorReply(status, body, **meaning)


def _invalid(message: str, *details: dict[str, Any], **meaning: Any) -> ErrorReply:
    return _error(400, message, "INVALID_ARGUMENT", *details, **meaning)


def _reason(reason: str) -> dict[str, Any]:
    return {"@type": f"{_RPC}ErrorInfo", "reason": reason, "domain": "googleapis.com"}


def _wait(delay: object) -> dict[str, Any]:
    return {"@type": f"{_RPC}RetryInfo", "retryDelay": delay}


def _limit(quota_id: str, value: object = "15") -> dict[str, Any]:
    violation = {"quotaId": quota_id, "quotaValue": value}
    return {"@type": f"{_RPC}QuotaFailure", "violations": [violation]}


def _exhausted(*details: dict[str, Any], **meaning: Any) -> ErrorReply:
    # google-gemini/gemini-cli issue 8437
    message = "You exceeded your current quota"
    return _error(429, message, "RESOURCE_EXHAUSTED", *details, **meaning)


REPLIES = {
    Failure.AUTH: [
        # cequence-io/openai-scala-client issue 109
        _invalid("API key not valid. Please pass a valid API key.", _reason("API_KEY_INVALID")),
        # either of the two alone
        _invalid("API key expired. Please renew the API key."),
        _invalid("No.", _reason("API_KEY_INVALID")),
        # google-gemini/gemini-cli issue 25198
        _invalid("API Key not found. Please pass a valid API key."),
        # continuedev/continue issue 11541: only another key helps
        _error(
            403,
            "Your API key was reported as leaked. Please use another API key.",
            "PERMISSION_DENIED",
        ),
        # page, 401 of Google's front end
        _error(401, "Request had invalid credentials.", "UNAUTHENTICATED"),
    ],
    Failure.FORBIDDEN: [
        # simulator, gemini_errors.forbidden
        _error(403, "No permission.", "PERMISSION_DENIED", _reason("SERVICE_DISABLED")),
        # google-gemini/gemini-cli issue 24641
        _error(400, "User location is not supported for the API use.", "FAILED_PRECONDITION"),
    ],
    Failure.MODEL_MISSING: [
        # page, 404
        _error(404, "models/mine is not found for API version v1beta", "NOT_FOUND"),
        # the answer of gemma-3-1b-it, a model that reads only
        _invalid("Image input modality is not enabled for models/mine"),
    ],
    Failure.RATE_LIMIT: [
        # page, 429, with RetryInfo
        _exhausted(_limit(_MINUTE), _wait("22.5s"), retry_after=22.5),
        # a wait of no time is none: the chain takes its own
        _exhausted(_limit(_MINUTE), _wait("0s")),
        _exhausted(_wait("soon"), _wait(None), _wait("-3s")),
        # Google's front end answers in plain HTTP
        ErrorReply(429, "Too many requests", wait=7),
    ],
    Failure.QUOTA: [
        # google-gemini/gemini-cli issue 8437: a spent day, with a short delay that lies
        _exhausted(_limit(_MINUTE), _limit(_DAY), _wait("22s")),
        # reported by users: a limit of 0 is a model that is not free
        _exhausted(_limit(_MINUTE, "0"), _wait("22s")),
        _exhausted(_limit("", 0)),
        # page, 402: the prepaid credit is gone
        _error(402, "Your prepayment credits are depleted.", "RESOURCE_EXHAUSTED"),
    ],
    Failure.BAD_REQUEST: [
        # RooCodeInc/Roo-Code issue 10700
        _invalid("Thinking level is not supported for this model.", adapted=True),
        # simulator, gemini_errors.unknown_field, as Google's JSON reader words it
        _invalid(
            'Invalid JSON payload received. Unknown name "responseJsonSchema" at '
            "'generation_config': Cannot find field.",
            adapted=True,
        ),
        # AmberSahdev/Open-Interface issue 64
        _invalid("Provided image is not valid."),
    ],
    Failure.TOO_LARGE: [
        # simulator, gemini_errors.too_large: Google has no 413 here
        _invalid("Request payload size exceeds the limit: 20971520 bytes."),
    ],
    Failure.SERVER: [
        _error(500, "Internal error", "INTERNAL"),
        # page, 503 and 504
        _error(503, "The model is overloaded. Please try again later.", "UNAVAILABLE"),
        _error(504, "Deadline exceeded.", "DEADLINE_EXCEEDED"),
        # errors come in a list where the SDK asks for server-sent events
        ErrorReply(503, [_error(503, "The model is overloaded.", "UNAVAILABLE").body]),
        ErrorReply(502, "<html>502</html>"),
    ],
}


@only("gemini")
@cases(REPLIES)
async def test_errors(vendor: SimVendor, failure: Failure, reply: ErrorReply) -> None:
    """Each of Google's errors has its failure, its wait and its consequence."""
    await check_error(vendor, failure, reply)
