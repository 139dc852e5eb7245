"""Google's error bodies.

Shape: `{"error": {"code", "message", "status", "details"}}`, read in the SDK
(`google/genai/errors.py`, `APIError`). API_KEY_INVALID with its details: sequence in
cequence-io/openai-scala-client #109; RESOURCE_EXHAUSTED with QuotaFailure:
google-gemini/gemini-cli #8437; thinking level: RooCodeInc/Roo-Code #10700; a broken
picture: AmberSahdev/Open-Interface #64; a wrong MIME type: ogkalu2/comic-translate PR
#399; retryDelay, PerDay and PerMinute ids: note "users and peers", section 5. The texts
for the thinking budget and for candidateCount are guesses.
"""

from typing import Any, override

from ..wire import Reply
from .base import Errors

_TYPES = "type.googleapis.com/google.rpc."
_STATUS = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    402: "FAILED_PRECONDITION",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    409: "ABORTED",
    429: "RESOURCE_EXHAUSTED",
    499: "CANCELLED",
    500: "INTERNAL",
    501: "UNIMPLEMENTED",
    503: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
}


def error(status: int, message: str, details: list[dict[str, Any]] | None = None) -> Reply:
    """Build one error."""
    inner: dict[str, Any] = {
        "code": status,
        "message": message,
        "status": _STATUS.get(status, "UNKNOWN"),
    }
    if details:
        inner["details"] = details
    return Reply.json(status, {"error": inner})


def _info(reason: str) -> dict[str, Any]:
    return {
        "@type": f"{_TYPES}ErrorInfo",
        "reason": reason,
        "domain": "googleapis.com",
        "metadata": {"service": "generativelanguage.googleapis.com"},
    }


class GeminiErrors(Errors):
    """Google's error bodies."""

    @override
    def status(self, status: int, message: str = "") -> Reply:
        return error(status, message or f"Request failed with status {status}.")

    @override
    def auth(self, key: str = "bad-key") -> Reply:
        text = "API key not valid. Please pass a valid API key."
        return error(
            400,
            text,
            [
                _info("API_KEY_INVALID"),
                {
                    "@type": f"{_TYPES}LocalizedMessage",
                    "locale": "en-US",
                    "message": text,
                },
            ],
        )

    def no_key(self) -> Reply:
        """Return the answer to a request without a key."""
        return error(
            403,
            "Method doesn't allow unregistered callers (callers without established identity).",
        )

    @override
    def no_model(self, model: str) -> Reply:
        return error(
            404,
            f"models/{model} is not found for API version v1beta, or is not supported "
            "for generateContent. Call ListModels to see the list of available "
            "models and their supported methods.",
        )

    @override
    def forbidden(self) -> Reply:
        return error(403, "The caller does not have permission.", [_info("SERVICE_DISABLED")])

    @override
    def rate_limit(self, retry_after: str | None) -> Reply:
        return self._exhausted("PerMinute", "15", retry_after)

    @override
    def daily_quota(self, retry_after: str | None) -> Reply:
        return self._exhausted("PerDay", "20", retry_after)

    @override
    def quota(self, variant: str = "") -> Reply:
        return self._exhausted("PerDay", "0", None)

    def _exhausted(self, period: str, limit: str, retry_after: str | None) -> Reply:
        """Return a 429 with the quota that ran out; the wait stands in the body."""
        metric = "generativelanguage.googleapis.com/generate_content_free_tier_requests"
        details: list[dict[str, Any]] = [
            {
                "@type": f"{_TYPES}QuotaFailure",
                "violations": [
                    {
                        "quotaMetric": metric,
                        "quotaId": (f"GenerateRequests{period}PerProjectPerModel-FreeTier"),
                        "quotaDimensions": {"location": "global"},
                        "quotaValue": limit,
                    }
                ],
            },
            {
                "@type": f"{_TYPES}Help",
                "links": [
                    {
                        "description": "Learn more about Gemini API quotas",
                        "url": "https://ai.google.dev/gemini-api/docs/rate-limits",
                    }
                ],
            },
        ]
        if retry_after is not None:
            details.append({"@type": f"{_TYPES}RetryInfo", "retryDelay": f"{retry_after}s"})
        return error(
            429,
            "You exceeded your current quota, please check your plan and billing "
            f"details. * Quota exceeded for metric: {metric}, limit: {limit}",
            details,
        )

    @override
    def overloaded(self) -> Reply:
        return error(503, "The model is overloaded. Please try again later.")

    @override
    def too_large(self) -> Reply:
        return error(400, "Request payload size exceeds the limit: 20971520 bytes.")

    @override
    def bad_image(self, problem: str, where: str) -> Reply:
        match problem:
            case "base64":
                return error(
                    400,
                    f"Invalid value at '{where}' (TYPE_BYTES), Base64 decoding failed",
                )
            case "format":
                return error(400, "Unsupported MIME type.")
            case _:
                return error(400, "Provided image is not valid.")

    @override
    def context_length(self) -> Reply:
        return error(
            400,
            "The input token count exceeds the maximum number of tokens allowed (1048576).",
        )

    @override
    def unsupported(self, parameter: str, model: str) -> Reply:
        names = {"thinkingLevel": "Thinking level", "thinkingBudget": "Thinking budget"}
        name = names.get(parameter, parameter)
        return error(400, f"{name} is not supported for this model.")

    @override
    def unknown_field(self, path: str) -> Reply:
        parent, _, name = path.rpartition(".")
        at = f" at '{parent}'" if parent else ""
        text = f'Invalid JSON payload received. Unknown name "{name}"{at}: Cannot find field.'
        return error(
            400,
            text,
            [
                {
                    "@type": f"{_TYPES}BadRequest",
                    "fieldViolations": [{"field": parent, "description": text}],
                }
            ],
        )

    @override
    def wrong(self, path: str, problem: str) -> Reply:
        return error(400, f"* GenerateContentRequest.{path}: {problem}")
