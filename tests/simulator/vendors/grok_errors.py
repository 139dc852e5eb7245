"""xAI's error bodies.

Shape: `{"code": "...", "error": "..."}`, both strings; the OpenAI SDK hands on
only the text under `error` as `body`, and no `code`. A wrong key is 400, as reported in
i-am-bee/beeai-framework #447; an unknown model 404 in yihong0618/bilingual_book_maker
#464; refused parameters in BerriAI/litellm PR #16265 and miaoxworld/NativeTavern #83;
used-up credits 429 in continuedev/continue #10373, 403 in can1357/oh-my-pi PR #4913; a
wrong shape 422 with plain text in meangrinch/MangaTranslator #48; the safety check 403 in
UKGovernmentBEIS/inspect_ai PR #2267. Which 400 and 403 mean what: note "users and peers",
section 5 (docs.x.ai/developers/debugging). Not confirmed: the answer to an unknown field
(rikkahub/rikkahub #1602 saw this one where xAI makes pictures, and chat may ignore such
fields), the texts about broken pictures, 413.
"""

from typing import override

from ..wire import Reply
from .chat_errors import ChatErrors

_ARGUMENT = "Client specified an invalid argument"
_CODES = {
    400: _ARGUMENT,
    401: "Unauthenticated",
    403: "The caller does not have permission to execute the specified operation",
    404: "Some requested entity was not found",
    413: "Payload too large",
    429: "Some resource has been exhausted",
    500: "Internal error",
    503: "The service is currently unavailable",
}
_CAMEL = {
    "presence_penalty": "presencePenalty",
    "frequency_penalty": "frequencyPenalty",
    "reasoning_effort": "reasoningEffort",
}


def error(status: int, message: str) -> Reply:
    """Build one error."""
    code = _CODES.get(status, _ARGUMENT if status < 500 else "Internal error")
    return Reply.json(status, {"code": code, "error": message})


class GrokErrors(ChatErrors):
    """xAI's error bodies."""

    @override
    def status(self, status: int, message: str = "") -> Reply:
        return error(status, message or f"Request failed with status {status}.")

    @override
    def auth(self, key: str = "bad-key") -> Reply:
        shown = f"{key[:2]}***{key[-2:]}"
        return error(
            400,
            f"Incorrect API key provided: {shown}. You can obtain an API key from "
            "https://console.x.ai.",
        )

    @override
    def no_key(self) -> Reply:
        return error(401, "No credentials were provided with this request.")

    @override
    def no_model(self, model: str) -> Reply:
        return error(
            404,
            f"The model {model} does not exist or your team sim-team does not have access to it.",
        )

    @override
    def forbidden(self) -> Reply:
        return error(403, "This API key may not use the requested model.")

    @override
    def rate_limit(self, retry_after: str | None) -> Reply:
        reply = error(429, "Too many requests for team sim-team and this model.")
        return reply.with_headers({} if retry_after is None else {"Retry-After": retry_after})

    @override
    def quota(self, variant: str = "") -> Reply:
        if variant == "spending_limit":
            code = "personal-team-blocked:spending-limit"
            return Reply.json(403, {"code": code, "error": "You have run out of credits."})
        return error(
            429,
            "Your team sim-team has either used all available credits or reached "
            "its monthly spending limit.",
        )

    @override
    def overloaded(self) -> Reply:
        return error(503, "The model is at capacity. Please try again later.")

    @override
    def too_large(self) -> Reply:
        return error(413, "The request body is too large.")

    @override
    def bad_image(self, problem: str, where: str) -> Reply:
        del where
        match problem:
            case "too large":
                return error(400, "The image is larger than 20 MiB.")
            case "format":
                return error(400, "Unsupported image format; use jpg/jpeg or png.")
            case "download":
                return error(400, "Fetching the image failed.")
            case _:
                return error(400, "The image could not be decoded.")

    @override
    def context_length(self) -> Reply:
        return error(400, "This model's maximum prompt length is 131072.")

    @override
    def unsupported(self, parameter: str, model: str) -> Reply:
        name = _CAMEL.get(parameter, parameter)
        return error(400, f"Model {model} does not support parameter {name}.")

    @override
    def unsupported_value(self, parameter: str, value: object) -> Reply:
        return error(400, f"Invalid {parameter}: {value}.")

    @override
    def unknown_field(self, path: str) -> Reply:
        return Reply.json(400, {"code": "400", "error": f"Argument not supported: {path}"})

    @override
    def wrong(self, path: str, problem: str) -> Reply:
        if path == "body":
            # The 422 below is worded by axum, the Rust web library; so are these two.
            if "content type" in problem:
                return Reply.text(415, "Expected request with `Content-Type: application/json`")
            return Reply.text(400, "Failed to parse the request body as JSON")
        return Reply.text(
            422, f"Failed to deserialize the JSON body into the target type: {path}: {problem}"
        )

    @override
    def refused(self, variant: str) -> Reply | None:
        if variant != "policy":
            return None
        return error(403, "Content violates usage guidelines. Failed check: SAFETY_CHECK_TYPE")
