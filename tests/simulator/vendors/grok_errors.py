"""xAI's error bodies.

Shape: `{"code": "...", "error": "..."}`, both strings; the OpenAI SDK hands on
only the text under `error` as `body`, and no `code`. A wrong key is 400, as reported in
i-am-bee/beeai-framework #447; an unknown model 404 in yihong0618/bilingual_book_maker
#464; refused parameters in BerriAI/litellm PR #16265 and miaoxworld/NativeTavern #83;
used-up credits 429 in continuedev/continue #10373, 403 in can1357/oh-my-pi PR #4913; a
wrong shape 422 with plain text in meangrinch/MangaTranslator #48; the safety check 403 in
UKGovernmentBEIS/inspect_ai PR #2267. Which 400 and 403 mean what: docs.x.ai/developers/debugging.
Not confirmed: the answer to an unknown field (rikkahub/rikkahub #1602 saw this one where xAI
makes pictures, and chat may ignore such fields), the texts about broken pictures, 413.
"""

from collections.abc import Mapping
from typing import ClassVar, override

from ..wire import Reply
from .errors import Errors, error, wait_headers

_ARGUMENT = "Client specified an invalid argument"
_CODES = {
    401: "Unauthenticated",
    403: "The caller does not have permission to execute the specified operation",
    404: "Some requested entity was not found",
    413: "Payload too large",
    429: "Some resource has been exhausted",
    503: "The service is currently unavailable",
}
_NO_MODEL = "The model {model} does not exist or your team sim-team does not have access to it."
_PARAMETER = "Model {model} does not support parameter "
_SHAPE = "Failed to deserialize the JSON body into the target type: {path}: {problem}"


class GrokErrors(Errors):
    """xAI's error bodies."""

    table: ClassVar = {
        "auth": error(
            400,
            "Incorrect API key provided: {shown}. You can obtain an API key from"
            " https://console.x.ai.",
        ),
        "no_key": error(401, "No credentials were provided with this request."),
        "no_model": error(404, _NO_MODEL),
        "not_chat": error(404, _NO_MODEL),
        "no_vision": error(400, "Model {model} does not support image input."),
        "forbidden": error(403, "This API key may not use the requested model."),
        "rate_limit": error(
            429, "Too many requests for team sim-team and this model.", wait="{wait}"
        ),
        "quota:spending_limit": error(
            403, "You have run out of credits.", code="personal-team-blocked:spending-limit"
        ),
        "quota": error(
            429,
            "Your team sim-team has either used all available credits or reached its monthly"
            " spending limit.",
        ),
        "overloaded": error(503, "The model is at capacity. Please try again later."),
        "too_large": error(413, "The request body is too large."),
        "bad_image:too large": error(400, "The image is larger than 20 MiB."),
        "bad_image:format": error(400, "Unsupported image format; use jpg/jpeg or png."),
        "bad_image:download": error(400, "Fetching the image failed."),
        "bad_image": error(400, "The image could not be decoded."),
        "context_length": error(400, "This model's maximum prompt length is 131072."),
        "unsupported:presence_penalty": error(400, f"{_PARAMETER}presencePenalty."),
        "unsupported:frequency_penalty": error(400, f"{_PARAMETER}frequencyPenalty."),
        "unsupported:reasoning_effort": error(400, f"{_PARAMETER}reasoningEffort."),
        "unsupported": error(400, f"{_PARAMETER}{{parameter}}."),
        "unsupported_value": error(400, "Invalid {parameter}: {value}."),
        "unknown_field": error(400, "Argument not supported: {path}", code="400"),
        # The 422 is worded by axum, the Rust web library; so are the two about the body.
        "invalid:content type": error(
            415, "Expected request with `Content-Type: application/json`", plain="yes"
        ),
        "invalid:body": error(400, "Failed to parse the request body as JSON", plain="yes"),
        "missing": error(422, _SHAPE, plain="yes"),
        "invalid": error(422, _SHAPE, plain="yes"),
        "refusal:policy": error(
            403, "Content violates usage guidelines. Failed check: SAFETY_CHECK_TYPE"
        ),
    }

    @override
    def build(self, status: int, message: str, more: Mapping[str, str]) -> Reply:
        if "plain" in more:
            return Reply.text(status, message)
        usual = _ARGUMENT if status < 500 else "Internal error"
        code = more.get("code", _CODES.get(status, usual))
        return Reply.json(status, {"code": code, "error": message}, wait_headers(more, {}))
