"""OpenAI's errors, as they stand on the wire, and what each of them means.

The shape is the one that ``openai/_exceptions.py`` reads: ``{"error": {"message", "type", "param",
"code"}}``. "guide" is developers.openai.com/docs/guides/error-codes.
"""

from typing import Any

import pytest

from custom_components.eyewitness.chain.failures import Kind
from tests.simulator import Simulator

from .kit import Refusal, check_refusal


def _error(
    message: str,
    kind: str | None = "invalid_request_error",
    param: str | None = None,
    code: str | None = None,
) -> dict[str, Any]:
    return {"error": {"message": message, "type": kind, "param": param, "code": code}}


ROWS = [
    Refusal(  # guide, 401
        name="wrong key",
        status=401,
        body=_error("Incorrect API key provided: sim***ey.", code="invalid_api_key"),
        kind=Kind.AUTH,
    ),
    Refusal(  # guide, 401
        name="no organization",
        status=401,
        body=_error("You must be a member of an organization to use the API."),
        kind=Kind.AUTH,
    ),
    Refusal(  # bytedance/trae-agent issue 162: the key is good, but restricted
        name="missing scope",
        status=401,
        body=_error(
            "You have insufficient permissions for this operation. Missing scopes: model.request. "
            "Check that you have the correct role in your organization."
        ),
        kind=Kind.FORBIDDEN,
    ),
    Refusal(  # guide, 403
        name="country",
        status=403,
        body=_error(
            "Country, region, or territory not supported",
            "request_forbidden",
            code="unsupported_country_region_territory",
        ),
        kind=Kind.FORBIDDEN,
    ),
    Refusal(  # simulator, openai_errors.forbidden: the project lacks the model
        name="project without the model",
        status=403,
        body=_error("Project does not have access to model", code="model_not_found"),
        kind=Kind.MODEL_MISSING,
    ),
    Refusal(  # simulator, openai_errors.no_model
        name="no such model",
        status=404,
        body=_error("The model `mine` does not exist", code="model_not_found"),
        kind=Kind.MODEL_MISSING,
    ),
    Refusal(  # browser-use/web-ui issue 274
        name="model without eyes",
        status=400,
        body=_error(
            "Invalid content type. image_url is only supported by certain models.",
            param="messages.[1].content.[1].type",
        ),
        kind=Kind.MODEL_MISSING,
    ),
    Refusal(  # guide, 429; the header is in openai/_base_client.py
        name="too fast",
        status=429,
        body=_error("Rate limit reached for requests", "requests", code="rate_limit_exceeded"),
        headers={"Retry-After": "20"},
        kind=Kind.RATE_LIMIT,
        retry_after=20,
    ),
    Refusal(  # openai/_base_client.py prefers the milliseconds
        name="too fast, in milliseconds",
        status=429,
        body=_error("Rate limit reached", "tokens", code="rate_limit_exceeded"),
        headers={"retry-after-ms": "750", "Retry-After": "1"},
        kind=Kind.RATE_LIMIT,
        retry_after=0.75,
    ),
    Refusal(  # guide, 429 slow_down
        name="slow down",
        status=429,
        body=_error("Slow down.", "rate_limit_error", code="slow_down"),
        kind=Kind.RATE_LIMIT,
    ),
    Refusal(  # guide, 429; Nutlope/aicommits issue 190
        name="quota",
        status=429,
        body=_error(
            "You exceeded your current quota, please check your plan and billing details.",
            "insufficient_quota",
            code="insufficient_quota",
        ),
        kind=Kind.QUOTA,
    ),
    Refusal(  # guide, 429: "inspect error.code, type can still be insufficient_quota"
        name="credit balance",
        status=429,
        body=_error(
            "Your credits are used up.", "insufficient_quota", None, "credit_balance_exhausted"
        ),
        kind=Kind.QUOTA,
    ),
    Refusal(  # the same, the other way round: only the type says it
        name="quota by type",
        status=429,
        body=_error("No more.", "insufficient_quota", None, "something_new"),
        kind=Kind.QUOTA,
    ),
    Refusal(  # OpenAI's community pages on billing
        name="hard limit",
        status=400,
        body=_error("Billing hard limit has been reached", code="billing_hard_limit_reached"),
        kind=Kind.QUOTA,
    ),
    Refusal(  # simulator, openai_errors.unsupported (devnullvoid/dms-ai-assistant issue 12)
        name="parameter",
        status=400,
        body=_error(
            "Unsupported parameter: 'max_completion_tokens' is not supported with this model.",
            param="max_completion_tokens",
            code="unsupported_parameter",
        ),
        kind=Kind.BAD_REQUEST,
        adapted=True,
    ),
    Refusal(  # simulator, openai_errors.unsupported_value, without the field param
        name="value",
        status=400,
        body=_error("Unsupported value: 'reasoning_effort' does not support 'none'", code=None),
        kind=Kind.BAD_REQUEST,
        adapted=True,
    ),
    Refusal(  # a parameter that we cannot do without
        name="other parameter",
        status=400,
        body=_error("Invalid value for 'messages'.", param="messages"),
        kind=Kind.BAD_REQUEST,
    ),
    Refusal(  # the word must stand alone: "restored" blames no parameter "store"
        name="no parameter",
        status=400,
        body=_error("This request could not be restored. It has to return later."),
        kind=Kind.BAD_REQUEST,
    ),
    Refusal(  # simulator, openai_errors.context_length
        name="context",
        status=400,
        body=_error("This model's maximum context length is 128000 tokens.", param="messages"),
        kind=Kind.BAD_REQUEST,
    ),
    Refusal(  # the status that compatible servers use for wrong fields (FastAPI)
        name="unprocessable", status=422, body={"detail": []}, kind=Kind.BAD_REQUEST
    ),
    Refusal(  # simulator, openai_errors.too_large
        name="too large",
        status=413,
        body=_error("Request body is too large.", code="request_too_large"),
        kind=Kind.TOO_LARGE,
    ),
    Refusal(  # simulator, openai_errors.bad_image
        name="picture too large",
        status=400,
        body=_error("The image is larger than allowed.", code="image_too_large"),
        kind=Kind.TOO_LARGE,
    ),
    Refusal(  # vercel/ai issue 1544: about the format, not about size or eyes
        name="picture format",
        status=400,
        body=_error(
            "You uploaded an unsupported image. Please make sure your image has one of the "
            "following formats: ['png', 'jpeg', 'gif', 'webp'].",
            code="image_parse_error",
        ),
        kind=Kind.BAD_REQUEST,
    ),
    Refusal(  # guide: images are checked, too
        name="policy",
        status=400,
        body=_error("Your request was rejected", code="content_policy_violation"),
        kind=Kind.REFUSED,
    ),
    Refusal(  # openai/_base_client.py tries these again
        name="timeout", status=408, body=_error("Timeout", "server_error"), kind=Kind.SERVER
    ),
    Refusal(name="conflict", status=409, body=_error("Conflict"), kind=Kind.SERVER),
    Refusal(  # guide, 500
        name="server",
        status=500,
        body=_error("The server had an error while processing your request.", "server_error"),
        kind=Kind.SERVER,
    ),
    Refusal(  # guide, 503
        name="overloaded",
        status=503,
        body=_error("The engine is currently overloaded", "service_unavailable_error"),
        headers={"Retry-After": "5"},
        kind=Kind.SERVER,
        retry_after=5,
    ),
    Refusal(  # Cloudflare's page in front of the API
        name="gateway page", status=502, body="<html>502 Bad Gateway</html>", kind=Kind.SERVER
    ),
    Refusal(name="empty", status=520, body="", kind=Kind.SERVER),
    Refusal(name="payment", status=402, body=_error("Pay first."), kind=Kind.QUOTA),
    Refusal(  # i'm-a-teapot stands for whatever comes next
        name="unknown status", status=418, body="no", kind=Kind.BAD_REQUEST
    ),
]


@pytest.mark.parametrize("row", ROWS, ids=str)
async def test_errors(sim: Simulator, row: Refusal) -> None:
    """Each of OpenAI's errors has its kind, its wait and its consequence."""
    await check_refusal(sim, "openai", row)
