"""An evening of many failures, played by LLMock: every event is answered all the same."""

from collections.abc import Mapping
from random import Random
from typing import Any, Final

import pytest

from tests.e2e.mocked import MOCKED, Mocked, said_by
from tests.harness.client import HassError
from tests.harness.eyewitness import FAILED
from tests.harness.llmock import behave
from tests.harness.loop import on_loop
from tests.simulator import VENDORS, Vendor

pytestmark = MOCKED

EVENTS: Final = 60
"""One follows the other at once: that is harder than an evening, in which rests come to an end."""
SHARE: Final = 0.33
STATUSES: Final = (429, 500, 502, 503, 529)
HINTED: Final = 0.3
HINTS_S: Final = (1, 2)
WAITING_MAX: Final = dict(zip(VENDORS, (2, 2, 2, 1), strict=True))
"""Seven in all: an event has eight requests."""
LONGEST_S: Final = 15.0
"""No event sits out the half minute that a rest of our own guess takes; the longest delay between
two requests to a vendor is 8 s."""
SLACK_S: Final = 0.02
"""Two processes read the same clock at different moments."""


def _mishaps(rng: Random, waiting: Mapping[Vendor, int]) -> list[dict[str, Any]]:
    """Let each vendor's next request fail with a chance of a third.

    Who is not asked keeps his mishaps, so that they come together when the others fail.
    """
    found = []
    for vendor in VENDORS:
        if rng.random() < SHARE and waiting[vendor] < WAITING_MAX[vendor]:
            status = rng.choice(STATUSES)
            hint = {"retry_after": rng.choice(HINTS_S)} if rng.random() < HINTED else {}
            found.append(behave(vendor, "fail", status=status, **hint))
    return found


@pytest.mark.parametrize(
    "seed", [1, *(pytest.param(seed, marks=pytest.mark.soak) for seed in (2, 3))]
)
@on_loop
async def test_every_event_of_a_bad_evening_is_answered(mocked: Mocked, seed: int) -> None:
    """No event fails, no vendor is asked before the time that it named, and LLMock is content."""
    rng, longest = Random(seed), 0.0
    async with mocked.hass.api.events(FAILED) as failed:
        for _ in range(EVENTS):
            waiting = await mocked.vendors.waiting("fail")
            await mocked.vendors.add(*_mishaps(rng, waiting))
            try:
                response = await mocked.describe()
            except HassError:
                continue  # its event says more than the error
            assert response["description"] == said_by(response["provider"])
            longest = max(longest, response["total_time_ms"] / 1000)
    unanswered = [event["data"]["attempts"] for event in failed.events]
    assert not unanswered, f"{len(unanswered)} of {EVENTS}: {unanswered}"
    assert longest < LONGEST_S

    rests: dict[str, float] = {}
    requests = await mocked.vendors.requests()
    for request in requests:
        vendor = request["vendor"]
        assert request["received_monotonic"] > rests.get(vendor, 0.0) - SLACK_S, request
        if request["retry_after"]:
            rests[vendor] = request["answered_monotonic"] + request["retry_after"]
    assert rests, "somebody has named a time"
    assert sum(request["status"] == 200 for request in requests) == EVENTS
    assert not await mocked.vendors.complaints()
