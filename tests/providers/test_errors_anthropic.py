"""Anthropic's errors, as they stand on the wire, and what each of them means.

The shape is ``{"type": "error", "error": {"type", "message"}, "request_id"}``; the types are the
classes in ``anthropic/types/shared``. "page" is platform.claude.com/docs/en/api/errors.
"""

from typing import Any

from custom_components.eyewitness.chain.failures import Failure

from .kit import ErrorReply, SimVendor, cases, check_error, only


def _error(
    status: int, error_type: str, message: str, details: Any = None, **meaning: Any
) -> ErrorReply:
    inner = {"type": error_type, "message": message} | ({"details": details} if details else {})
    body = {"type": "error", "error": inner, "request_id": "req_sim"}
    return ErrorReply(status, body, **meaning)


def _invalid(message: str, **meaning: Any) -> ErrorReply:
    return _error(400, "invalid_request_error", message, **meaning)


REPLIES = {
    Failure.AUTH: [
        # page, 401; Good-player/free-claude-api issue 14
        _error(401, "authentication_error", "invalid x-api-key"),
    ],
    Failure.FORBIDDEN: [
        # page, 403
        _error(403, "permission_error", "Your API key does not have permission."),
    ],
    Failure.MODEL_MISSING: [
        # page, 404
        _error(404, "not_found_error", "model: mine"),
        # the type counts for more than the status
        _error(400, "not_found_error", "model: mine"),
    ],
    Failure.RATE_LIMIT: [
        # page, 429; the header is on its page about rate limits
        _error(
            429, "rate_limit_error", "This request would exceed your account's rate limit.", wait=12
        ),
        # page, 429: acceleration limits
        _error(429, "rate_limit_error", "Number of requests has exceeded your rate limit."),
        # a time to wait makes it a plain rate limit, whatever the words are
        _error(429, "rate_limit_error", "You spend too fast.", wait=3),
    ],
    Failure.QUOTA: [
        # simulator, anthropic_errors._spend_limit: no retry-after
        _error(
            429,
            "rate_limit_error",
            "Your organization has reached its monthly spend limit.",
            details={"error_code": "enforced_spend_limit_reached"},
        ),
        # reported by users: spent credit is a 400 without a type of its own
        _invalid("Your credit balance is too low to access the Anthropic API."),
        # anthropics/claude-code issue 38035
        _invalid(
            "You have reached your specified API usage limits. You will regain access on "
            "2026-12-01 at 00:00 UTC."
        ),
        # page, 402
        _error(402, "billing_error", "There is a problem with your billing."),
    ],
    Failure.TOO_LARGE: [
        # page, 413: from Cloudflare, so without Anthropic's shape
        ErrorReply(413, "<html>413</html>"),
        # anthropics/claude-code issue 19631
        _invalid(
            "messages.0.content.0.image.source.base64: image exceeds 5 MB maximum: 6071452 bytes"
        ),
        # microsoft/vscode-copilot-chat PR 4688
        _invalid(
            "messages.0.content.0.data: At least one of the image dimensions exceed max "
            "allowed size: 8000 pixels"
        ),
    ],
    Failure.BAD_REQUEST: [
        # simulator, anthropic_errors.bad_image
        _invalid("Could not process image"),
        # simulator, anthropic_errors.unsupported
        _invalid(
            '"thinking.type.disabled" is not supported for this model.',
            adapted=True,
            model="claude-haiku-5-5",
        ),
        # the message of a field that an old model does not know, anthropic_errors
        _invalid("output_config.format: Extra inputs not permitted", adapted=True),
        _invalid("max_tokens: must be at least 1"),
    ],
    Failure.SERVER: [
        _error(500, "api_error", "Internal server error"),
        # page, 504
        _error(504, "timeout_error", "Timed out"),
        # page, 529
        _error(529, "overloaded_error", "Overloaded", wait=4),
        ErrorReply(502, "<html>502</html>"),
    ],
}


@only("anthropic")
@cases(REPLIES)
async def test_errors(vendor: SimVendor, failure: Failure, reply: ErrorReply) -> None:
    """Each of Anthropic's errors has its failure, its wait and its consequence."""
    await check_error(vendor, failure, reply)
