"""Faults that are whole replies, seen from the wire."""

import time
from typing import Any

import pytest

from . import VENDORS, Simulator, Vendor
from .conftest import Send
from .faults import HTTP_KINDS, KINDS, Kind
from .samples import describe_sample, list_sample

_STATUSES: dict[str, tuple[int, int, int, int]] = {
    "rate_limit": (429, 429, 429, 429),
    "quota": (429, 429, 429, 400),
    "daily_quota": (429, 429, 429, 429),
    "overloaded": (503, 503, 503, 529),
    "server_error": (500, 500, 500, 500),
    "auth": (401, 400, 400, 401),
    "forbidden": (403, 403, 403, 403),
    "model_missing": (404, 404, 404, 404),
    "too_large": (413, 413, 400, 413),
    "image_too_large": (400, 400, 400, 400),
    "context_length": (400, 400, 400, 400),
    "unsupported": (400, 400, 400, 400),
    "html": (200, 200, 200, 200),
    "non_json": (200, 200, 200, 200),
    "redirect": (302, 302, 302, 302),
    "latency": (200, 200, 200, 200),
}


async def test_every_http_kind(send: Send, sim: Simulator) -> None:
    """The ready-made kinds have the vendor's status, once."""
    assert len(KINDS) == 31
    assert set(_STATUSES) == HTTP_KINDS - {"status"}
    for kind, statuses in _STATUSES.items():
        for vendor, status in zip(VENDORS, statuses, strict=True):
            sim.fail(vendor, kind)  # type: ignore[arg-type]
            assert (await send(describe_sample(vendor))).status == status, (kind, vendor)
            record = sim.requests(vendor)[-1]
            assert (record.fault, record.status, record.strict_status) == (kind, status, 200)
    for vendor in VENDORS:
        assert (await send(describe_sample(vendor))).status == 200
        assert sim.requests(vendor)[-1].fault is None


async def test_any_status(send: Send, sim: Simulator) -> None:
    """Any status, with own headers and an own body."""
    sim.fail("openai", "status", status=418, body={"a": 1}, headers={"X-Tea": "pot"})
    sim.fail("openai", "status", status=502, body="<html>")
    sim.fail("openai", "status", status=504)
    sim.fail("openai", "redirect", status=307, location="/elsewhere")
    response = await send(describe_sample("openai"))
    assert (response.status, response.headers["X-Tea"]) == (418, "pot")
    assert await response.json() == {"a": 1}
    response = await send(describe_sample("openai"))
    assert (response.status, await response.text()) == (502, "<html>")
    response = await send(describe_sample("openai"))
    assert (await response.json())["error"]["type"] == "server_error"
    response = await send(describe_sample("openai"))
    assert (response.status, response.headers["Location"]) == (307, "/elsewhere")


@pytest.mark.parametrize("vendor", VENDORS)
async def test_rate_limits(send: Send, sim: Simulator, vendor: Vendor) -> None:
    """A 429 carries the wait where the vendor puts it, also a wrong one as it stands."""
    for value in ("7", "abc", "-5", "Wed, 21 Oct 2015 07:28:00 GMT"):
        for kind in ("rate_limit", "daily_quota"):
            sim.fail(vendor, kind, retry_after=value)
            response = await send(describe_sample(vendor))
            if vendor == "gemini":
                error = (await response.json())["error"]
                period = "PerDay" if kind == "daily_quota" else "PerMinute"
                assert period in error["details"][0]["violations"][0]["quotaId"]
                assert error["details"][-1]["retryDelay"] == f"{value}s"
                assert error["status"] == "RESOURCE_EXHAUSTED"
            else:
                assert response.headers["Retry-After"] == value
    sim.fail(vendor, "rate_limit", headers={"retry-after-ms": "1500"})
    response = await send(describe_sample(vendor))
    assert "Retry-After" not in response.headers
    assert response.headers["retry-after-ms"] == "1500"


async def test_queue(send: Send, sim: Simulator) -> None:
    """Faults come in order, each as often as was said, and hide those behind them."""
    sim.fail("openai", "server_error", count=2)
    sim.fail("openai", "rate_limit")
    sim.fail("openai", "overloaded", repeat=True)
    sim.fail("openai", "forbidden")
    statuses = [(await send(describe_sample("openai"))).status for _ in range(6)]
    assert statuses == [500, 500, 429, 503, 503, 503]
    assert [fault.kind for fault in sim.faults("openai")] == ["overloaded", "forbidden"]
    assert (await send(describe_sample("grok"))).status == 200
    sim.clear_faults("openai")
    assert (await send(describe_sample("openai"))).status == 200


async def test_endpoints(send: Send, sim: Simulator) -> None:
    """A fault hits descriptions unless it was meant for the list."""
    sim.fail("anthropic", "auth", endpoint="models")
    sim.fail("anthropic", "server_error")
    assert (await send(list_sample("anthropic"))).status == 401
    assert (await send(list_sample("anthropic"))).status == 200
    assert (await send(describe_sample("anthropic"))).status == 500


async def test_strict_status_under_a_fault(send: Send, sim: Simulator) -> None:
    """A fault does not hide that the request itself was wrong."""
    sim.fail("openai", "overloaded")
    bad = describe_sample("openai")
    bad.body["surprise"] = 1
    assert (await send(bad)).status == 503
    assert sim.requests()[0].strict_status == 400


async def test_latency(send: Send, sim: Simulator) -> None:
    """It waits, also together with another kind."""
    sim.fail("openai", "latency", latency=0.2)
    sim.fail("openai", "rate_limit", latency=0.2)
    for status in (200, 429):
        start = time.monotonic()
        assert (await send(describe_sample("openai"))).status == status
        assert time.monotonic() - start >= 0.2
        record = sim.requests()[-1]
        assert record.answered_monotonic
        assert record.answered_monotonic - record.received_monotonic >= 0.2


@pytest.mark.parametrize(
    ("vendor", "kind", "variant", "status", "words"),
    [
        ("openai", "quota", "", 429, '"code": "insufficient_quota"'),
        ("openai", "quota", "credit_balance_exhausted", 429, '"code": "credit_balance_exhausted"'),
        ("grok", "quota", "spending_limit", 403, "run out of credits"),
        ("anthropic", "quota", "", 400, "credit balance is too low"),
        ("anthropic", "quota", "billing", 402, "billing_error"),
        ("anthropic", "quota", "spend_limit", 429, "enforced_spend_limit_reached"),
        ("anthropic", "quota", "usage_limit", 400, "usage limits"),
        ("anthropic", "overloaded", "", 529, "overloaded_error"),
        ("gemini", "overloaded", "", 503, "UNAVAILABLE"),
        ("gemini", "auth", "", 400, "API_KEY_INVALID"),
        ("openai", "auth", "", 401, "invalid_api_key"),
        ("grok", "auth", "", 400, '"code": "Client specified an invalid argument"'),
        ("anthropic", "auth", "", 401, "authentication_error"),
    ],
)
async def test_each_vendors_own_words(
    send: Send, sim: Simulator, vendor: Vendor, kind: Kind, variant: str, status: int, words: str
) -> None:
    """What tells errors of the same status apart is where the vendor's SDK looks for it."""
    sim.fail(vendor, kind, variant=variant)
    response = await send(describe_sample(vendor))
    assert response.status == status
    assert words in await response.text()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"kind": "surprise"}, "unknown fault kind"),
        ({"kind": "status"}, "needs a status"),
        ({"kind": "reset", "speed": 1}, "unknown fields of a Fault: speed"),
        ({"kind": "reset", "endpoint": "nowhere"}, "unknown endpoint"),
    ],
)
async def test_wrong_faults(sim: Simulator, options: dict[str, Any], words: str) -> None:
    """A wrong kind or field is a mistake of the test, and refused at once."""
    with pytest.raises(ValueError, match=words):
        sim.fail("openai", **options)
