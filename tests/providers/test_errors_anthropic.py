"""Anthropic's errors, as they stand on the wire, and what each of them means.

The shape is ``{"type": "error", "error": {"type", "message"}, "request_id"}``; the types are the
classes in ``anthropic/types/shared``. "page" is platform.claude.com/docs/en/api/errors.
"""

from typing import Any

import pytest

from custom_components.eyewitness.chain.failures import Kind
from tests.simulator import Simulator

from .kit import Refusal, check_refusal


def _error(kind: str, message: str, **more: Any) -> dict[str, Any]:
    inner = {"type": kind, "message": message, **more}
    return {"type": "error", "error": inner, "request_id": "req_sim"}


ROWS = [
    Refusal(  # page, 401; Good-player/free-claude-api issue 14
        name="wrong key",
        status=401,
        body=_error("authentication_error", "invalid x-api-key"),
        kind=Kind.AUTH,
    ),
    Refusal(  # page, 403
        name="forbidden",
        status=403,
        body=_error("permission_error", "Your API key does not have permission."),
        kind=Kind.FORBIDDEN,
    ),
    Refusal(  # page, 404
        name="no such model",
        status=404,
        body=_error("not_found_error", "model: mine"),
        kind=Kind.MODEL_MISSING,
    ),
    Refusal(  # the type counts for more than the status
        name="type before status",
        status=400,
        body=_error("not_found_error", "model: mine"),
        kind=Kind.MODEL_MISSING,
    ),
    Refusal(  # page, 429; the header is on its page about rate limits
        name="too fast",
        status=429,
        body=_error("rate_limit_error", "This request would exceed your account's rate limit."),
        headers={"retry-after": "12"},
        kind=Kind.RATE_LIMIT,
        retry_after=12,
    ),
    Refusal(  # page, 429: acceleration limits
        name="too fast, no time",
        status=429,
        body=_error("rate_limit_error", "Number of requests has exceeded your rate limit."),
        kind=Kind.RATE_LIMIT,
    ),
    Refusal(  # simulator, anthropic_errors._spend_limit: no retry-after
        name="spend limit",
        status=429,
        body=_error(
            "rate_limit_error",
            "Your organization has reached its monthly spend limit.",
            details={"error_code": "enforced_spend_limit_reached"},
        ),
        kind=Kind.QUOTA,
    ),
    Refusal(  # a time to wait makes it a plain rate limit, whatever the words are
        name="spend limit with a time",
        status=429,
        body=_error("rate_limit_error", "You spend too fast."),
        headers={"retry-after": "3"},
        kind=Kind.RATE_LIMIT,
        retry_after=3,
    ),
    Refusal(  # notes "users and peers", section 5: spent credit is a 400 without a type of its own
        name="credit balance",
        status=400,
        body=_error(
            "invalid_request_error", "Your credit balance is too low to access the Anthropic API."
        ),
        kind=Kind.QUOTA,
    ),
    Refusal(  # anthropics/claude-code issue 38035
        name="usage limits",
        status=400,
        body=_error(
            "invalid_request_error",
            "You have reached your specified API usage limits. You will regain access on "
            "2026-12-01 at 00:00 UTC.",
        ),
        kind=Kind.QUOTA,
    ),
    Refusal(  # page, 402
        name="billing",
        status=402,
        body=_error("billing_error", "There is a problem with your billing."),
        kind=Kind.QUOTA,
    ),
    Refusal(  # page, 413: from Cloudflare, so without Anthropic's shape
        name="too large", status=413, body="<html>413</html>", kind=Kind.TOO_LARGE
    ),
    Refusal(  # anthropics/claude-code issue 19631
        name="picture too large",
        status=400,
        body=_error(
            "invalid_request_error",
            "messages.0.content.0.image.source.base64: image exceeds 5 MB maximum: 6071452 bytes",
        ),
        kind=Kind.TOO_LARGE,
    ),
    Refusal(  # microsoft/vscode-copilot-chat PR 4688
        name="too many pixels",
        status=400,
        body=_error(
            "invalid_request_error",
            "messages.0.content.0.data: At least one of the image dimensions exceed max allowed "
            "size: 8000 pixels",
        ),
        kind=Kind.TOO_LARGE,
    ),
    Refusal(  # simulator, anthropic_errors.bad_image
        name="broken picture",
        status=400,
        body=_error("invalid_request_error", "Could not process image"),
        kind=Kind.BAD_REQUEST,
    ),
    Refusal(  # simulator, anthropic_errors.unsupported
        name="thinking",
        status=400,
        body=_error(
            "invalid_request_error", '"thinking.type.disabled" is not supported for this model.'
        ),
        kind=Kind.BAD_REQUEST,
        adapted=True,
        model="claude-haiku-5-5",
    ),
    Refusal(  # the message of a field that an old model does not know, anthropic_errors
        name="format",
        status=400,
        body=_error("invalid_request_error", "output_config.format: Extra inputs not permitted"),
        kind=Kind.BAD_REQUEST,
        adapted=True,
    ),
    Refusal(
        name="other field",
        status=400,
        body=_error("invalid_request_error", "max_tokens: must be at least 1"),
        kind=Kind.BAD_REQUEST,
    ),
    Refusal(
        name="server",
        status=500,
        body=_error("api_error", "Internal server error"),
        kind=Kind.SERVER,
    ),
    Refusal(  # page, 504
        name="timeout", status=504, body=_error("timeout_error", "Timed out"), kind=Kind.SERVER
    ),
    Refusal(  # page, 529
        name="overloaded",
        status=529,
        body=_error("overloaded_error", "Overloaded"),
        headers={"retry-after": "4"},
        kind=Kind.SERVER,
        retry_after=4,
    ),
    Refusal(name="page", status=502, body="<html>502</html>", kind=Kind.SERVER),
]


@pytest.mark.parametrize("row", ROWS, ids=str)
async def test_errors(sim: Simulator, row: Refusal) -> None:
    """Each of Anthropic's errors has its kind, its wait and its consequence."""
    await check_refusal(sim, "anthropic", row)
