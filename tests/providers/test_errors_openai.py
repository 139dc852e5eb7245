"""OpenAI's errors, as they stand on the wire, and what each of them means.

The shape is the one that ``openai/_exceptions.py`` reads: ``{"error": {"message", "type", "param",
"code"}}``. "guide" is developers.openai.com/docs/guides/error-codes.
"""

from typing import Any

from custom_components.eyewitness.chain.failures import Failure

from .kit import ErrorReply, SimVendor, cases, check_error, only


def _error(
    status: int,
    message: str,
    code: str | None = None,
    error_type: str = "invalid_request_error",
    param: str | None = None,
    **meaning: Any,
) -> ErrorReply:
    inner = {"message": message, "type": error_type, "param": param, "code": code}
    return ErrorReply(status, {"error": inner}, **meaning)


REPLIES = {
    Failure.AUTH: [
        # guide, 401
        _error(401, "Incorrect API key provided: sim***ey.", "invalid_api_key"),
        _error(401, "You must be a member of an organization to use the API."),
    ],
    Failure.FORBIDDEN: [
        # bytedance/trae-agent issue 162: the key is good, but restricted
        _error(
            401,
            "You have insufficient permissions for this operation. Missing scopes: "
            "model.request. Check that you have the correct role in your organization.",
        ),
        # guide, 403
        _error(
            403,
            "Country, region, or territory not supported",
            "unsupported_country_region_territory",
            "request_forbidden",
        ),
    ],
    Failure.MODEL_MISSING: [
        # simulator, openai_errors.forbidden: the project lacks the model
        _error(403, "Project does not have access to model", "model_not_found"),
        # simulator, openai_errors.no_model
        _error(404, "The model `mine` does not exist", "model_not_found"),
        # browser-use/web-ui issue 274
        _error(
            400,
            "Invalid content type. image_url is only supported by certain models.",
            param="messages.[1].content.[1].type",
        ),
    ],
    Failure.RATE_LIMIT: [
        # guide, 429; the header is in openai/_base_client.py
        _error(429, "Rate limit reached for requests", "rate_limit_exceeded", "requests", wait=20),
        # guide, 429 slow_down
        _error(429, "Slow down.", "slow_down", "rate_limit_error"),
    ],
    Failure.QUOTA: [
        # guide, 429; Nutlope/aicommits issue 190
        _error(
            429,
            "You exceeded your current quota, please check your plan and billing details.",
            "insufficient_quota",
            "insufficient_quota",
        ),
        # guide, 429: "inspect error.code, type can still be insufficient_quota"
        _error(429, "Your credits are used up.", "credit_balance_exhausted", "insufficient_quota"),
        # the other way round: only the type tells
        _error(429, "No more.", "something_new", "insufficient_quota"),
        # OpenAI's community pages on billing
        _error(400, "Billing hard limit has been reached", "billing_hard_limit_reached"),
        _error(402, "Pay first."),
    ],
    Failure.BAD_REQUEST: [
        # simulator, openai_errors.unsupported (devnullvoid/dms-ai-assistant issue 12)
        _error(
            400,
            "Unsupported parameter: 'max_completion_tokens' is not supported with this model.",
            "unsupported_parameter",
            param="max_completion_tokens",
            adapted=True,
        ),
        # simulator, openai_errors.unsupported_value, without the field param
        _error(400, "Unsupported value: 'reasoning_effort' does not support 'none'", adapted=True),
        # a parameter that a request cannot do without
        _error(400, "Invalid value for 'messages'.", param="messages"),
        # the word must stand alone: neither "restore" nor "stored" is about the parameter "store"
        _error(400, "We could not restore the request that was stored."),
        # simulator, openai_errors.context_length
        _error(400, "This model's maximum context length is 128000 tokens.", param="messages"),
        # the status that compatible servers use for wrong fields (FastAPI)
        ErrorReply(422, {"detail": []}),
        # vercel/ai issue 1544: about the format, not about size or vision
        _error(
            400,
            "You uploaded an unsupported image. Please make sure your image has one of the "
            "following formats: ['png', 'jpeg', 'gif', 'webp'].",
            "image_parse_error",
        ),
        # whatever comes next
        ErrorReply(418, "no"),
    ],
    Failure.TOO_LARGE: [
        # simulator, openai_errors.too_large and bad_image
        _error(413, "Request body is too large.", "request_too_large"),
        _error(400, "The image is larger than allowed.", "image_too_large"),
    ],
    Failure.REFUSED: [
        # guide: images are checked, too
        _error(400, "Your request was rejected", "content_policy_violation"),
    ],
    Failure.SERVER: [
        # openai/_base_client.py tries these again
        _error(408, "Timeout", None, "server_error"),
        _error(409, "Conflict"),
        # guide, 500 and 503
        _error(500, "The server had an error while processing your request.", None, "server_error"),
        _error(503, "The engine is currently overloaded", None, "service_unavailable", wait=5),
        # Cloudflare's page in front of the API
        ErrorReply(502, "<html>502 Bad Gateway</html>"),
        ErrorReply(520, ""),
    ],
}


@only("openai")
@cases(REPLIES)
async def test_errors(vendor: SimVendor, failure: Failure, reply: ErrorReply) -> None:
    """Each of OpenAI's errors has its failure, its wait and its consequence."""
    await check_error(vendor, failure, reply)
