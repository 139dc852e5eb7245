"""LLMock, which somebody else wrote, fails in our vendors' names and judges our requests."""

from collections.abc import Sequence
from typing import Any, Final

import pytest

from tests.e2e.mocked import MOCKED, Mocked, said_by
from tests.harness.llmock import behave
from tests.harness.loop import on_loop
from tests.harness.simulator import hand_overs
from tests.simulator import VENDORS, Vendor

pytestmark = MOCKED

HAND_OVER_LIMIT_S: Final = 2.0
"""The seed's AC5."""
KINDS: Final = {
    400: "bad_request",
    401: "auth",
    402: "quota",
    403: "forbidden",
    404: "model_missing",
    408: "server",
    413: "too_large",
    422: "bad_request",
    429: "rate_limit",
    500: "server",
    502: "server",
    503: "server",
    504: "server",
    529: "server",
}
GEMINIS: Final = {402: "forbidden", 422: "forbidden"}
"""LLMock calls both FAILED_PRECONDITION, which is Google's word for a country without free use."""
RESTING: Final = {"auth", "quota", "forbidden", "model_missing", "rate_limit"}
"""After these a provider is left alone for a while."""
HINT_S: Final = 2


def _outcomes(response: dict[str, Any]) -> list[tuple[str, str]]:
    return [(attempt["provider"], attempt["outcome"]) for attempt in response["attempts"]]


@pytest.mark.parametrize("vendor", VENDORS)
@pytest.mark.parametrize("status", KINDS)
@on_loop
async def test_every_status_is_handed_over(mocked: Mocked, status: int, vendor: Vendor) -> None:
    """The next provider is asked in time and named; the failed one is asked again or rests."""
    other = VENDORS[VENDORS.index(vendor) - 1]
    kind = (GEMINIS if vendor == "gemini" else {}).get(status, KINDS[status])
    await mocked.script(behave(vendor, "fail", None, status=status))
    response = await mocked.describe(providers=[vendor, other])

    assert (response["provider"], response["description"]) == (other, said_by(other))
    *failed, answered = response["attempts"]
    # Without a status nothing was sent: a new list has no other model than the missing one.
    failed = [attempt for attempt in failed if attempt["status"]]
    assert {(a["provider"], a["outcome"], a["status"]) for a in failed} == {(vendor, kind, status)}
    assert (answered["provider"], answered["outcome"]) == (other, "ok")
    requests = await mocked.vendors.requests()
    assert [request["vendor"] for request in requests] == [vendor] * len(failed) + [other]
    assert not any(request["retry_after"] for request in requests)
    (step,) = hand_overs(requests)
    assert step.since_first_failure < HAND_OVER_LIMIT_S

    await mocked.script()
    response = await mocked.describe(providers=[vendor, other])
    assert _outcomes(response) == [(other if kind in RESTING else vendor, "ok")]
    assert not await mocked.vendors.complaints()


@pytest.mark.parametrize("order", [VENDORS, VENDORS[::-1]], ids=lambda order: order[0])
@pytest.mark.parametrize("status", [429, 503])
@on_loop
async def test_a_time_that_a_vendor_names_is_kept(
    mocked: Mocked, status: int, order: Sequence[Vendor]
) -> None:
    """Nobody is asked before it is over, and everybody is afterwards."""
    *failing, last = order
    hint = {"status": status, "retry_after": HINT_S}
    await mocked.script(*(behave(vendor, "fail", **hint) for vendor in failing))
    response = await mocked.describe(providers=list(order))
    assert _outcomes(response) == [(vendor, KINDS[status]) for vendor in failing] + [(last, "ok")]
    assert _outcomes(await mocked.describe(providers=list(order))) == [(last, "ok")]
    for vendor in failing:
        assert _outcomes(await mocked.describe(providers=[vendor])) == [(vendor, "ok")]

    requests = await mocked.vendors.requests()
    for vendor in failing:
        refused, answered = (each for each in requests if each["vendor"] == vendor)
        waited = answered["received_monotonic"] - refused["answered_monotonic"]
        assert HINT_S <= waited < HINT_S + 1
    assert not await mocked.vendors.complaints()


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        ({"text": ""}, "malformed"),
        ({"text": "", "finish_reason": "length"}, "malformed"),
        ({"text": "null"}, "malformed"),
        ({"text": "None"}, "malformed"),
        ({"text": "undefined"}, "malformed"),
        ({"text": '{"title": "A visitor", "description": ""}'}, "malformed"),
        ({"text": '{"title": "string", "description": "string"}'}, "malformed"),
        ({"text": '{"error": {"message": "Overloaded", "code": 503}}'}, "malformed"),
        ({"text": "<html><body>Bad gateway</body></html>"}, "malformed"),
        ({"text": "<h1>502 Bad Gateway</h1>"}, "malformed"),
        ({"text": "Internal Server Error"}, "malformed"),
        ({"text": "litellm.InternalServerError: AnthropicException - Overloaded"}, "malformed"),
        ({"text": "<think>The user wants me to say what a"}, "malformed"),
        ({"tool_calls": [{"name": "look", "arguments": {"at": "the door"}}]}, "malformed"),
        ({"text": "I'm sorry, I can't assist with that request."}, "refused"),
        ({"text": '{"description": "I am unable to help with identifying people."}'}, "refused"),
        ({"text": "A person waits", "finish_reason": "content_filter"}, "refused"),
    ],
    ids=lambda value: str(value)[:60],
)
@on_loop
async def test_what_is_no_answer_is_never_shown(
    mocked: Mocked, reply: dict[str, Any], kind: str
) -> None:
    """Whoever says it, the next provider is asked in time, and what was said is booked as paid."""
    for order in (VENDORS, VENDORS[::-1]):
        *failing, last = order
        await mocked.vendors.forget_requests()
        await mocked.script(*(behave(vendor, "reply", None, **reply) for vendor in failing))
        response = await mocked.describe(providers=list(order))
        assert (response["provider"], response["description"]) == (last, said_by(last))
        *failed, answered = response["attempts"]
        assert {(a["provider"], a["outcome"]) for a in failed} == {(v, kind) for v in failing}
        assert (answered["provider"], answered["outcome"]) == (last, "ok")
        assert all(attempt["input_tokens"] and attempt["cost"] for attempt in failed)
        steps = hand_overs(await mocked.vendors.requests())
        assert [step.failed for step in steps] == failing
        assert all(step.since_first_failure < HAND_OVER_LIMIT_S for step in steps)
