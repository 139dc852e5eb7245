"""xAI's errors, as they stand on the wire, and what each of them means.

The shape is ``{"code": "...", "error": "..."}``, two texts (read in openai/_client.py, where the
text under "error" is all that becomes the error's body). What the 400s and 403s mean is on
docs.x.ai/developers/debugging; the other sources are named in the rows.
"""

from typing import Any

import pytest

from custom_components.eyewitness.chain.failures import Kind
from tests.simulator import Simulator

from .kit import Refusal, check_refusal

_ARGUMENT = "Client specified an invalid argument"


def _error(text: str, code: str = _ARGUMENT) -> dict[str, Any]:
    return {"code": code, "error": text}


ROWS = [
    Refusal(  # i-am-bee/beeai-framework issue 447: a wrong key is a 400
        name="wrong key",
        status=400,
        body=_error("Incorrect API key provided: si***ey. Get one from https://console.x.ai."),
        kind=Kind.AUTH,
    ),
    Refusal(  # the task's own words: 401 invalid key
        name="no key",
        status=401,
        body=_error("No credentials were provided with this request.", "Unauthenticated"),
        kind=Kind.AUTH,
    ),
    Refusal(  # simulator, grok_errors.forbidden: it names the key, but the key is right
        name="key without the model",
        status=403,
        body=_error("This API key may not use the requested model.", "No permission"),
        kind=Kind.FORBIDDEN,
    ),
    Refusal(  # can1357/oh-my-pi PR 4913
        name="spending limit",
        status=403,
        body=_error("You have run out of credits.", "personal-team-blocked:spending-limit"),
        kind=Kind.QUOTA,
    ),
    Refusal(  # continuedev/continue issue 10373
        name="credits",
        status=429,
        body=_error(
            "Your team sim has either used all available credits or reached its monthly "
            "spending limit.",
            "Some resource has been exhausted",
        ),
        kind=Kind.QUOTA,
    ),
    Refusal(  # simulator, grok_errors.rate_limit
        name="too fast",
        status=429,
        body=_error("Too many requests for team sim and this model.", "Some resource"),
        headers={"Retry-After": "2"},
        kind=Kind.RATE_LIMIT,
        retry_after=2,
    ),
    Refusal(
        name="too fast, no time", status=429, body=_error("Too many requests"), kind=Kind.RATE_LIMIT
    ),
    Refusal(  # UKGovernmentBEIS/inspect_ai PR 2267: must not bench the provider for an hour
        name="safety check",
        status=403,
        body=_error("Content violates usage guidelines. Failed check: SAFETY_CHECK_TYPE"),
        kind=Kind.REFUSED,
    ),
    Refusal(  # yihong0618/bilingual_book_maker issue 464
        name="no such model",
        status=404,
        body=_error(
            "The model mine does not exist or your team sim does not have access to it.",
            "Some requested entity was not found",
        ),
        kind=Kind.MODEL_MISSING,
    ),
    Refusal(  # simulator, vendors/grok.no_vision
        name="model without eyes",
        status=400,
        body=_error("Model grok-3 does not support image input."),
        kind=Kind.MODEL_MISSING,
    ),
    Refusal(  # miaoxworld/NativeTavern issue 83
        name="parameter",
        status=400,
        body=_error("Model grok-4.20 does not support parameter reasoningEffort."),
        kind=Kind.BAD_REQUEST,
        adapted=True,
    ),
    Refusal(  # rikkahub/rikkahub issue 1602
        name="unknown field",
        status=400,
        body=_error("Argument not supported: store", "400"),
        kind=Kind.BAD_REQUEST,
        adapted=True,
    ),
    Refusal(  # meangrinch/MangaTranslator issue 48: plain text
        name="shape",
        status=422,
        body="Failed to deserialize the JSON body into the target type: messages: missing",
        kind=Kind.BAD_REQUEST,
    ),
    Refusal(  # simulator, grok_errors.bad_image
        name="picture too large",
        status=400,
        body=_error("The image is larger than 20 MiB."),
        kind=Kind.TOO_LARGE,
    ),
    Refusal(  # simulator, grok_errors.bad_image: about the format, not about eyes
        name="picture format",
        status=400,
        body=_error("Unsupported image format; use jpg/jpeg or png."),
        kind=Kind.BAD_REQUEST,
    ),
    Refusal(name="too large", status=413, body=_error("Too large."), kind=Kind.TOO_LARGE),
    Refusal(name="server", status=500, body=_error("Internal error"), kind=Kind.SERVER),
    Refusal(  # simulator, grok_errors.overloaded
        name="capacity",
        status=503,
        body=_error("The model is at capacity. Please try again later."),
        kind=Kind.SERVER,
    ),
]


@pytest.mark.parametrize("row", ROWS, ids=str)
async def test_errors(sim: Simulator, row: Refusal) -> None:
    """Each of xAI's errors has its kind, its wait and its consequence (AC1)."""
    await check_refusal(sim, "grok", row)
