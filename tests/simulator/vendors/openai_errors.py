"""OpenAI's error bodies.

Shape: `{"error": {"message", "type", "param", "code"}}`, read in the SDK
(`openai/_base_client.py`, `openai/_exceptions.py`: APIError takes code, param and
type from `error`). Texts: unsupported_parameter from devnullvoid/dms-ai-assistant #12;
insufficient_quota from Nutlope/aicommits #190; unsupported image from vercel/ai #1544;
insufficient_quota as code, 503 slow_down and the rate-limit headers from OpenAI's guide to
error codes.
"""

from collections.abc import Mapping
from typing import ClassVar, override

from ..wire import Reply
from .errors import Errors, error, wait_headers

_QUOTA = "You exceeded your current quota, please check your plan and billing details."
_BODY = "We could not parse the JSON body of your request."
_VALUE = "Unsupported value: '{parameter}' does not support {value!r} with this model."
_PARAMETER = "Unsupported parameter: '{parameter}' is not supported with this model."
_IMAGE = (
    "You uploaded an unsupported image. Please make sure your image is valid and of one of the"
    " following formats: ['png', 'jpeg', 'gif', 'webp']."
)


_SAMPLING = error(
    400,
    f"{_VALUE} Only the default (1) value is supported.",
    param="{parameter}",
    code="unsupported_value",
)
_LIMITS = {
    "x-ratelimit-limit-requests": "500",
    "x-ratelimit-remaining-requests": "0",
    "x-ratelimit-reset-requests": "120ms",
}


class OpenAIErrors(Errors):
    """OpenAI's error bodies."""

    server_message: ClassVar = "The server had an error while processing your request."
    table: ClassVar = {
        "auth": error(401, "Incorrect API key provided: {shown}.", code="invalid_api_key"),
        "no_key": error(401, "You didn't provide an API key."),
        "no_model": error(
            404,
            "The model `{model}` does not exist or you do not have access to it.",
            code="model_not_found",
        ),
        "not_chat": error(
            404,
            "This is not a chat model and thus not supported in the v1/chat/completions endpoint.",
            param="model",
        ),
        "no_vision": error(
            400,
            "Invalid content type. image_url is only supported by certain models.",
            param="messages.[0].content.[1].type",
        ),
        "forbidden": error(
            403, "Your project does not have access to this model.", code="model_not_found"
        ),
        "rate_limit": error(
            429,
            "Rate limit reached for requests per min (RPM).",
            type="requests",
            code="rate_limit_exceeded",
            wait="{wait}",
        ),
        "quota:": error(429, _QUOTA, type="insufficient_quota", code="insufficient_quota"),
        "quota": error(429, _QUOTA, type="insufficient_quota", code="{variant}"),
        "overloaded": error(
            503,
            "The engine is currently overloaded, please try again later.",
            type="service_unavailable_error",
            code="slow_down",
        ),
        "too_large": error(413, "Request body is too large.", code="request_too_large"),
        "bad_image:base64": error(400, "Invalid base64 image_url.", code="invalid_base64"),
        "bad_image:too large": error(
            400, "The image is larger than allowed.", code="image_too_large"
        ),
        "bad_image:download": error(400, "Failed to download the image.", code="invalid_image_url"),
        "bad_image": error(400, _IMAGE, code="invalid_image_format"),
        "context_length": error(
            400,
            "This model's maximum context length is 128000 tokens.",
            param="messages",
            code="context_length_exceeded",
        ),
        "unsupported:max_tokens": error(
            400,
            f"{_PARAMETER} Use 'max_completion_tokens' instead.",
            param="{parameter}",
            code="unsupported_parameter",
        ),
        "unsupported": error(400, _PARAMETER, param="{parameter}", code="unsupported_parameter"),
        "unsupported_value:temperature": _SAMPLING,
        "unsupported_value:top_p": _SAMPLING,
        "unsupported_value": error(400, _VALUE, param="{parameter}", code="unsupported_value"),
        "unknown_field": error(
            400, "Unknown parameter: '{path}'.", param="{path}", code="unknown_parameter"
        ),
        "missing": error(
            400,
            "Missing required parameter: '{path}'.",
            param="{path}",
            code="missing_required_parameter",
        ),
        "invalid:content type": error(400, _BODY),
        "invalid:body": error(400, _BODY),
        "invalid": error(400, "Invalid value for '{path}': {problem}.", param="{path}"),
        "refusal:policy": error(
            400,
            "Your request was rejected as a result of our safety system.",
            code="content_policy_violation",
        ),
    }

    @override
    def build(self, status: int, message: str, more: Mapping[str, str]) -> Reply:
        inner = {
            "message": message,
            "type": "server_error" if status >= 500 else "invalid_request_error",
            "param": None,
            "code": None,
        }
        for name in inner.keys() & more.keys():
            inner[name] = more[name]
        return Reply.json(status, {"error": inner}, wait_headers(more, _LIMITS))
