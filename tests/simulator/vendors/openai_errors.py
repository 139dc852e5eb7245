"""OpenAI's error bodies.

Shape: `{"error": {"message", "type", "param", "code"}}`, read in the SDK
(`openai/_base_client.py`, `openai/_exceptions.py`: APIError takes code, param and
type from `error`). Texts: unsupported_parameter from devnullvoid/dms-ai-assistant #12;
insufficient_quota from Nutlope/aicommits #190; unsupported image from vercel/ai #1544;
insufficient_quota as code, 503 slow_down and the rate-limit headers from the note
"users and peers", section 5.
"""

from typing import override

from ..wire import Reply
from .chat_errors import ChatErrors

_INVALID = "invalid_request_error"
_FORMATS = "['png', 'jpeg', 'gif', 'webp']"


def error(
    status: int,
    message: str,
    kind: str = _INVALID,
    param: str | None = None,
    code: str | None = None,
) -> Reply:
    """Build one error."""
    return Reply.json(
        status,
        {"error": {"message": message, "type": kind, "param": param, "code": code}},
    )


class OpenAIErrors(ChatErrors):
    """OpenAI's error bodies."""

    @override
    def status(self, status: int, message: str = "") -> Reply:
        if status >= 500:
            text = message or "The server had an error while processing your request."
            return error(status, text, "server_error")
        return error(status, message or f"Request failed with status {status}.")

    @override
    def auth(self, key: str = "bad-key") -> Reply:
        shown = f"{key[:3]}***{key[-2:]}"
        return error(401, f"Incorrect API key provided: {shown}.", code="invalid_api_key")

    @override
    def no_key(self) -> Reply:
        return error(401, "You didn't provide an API key.")

    @override
    def no_model(self, model: str) -> Reply:
        return error(
            404,
            f"The model `{model}` does not exist or you do not have access to it.",
            code="model_not_found",
        )

    @override
    def forbidden(self) -> Reply:
        return error(
            403,
            "Your project does not have access to this model.",
            code="model_not_found",
        )

    @override
    def rate_limit(self, retry_after: str | None) -> Reply:
        headers = {
            "x-ratelimit-limit-requests": "500",
            "x-ratelimit-remaining-requests": "0",
            "x-ratelimit-reset-requests": "120ms",
        }
        if retry_after is not None:
            headers["Retry-After"] = retry_after
        return error(
            429,
            "Rate limit reached for requests per min (RPM).",
            "requests",
            code="rate_limit_exceeded",
        ).with_headers(headers)

    @override
    def quota(self, variant: str = "") -> Reply:
        return error(
            429,
            "You exceeded your current quota, please check your plan and billing details.",
            "insufficient_quota",
            code=variant or "insufficient_quota",
        )

    @override
    def overloaded(self) -> Reply:
        return error(
            503,
            "The engine is currently overloaded, please try again later.",
            "service_unavailable_error",
            code="slow_down",
        )

    @override
    def too_large(self) -> Reply:
        return error(413, "Request body is too large.", code="request_too_large")

    @override
    def bad_image(self, problem: str, where: str) -> Reply:
        del where
        match problem:
            case "base64":
                text, code = "Invalid base64 image_url.", "invalid_base64"
            case "too large":
                text, code = "The image is larger than allowed.", "image_too_large"
            case "download":
                text, code = "Failed to download the image.", "invalid_image_url"
            case _:
                text = (
                    "You uploaded an unsupported image. Please make sure your "
                    f"image is valid and of one of the following formats: {_FORMATS}."
                )
                code = "invalid_image_format"
        return error(400, text, code=code)

    @override
    def context_length(self) -> Reply:
        return error(
            400,
            "This model's maximum context length is 128000 tokens.",
            param="messages",
            code="context_length_exceeded",
        )

    @override
    def unsupported(self, parameter: str, model: str) -> Reply:
        hint = " Use 'max_completion_tokens' instead." if parameter == "max_tokens" else ""
        return error(
            400,
            f"Unsupported parameter: '{parameter}' is not supported with this model.{hint}",
            param=parameter,
            code="unsupported_parameter",
        )

    @override
    def unsupported_value(self, parameter: str, value: object) -> Reply:
        sampling = parameter in ("temperature", "top_p")
        default = " Only the default (1) value is supported." if sampling else ""
        return error(
            400,
            f"Unsupported value: '{parameter}' does not support {value!r} with this model."
            f"{default}",
            param=parameter,
            code="unsupported_value",
        )

    @override
    def unknown_field(self, path: str) -> Reply:
        return error(400, f"Unknown parameter: '{path}'.", param=path, code="unknown_parameter")

    @override
    def wrong(self, path: str, problem: str) -> Reply:
        if path == "body":
            return error(400, "We could not parse the JSON body of your request.")
        if problem == "missing":
            return error(
                400,
                f"Missing required parameter: '{path}'.",
                param=path,
                code="missing_required_parameter",
            )
        return error(400, f"Invalid value for '{path}': {problem}.", param=path, code=None)

    @override
    def refused(self, variant: str) -> Reply | None:
        if variant != "policy":
            return None
        return error(
            400,
            "Your request was rejected as a result of our safety system.",
            code="content_policy_violation",
        )
