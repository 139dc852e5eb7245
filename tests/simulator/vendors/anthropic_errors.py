"""Anthropic's error bodies.

Shape: `{"type": "error", "error": {"type", "message"}, "request_id"}`; the words for
`type` are the classes in `anthropic/types/shared/*_error.py`, their statuses in
`anthropic/_exceptions.py`. Texts: wrong key in Good-player/free-claude-api #14; image
too big in anthropics/claude-code #19631; too many pixels in microsoft/vscode-copilot-chat
PR #4688; empty image in anthropics/claude-code #12750; deprecated temperature in
fazer-ai/agents #130; billing_error and enforced_spend_limit_reached: note "users and
peers", section 5.
"""

from typing import override

from ..wire import Reply
from .base import Errors, new_id

_TYPES = {
    400: "invalid_request_error",
    401: "authentication_error",
    402: "billing_error",
    403: "permission_error",
    404: "not_found_error",
    413: "request_too_large",
    429: "rate_limit_error",
    504: "timeout_error",
    529: "overloaded_error",
}


def error(status: int, message: str, kind: str = "") -> Reply:
    """Build one error."""
    kind = kind or _TYPES.get(status, "api_error" if status >= 500 else "invalid_request_error")
    request_id = new_id("req_")
    return Reply.json(
        status,
        {
            "type": "error",
            "error": {"type": kind, "message": message},
            "request_id": request_id,
        },
        {"request-id": request_id},
    )


def _spend_limit() -> Reply:
    """Return the month's cap: a 429 with a code of its own and no retry-after."""
    request_id = new_id("req_")
    inner = {
        "type": "rate_limit_error",
        "message": "Your organization has reached its monthly spend limit.",
        "details": {"error_code": "enforced_spend_limit_reached"},
    }
    body = {"type": "error", "error": inner, "request_id": request_id}
    return Reply.json(429, body, {"request-id": request_id})


class AnthropicErrors(Errors):
    """Anthropic's error bodies."""

    @override
    def status(self, status: int, message: str = "") -> Reply:
        return error(status, message or f"Request failed with status {status}.")

    @override
    def auth(self, key: str = "bad-key") -> Reply:
        return error(401, "invalid x-api-key")

    @override
    def no_model(self, model: str) -> Reply:
        return error(404, f"model: {model}")

    @override
    def forbidden(self) -> Reply:
        return error(403, "Your API key does not have permission to use the specified resource.")

    @override
    def rate_limit(self, retry_after: str | None) -> Reply:
        headers = {
            "anthropic-ratelimit-requests-limit": "50",
            "anthropic-ratelimit-requests-remaining": "0",
        }
        if retry_after is not None:
            headers["retry-after"] = retry_after
        return error(429, "This request would exceed your account's rate limit.").with_headers(
            headers
        )

    @override
    def quota(self, variant: str = "") -> Reply:
        match variant:
            case "billing":
                return error(402, "There is a problem with your billing.")
            case "spend_limit":
                return _spend_limit()
            case "usage_limit":
                return error(400, "You have reached your specified API usage limits.")
            case _:
                return error(
                    400,
                    "Your credit balance is too low to access the Anthropic API.",
                )

    @override
    def overloaded(self) -> Reply:
        return error(529, "Overloaded")

    @override
    def too_large(self) -> Reply:
        return error(413, "Request exceeds the maximum size")

    @override
    def bad_image(self, problem: str, where: str) -> Reply:
        match problem:
            case "empty":
                text = f"{where}: image cannot be empty"
            case "base64":
                text = f"{where}: invalid base64 data"
            case "too large":
                text = f"{where}: image exceeds 5 MB maximum"
            case "pixels":
                text = (
                    f"{where}.data: At least one of the image dimensions exceed max "
                    "allowed size: 8000 pixels"
                )
            case "format":
                text = f"{where}.data: The image does not match its media type"
            case _:
                text = "Could not process image"
        return error(400, text)

    @override
    def context_length(self) -> Reply:
        return error(400, "prompt is too long: 1000001 tokens > 1000000 maximum")

    @override
    def unsupported(self, parameter: str, model: str) -> Reply:
        if parameter in ("temperature", "top_p", "top_k"):
            return error(400, f"`{parameter}` is deprecated for this model.")
        if parameter == "thinking.enabled":
            return error(
                400,
                '"thinking.type.enabled" is not supported for this model. Use '
                '"thinking.type.adaptive" and "output_config.effort" to control thinking behavior.',
            )
        if parameter == "prefill":
            return error(
                400,
                "This model does not support assistant message prefill. The "
                "conversation must end with a user message.",
            )
        return error(400, f"{parameter}: is not supported on model {model}")

    @override
    def unknown_field(self, path: str) -> Reply:
        return error(400, f"{path}: Extra inputs are not permitted")

    @override
    def wrong(self, path: str, problem: str) -> Reply:
        text = "Field required" if problem == "missing" else problem
        return error(400, f"{path}: {text}")
