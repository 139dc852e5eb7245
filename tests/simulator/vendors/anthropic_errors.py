"""Anthropic's error bodies.

Shape: `{"type": "error", "error": {"type", "message"}, "request_id"}`; the words for
`type` are the classes in `anthropic/types/shared/*_error.py`, their statuses in
`anthropic/_exceptions.py`. Texts: wrong key in Good-player/free-claude-api #14; image
too big in anthropics/claude-code #19631; too many pixels in microsoft/vscode-copilot-chat
PR #4688; empty image in anthropics/claude-code #12750; deprecated temperature in
fazer-ai/agents #130; billing_error and enforced_spend_limit_reached in Anthropic's pages on errors.
"""

from collections.abc import Mapping
from typing import Any, ClassVar, override

from ..wire import Reply, new_id
from .errors import Errors, error, wait_headers

_TYPES = {
    401: "authentication_error",
    402: "billing_error",
    403: "permission_error",
    404: "not_found_error",
    413: "request_too_large",
    429: "rate_limit_error",
    504: "timeout_error",
    529: "overloaded_error",
}
_LIMITS = {
    "anthropic-ratelimit-requests-limit": "50",
    "anthropic-ratelimit-requests-remaining": "0",
}
_DEPRECATED = error(400, "`{parameter}` is deprecated for this model.")


class AnthropicErrors(Errors):
    """Anthropic's error bodies."""

    table: ClassVar = {
        "auth": error(401, "invalid x-api-key"),
        "no_key": error(401, "x-api-key header is required"),
        "no_model": error(404, "model: {model}"),
        "no_vision": error(400, "{path}: this model does not support images"),
        "forbidden": error(
            403, "Your API key does not have permission to use the specified resource."
        ),
        "rate_limit": error(
            429, "This request would exceed your account's rate limit.", wait="{wait}"
        ),
        "quota:billing": error(402, "There is a problem with your billing."),
        # The month's cap: a 429 with a code of its own and no Retry-After.
        "quota:spend_limit": error(
            429,
            "Your organization has reached its monthly spend limit.",
            error_code="enforced_spend_limit_reached",
        ),
        "quota:usage_limit": error(400, "You have reached your specified API usage limits."),
        "quota": error(400, "Your credit balance is too low to access the Anthropic API."),
        "overloaded": error(529, "Overloaded"),
        "too_large": error(413, "Request exceeds the maximum size"),
        "bad_image:empty": error(400, "{path}: image cannot be empty"),
        "bad_image:base64": error(400, "{path}: invalid base64 data"),
        "bad_image:too large": error(400, "{path}: image exceeds 5 MB maximum"),
        "bad_image:pixels": error(
            400,
            "{path}.data: At least one of the image dimensions exceed max allowed size: 8000"
            " pixels",
        ),
        "bad_image:format": error(400, "{path}.data: The image does not match its media type"),
        "bad_image": error(400, "Could not process image"),
        "context_length": error(400, "prompt is too long: 1000001 tokens > 1000000 maximum"),
        "unsupported:temperature": _DEPRECATED,
        "unsupported:top_p": _DEPRECATED,
        "unsupported:top_k": _DEPRECATED,
        "unsupported:thinking.enabled": error(
            400,
            '"thinking.type.enabled" is not supported for this model. Use "thinking.type.adaptive"'
            ' and "output_config.effort" to control thinking behavior.',
        ),
        "unsupported:prefill": error(
            400,
            "This model does not support assistant message prefill. The conversation must end with"
            " a user message.",
        ),
        "unsupported": error(400, "{parameter}: is not supported on model {model}"),
        "unknown_field": error(400, "{path}: Extra inputs are not permitted"),
        "missing": error(400, "{path}: Field required"),
        "invalid": error(400, "{path}: {problem}"),
    }

    @override
    def build(self, status: int, message: str, more: Mapping[str, str]) -> Reply:
        usual = "api_error" if status >= 500 else "invalid_request_error"
        inner: dict[str, Any] = {"type": _TYPES.get(status, usual), "message": message}
        if "error_code" in more:
            inner["details"] = dict(more)
        request_id = new_id("req_")
        return Reply.json(
            status,
            {"type": "error", "error": inner, "request_id": request_id},
            {"request-id": request_id, **wait_headers(more, _LIMITS)},
        )
