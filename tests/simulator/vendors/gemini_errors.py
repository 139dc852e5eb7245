"""Google's error bodies.

Shape: `{"error": {"code", "message", "status", "details"}}`, read in the SDK
(`google/genai/errors.py`, `APIError`). API_KEY_INVALID with its details: sequence in
cequence-io/openai-scala-client #109; RESOURCE_EXHAUSTED with QuotaFailure, retryDelay and the
PerDay and PerMinute ids: google-gemini/gemini-cli #8437; thinking level: RooCodeInc/Roo-Code
#10700; a broken picture: AmberSahdev/Open-Interface #64; a wrong MIME type: ogkalu2/comic-translate
PR #399. The texts for the thinking budget and for candidateCount are guesses.
"""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, override

from ..wire import Reply
from .errors import Errors, error

_RPC = "type.googleapis.com/google.rpc."
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
_METRIC = "generativelanguage.googleapis.com/generate_content_free_tier_requests"
_EXHAUSTED = (
    "You exceeded your current quota, please check your plan and billing details. * Quota exceeded"
    f" for metric: {_METRIC}, limit: "
)
_UNKNOWN = 'Invalid JSON payload received. Unknown name "{name}"'
_MODEL = "is not supported for this model."


class GeminiErrors(Errors):
    """Google's error bodies."""

    table: ClassVar = {
        "auth": error(
            400, "API key not valid. Please pass a valid API key.", reason="API_KEY_INVALID"
        ),
        "no_key": error(
            403, "Method doesn't allow unregistered callers (callers without established identity)."
        ),
        "no_model": error(
            404,
            "models/{model} is not found for API version v1beta, or is not supported for"
            " generateContent. Call ListModels to see the list of available models and their"
            " supported methods.",
        ),
        "forbidden": error(403, "The caller does not have permission.", reason="SERVICE_DISABLED"),
        "rate_limit": error(429, f"{_EXHAUSTED}15", limit="15", period="PerMinute", wait="{wait}"),
        "daily_quota": error(429, f"{_EXHAUSTED}20", limit="20", period="PerDay", wait="{wait}"),
        "quota": error(429, f"{_EXHAUSTED}0", limit="0", period="PerDay"),
        "overloaded": error(503, "The model is overloaded. Please try again later."),
        "too_large": error(400, "Request payload size exceeds the limit: 20971520 bytes."),
        "bad_image:base64": error(
            400, "Invalid value at '{path}' (TYPE_BYTES), Base64 decoding failed"
        ),
        "bad_image:format": error(400, "Unsupported MIME type."),
        "bad_image:mime": error(400, "Unsupported MIME type: {mime}"),
        "bad_image": error(400, "Provided image is not valid."),
        "context_length": error(
            400, "The input token count exceeds the maximum number of tokens allowed (1048576)."
        ),
        "unsupported:thinkingLevel": error(400, f"Thinking level {_MODEL}"),
        "unsupported:thinkingBudget": error(400, f"Thinking budget {_MODEL}"),
        "unsupported": error(400, f"{{parameter}} {_MODEL}"),
        "unknown_field:top": error(400, f"{_UNKNOWN}: Cannot find field.", field=""),
        "unknown_field": error(
            400, f"{_UNKNOWN} at '{{parent}}': Cannot find field.", field="{parent}"
        ),
        "invalid": error(400, "* GenerateContentRequest.{path}: {problem}"),
    }

    @override
    def build(self, status: int, message: str, more: Mapping[str, str]) -> Reply:
        inner = {"code": status, "message": message, "status": _STATUS.get(status, "UNKNOWN")}
        details = list(_details(message, more))
        return Reply.json(status, {"error": inner | ({"details": details} if details else {})})


def _details(message: str, more: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    if reason := more.get("reason"):
        yield {
            "@type": f"{_RPC}ErrorInfo",
            "reason": reason,
            "domain": "googleapis.com",
            "metadata": {"service": "generativelanguage.googleapis.com"},
        }
    if reason == "API_KEY_INVALID":
        yield {"@type": f"{_RPC}LocalizedMessage", "locale": "en-US", "message": message}
    if "field" in more:
        violation = {"field": more["field"], "description": message}
        yield {"@type": f"{_RPC}BadRequest", "fieldViolations": [violation]}
    if period := more.get("period"):
        exhausted = {
            "quotaMetric": _METRIC,
            "quotaId": f"GenerateRequests{period}PerProjectPerModel-FreeTier",
            "quotaDimensions": {"location": "global"},
            "quotaValue": more["limit"],
        }
        yield {"@type": f"{_RPC}QuotaFailure", "violations": [exhausted]}
        link = {
            "description": "Learn more about Gemini API quotas",
            "url": "https://ai.google.dev/gemini-api/docs/rate-limits",
        }
        yield {"@type": f"{_RPC}Help", "links": [link]}
    if wait := more.get("wait"):
        yield {"@type": f"{_RPC}RetryInfo", "retryDelay": f"{wait}s"}
