"""xAI's errors, as they stand on the wire, and what each of them means.

The shape is ``{"code": "...", "error": "..."}``, two texts (read in openai/_client.py, where the
text under "error" is all that becomes the error's body). What the 400s and 403s mean is on
docs.x.ai/developers/debugging; the other sources are named in the rows.
"""

from typing import Any

from custom_components.eyewitness.chain.failures import Failure

from .kit import ErrorReply, SimVendor, cases, check_error, only


def _error(
    status: int, text: str, code: str = "Client specified an invalid argument", **meaning: Any
) -> ErrorReply:
    return ErrorReply(status, {"code": code, "error": text}, **meaning)


REPLIES = {
    Failure.AUTH: [
        # i-am-bee/beeai-framework issue 447: a wrong key is a 400
        _error(400, "Incorrect API key provided: si***ey. Get one from https://console.x.ai."),
        # the task's own words: 401 invalid key
        _error(401, "No credentials were provided with this request.", "Unauthenticated"),
    ],
    Failure.FORBIDDEN: [
        # simulator, grok_errors.forbidden: it names the key, but the key is right
        _error(403, "This API key may not use the requested model.", "No permission"),
    ],
    Failure.QUOTA: [
        # can1357/oh-my-pi PR 4913
        _error(403, "You have run out of credits.", "personal-team-blocked:spending-limit"),
        # continuedev/continue issue 10373
        _error(
            429,
            "Your team sim has either used all available credits or reached its monthly "
            "spending limit.",
            "Some resource has been exhausted",
        ),
    ],
    Failure.RATE_LIMIT: [
        # simulator, grok_errors.rate_limit
        _error(429, "Too many requests for team sim and this model.", "Some resource", wait=2),
        _error(429, "Too many requests"),
    ],
    Failure.REFUSED: [
        # UKGovernmentBEIS/inspect_ai PR 2267: no reason to leave the provider alone for an hour
        _error(403, "Content violates usage guidelines. Failed check: SAFETY_CHECK_TYPE"),
    ],
    Failure.MODEL_MISSING: [
        # yihong0618/bilingual_book_maker issue 464
        _error(
            404,
            "The model mine does not exist or your team sim does not have access to it.",
            "Some requested entity was not found",
        ),
        # simulator, vendors/grok.no_vision
        _error(400, "Model grok-3 does not support image input."),
    ],
    Failure.BAD_REQUEST: [
        # miaoxworld/NativeTavern issue 83
        _error(400, "Model grok-4.20 does not support parameter reasoningEffort.", adapted=True),
        # rikkahub/rikkahub issue 1602
        _error(400, "Argument not supported: store", "400", adapted=True),
        # meangrinch/MangaTranslator issue 48: plain text
        ErrorReply(
            422, "Failed to deserialize the JSON body into the target type: messages: missing"
        ),
        # simulator, grok_errors.bad_image: about the format, not about vision
        _error(400, "Unsupported image format; use jpg/jpeg or png."),
    ],
    Failure.TOO_LARGE: [
        # simulator, grok_errors.bad_image
        _error(400, "The image is larger than 20 MiB."),
        _error(413, "Too large."),
    ],
    Failure.SERVER: [
        _error(500, "Internal error"),
        # simulator, grok_errors.overloaded
        _error(503, "The model is at capacity. Please try again later."),
    ],
}


@only("grok")
@cases(REPLIES)
async def test_errors(vendor: SimVendor, failure: Failure, reply: ErrorReply) -> None:
    """Each of xAI's errors has its failure, its wait and its consequence (AC1)."""
    await check_error(vendor, failure, reply)
